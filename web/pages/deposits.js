import { useState } from "preact/hooks";
import { rest, restPost } from "../lib/api.js";
import { formatSpan, grouped, parseEther } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { sendPrepared } from "../lib/wallet.js";
import { SignerChoice, useSigner } from "../parts/signer.js";
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
  Pager,
  PageTitle,
  Problem,
  Table,
  TxLink,
} from "../parts/ui.js";
import { L1Place } from "./batches.js";

/** Deposits, newest first, and a form to make one. */
export function DepositsPage({ query }) {
  const cursor = query.get("cursor");
  const from = /^0x[0-9a-fA-F]{40}$/.test(query.get("from") ?? "") ? query.get("from") : undefined;
  const filter = from === undefined ? "" : `&from=${from}`;
  const path = `/deposits?limit=25${filter}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 3_000,
    on: ["deposits", "heads"],
  });
  return html`<${PageTitle} sub="From L1 to L2. Every deposit must be included, whoever the sequencer is.">Deposits</${PageTitle}>
    ${!cursor && !from && html`<${DepositForm} onDone=${state.reload} />`}
    <${Card} title="Deposits" note=${from && "from one account"} source=${`/api/v1${path}`}><${Loaded} state=${state}>${({
      data,
      nextCursor,
    }) => html`
      <${Table} label="Deposits" empty="No deposit yet." columns=${["Deposit", "Age", "From", "To", "Amount", "Status"]} rows=${data.map(
        (deposit) => [
          html`<a class="mono" href=${`#/deposits/${deposit.index}`}>${grouped(deposit.index)}</a>`,
          html`<${Ago} time=${deposit.l1.timestamp} />`,
          html`<${AddressLink} address=${deposit.from} copy=${false} />`,
          deposit.to ? html`<${AddressLink} address=${deposit.to} copy=${false} />` : "creation",
          html`<${Amount} wei=${deposit.mintWei === "0" ? deposit.valueWei : deposit.mintWei} />`,
          html`<${Badge} state=${deposit.status} />`,
        ],
      )} />
      <${Pager} path="deposits" filter=${filter.slice(1)} cursor=${cursor} next=${nextCursor} />`}</${Loaded}></${Card}>`;
}

const DEFAULT_GAS = "100000";

function DepositForm({ onDone }) {
  const { settings, signer, choose } = useSigner();
  const [state, setState] = useState({ phase: "idle" });
  const onSubmit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const wei = parseEther(String(form.get("amount")));
    const to = String(form.get("to")).trim() || signer.address;
    if (wei === undefined) {
      return setState({
        phase: "idle",
        error: { message: "The amount is a decimal number of ETH." },
      });
    }
    setState({ phase: "working", text: "Preparing the transaction …" });
    try {
      const prepared = await restPost("/deposits/prepare", {
        from: signer.address,
        to,
        valueWei: wei.toString(),
        mintWei: wei.toString(),
        gasLimit: DEFAULT_GAS,
      });
      setState({ phase: "working", text: "Waiting for L1 …" });
      const { hash } = await sendPrepared(signer, "l1", prepared, settings);
      setState({ phase: "done", hash });
      onDone();
    } catch (error) {
      setState({ phase: "idle", error });
    }
  };
  return html`<${Card} title="Deposit ETH">
    <form class="form" onSubmit=${onSubmit}>
      <${SignerChoice} settings=${settings} signer=${signer} choose=${choose} />
      <div class="pair">
        <label><span>Amount in ETH</span><input name="amount" inputmode="decimal" required defaultValue="0.1" autocomplete="off" /></label>
        <label><span>To on L2</span><input name="to" placeholder=${signer?.address ?? "the same account"} pattern="0x[0-9a-fA-F]{40}" autocomplete="off" spellcheck=${false} /></label>
      </div>
      <div class="row"><button class="primary" disabled=${signer === undefined || state.phase === "working"}>Deposit</button>
        <span class="muted" role="status">${state.phase === "working" ? state.text : signer === undefined ? "Choose who signs first." : ""}</span></div>
      <${Problem} error=${state.error} />
      ${state.phase === "done" && html`<p role="status" class="done-note">✓ On L1 in <${Hash} value=${state.hash} />; <a href=${`#/deposits/${state.hash}`}>watch it reach L2</a>.</p>`}
    </form>
  </${Card}>`;
}

/** Deposits of an L1 transaction: there are few, as a rule one. */
const MAX_OF_TX = 10;

/** By index, or by the hash of its transaction on either layer; none is an answer too, for the one who waits. */
async function readDeposits(id, signal) {
  if (!id.startsWith("0x")) return [await rest(`/deposits/${encodeURIComponent(id)}`, { signal })];
  for (const filter of ["l1TxHash", "l2TxHash"]) {
    const { data } = await rest(`/deposits?${filter}=${encodeURIComponent(id)}`, { signal });
    const found = data.slice(0, MAX_OF_TX);
    if (found.length > 0) {
      return Promise.all(found.map(({ index }) => rest(`/deposits/${index}`, { signal })));
    }
  }
  return [];
}

/** One deposit, by its index or by a transaction's hash. */
export function DepositPage({ id }) {
  const path = `/deposits/${encodeURIComponent(id)}`;
  const state = useData((signal) => readDeposits(id, signal), [id], {
    everyMs: 3_000,
    on: ["deposits", "heads"],
  });
  const now = useNow();
  return html`<${Loaded} state=${state}>${(deposits) => {
    if (deposits.length === 0) {
      return html`<${PageTitle} sub="As soon as the node has read its L1 block it is shown here.">Not seen on L1 yet</${PageTitle}>`;
    }
    return deposits.map(
      (deposit) =>
        html`<${DepositView} deposit=${deposit} now=${now} source=${`/api/v1${path}`} />`,
    );
  }}</${Loaded}>`;
}

function DepositView({ deposit, now, source }) {
  const { l2 } = deposit;
  const forceable = deposit.forcedInclusion.forceableAtTimestamp;
  return html`
    <${PageTitle} sub=${html`<${Badge} state=${deposit.status} /> <${Ago} time=${deposit.l1.timestamp} />`}>Deposit ${grouped(deposit.index)}</${PageTitle}>
    <div class="columns">
      <${Card} title="Deposit" source=${source}><${Facts} rows=${[
        ["From", html`<${AddressLink} address=${deposit.from} />`],
        ["To", deposit.to ? html`<${AddressLink} address=${deposit.to} />` : "creation"],
        ["Minted", html`<${Amount} wei=${deposit.mintWei} />`],
        ["Value", html`<${Amount} wei=${deposit.valueWei} />`],
        ["Gas limit", html`<span class="num">${grouped(deposit.gasLimit)}</span>`],
        ["Source hash", html`<${Hash} value=${deposit.sourceHash} />`],
        [
          "Data",
          deposit.data && deposit.data !== "0x"
            ? html`<pre class="raw">${deposit.data.slice(0, 4_096)}</pre>`
            : undefined,
        ],
      ]} /></${Card}>
      <div class="stack">
        <${Card} title="On L2"><${Facts} rows=${
          l2
            ? [
                ["Transaction", html`<${TxLink} hash=${l2.txHash} />`],
                ["Block", html`<${BlockLink} number=${l2.blockNumber} />`],
                [
                  "Outcome",
                  l2.success === undefined
                    ? undefined
                    : html`<${Badge} state=${l2.success ? "succeeded" : "failed"} />`,
                ],
                [
                  "Reason",
                  l2.success === false && html`<a href=${`#/tx/${l2.txHash}`}>why it failed</a>`,
                ],
              ]
            : [
                ["State", "not included yet"],
                [
                  "Forced",
                  deposit.forcedInclusion.isCovered
                    ? "already covered by a batch: nothing can leave it out"
                    : forceable > now
                      ? html`anybody can force it in from <span class="clock">${formatSpan(forceable - now)}</span> on`
                      : "anybody can force it in now",
                ],
              ]
        } /></${Card}>
        <${L1Place} l1=${deposit.l1} />
      </div>
    </div>`;
}
