import { useState } from "preact/hooks";
import { rest, restPost } from "../lib/api.js";
import { formatSpan, grouped, words } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { sendPrepared } from "../lib/wallet.js";
import { SignerChoice, useSigner } from "../parts/signer.js";
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
  Problem,
  TxLink,
} from "../parts/ui.js";

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
  const state = useData((signal) => rest(path, { signal }), [path], { everyMs: 2_000 });
  return html`<${Loaded} state=${state}>${(answer) => {
    const [withdrawal] = answer.withdrawals ?? [answer];
    return html`<${WithdrawalView} withdrawal=${withdrawal} source=${`/api/v1${path}`} reload=${state.reload} />`;
  }}</${Loaded}>`;
}

function WithdrawalView({ withdrawal, source, reload }) {
  const now = useNow();
  const { status, provenBy = [], nextAction } = withdrawal;
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
    proof ? html`<${Ago} time=${proof.provenAt} />` : "",
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
      <${NextAction} withdrawal=${withdrawal} step=${step} left=${left} reload=${reload} />
    </${Card}>
    <div class="columns">
      <${Card} title="Message" source=${source}><${Facts} rows=${[
        ["Amount", html`<${Amount} wei=${withdrawal.valueWei} />`],
        ["From", html`<${AddressLink} address=${withdrawal.sender} />`],
        ["To on L1", html`<${Hash} value=${withdrawal.target} />`],
        ["Gas on L1", html`<span class="num">${grouped(withdrawal.gasLimit)}</span>`],
        ["Nonce", html`<span class="mono whole">${withdrawal.nonce}</span>`],
        [
          "Data",
          withdrawal.data && withdrawal.data !== "0x"
            ? html`<pre class="raw">${withdrawal.data.slice(0, 4_096)}</pre>`
            : undefined,
        ],
      ]} /></${Card}>
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

/** What can be done now, by whom, or why nothing can. */
function NextAction({ withdrawal, step, left, reload }) {
  const { settings, signer, choose } = useSigner();
  const [state, setState] = useState({});
  const kind = step === 2 ? "prove" : step >= 3 && step < 5 ? "finalize" : undefined;
  const isReady =
    withdrawal.status === "readyToProve" ||
    withdrawal.status === "proofInvalidated" ||
    withdrawal.status === "readyToFinalize";
  if (withdrawal.status === "finalized") {
    return html`<p class="stepper-action" role="status">✓ Done: the call on L1 was made.</p>`;
  }
  if (withdrawal.status === "failedReplayable") {
    return html`<p class="stepper-action" role="status">✗ The call on L1 failed. A message of the cross-domain messenger can be replayed there.</p>`;
  }
  const run = async () => {
    setState({ text: "Preparing the transaction …" });
    try {
      const prepared = await restPost(
        `/withdrawals/${withdrawal.withdrawalHash}/prepare-${kind}`,
        prepareBody(kind, withdrawal, signer),
      );
      setState({ text: "Waiting for L1 …" });
      const { hash } = await sendPrepared(signer, "l1", prepared, settings);
      setState({ hash, text: "" });
      reload();
    } catch (error) {
      setState({ error });
    }
  };
  const title = kind === "prove" ? "Prove on L1" : "Finalize on L1";
  return html`<div class="stepper-action">
    ${
      kind === undefined
        ? html`<p>Nothing to do now: a proposal must cover its L2 block first. ${withdrawal.etaSec ? `That takes about ${formatSpan(withdrawal.etaSec)}.` : ""}</p>`
        : html`<${SignerChoice} settings=${settings} signer=${signer} choose=${choose} />
          <div class="row"><button type="button" class="primary" disabled=${!isReady || signer === undefined || Boolean(state.text)} onClick=${run}>${title}</button>
            <span role="status" class="muted">${state.text || (isReady ? (signer === undefined ? "Choose who signs first." : "") : waitText(withdrawal, left))}</span></div>`
    }
    ${state.hash && html`<p class="muted">Sent: L1 <${Hash} value=${state.hash} /></p>`}
    <${Problem} error=${state.error} />
  </div>`;
}

/** Whose proof to finalize with: the API names the best one. */
function prepareBody(kind, { nextAction }, signer) {
  const { proofSubmitter } = nextAction;
  if (kind === "prove" || proofSubmitter === null) return { from: signer.address };
  return { from: signer.address, proofSubmitter };
}

function waitText({ blockedBy }, left) {
  const clock =
    left > 0
      ? html`Possible in <span class="clock">${formatSpan(left)}</span>`
      : "Possible any moment";
  return html`${clock}${blockedBy ? `: ${words(blockedBy.reason)}` : ""}.`;
}
