import { rest } from "../lib/api.js";
import { formatSpan, toSeconds } from "../lib/format.js";
import { useData, useNow } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { Ago, Badge, Card, Facts, Loaded, Pager, PageTitle } from "../parts/ui.js";

/** Value of the API's filter, and its name. */
const STATUSES = [
  ["", "All"],
  ["open", "Now"],
  ["past", "Past"],
];

/** What was wrong, newest first: since when, for how long, what it blocked, and what to do. */
export function IncidentsPage({ query }) {
  const cursor = query.get("cursor");
  const status = STATUSES.find(([name]) => name === query.get("status"))?.[0] ?? "";
  const filter = status === "" ? "" : `status=${status}`;
  const path = `/incidents?limit=25${filter && `&${filter}`}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
  const state = useData((signal) => rest(path, { signal }), [path], {
    everyMs: cursor ? undefined : 5_000,
    on: ["incidents"],
  });
  const now = useNow();
  return html`<${PageTitle} sub="Problems that lasted. What is wrong now is at the top of every page.">Incidents</${PageTitle}>
    <nav class="pager top-pager" aria-label="Which">${STATUSES.map(
      ([name, title]) =>
        html`<a href=${`#/incidents${name && `?status=${name}`}`} aria-current=${name === status ? "true" : undefined}>${title}</a>`,
    )}</nav>
    <${Card} title="Incidents" source=${`/api/v1${path}`}><${Loaded} state=${state}>${({
      data,
      nextCursor,
    }) => html`
      ${data.length === 0 && html`<p class="empty">Nothing was wrong.</p>`}
      <ol class="incidents" aria-label="Incidents">${data.map((incident) => html`<${Incident} incident=${incident} now=${now} />`)}</ol>
      <${Pager} path="incidents" filter=${filter} cursor=${cursor} next=${nextCursor} />`}</${Loaded}></${Card}>`;
}

function Incident({ incident, now }) {
  const { text, roles, critical, interrupted, startedAt, endedAt, impact, advice } = incident;
  const started = toSeconds(startedAt);
  const isOver = endedAt !== null;
  return html`<li>
    <p><${Badge} state=${isOver ? "over" : "lasts"} tone=${isOver ? "plain" : "bad"} /> <b>${text}</b></p>
    <${Facts} rows=${[
      ["Began", html`<${Ago} time=${startedAt} />`],
      [isOver ? "Lasted" : "Lasts", formatSpan((isOver ? toSeconds(endedAt) : now) - started)],
      ["Roles", roles.length > 0 && roles.join(", ")],
      ["Stopped for good", critical && "yes"],
      ["Interrupted", interrupted && "the server was stopped meanwhile"],
      ["Effect", impact],
      ["What to do", advice],
    ]} />
  </li>`;
}
