import { rest, rpc, rpcBatch } from "../lib/api.js";
import { grouped } from "../lib/format.js";
import { useData, useLive, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { HeadsRuler } from "../parts/headsRuler.js";
import { Health } from "../parts/health.js";
import { Ago, BlockLink, Card, Hash, Loaded, Table } from "../parts/ui.js";
import { BatchTable } from "./batches.js";

const LATEST = 8;
const REFRESH_MS = 2_000;

/** Where both chains stand, what is wrong, and what came last. */
export function HomePage() {
  // Heads come with their events; what else the answer has does not change by the second.
  const sync = useData((signal) => rest("/sync", { signal }), [], {
    everyMs: REFRESH_MS,
    on: ["batches"],
    patch: (status, { topic, data }) => (topic === "heads" ? { ...status, ...data } : undefined),
  });
  const live = useLive();
  const now = useNow();
  return html`<div class="stack">
    <h1 class="hidden">Heads</h1>
    <${Health} />
    <${Card} title="Heads" note=${live ? "live" : "asked for every 2 s"} source="/api/v1/sync">
      <${Loaded} state=${sync}>${(status) => html`<${HeadsRuler} status=${status} now=${now} />`}</${Loaded}>
    </${Card}>
    <div class="columns">
      <${LatestBlocks} />
      <${LatestBatches} />
    </div>
  </div>`;
}

function LatestBlocks() {
  const state = useData((signal) => readBlocks(undefined, LATEST, signal), [], {
    everyMs: REFRESH_MS,
    on: ["heads"],
  });
  return html`<${Card} title="Latest blocks" source=${["eth_getBlockByNumber", ["latest", false]]}>
    <${Loaded} state=${state}>${({ blocks }) => html`<${BlockTable} blocks=${blocks} />`}</${Loaded}>
    <p class="more"><a href="#/blocks">All blocks →</a></p>
  </${Card}>`;
}

function LatestBatches() {
  const state = useData((signal) => rest(`/batches?limit=${LATEST}`, { signal }), [], {
    everyMs: 4_000,
    on: ["batches", "heads"],
  });
  return html`<${Card} title="Latest batches" source="/api/v1/batches">
    <${Loaded} state=${state}>${({ data }) => html`<${BatchTable} batches=${data} />`}</${Loaded}>
    <p class="more"><a href="#/batches">All batches →</a></p>
  </${Card}>`;
}

/** `count` blocks down from `top`, or from the newest. */
export async function readBlocks(top, count, signal) {
  const head = Number(await rpc("eth_blockNumber", [], { signal }));
  const first = Math.min(top ?? head, head);
  const numbers = Array.from({ length: Math.min(count, first + 1) }, (_, i) => first - i);
  const calls = numbers.map((number) => [
    "eth_getBlockByNumber",
    [`0x${number.toString(16)}`, false],
  ]);
  const blocks = await rpcBatch(calls, { signal });
  return { head, first, blocks: blocks.filter((block) => block !== null && block !== undefined) };
}

/** Blocks as a table. */
export function BlockTable({ blocks }) {
  return html`<${Table} label="Blocks" columns=${["Block", "Age", "Transactions", "Gas", "Hash"]}
    rows=${blocks.map((block) => [
      html`<${BlockLink} number=${Number(block.number)} />`,
      html`<${Ago} time=${block.timestamp} />`,
      html`<${Transactions} count=${block.transactions.length} />`,
      html`<span class="num">${grouped(BigInt(block.gasUsed))}</span>`,
      html`<${Hash} value=${block.hash} copy=${false} to=${`#/block/${block.hash}`} />`,
    ])} />`;
}

/** The first transaction of every block tells L2 about L1. */
function Transactions({ count }) {
  return html`<span class="num" title="with the L1 attributes transaction">${count}</span>`;
}
