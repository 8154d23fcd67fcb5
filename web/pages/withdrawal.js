import { decodeCall } from "../lib/abi.js";
import { readAbis, rest } from "../lib/api.js";
import { formatSpan, grouped } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Arguments } from "../parts/arguments.js";
import { Stepper } from "../parts/stepper.js";
import {
  AddressLink,
  Ago,
  Amount,
  Badge,
  BlockLink,
  Card,
  Facts,
  Hash,
  Loaded,
  PageTitle,
  TxLink,
} from "../parts/ui.js";
import { WithdrawalAction } from "../parts/withdrawalAction.js";

/** Status of the API -> step that is next. */
const NEXT_STEP = {
  initiated: 1,
  waitingForProposal: 1,
  readyToProve: 2,
  proofInvalidated: 2,
  proven: 3,
  inChallengePeriod: 3,
  readyToFinalize: 4,
  failedReplayable: 5,
  finalized: 5,
};

/** One withdrawal: where it stands, what is next, and the button for it. */
export function WithdrawalPage({ id }) {
  const path = `/withdrawals/${encodeURIComponent(id)}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: 2_000,
    on: ["withdrawals", "proposals", "heads"],
  });
  return html`<${Loaded} state=${state}>${(answer) => {
    const [withdrawal] = answer.withdrawals ?? [answer];
    return html`<${WithdrawalView} withdrawal=${withdrawal} source=${`/api/v1${path}`} reload=${state.reload} />`;
  }}</${Loaded}>`;
}

function WithdrawalView({ withdrawal, source, reload }) {
  const now = useNow();
  const { status, provenBy = [], nextAction } = withdrawal;
  const abis = useData(() => readAbis(), []);
  const call = abis.data && decodeCall(abis.data, withdrawal.data ?? "0x");
  const step = NEXT_STEP[status] ?? 1;
  const { validFromTimestamp: validFrom } = nextAction;
  const left = validFrom === null ? undefined : validFrom - now;
  const proof = provenBy.at(-1);
  const finalizedAt = withdrawal.finalized?.timestamp;
  const notes = [
    html`<${Ago} time=${withdrawal.l2.timestamp} />`,
    step > 1
      ? "covered"
      : withdrawal.etaSec
        ? `in about ${formatSpan(withdrawal.etaSec)}`
        : "waiting for a proposal",
    proof ? html`<${Ago} time=${proof.provenAt} />` : step > 2 ? "done" : "",
    step > 3
      ? "over"
      : step === 3 && left > 0
        ? html`<span class="clock">${formatSpan(left)} left</span>`
        : "",
    finalizedAt ? html`<${Ago} time=${finalizedAt} />` : "",
  ];
  return html`
    <${PageTitle} sub=${html`<${Badge} state=${status} /> <${Hash} value=${withdrawal.withdrawalHash} />`}>Withdrawal</${PageTitle}>
    <${Card} title="Steps" source=${source}>
      <${Stepper} current=${step} notes=${notes} failed=${status === "failedReplayable"} />
      <${WithdrawalAction} withdrawal=${withdrawal} left=${left} reload=${reload} />
    </${Card}>
    <div class="columns">
      <${Card} title="Message" source=${source}><${Facts} rows=${[
        ["Amount", html`<${Amount} wei=${withdrawal.valueWei} />`],
        ["From", html`<${AddressLink} address=${withdrawal.sender} />`],
        ["To on L1", html`<${Hash} value=${withdrawal.target} />`],
        ["Gas on L1", html`<span class="num">${grouped(withdrawal.gasLimit)}</span>`],
        ["Nonce", html`<span class="mono whole">${withdrawal.nonce}</span>`],
      ]} />
      ${call && html`<p class="call"><b>${call.name}</b></p><${Arguments} args=${call.args} />`}
      ${
        withdrawal.data &&
        withdrawal.data !== "0x" &&
        html`<details open=${!call}><summary>Data</summary><pre class="raw">${withdrawal.data.slice(0, 4_096)}</pre></details>`
      }</${Card}>
      <div class="stack">
        <${Card} title="On L2"><${Facts} rows=${[
          ["Transaction", withdrawal.l2 && html`<${TxLink} hash=${withdrawal.l2.txHash} />`],
          ["Block", withdrawal.l2 && html`<${BlockLink} number=${withdrawal.l2.blockNumber} />`],
        ]} /></${Card}>
        ${
          provenBy.length > 0 &&
          html`<${Card} title="Proofs on L1"><${Facts} rows=${provenBy.flatMap((one) => [
            ["Proven by", html`<${Hash} value=${one.submitter} />`],
            [
              "Proposal",
              html`<a href=${`#/proposals/${one.proposalIndex}`}>${grouped(one.proposalIndex)}</a>`,
            ],
            ["Proven", html`<${Ago} time=${one.provenAt} />`],
            ["Matures", html`<${Ago} time=${one.maturesAt} />`],
          ])} /></${Card}>`
        }
      </div>
    </div>`;
}
