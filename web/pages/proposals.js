import { rest } from "../lib/api.js";
import { formatSpan, grouped } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import {
  Ago,
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

/** Claims about L2 on L1, newest first, with our own node's verdict. */
export function ProposalsPage({ query }) {
  const cursor = query.get("cursor");
  const path = `/proposals?limit=25${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 4_000,
    on: ["proposals"],
  });
  return html`<${PageTitle} sub="Claims about L2's state on L1, and what our own node computes for the same block.">Proposals</${PageTitle}>
    <${Card} title="Proposals" source=${`/api/v1${path}`}><${Loaded} state=${state}>${({
      data,
      nextCursor,
    }) => html`
      <${Table} label="Proposals" empty="Nothing is proposed yet." columns=${["Proposal", "Age", "L2 block", "Output root", "Status", "Our verdict"]}
        rows=${data.map((proposal) => [
          html`<a class="mono" href=${`#/proposals/${proposal.index}`}>${grouped(proposal.index)}</a>`,
          html`<${Ago} time=${proposal.createdAt} />`,
          html`<${BlockLink} number=${proposal.l2BlockNumber} />`,
          html`<${Hash} value=${proposal.outputRoot} copy=${false} />`,
          html`<${Badge} state=${proposal.status} />`,
          html`<${Verdict} view=${proposal.localView} />`,
        ])} />
      <${Pager} path="proposals" cursor=${cursor} next=${nextCursor} />`}</${Loaded}></${Card}>`;
}

function Verdict({ view }) {
  if (!view || view.agrees === undefined || view.agrees === null) {
    return html`<${Badge} state="not checked yet" tone="plain" />`;
  }
  return html`<${Badge} state=${view.agrees ? "agrees" : "differs"} />`;
}

/** One proposal. */
export function ProposalPage({ id }) {
  const path = `/proposals/${encodeURIComponent(id)}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: 4_000,
    on: ["proposals"],
  });
  const now = useNow();
  return html`<${Loaded} state=${state}>${(proposal) => {
    const { localView: view } = proposal;
    return html`
    <${PageTitle} sub=${html`<${Badge} state=${proposal.status} /> <${Verdict} view=${view} /> <${Ago} time=${proposal.createdAt} />`}>Proposal ${grouped(proposal.index)}</${PageTitle}>
    <div class="columns">
      <${Card} title="Claim" source=${`/api/v1${path}`}><${Facts} rows=${[
        ["L2 block", html`<${BlockLink} number=${proposal.l2BlockNumber} />`],
        ["Output root", html`<${Hash} value=${proposal.outputRoot} />`],
        ["Our root", view?.agrees === false && html`<${Hash} value=${view.expectedRoot} />`],
        [
          "Parent",
          proposal.parentIndex === null
            ? "genesis"
            : html`<a href=${`#/proposals/${proposal.parentIndex}`}>${grouped(proposal.parentIndex)}</a>`,
        ],
        ["Contract", html`<${Hash} value=${proposal.address} />`],
        ["Feed entries", html`<span class="num">${grouped(proposal.feedEnd)}</span>`],
        [
          "Withdrawals",
          proposal.usableForWithdrawals
            ? "can be proven against it"
            : "cannot be proven against it",
        ],
      ]} /></${Card}>
      <${Card} title="Clock" source=${`/api/v1${path}`}><${Facts} rows=${[
        ["Created", html`<${Ago} time=${proposal.createdAtTimestamp} />`],
        ["Resolvable", html`<${Clock} at=${proposal.resolvableAtTimestamp} now=${now} />`],
        [
          "Resolved",
          proposal.resolvedAtTimestamp !== null &&
            html`<${Ago} time=${proposal.resolvedAtTimestamp} />`,
        ],
        ["Confirmed from", html`<${Clock} at=${proposal.confirmedFromTimestamp} now=${now} />`],
      ]} /></${Card}>
    </div>`;
  }}</${Loaded}>`;
}

/** What is left until a time, or how long ago it was. */
function Clock({ at, now }) {
  if (at === null) return html`<span class="muted">cannot be told</span>`;
  if (at <= now) return html`<${Ago} time=${at} />`;
  return html`in <span class="clock">${formatSpan(at - now)}</span>`;
}
