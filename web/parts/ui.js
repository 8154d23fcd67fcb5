import { useEffect, useState } from "preact/hooks";
import { formatAgo, formatWei, grouped, shorten, toSeconds, words } from "../lib/format.js";
import { html } from "../lib/html.js";

/** A titled box. `source` is the API call that its numbers come from. */
export function Card({ title, source, children, note, className = "" }) {
  return html`<section class=${`card ${className}`}>
    ${
      title &&
      html`<header class="card-head"><h2>${title}</h2>${note && html`<span class="note">${note}</span>`}
        ${source && html`<${Source} call=${source} />`}</header>`
    }
    ${children}
  </section>`;
}

/** Link to a REST call, or a button that copies a JSON-RPC call (`[method, params]`) as curl. */
export function Source({ call }) {
  if (typeof call === "string") {
    return html`<a class="source" href=${call} title=${`GET ${call}`} target="_blank" rel="noreferrer">API</a>`;
  }
  const [method, params = []] = call;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const curl = `curl -s ${location.origin} -H 'content-type: application/json' -d '${body}'`;
  return html`<${CopyButton} className="source" text=${curl} label=${`Copy ${method} as curl`} shown="API" />`;
}

/** Copies a text and says so. */
export function CopyButton({
  text,
  label = "Copy",
  shown = html`<${CopyMark} />`,
  className = "copy",
}) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  return html`<button type="button" class=${className} title=${label} aria-label=${label} onClick=${copy}>${isCopied ? "✓" : shown}</button>`;
}

/** Drawn, because not every font has it. */
const CopyMark = () =>
  html`<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><rect x="5.5" y="5.5" width="9" height="9" rx="1.5" /><path d="M10.5 3V2.5A1 1 0 0 0 9.5 1.5h-7a1 1 0 0 0-1 1v7a1 1 0 0 0 1 1H3" /></svg>`;

/** A hash or address: short, whole in its title, linked and with a copy button. */
export function Hash({ value, to, whole = false, copy = true }) {
  if (!value) return html`<span class="muted">none</span>`;
  const text = html`<span class=${whole ? "mono whole" : "mono"}>${whole ? value : shorten(value)}</span>`;
  return html`<span class="hash" title=${value}>${
    to === undefined ? text : html`<a href=${to}>${text}</a>`
  }${copy && html`<${CopyButton} text=${value} label="Copy ${shorten(value)}" />`}</span>`;
}

export const BlockLink = ({ number }) =>
  html`<a class="mono" href=${`#/block/${number}`}>${grouped(number)}</a>`;
export const TxLink = ({ hash, whole, copy }) =>
  html`<${Hash} value=${hash} to=${`#/tx/${hash}`} whole=${whole} copy=${copy} />`;
export const AddressLink = ({ address, whole, copy }) =>
  html`<${Hash} value=${address} to=${`#/address/${address}`} whole=${whole} copy=${copy} />`;

/** Wei, readable, exact in its title. */
export function Amount({ wei }) {
  if (wei === undefined || wei === null) return html`<span class="muted">–</span>`;
  return html`<span class="num" title=${`${grouped(BigInt(wei))} wei`}>${formatWei(wei)}</span>`;
}

/** A time as distance from now, exact in its title. */
export function Ago({ time }) {
  const seconds = toSeconds(time);
  if (seconds === undefined) return html`<span class="muted">–</span>`;
  const iso = new Date(seconds * 1000).toISOString().replace(".000", "");
  return html`<time class="num" dateTime=${iso} title=${iso}>${formatAgo(seconds)}</time>`;
}

const TONES = {
  good: "finalized safe included success succeeded readyToProve readyToFinalize confirmed agrees closed ready posted covered ok final defenderWins".split(
    " ",
  ),
  bad: "failed failedOnL2 failedReplayable rejected differs disagrees invalid reorged dropped reverted proofInvalidated down challengerWins".split(
    " ",
  ),
};

/** States whose name would say too little. */
const STATE_NAMES = { failedReplayable: "failed on L1" };

/** One word of state, with a colour and a mark, so that it is not colour alone. */
export function Badge({ state, tone }) {
  const kind =
    tone ?? (TONES.good.includes(state) ? "good" : TONES.bad.includes(state) ? "bad" : "plain");
  const mark = { good: "✓ ", bad: "✗ ", warn: "! ", plain: "" }[kind];
  return html`<span class=${`badge ${kind}`}>${mark}${STATE_NAMES[state] ?? words(state)}</span>`;
}

/** Name and value pairs. Pairs without value are left out. */
export function Facts({ rows, className = "" }) {
  return html`<dl class=${`facts ${className}`}>${rows
    .filter((row) => row && row[1] !== undefined && row[1] !== null && row[1] !== false)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A table whose cells carry their column's name, so that narrow screens can show rows as cards. */
export function Table({ columns, rows, empty = "Nothing yet.", label }) {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<table class="list" aria-label=${label}>
    <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(
      (cells) =>
        html`<tr>${cells.map((cell, i) => html`<td data-name=${columns[i]}>${cell}</td>`)}</tr>`,
    )}</tbody>
  </table>`;
}

/** What went wrong and what to do. */
export function Problem({ error }) {
  if (error === undefined || error === null) return null;
  return html`<div class="problem" role="alert"><b>${error.message}</b>${
    error.hint && html`<span>${error.hint}</span>`
  }</div>`;
}

/** The answer of `useData`: waiting, failed, or shown by the child function. */
export function Loaded({ state, children }) {
  if (state.data === undefined) {
    if (state.error !== undefined) return html`<${Problem} error=${state.error} />`;
    return html`<p class="empty" aria-busy="true">Loading…</p>`;
  }
  const render = Array.isArray(children) ? children[0] : children;
  return html`<div class="stack">${state.error && html`<${Problem} error=${state.error} />`}${render(state.data)}</div>`;
}

/** Links to the neighbouring pages of a list with cursors. */
export function Pager({ path, filter = "", cursor, next }) {
  if (!cursor && !next) return null;
  return html`<nav class="pager" aria-label="Pages">
    ${cursor && html`<a href=${`#/${path}${filter && `?${filter}`}`}>← first page</a>`}
    ${next && html`<a href=${`#/${path}?${filter && `${filter}&`}cursor=${encodeURIComponent(next)}`}>next page →</a>`}
  </nav>`;
}

export const PageTitle = ({ children, sub }) =>
  html`<div class="page-title"><h1>${children}</h1>${sub && html`<p>${sub}</p>`}</div>`;
