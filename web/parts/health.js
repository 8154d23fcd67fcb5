import { useRef } from "preact/hooks";
import { rest } from "../lib/api.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Ago, Source } from "./ui.js";

/** What is wrong, since when, what it blocks, and what to do. `quiet`: nothing where all is well. */
export function Health({ quiet = false }) {
  // A moment of lag is no rebuilding: only what two answers in a row say counts.
  const isBehind = useRef(false);
  const { data, error } = useData(
    async (signal) => {
      const status = await rest("/status", { signal });
      const wasBehind = isBehind.current;
      isBehind.current =
        status.index !== null && !status.index.complete && status.index.fraction < 0.95;
      return { ...status, isRebuilding: wasBehind && isBehind.current };
    },
    [],
    { everyMs: 3_000 },
  );
  if (error !== undefined) {
    return html`<${Strip} tone="bad" title="✗ ${error.message}"><span>${error.hint}</span></${Strip}>`;
  }
  if (data === undefined) return quiet ? null : html`<${Strip} title="Asking how it is …" />`;
  const alerts = data.alerts.filter(({ counts }) => counts);
  if (alerts.length > 0) {
    const count =
      alerts.length === 1 ? "Something is wrong." : `${alerts.length} things are wrong.`;
    return html`<${Strip} tone="bad" title="✗ ${count}">
      <ul>${alerts.map((alert) => html`<${Alert} alert=${alert} />`)}</ul>
    </${Strip}>`;
  }
  if (data.reasons.length > 0) {
    return html`<${Strip} tone="bad" title="✗ Not ready."><ul>${data.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></${Strip}>`;
  }
  if (data.isRebuilding) {
    const percent = Math.floor(data.index.fraction * 100);
    return html`<${Strip} tone="warn" title="! Rebuilding the index: ${percent} %"><span>Lists of deposits, withdrawals and proposals are not complete yet.</span></${Strip}>`;
  }
  return quiet ? null : html`<${Strip} tone="good" title="✓ All is well." />`;
}

function Strip({ tone = "", title, children }) {
  return html`<section class=${`health ${tone}`} aria-label="Health" role="status">
    <strong>${title}</strong><${Source} call="/api/v1/status" />${children}
  </section>`;
}

const Alert = ({ alert }) => html`<li>
  <b>${alert.text}</b> <span class="muted">${alert.roles.join(", ")}, since <${Ago} time=${alert.since} /></span>
  <div>${alert.impact}</div>
  <div>${alert.advice}</div>
</li>`;
