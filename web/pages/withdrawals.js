import { useState } from "preact/hooks";
import { rest, restPost } from "../lib/api.js";
import { parseEther } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { sendPrepared } from "../lib/wallet.js";
import { SignerChoice, useSigner } from "../parts/signer.js";
import { Stepper } from "../parts/stepper.js";
import {
  AddressLink,
  Ago,
  Amount,
  Badge,
  Card,
  Hash,
  Loaded,
  Pager,
  PageTitle,
  Problem,
  Table,
} from "../parts/ui.js";

/** Withdrawals, newest first. */
export function WithdrawalsPage({ query }) {
  const cursor = query.get("cursor");
  const sender = /^0x[0-9a-fA-F]{40}$/.test(query.get("sender") ?? "")
    ? query.get("sender")
    : undefined;
  const filter = sender === undefined ? "" : `&sender=${sender}`;
  const path = `/withdrawals?limit=25${filter}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 4_000,
    on: ["withdrawals", "proposals", "heads"],
  });
  return html`<div class="split-title"><${PageTitle} sub="From L2 to L1: initiated, proposed, proven, challenge period, finalized.">Withdrawals</${PageTitle}>
      <a class="button primary" href="#/withdraw">New withdrawal</a></div>
    <${Card} title="Withdrawals" note=${sender && "from one account"} source=${`/api/v1${path}`}><${Loaded} state=${state}>${({
      data,
      nextCursor,
    }) => html`
      <${Table} label="Withdrawals" empty="No withdrawal yet." columns=${["Withdrawal", "Age", "From", "To on L1", "Amount", "Status"]} rows=${data.map(
        (one) => [
          html`<${Hash} value=${one.withdrawalHash} to=${`#/withdrawals/${one.withdrawalHash}`} copy=${false} />`,
          html`<${Ago} time=${one.l2.timestamp} />`,
          html`<${AddressLink} address=${one.sender} copy=${false} />`,
          html`<${Hash} value=${one.target} copy=${false} />`,
          html`<${Amount} wei=${one.valueWei} />`,
          html`<${Badge} state=${one.status} />`,
        ],
      )} />
      <${Pager} path="withdrawals" filter=${filter.slice(1)} cursor=${cursor} next=${nextCursor} />`}</${Loaded}></${Card}>`;
}

/** Gas for the call on L1: enough for a plain transfer. */
const L1_GAS = "21000";

/** First step of the stepper: sends the message on L2, then goes on to its page. */
export function NewWithdrawalPage() {
  const { settings, signer, choose } = useSigner();
  const [state, setState] = useState({ phase: "idle" });
  const onSubmit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const wei = parseEther(String(form.get("amount")));
    const target = String(form.get("to")).trim() || signer.address;
    if (wei === undefined) {
      return setState({
        phase: "idle",
        error: { message: "The amount is a decimal number of ETH." },
      });
    }
    setState({ phase: "working", text: "Preparing the transaction …" });
    try {
      const prepared = await restPost("/withdrawals/prepare", {
        from: signer.address,
        target,
        valueWei: wei.toString(),
        gasLimit: L1_GAS,
        data: "0x",
      });
      setState({ phase: "working", text: "Waiting for L2 …" });
      const { hash } = await sendPrepared(signer, "l2", prepared, settings);
      setState({ phase: "working", text: "Sent; looking for the withdrawal …" });
      location.hash = `#/withdrawals/${await withdrawalOf(hash)}`;
    } catch (error) {
      setState({ phase: "idle", error });
    }
  };
  return html`<${PageTitle} sub="Five steps; the first one is on L2, the others are on L1.">New withdrawal</${PageTitle}>
    <${Card}>
      <${Stepper} current=${0} />
      <form class="form stepper-action" onSubmit=${onSubmit}>
        <${SignerChoice} settings=${settings} signer=${signer} choose=${choose} />
        <div class="pair">
          <label><span>Amount in ETH</span><input name="amount" inputmode="decimal" required defaultValue="0.05" autocomplete="off" /></label>
          <label><span>To on L1</span><input name="to" placeholder=${signer?.address ?? "the same account"} pattern="0x[0-9a-fA-F]{40}" autocomplete="off" spellcheck=${false} /></label>
        </div>
        <div class="row"><button class="primary" disabled=${signer === undefined || state.phase === "working"}>Initiate on L2</button>
          <span class="muted" role="status">${state.phase === "working" ? state.text : signer === undefined ? "Choose who signs first." : ""}</span></div>
        <${Problem} error=${state.error} />
      </form>
    </${Card}>`;
}

/** Hash of the message that a transaction sent; the index has it within a block or two. */
async function withdrawalOf(txHash) {
  for (let i = 0; ; i++) {
    try {
      const { data } = await rest(`/withdrawals?l2TxHash=${txHash}`);
      if (data.length > 0) return data[0].withdrawalHash;
    } catch (error) {
      if (i > 30) throw error;
    }
    if (i > 30) return txHash;
    await new Promise((done) => setTimeout(done, 1_000));
  }
}
