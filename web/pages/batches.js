import { rest, restOrNothing } from "../lib/api.js";
import { formatBytes, formatSpan, grouped, words } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import {
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
  Table,
} from "../parts/ui.js";

/** Batches on L1, newest first, with what waits to be posted. */
export function BatchesPage({ query }) {
  const cursor = query.get("cursor");
  const path = `/batches?limit=25${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const list = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 3_000,
    on: ["batches", "heads"],
  });
  return html`<${PageTitle} sub=${html`Blocks of L2 as they stand on L1, in the <a href="#/feeds/batches">batches feed</a>. Deposits have <a href="#/feeds/deposits">their own</a>.`}>Batches</${PageTitle}>
    ${!cursor && html`<${Backlog} />`}
    <${Card} title="Posted" source=${`/api/v1${path}`}>
      <${Loaded} state=${list}>${({ data, nextCursor }) => html`<${BatchTable} batches=${data} />
        <${Pager} path="batches" cursor=${cursor} next=${nextCursor} />`}</${Loaded}>
    </${Card}>`;
}

/** Batches as a table. */
export function BatchTable({ batches }) {
  return html`<${Table} label="Batches" empty="No batch is on L1 yet." columns=${["Batch", "Age", "L2 blocks", "Size", "Status"]}
    rows=${batches.map((batch) => [
      html`<a class="mono" href=${`#/batches/${batch.index}`}>${grouped(batch.index)}</a>`,
      html`<${Ago} time=${batch.l1.timestamp} />`,
      html`<${Range} batch=${batch} />`,
      html`<span class="num">${formatBytes(batch.bytes)}</span>`,
      html`<${Badge} state=${batch.status} />`,
    ])} />`;
}

function Range({ batch }) {
  const { l2 } = batch;
  if (l2 === null) return html`<span class="muted">${blocksText(batch.blocksPosted)}</span>`;
  if (l2.first === null) return html`<span class="muted">none</span>`;
  if (l2.first === l2.last) return html`<${BlockLink} number=${l2.first} />`;
  return html`<${BlockLink} number=${l2.first} /> – <${BlockLink} number=${l2.last} />`;
}

const blocksText = (count) => (count === 1 ? "1 block" : `${grouped(count)} blocks`);

/** What waits to be posted. */
function Backlog() {
  const state = useData((signal) => restOrNothing("/batches/pending", { signal }), [], {
    everyMs: 3_000,
    on: ["batches", "heads"],
  });
  if (state.data === undefined) return null;
  const pending = state.data;
  const { blocks, bytes, oldestAgeSec: age, nextPost } = pending;
  return html`<${Card} title="Waiting to be posted" source="/api/v1/batches/pending">
    <${Facts} rows=${[
      ["Blocks", html`<span class="num">${grouped(blocks)}</span>`],
      ["Size", `${formatBytes(bytes)}${pending.bytesComplete ? "" : " or more"}`],
      ["Oldest", age === null ? "none" : `${formatSpan(age)} old`],
      ["Next post", nextPost && html`<${Ago} time=${nextPost.time} /> (${words(nextPost.reason)})`],
    ]} />
  </${Card}>`;
}

/** One batch. */
export function BatchPage({ id }) {
  const path = `/batches/${encodeURIComponent(id)}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: 5_000,
    on: ["batches", "heads"],
  });
  return html`<${Loaded} state=${state}>${(batch) => html`
    <${PageTitle} sub=${html`<${Badge} state=${batch.status} /> <${Ago} time=${batch.l1?.timestamp} />`}>Batch ${grouped(batch.index)}</${PageTitle}>
    <div class="columns">
      <${Card} title="Contents" source=${`/api/v1${path}`}>
        <${Facts} rows=${[
          ["L2 blocks", html`<${Range} batch=${batch} />`],
          ["Transactions", html`<span class="num">${grouped(batch.transactions)}</span>`],
          ["Size on L1", formatBytes(batch.bytes)],
          [
            "L1 origins",
            batch.origins &&
              html`<span class="num">${grouped(batch.origins.first)} – ${grouped(batch.origins.last)}</span>`,
          ],
          ["Deposits up to", html`<span class="num">${grouped(batch.depositsUpTo)}</span>`],
          ["Cost on L1", batch.cost && html`<${Amount} wei=${batch.cost.feeWei} />`],
          [
            "Gas on L1",
            batch.cost && html`<span class="num">${grouped(batch.cost.gasUsed)}</span>`,
          ],
          ["Entry hash", html`<${Hash} value=${batch.entryHash} />`],
          [
            "Feed entry",
            html`<a href=${`#/feeds/batches/${batch.index}`}>${grouped(batch.index)}</a>`,
          ],
        ]} />
      </${Card}>
      <${L1Place} l1=${batch.l1} />
    </div>`}</${Loaded}>`;
}

/** Where something stands on L1. */
export function L1Place({ l1 }) {
  if (!l1) return null;
  return html`<${Card} title="On L1">
    <${Facts} rows=${[
      [
        "Block",
        html`<span class="num">${grouped(l1.blockNumber)}</span> <${Hash} value=${l1.blockHash} />`,
      ],
      ["Transaction", html`<${Hash} value=${l1.txHash} />`],
      ["Time", html`<${Ago} time=${l1.timestamp ?? l1.time} />`],
      ["Confirmations", l1.confirmations],
      ["State", html`<${Badge} state=${l1.finalized ? "finalized" : "not final yet"} />`],
    ]} />
  </${Card}>`;
}
