import { formatSpan, grouped, words } from "../lib/format.js";
import { html } from "../lib/html.js";
import { Ago, Facts, Hash } from "./ui.js";

/** Steps of a transaction from the pool to L1, each with its time or what is left. */
export function Lifecycle({ lifecycle }) {
  const { steps = [] } = lifecycle;
  const current = steps.findIndex((step) => !step.done);
  return html`<ol class="steps">${steps.map((step, i) => {
    const state = step.done ? "done" : i === current ? "current" : "todo";
    return html`<li class=${state} aria-current=${state === "current" ? "step" : undefined}>
      <span class="dot" aria-hidden="true">${state === "done" ? "✓" : i + 1}</span>
      <div><b>${words(step.name)}</b><span class="when">${whenText(step)}</span></div>
    </li>`;
  })}</ol>
  <${Links} lifecycle=${lifecycle} />`;
}

/** Whether it is reached; of some stages nothing tells when. */
function whenText(step) {
  if (step.done) return step.timestamp === null ? "done" : html`<${Ago} time=${step.timestamp} />`;
  if (step.etaSec === null) return "waiting";
  return step.etaSec <= 0 ? "any moment" : `in about ${formatSpan(step.etaSec)}`;
}

function Links({ lifecycle }) {
  const { batch, proposal, depositIndex, withdrawalHashes } = lifecycle;
  const rows = [
    [
      "Batch",
      batch &&
        html`<a href=${`#/batches/${batch.index}`}>${grouped(batch.index)}</a>, posted by L1 <${Hash} value=${batch.l1TxHash} />`,
    ],
    [
      "Proposal",
      proposal && html`<a href=${`#/proposals/${proposal.index}`}>${grouped(proposal.index)}</a>`,
    ],
    [
      "Deposit",
      depositIndex !== null &&
        html`<a href=${`#/deposits/${depositIndex}`}>${grouped(depositIndex)}</a>`,
    ],
    [
      "Withdrawals",
      withdrawalHashes.length > 0 &&
        withdrawalHashes.map(
          (hash) => html`<${Hash} value=${hash} to=${`#/withdrawals/${hash}`} /> `,
        ),
    ],
  ];
  return html`<${Facts} rows=${rows} />`;
}
