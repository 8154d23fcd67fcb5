import { rest, restOrNothing } from "../lib/api.js";
import { formatBytes, formatSpan, grouped } from "../lib/format.js";
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
      html`<${Ago} time=${batch.l1?.timestamp ?? batch.l1?.time} />`,
      html`<${Range} batch=${batch} />`,
      html`<span class="num">${formatBytes(sizeOf(batch))}</span>`,
      html`<${Badge} state=${batch.status} />`,
    ])} />`;
}

const sizeOf = (batch) => batch.bytesCompressed ?? batch.bytes ?? batch.size ?? 0;

function Range({ batch }) {
  const { l2From: from, l2To: to } = batch;
  if (from === null || from === undefined) return html`<span class="muted">–</span>`;
  if (from === to) return html`<${BlockLink} number=${from} />`;
  return html`<${BlockLink} number=${from} /> – <${BlockLink} number=${to} />`;
}

/** What waits to be posted. */
function Backlog() {
  const state = useData((signal) => restOrNothing("/batches/pending", { signal }), [], {
    everyMs: 3_000,
  });
  if (state.data === undefined) return null;
  const pending = state.data;
  return html`<${Card} title="Waiting" source="/api/v1/batches/pending">
    <${Facts} rows=${[
      ["Blocks", html`<span class="num">${grouped(pending.blocks ?? 0)}</span>`],
      ["Bytes", pending.bytes === undefined ? undefined : formatBytes(Number(pending.bytes))],
      [
        "Oldest",
        pending.oldestAgeSec === undefined || pending.oldestAgeSec === null
          ? undefined
          : `${formatSpan(pending.oldestAgeSec)} old`,
      ],
    ]} />
  </${Card}>`;
}

/** One batch. */
export function BatchPage({ id }) {
  const path = `/batches/${encodeURIComponent(id)}`;
  const state = useData((signal) => rest(path, { signal }), [path], { everyMs: 5_000 });
  return html`<${Loaded} state=${state}>${(batch) => html`
    <${PageTitle} sub=${html`<${Badge} state=${batch.status} /> <${Ago} time=${batch.l1?.timestamp} />`}>Batch ${grouped(batch.index)}</${PageTitle}>
    <div class="columns">
      <${Card} title="Contents" source=${`/api/v1${path}`}>
        <${Facts} rows=${[
          ["L2 blocks", html`<${Range} batch=${batch} />`],
          [
            "Transactions",
            batch.txCount === undefined || batch.txCount === null
              ? undefined
              : html`<span class="num">${grouped(batch.txCount)}</span>`,
          ],
          ["Size on L1", formatBytes(sizeOf(batch))],
          [
            "Size unpacked",
            batch.bytesRaw === undefined || batch.bytesRaw === null
              ? undefined
              : formatBytes(batch.bytesRaw),
          ],
          ["Ratio", batch.ratio ?? undefined],
          ["Cost on L1", batch.l1FeeWei && html`<${Amount} wei=${batch.l1FeeWei} />`],
          ["Invalid because", batch.invalidReason ?? undefined],
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
