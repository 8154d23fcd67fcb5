import { html } from "../lib/html.js";

const STEPS = ["Initiated", "Proposed", "Proven", "Challenge period", "Finalized"];

/** The five steps of a withdrawal. `current`: the step that is next, 5 when all are done; `notes` stand below the names. */
export function Stepper({ current, notes = [], failed = false }) {
  return html`<ol class="steps" aria-label="Steps of the withdrawal">${STEPS.map((name, i) => {
    const state = i < current ? "done" : i === current ? "current" : "todo";
    const isFailed = failed && i === STEPS.length - 1;
    return html`<li class=${isFailed ? "failed" : state} aria-current=${state === "current" ? "step" : undefined}>
      <span class="dot" aria-hidden="true">${isFailed ? "✗" : state === "done" ? "✓" : i + 1}</span>
      <div><b>${name}</b><span class="when">${notes[i] ?? ""}</span></div>
    </li>`;
  })}</ol>`;
}
