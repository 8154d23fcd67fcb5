import { rest, restOrNothing, restRaw, rpc, rpcBatch } from "../lib/api.js";
import { grouped, words } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { HeadsRuler } from "../parts/headsRuler.js";
import { Ago, BlockLink, Card, Hash, Loaded, Source, Table } from "../parts/ui.js";
import { BatchTable } from "./batches.js";

const LATEST = 8;
const REFRESH_MS = 2_000;

/** Where both chains stand, what is wrong, and what came last. */
export function HomePage() {
  const sync = useData((signal) => rpc("optimism_syncStatus", [], { signal }), [], {
    everyMs: REFRESH_MS,
  });
  const now = useNow();
  return html`<div class="stack">
    <h1 class="hidden">Heads</h1>
    <${Health} />
    <${Card} title="Heads" note="live" source="/api/v1/sync">
      <${Loaded} state=${sync}>${(status) => html`<${HeadsRuler} status=${status} now=${now} />`}</${Loaded}>
    </${Card}>
    <div class="columns">
      <${LatestBlocks} />
      <${LatestBatches} />
    </div>
  </div>`;
}

function Health() {
  const state = useData(
    async (signal) => {
      const [ready, incidents] = await Promise.all([
        restRaw("/readyz", { signal }),
        restOrNothing("/incidents", { signal }).catch(() => undefined),
      ]);
      return { ready, incidents: incidents?.data ?? incidents?.incidents ?? [] };
    },
    [],
    { everyMs: 5_000 },
  );
  const { data, error } = state;
  if (error !== undefined) {
    return html`<section class="health bad" aria-label="Health" role="status"><strong>✗ The server does not answer.</strong> <span>${error.hint}</span></section>`;
  }
  if (data === undefined)
    return html`<section class="health" aria-label="Health">Asking how it is …</section>`;
  const failing = problemsOf(data.ready);
  const open = data.incidents.filter((incident) => !incident.endedAt);
  if (failing.length === 0 && open.length === 0) {
    return html`<section class="health good" aria-label="Health" role="status"><strong>✓ All is well.</strong>
      <${Source} call="/readyz" /></section>`;
  }
  return html`<section class="health bad" aria-label="Health" role="status">
    <strong>✗ ${failing.length + open.length === 1 ? "Something is wrong." : `${failing.length + open.length} things are wrong.`}</strong>
    <${Source} call="/readyz" />
    <ul>
      ${failing.map((check) => html`<${CheckLine} check=${check} />`)}
      ${open.map((incident) => html`<${IncidentLine} incident=${incident} />`)}
    </ul>
  </section>`;
}

/** Checks that fail; a server that only gives reasons counts too. */
function problemsOf(ready) {
  if (Array.isArray(ready.checks)) return ready.checks.filter((check) => !check.ok);
  return (ready.reasons ?? []).map((detail) => ({ detail }));
}

const CheckLine = ({ check }) => html`<li>
  ${check.name && html`<b>${check.name}</b>`} ${check.detail}
  ${check.since && html` <span class="muted">since <${Ago} time=${check.since} /></span>`}
  ${check.blocks && html`<div>Blocks: ${[check.blocks].flat().join(", ")}</div>`}
  ${check.hint && html`<div>${check.hint}</div>`}
</li>`;

const IncidentLine = ({ incident }) => html`<li>
  <b>${words(incident.kind)}</b> ${incident.detail ?? ""}
  ${incident.startedAt && html` <span class="muted">since <${Ago} time=${incident.startedAt} /></span>`}
  ${incident.impact && html`<div>Blocks: ${[incident.impact].flat().join(", ")}</div>`}
  ${incident.hint && html`<div>${incident.hint}</div>`}
</li>`;

function LatestBlocks() {
  const state = useData((signal) => readBlocks(undefined, LATEST, signal), [], {
    everyMs: REFRESH_MS,
  });
  return html`<${Card} title="Latest blocks" source=${["eth_getBlockByNumber", ["latest", false]]}>
    <${Loaded} state=${state}>${({ blocks }) => html`<${BlockTable} blocks=${blocks} />`}</${Loaded}>
    <p class="more"><a href="#/blocks">All blocks →</a></p>
  </${Card}>`;
}

function LatestBatches() {
  const state = useData((signal) => rest(`/batches?limit=${LATEST}`, { signal }), [], {
    everyMs: 4_000,
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
