import { rest } from "../lib/api.js";
import { formatBytes, grouped } from "../lib/format.js";
import { useData } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Ago, Badge, Card, Facts, Hash, Loaded, Pager, PageTitle, Table } from "../parts/ui.js";
import { L1Place } from "./batches.js";

/** Entries of a feed, newest first; without a name, the feeds. */
export function FeedPage({ id, query }) {
  return id === undefined
    ? html`<${Feeds} />`
    : html`<${Entries} name=${id} cursor=${query.get("cursor")} />`;
}

function Feeds() {
  const state = useData((signal) => rest("/feeds", { signal }), [], {
    everyMs: 4_000,
    on: ["batches", "deposits"],
  });
  return html`<${PageTitle} sub="The append-only logs on L1 from which the whole chain follows.">Feeds</${PageTitle}>
    <${Card} title="Feeds" source="/api/v1/feeds"><${Loaded} state=${state}>${(answer) => html`
      <${Table} label="Feeds" columns=${["Feed", "Length", "Contract", "Newest"]} rows=${(
        answer.data
      ).map((feed) => [
        html`<a href=${`#/feeds/${feed.name}`}>${feed.name}</a>`,
        html`<span class="num">${grouped(feed.length)}</span>`,
        html`<${Hash} value=${feed.contract} />`,
        html`<${Hash} value=${feed.headHash} />`,
      ])} />`}</${Loaded}></${Card}>`;
}

function Entries({ name, cursor }) {
  const path = `/feeds/${encodeURIComponent(name)}/entries?limit=25&order=desc${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 4_000,
    on: ["batches", "deposits"],
  });
  return html`<${PageTitle} sub=${html`<a href="#/feeds">All feeds</a>`}>Feed of ${name}</${PageTitle}>
    <${Card} title="Entries" source=${`/api/v1${path}`}><${Loaded} state=${state}>${({
      data,
      nextCursor,
    }) => html`
      <${Table} label="Entries" columns=${["Entry", "Age", "Kind", "Size", "Hash"]} rows=${data.map(
        (entry) => [
          html`<a class="mono" href=${`#/feeds/${name}/${entry.index}`}>${grouped(entry.index)}</a>`,
          html`<${Ago} time=${entry.l1?.timestamp} />`,
          entry.kind,
          html`<span class="num">${formatBytes(Number(entry.size ?? 0))}</span>`,
          html`<${Hash} value=${entry.hash} />`,
        ],
      )} />
      <${Pager} path=${`feeds/${name}`} cursor=${cursor} next=${nextCursor} />`}</${Loaded}></${Card}>`;
}

/** One entry of a feed, decoded, with its raw bytes a link away. */
export function FeedEntryPage({ id, sub }) {
  const path = `/feeds/${encodeURIComponent(id)}/entries/${encodeURIComponent(sub)}`;
  const state = useData((signal) => rest(path, { signal }), [path]);
  return html`<${Loaded} state=${state}>${(entry) => html`
    <${PageTitle} sub=${html`<a href=${`#/feeds/${id}`}>Feed of ${id}</a>`}>Entry ${grouped(entry.index)}</${PageTitle}>
    <div class="columns">
      <${Card} title="Entry" source=${`/api/v1${path}`}><${Facts} rows=${[
        ["Hash", html`<${Hash} value=${entry.hash} />`],
        ["Entry before", html`<${Hash} value=${entry.prevHash} />`],
        ["Kind", entry.kind && html`<${Badge} state=${entry.kind} />`],
        ["Size", formatBytes(Number(entry.size ?? 0))],
        [
          "Raw",
          html`<a href=${`/api/v1${path}?raw=true`} target="_blank" rel="noreferrer">raw bytes</a>`,
        ],
      ]} /></${Card}>
      <${L1Place} l1=${entry.l1} />
    </div>
    <${Decoded} entry=${entry} />`}</${Loaded}>`;
}

const KNOWN = ["feed", "index", "hash", "prevHash", "kind", "size", "l1", "raw"];

function Decoded({ entry }) {
  const decoded = Object.fromEntries(
    Object.entries(entry).filter(([name]) => !KNOWN.includes(name)),
  );
  if (Object.keys(decoded).length === 0) return null;
  return html`<${Card} title="Decoded"><pre class="raw">${JSON.stringify(decoded, null, 2)}</pre></${Card}>`;
}
