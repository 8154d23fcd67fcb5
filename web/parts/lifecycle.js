import { formatSpan, toSeconds, words } from "../lib/format.js";
import { html } from "../lib/html.js";
import { Ago, Facts, Hash } from "./ui.js";

/** Steps of a transaction from the pool to L1, each with its time or what is left. */
export function Lifecycle({ lifecycle }) {
  const { steps = [] } = lifecycle;
  const current = steps.findIndex((step) => !isDone(step));
  return html`<ol class="steps">${steps.map((step, i) => {
    const state = isDone(step) ? "done" : i === current ? "current" : "todo";
    return html`<li class=${state} aria-current=${state === "current" ? "step" : undefined}>
      <span class="dot" aria-hidden="true">${state === "done" ? "✓" : i + 1}</span>
      <div><b>${words(step.name)}</b><span class="when">${whenText(step)}</span></div>
    </li>`;
  })}</ol>
  <${Links} lifecycle=${lifecycle} />`;
}

const isDone = (step) => step.done === true || toSeconds(step.at) !== undefined;

function whenText(step) {
  if (toSeconds(step.at) !== undefined) return html`<${Ago} time=${step.at} />`;
  if (step.done) return "done";
  const left = step.etaSec ?? undefined;
  return left === undefined ? "waiting" : left <= 0 ? "any moment" : `in about ${formatSpan(left)}`;
}

function Links({ lifecycle }) {
  const { batch, proposal, depositId, withdrawalIds = [] } = lifecycle;
  const l1 = batch?.l1?.txHash ?? batch?.l1TxHash;
  const rows = [
    ["Batch", batch && html`<a href=${`#/batches/${batch.index}`}>${batch.index}</a>`],
    ["Posted by", l1 && html`L1 <${Hash} value=${l1} />`],
    [
      "Proposal",
      proposal &&
        html`<a href=${`#/proposals/${proposal.id ?? proposal.index}`}>${proposal.id ?? proposal.index}</a>`,
    ],
    [
      "Deposit",
      depositId !== undefined && depositId !== null
        ? html`<a href=${`#/deposits/${depositId}`}>${depositId}</a>`
        : undefined,
    ],
    [
      "Withdrawals",
      withdrawalIds.length > 0
        ? withdrawalIds.map(
            (hash) => html`<${Hash} value=${hash} to=${`#/withdrawals/${hash}`} /> `,
          )
        : undefined,
    ],
  ];
  return html`<${Facts} rows=${rows} />`;
}
