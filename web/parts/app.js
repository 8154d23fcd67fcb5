import { useEffect, useState } from "preact/hooks";
import { readSettings } from "../lib/api.js";
import { useRoute } from "../lib/hooks.js";
import { html } from "../lib/html.js";
import { AddressPage } from "../pages/address.js";
import { BatchesPage, BatchPage } from "../pages/batches.js";
import { BlockPage, BlocksPage } from "../pages/blocks.js";
import { ContractsPage } from "../pages/contracts.js";
import { DepositPage, DepositsPage } from "../pages/deposits.js";
import { FeedEntryPage, FeedPage } from "../pages/feeds.js";
import { HomePage } from "../pages/home.js";
import { IncidentsPage } from "../pages/incidents.js";
import { ProposalPage, ProposalsPage } from "../pages/proposals.js";
import { SearchPage } from "../pages/search.js";
import { TransactionPage } from "../pages/transaction.js";
import { WithdrawalPage } from "../pages/withdrawal.js";
import { NewWithdrawalPage, WithdrawalsPage } from "../pages/withdrawals.js";
import { Health } from "./health.js";
import { PageTitle } from "./ui.js";

/** First part of the address -> page without and with a second part. */
const PAGES = {
  "": { list: HomePage, title: "Heads" },
  blocks: { list: BlocksPage, title: "Blocks" },
  block: { item: BlockPage, title: "Block" },
  tx: { item: TransactionPage, title: "Transaction" },
  address: { item: AddressPage, title: "Address" },
  batches: { list: BatchesPage, item: BatchPage, title: "Batches" },
  feeds: { list: FeedPage, item: FeedPage, entry: FeedEntryPage, title: "Feeds" },
  deposits: { list: DepositsPage, item: DepositPage, title: "Deposits" },
  withdrawals: { list: WithdrawalsPage, item: WithdrawalPage, title: "Withdrawals" },
  withdraw: { list: NewWithdrawalPage, title: "New withdrawal" },
  proposals: { list: ProposalsPage, item: ProposalPage, title: "Proposals" },
  contracts: { list: ContractsPage, title: "Contracts" },
  incidents: { list: IncidentsPage, title: "Incidents" },
  search: { item: SearchPage, title: "Search" },
};

const MENU = [
  ["", "Heads"],
  ["blocks", "Blocks"],
  ["batches", "Batches"],
  ["deposits", "Deposits"],
  ["withdrawals", "Withdrawals"],
  ["proposals", "Proposals"],
  ["contracts", "Contracts"],
];

/** Header, page, footer. */
export function App() {
  const route = useRoute();
  const [section = "", id, sub] = route.parts;
  const entry = PAGES[section];
  useEffect(() => {
    const name = id === undefined ? "" : ` ${id.slice(0, 12)}`;
    document.title = `${entry?.title ?? "Not found"}${name} · Fovea`;
    window.scrollTo(0, 0);
  }, [route.key]);
  const Page = id === undefined ? entry?.list : sub === undefined ? entry?.item : entry?.entry;
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to content</a>
    <header class="top">
      <div class="bar">
        <a class="brand" href="#/"><${Mark} /> Fovea</a>
        <${SearchBox} />
        <${ThemeButton} />
      </div>
      <nav aria-label="Pages" class="menu">
        ${MENU.map(
          ([name, title]) =>
            html`<a href=${`#/${name}`} aria-current=${isOpen(name, section) ? "page" : undefined}>${title}</a>`,
        )}
        <a href="/docs">API docs</a>
      </nav>
    </header>
    <main id="main" tabindex="-1">
      ${section !== "" && html`<${Health} quiet />`}
      ${
        Page === undefined
          ? html`<${PageTitle} sub="Nothing is at this address.">Not found</${PageTitle}>`
          : html`<${Page} key=${`${section}/${id ?? ""}/${sub ?? ""}`} id=${id} sub=${sub} query=${route.query} />`
      }
    </main>
    <${Footer} />`;
}

/** What is looked at now and then. Job queues are on the admin port, which only the machine itself reaches. */
function Footer() {
  const [settings, setSettings] = useState();
  useEffect(() => {
    readSettings().then(setSettings, () => {});
  }, []);
  const isHere = ["127.0.0.1", "localhost"].includes(location.hostname);
  return html`<footer class="bottom"><nav aria-label="More">
    <a href="#/feeds">Feeds</a>
    <a href="#/incidents">Incidents</a>
    <a href="/problems">Errors of the API</a>
    ${isHere && settings?.adminUrl && html`<a href=${`${settings.adminUrl}/queues`}>Jobs (admin port)</a>`}
    ${settings && html`<span class="version">Fovea ${settings.version}</span>`}
  </nav></footer>`;
}

/** Pages of one thing belong to its list. */
const PARENTS = { block: "blocks", tx: "blocks", withdraw: "withdrawals", feeds: "batches" };
const isOpen = (name, section) => (PARENTS[section] ?? section) === name;

/** The address after the # is the page, so the link cannot do it. */
function skipToMain(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const Mark = () =>
  html`<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><circle cx="16" cy="16" r="14" /><circle cx="16" cy="16" r="8" /><circle class="dot" cx="16" cy="16" r="3.6" /></svg>`;

function SearchBox() {
  const onSubmit = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("q").trim();
    if (text !== "") location.hash = `#/search/${encodeURIComponent(text)}`;
  };
  return html`<form class="search" role="search" onSubmit=${onSubmit}>
    <input name="q" type="search" aria-label="Block, transaction, address or withdrawal" placeholder="Block, transaction, address …" autocomplete="off" spellcheck=${false} maxlength="80" />
    <button type="submit">Find</button>
  </form>`;
}

const THEMES = { "": "as the system", light: "light", dark: "dark" };

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    if (theme === "") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("fovea-theme", theme);
    } catch {
      // Without storage it lasts as long as the page.
    }
  }, [theme]);
  const next = { "": "light", light: "dark", dark: "" }[theme];
  const shown = { "": "◐", light: "☀", dark: "☾" }[theme];
  const label = `Colours: ${THEMES[theme]}; change to ${THEMES[next]}`;
  return html`<button type="button" class="theme" title=${label} aria-label=${label} onClick=${() => setTheme(next)}>${shown}</button>`;
}

function readTheme() {
  try {
    const stored = localStorage.getItem("fovea-theme");
    return stored in THEMES ? stored : "";
  } catch {
    return "";
  }
}
