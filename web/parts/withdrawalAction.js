import { useState } from "preact/hooks";
import { decodeLog } from "../lib/abi.js";
import { ApiError, readAbis, restPost } from "../lib/api.js";
import { formatSpan, words } from "../lib/format.js";
import { html } from "../lib/html.js";
import { sendPrepared } from "../lib/wallet.js";
import { SignerChoice, useSigner } from "./signer.js";
import { Hash, Problem } from "./ui.js";

/** What the account signs, by the kind of the next action. */
const TITLES = { prove: "Prove on L1", finalize: "Finalize on L1", replay: "Replay on L1" };
/** Statuses in which a proof waits: finalizing is next, but not yet. */
const RIPENING = ["proven", "inChallengePeriod"];

/** What can be done with a withdrawal now, by whom, or why nothing can. `left`: seconds until it can, if that is known. */
export function WithdrawalAction({ withdrawal, left, reload }) {
  const { status, nextAction, etaSec } = withdrawal;
  const isReady = nextAction.kind in TITLES;
  const kind = isReady ? nextAction.kind : RIPENING.includes(status) ? "finalize" : undefined;
  if (kind !== undefined) {
    return html`<div class="stepper-action">
      ${kind === "replay" && html`<p>✗ The call on L1 failed, and the messenger keeps the message: anybody can make it replay the call, as often as it takes.</p>`}
      <${Send} withdrawal=${withdrawal} kind=${kind} isReady=${isReady} left=${left} reload=${reload} />
    </div>`;
  }
  return html`<p class="stepper-action" role="status">${whyNothing(status, etaSec)}</p>`;
}

function whyNothing(status, etaSec) {
  if (status === "finalized") return "✓ Done: the call on L1 was made.";
  if (status === "failedReplayable") {
    return "✗ The call on L1 failed. It is no message of the cross-domain messenger, so nothing can repeat it.";
  }
  const eta = etaSec ? ` That takes about ${formatSpan(etaSec)}.` : "";
  return `Nothing to do now: a proposal must cover its L2 block first.${eta}`;
}

/** Who signs, and the button. */
function Send({ withdrawal, kind, isReady, left, reload }) {
  const { settings, signer, choose } = useSigner();
  const [state, setState] = useState({});
  const run = async () => {
    setState({ text: "Preparing the transaction …" });
    try {
      const prepared = await restPost(
        `/withdrawals/${withdrawal.withdrawalHash}/prepare-${kind}`,
        bodyOf(kind, withdrawal, signer),
      );
      setState({ text: "Waiting for L1 …" });
      const { hash, receipt } = await sendPrepared(signer, "l1", prepared, settings);
      const error = kind === "replay" ? await failedAgain(receipt) : undefined;
      setState({ hash, text: "", error });
      reload();
    } catch (error) {
      setState({ error });
    }
  };
  const isOff = !isReady || signer === undefined || Boolean(state.text);
  return html`<${SignerChoice} settings=${settings} signer=${signer} choose=${choose} />
    <div class="row"><button type="button" class="primary" disabled=${isOff} onClick=${run}>${TITLES[kind]}</button>
      <span role="status" class="muted">${state.text || (isReady ? (signer === undefined ? "Choose who signs first." : "") : waitText(withdrawal, left))}</span></div>
    ${state.hash && html`<p class="muted">Sent: L1 <${Hash} value=${state.hash} /></p>`}
    <${Problem} error=${state.error} />`;
}

/** A replay never reverts: that its call failed again is only in its logs. */
async function failedAgain({ logs }) {
  const abis = await readAbis();
  const hasFailed = logs.some((log) => decodeLog(abis, log)?.name === "FailedRelayedMessage");
  if (!hasFailed) return undefined;
  return new ApiError("The call failed again.", { hint: "The messenger still keeps the message." });
}

/** Whose proof to finalize with: the API names the best one. */
function bodyOf(kind, { nextAction }, signer) {
  const { proofSubmitter } = nextAction;
  if (kind !== "finalize" || proofSubmitter === null) return { from: signer.address };
  return { from: signer.address, proofSubmitter };
}

function waitText({ blockedBy }, left) {
  const clock =
    left > 0
      ? html`Possible in <span class="clock">${formatSpan(left)}</span>`
      : "Possible any moment";
  return html`${clock}${blockedBy ? `: ${words(blockedBy.reason)}` : ""}.`;
}
