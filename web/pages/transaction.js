import { decodeCall, decodeLog } from "../lib/abi.js";
import { readAbis, restOrNothing, rpcBatch } from "../lib/api.js";
import { readFailure } from "../lib/failure.js";
import { formatBytes, formatUnits, grouped, shorten } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Arguments } from "../parts/arguments.js";
import { Lifecycle } from "../parts/lifecycle.js";
import {
  AddressLink,
  Amount,
  Badge,
  BlockLink,
  Card,
  Facts,
  Hash,
  Loaded,
  PageTitle,
} from "../parts/ui.js";
import { kindOf } from "./blocks.js";

/** Logs of one transaction that are shown at once. */
const SHOWN_LOGS = 100;
const SHOWN_INPUT = 4_096;

async function readTransaction(hash, signal) {
  const [[tx, receipt], lifecycle, abis] = await Promise.all([
    rpcBatch(
      [
        ["eth_getTransactionByHash", [hash]],
        ["eth_getTransactionReceipt", [hash]],
      ],
      { signal },
    ),
    restOrNothing(`/transactions/${hash}/lifecycle`, { signal }).catch(() => undefined),
    readAbis(),
  ]);
  const hasFailed = tx && receipt?.status === "0x0";
  const failure = hasFailed ? await readFailure(tx, abis, signal) : undefined;
  return { tx, receipt, lifecycle, abis, failure };
}

/** One transaction: lifecycle, call, fees, logs. */
export function TransactionPage({ id }) {
  const hash = id.toLowerCase();
  if (!/^0x[0-9a-f]{64}$/.test(hash)) {
    return html`<${PageTitle} sub="A transaction's hash has 64 hex digits.">No such transaction</${PageTitle}>`;
  }
  const state = useData((signal) => readTransaction(hash, signal), [hash], {
    everyMs: 3_000,
    on: ["heads", "batches", "proposals"],
  });
  return html`<${Loaded} state=${state}>${(found) =>
    found.tx || found.lifecycle
      ? html`<${TransactionView} hash=${hash} ...${found} />`
      : html`<${PageTitle} sub="L2 does not know it: it was never sent here, or it was dropped.">No transaction ${shorten(hash, 12)}</${PageTitle}>`}</${Loaded}>`;
}

function TransactionView({ hash, tx, receipt, lifecycle, abis, failure }) {
  const outcome = receipt ? (receipt.status === "0x1" ? "succeeded" : "reverted") : "pending";
  return html`
    <${PageTitle} sub=${html`<${Badge} state=${outcome} /> ${tx && kindOf(tx)} <${Hash} value=${hash} />`}>Transaction</${PageTitle}>
    ${failure && html`<${Failure} failure=${failure} />`}
    ${lifecycle && html`<${Card} title="Lifecycle" source=${`/api/v1/transactions/${hash}/lifecycle`}><${Lifecycle} lifecycle=${lifecycle} /></${Card}>`}
    ${
      tx &&
      html`<div class="columns">
        <${Card} title="Transaction" source=${["eth_getTransactionByHash", [hash]]}>
          <${Facts} rows=${[
            ["Block", tx.blockNumber && html`<${BlockLink} number=${Number(tx.blockNumber)} />`],
            ["From", html`<${AddressLink} address=${tx.from} />`],
            ["To", tx.to ? html`<${AddressLink} address=${tx.to} />` : "creation"],
            [
              "Created",
              receipt?.contractAddress &&
                html`<${AddressLink} address=${receipt.contractAddress} />`,
            ],
            ["Value", html`<${Amount} wei=${tx.value} />`],
            ["Minted", tx.mint && html`<${Amount} wei=${tx.mint} />`],
            ["Nonce", html`<span class="num">${grouped(BigInt(tx.nonce))}</span>`],
            ["Type", Number(tx.type)],
          ]} />
        </${Card}>
        <${Fees} tx=${tx} receipt=${receipt} hash=${hash} />
      </div>
      <${Input} tx=${tx} abis=${abis} hash=${hash} />`
    }
    ${receipt && html`<${Logs} logs=${receipt.logs} abis=${abis} hash=${hash} />`}`;
}

/** Why it reverted, as far as running it again can tell. */
function Failure({ failure: { error, text, call } }) {
  return html`<${Card} title="Why it failed" note="run again on the state before its block" source=${call}>
    ${error ? html`<p class="call"><b>${error.name}</b></p><${Arguments} args=${error.args} />` : html`<p class="text">${text}</p>`}
  </${Card}>`;
}

/** What was paid for execution here and for the data on L1. */
function Fees({ tx, receipt, hash }) {
  if (!receipt)
    return html`<${Card} title="Fee"><p class="empty">Known once it is in a block.</p></${Card}>`;
  const execution = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice ?? 0);
  const l1 = BigInt(receipt.l1Fee ?? 0);
  const operator = operatorFee(receipt);
  const total = execution + l1 + operator;
  const share = (part) => (total === 0n ? 0 : Number((part * 1000n) / total) / 10);
  return html`<${Card} title="Fee" source=${["eth_getTransactionReceipt", [hash]]}>
    ${
      total > 0n &&
      html`<div class="split" role="img" aria-label=${`${share(execution)} % execution, ${share(l1)} % data on L1`}>
        <span class="seg unsafe" style=${{ width: `${share(execution)}%` }}></span><span class="seg finalized" style=${{ width: `${share(l1)}%` }}></span>
      </div>`
    }
    <${Facts} rows=${[
      ["Total", html`<${Amount} wei=${total} />`],
      [
        "Execution on L2",
        html`<span class="key unsafe" aria-hidden="true"></span><${Amount} wei=${execution} />`,
      ],
      [
        "Data on L1",
        html`<span class="key finalized" aria-hidden="true"></span><${Amount} wei=${l1} />`,
      ],
      ["Operator", operator > 0n ? html`<${Amount} wei=${operator} />` : undefined],
      [
        "Gas used",
        html`<span class="num">${grouped(BigInt(receipt.gasUsed))} of ${grouped(BigInt(tx.gas))}</span>`,
      ],
      [
        "Gas price",
        html`<span class="num">${formatUnits(receipt.effectiveGasPrice ?? 0, 9, 9)} gwei</span>`,
      ],
      [
        "L1 gas price",
        receipt.l1GasPrice &&
          html`<span class="num">${formatUnits(receipt.l1GasPrice, 9, 9)} gwei</span>`,
      ],
      [
        "L1 gas",
        receipt.l1GasUsed && html`<span class="num">${grouped(BigInt(receipt.l1GasUsed))}</span>`,
      ],
    ]} />
  </${Card}>`;
}

/** Source: docs/protocol/execution.md, operator fee. */
function operatorFee(receipt) {
  const scalar = BigInt(receipt.operatorFeeScalar ?? 0);
  const constant = BigInt(receipt.operatorFeeConstant ?? 0);
  return BigInt(receipt.gasUsed) * scalar * 100n + constant;
}

function Input({ tx, abis, hash }) {
  if (tx.input === "0x") return null;
  const call = tx.to ? decodeCall(abis, tx.input) : undefined;
  const size = formatBytes((tx.input.length - 2) / 2);
  return html`<${Card} title="Input" note=${size} source=${["eth_getTransactionByHash", [hash]]}>
    ${call && html`<p class="call"><b>${call.name}</b></p><${Arguments} args=${call.args} />`}
    <details open=${call === undefined}><summary>Raw</summary><pre class="raw">${clip(tx.input)}</pre></details>
  </${Card}>`;
}

const clip = (hex) =>
  hex.length > SHOWN_INPUT
    ? `${hex.slice(0, SHOWN_INPUT)}… (${grouped(hex.length / 2 - 1)} bytes)`
    : hex;

function Logs({ logs, abis, hash }) {
  if (logs.length === 0) return null;
  const note =
    logs.length > SHOWN_LOGS
      ? `the first ${SHOWN_LOGS} of ${grouped(logs.length)}`
      : `${logs.length}`;
  return html`<${Card} title="Logs" note=${note} source=${["eth_getTransactionReceipt", [hash]]}>
    <ol class="logs">${logs.slice(0, SHOWN_LOGS).map((log) => {
      const event = decodeLog(abis, log);
      return html`<li>
        <p class="call"><b>${event ? event.name : "Unknown event"}</b> <span class="muted">by</span> <${AddressLink} address=${log.address} /></p>
        ${
          event
            ? html`<${Arguments} args=${event.args} />`
            : html`<${Facts} rows=${[...log.topics.map((topic, i) => [`Topic ${i}`, html`<${Hash} value=${topic} />`]), ["Data", html`<pre class="raw">${clip(log.data)}</pre>`]]} />`
        }
      </li>`;
    })}</ol>
  </${Card}>`;
}
