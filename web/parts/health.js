import { useEffect, useRef } from "preact/hooks";
import { rest } from "../lib/api.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Ago, Source } from "./ui.js";

/** An index that has so much of what is known only lags a moment behind. */
const NEARLY = 0.95;
/** Pause between two looks at an index that is being made. */
const BEHIND_MS = 500;

/**
 * Status of the server, with `isRebuilding`: the index is not whole. After an outage one answer is enough to say so, until it is whole
 * again; else it must lack much in two answers in a row, because every block leaves it behind for a moment.
 */
function useStatus() {
  const memory = useRef({ isAfterOutage: false, wasBehind: false });
  const state = useData(
    async (signal) => {
      const { isAfterOutage, wasBehind } = memory.current;
      try {
        const status = await rest("/status", { signal });
        const isWhole = status.index === null || status.index.complete;
        const isBehind = !isWhole && status.index.fraction < NEARLY;
        memory.current = { isAfterOutage: isAfterOutage && !isWhole, wasBehind: isBehind };
        const isRebuilding = isAfterOutage ? !isWhole : isBehind && wasBehind;
        return { ...status, isRebuilding, isWatched: isBehind || isRebuilding };
      } catch (error) {
        memory.current = { isAfterOutage: true, wasBehind: false };
        throw error;
      }
    },
    [],
    { everyMs: 3_000, liveMs: 5_000, on: ["incidents"] },
  );
  useEffect(() => {
    if (!state.data?.isWatched) return undefined;
    const timer = setTimeout(state.reload, BEHIND_MS);
    return () => clearTimeout(timer);
  }, [state.data]);
  return state;
}

/** What is wrong, since when, what it blocks, and what to do. `quiet`: nothing where all is well. */
export function Health({ quiet = false }) {
  const { data, error } = useStatus();
  if (error !== undefined) {
    return html`<${Strip} tone="bad" title="✗ ${error.message}"><span>${error.hint}</span></${Strip}>`;
  }
  if (data === undefined) return quiet ? null : html`<${Strip} title="Asking how it is …" />`;
  const alerts = data.alerts.filter(({ counts }) => counts);
  const isWell = alerts.length === 0 && data.reasons.length === 0;
  return html`
    ${data.isRebuilding && html`<${Rebuilding} index=${data.index} />`}
    ${!isWell && html`<${Problems} alerts=${alerts} reasons=${data.reasons} />`}
    ${isWell && !data.isRebuilding && !quiet && html`<${Strip} tone="good" title="✓ All is well." />`}`;
}

function Rebuilding({ index }) {
  const percent = Math.floor(index.fraction * 100);
  const title =
    index.fraction < NEARLY ? `Rebuilding the index: ${percent} %` : "The index catches up.";
  return html`<${Strip} tone="warn" title="! ${title}"><span>Lists of deposits, withdrawals and proposals are not complete yet.</span></${Strip}>`;
}

function Problems({ alerts, reasons }) {
  if (alerts.length === 0) {
    return html`<${Strip} tone="bad" title="✗ Not ready."><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></${Strip}>`;
  }
  const count = alerts.length === 1 ? "Something is wrong." : `${alerts.length} things are wrong.`;
  return html`<${Strip} tone="bad" title="✗ ${count}">
    <ul>${alerts.map((alert) => html`<${Alert} alert=${alert} />`)}</ul>
  </${Strip}>`;
}

function Strip({ tone = "", title, children }) {
  return html`<section class=${`health ${tone}`} aria-label="Health" role="status">
    <strong>${title}</strong><a class="past" href="#/incidents">Past incidents</a><${Source} call="/api/v1/status" />${children}
  </section>`;
}

const Alert = ({ alert }) => html`<li>
  <b>${alert.text}</b> <span class="muted">${alert.roles.map((name) => `${name}, `)}since <${Ago} time=${alert.since} /></span>
  <div>${alert.impact}</div>
  <div>${alert.advice}</div>
</li>`;
