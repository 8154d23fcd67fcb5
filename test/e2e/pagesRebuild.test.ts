import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import {
  ARTIFACTS,
  hasBrowser,
  SKIPPED,
  startBrowser,
  type WatchedBrowser,
} from "../helpers/browser.js";
import {
  devAccount,
  type FoveaServer,
  startFovea,
  until,
  viemClients,
  waitUntilReady,
} from "../helpers/foveaServer.js";
import { deposit } from "../helpers/l2Activity.js";
import { type SlowL1, startSlowL1 } from "../helpers/slowL1.js";

// Pages stay open while the server behind them loses what it has stored: they say so, and show the same as before.

if (!hasBrowser) process.stderr.write(`${SKIPPED}\n`);
const describeWithBrowser = hasBrowser ? describe : describe.skip;

/** Enough that making the index again takes some seconds. */
const LATENCY_MS = 100;

const ALL = { deposits: 100, withdrawals: 100, proposals: 100, batches: 100 };
/** What is looked at of a row; all of it is compared. */
interface Row {
  l2?: object | null;
  forcedInclusion?: { isCovered: boolean };
}

describeWithBrowser("open pages and a server that loses its stores", () => {
  let main: FoveaServer;
  let l1: SlowL1;
  /** Reads the same L1, and can lose everything while the chain goes on. */
  let server: FoveaServer;
  let browser: WatchedBrowser;

  beforeAll(async () => {
    main = await startFovea();
    l1 = await startSlowL1(main.l1Url);
    server = await startFovea({ l1Url: l1.url, roles: "verifier" });
    browser = await startBrowser();
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await main?.stop();
    await l1?.close();
    server?.clean();
    main?.clean();
  });

  const restart = async () => {
    server = await startFovea({
      dataDir: server.dataDir,
      ports: server.ports,
      l1Url: l1.url,
      roles: "verifier",
      detached: true,
    });
  };
  /** Refused connections are the browser's to report. */
  const withoutOutage = () =>
    browser.problems.filter((text) => !/ERR_CONNECTION|ERR_INCOMPLETE|status of 503/.test(text));

  /** Lists as they were when they had so many rows; what grows older is left out. */
  async function lists(counts: Record<string, number>) {
    const found: Record<string, Row[]> = {};
    for (const [name, limit] of Object.entries(counts)) {
      const response = await fetch(`${server.url}/api/v1/${name}?order=asc&limit=${limit}`);
      const { data } = (await response.json()) as { data: Row[] };
      found[name] = JSON.parse(JSON.stringify(data, withoutAge));
    }
    return found;
  }

  const rowsOf = (page: Page) =>
    page.evaluate(
      "[...document.querySelectorAll('main tbody tr')].map((row) => [...row.cells].filter(({ dataset }) => !['Age', 'Status'].includes(dataset.name)).map(({ textContent }) => textContent).join(' | '))",
    ) as Promise<string[]>;

  test("rebuild: index and Redis are deleted, the pages say that it is made again, and show the same", async () => {
    for (const from of [1, 2, 3]) await deposit(main, from, { mint: 1n });
    const { l2Wallet, l2Public } = await viemClients(main, devAccount(4));
    const hash = await l2Wallet.initiateWithdrawal({
      request: { gas: 21_000n, to: devAccount(4).address, value: 1n },
    } as never);
    await l2Public.waitForTransactionReceipt({ hash });
    await until(
      "the index to have it all, on a calm server",
      async () => {
        const response = await fetch(`${server.url}/api/v1/status`);
        const { index, reasons } = (await response.json()) as {
          index: { complete: boolean };
          reasons: string[];
        };
        const { deposits = [], withdrawals = [], proposals = [], batches = [] } = await lists(ALL);
        const isCovered = deposits.every(
          ({ l2, forcedInclusion }) => l2 !== null && forcedInclusion?.isCovered,
        );
        const hasAll = deposits.length === 3 && withdrawals.length === 1 && proposals.length > 0;
        return index.complete && reasons.length === 0 && hasAll && isCovered && batches.length > 1;
      },
      120_000,
    );
    const counts = { deposits: 3, withdrawals: 1, proposals: 1, batches: 2 };
    const before = await lists(counts);
    const home = await browser.open(server.url);
    const list = await browser.open(`${server.url}/#/deposits`);
    const texts: string[] = [];
    await home.page.exposeFunction("noteHealth", (text: string) => texts.push(text));
    await home.page.evaluate(NOTE_HEALTH);
    await home.page.getByText("All is well.").waitFor();
    await list.page.locator("main tbody tr").first().waitFor();
    const rows = await rowsOf(list.page);

    await server.stop();
    await list.page.getByText("The server does not answer.").first().waitFor();
    for (const name of ["index", "redis"]) {
      rmSync(join(server.dataDir, name), { recursive: true });
    }
    l1.latencyMs = LATENCY_MS;
    await restart();
    await list.page.getByText("Rebuilding the index").waitFor({ timeout: 150_000 });
    l1.latencyMs = 0;
    await list.page.screenshot({ path: join(ARTIFACTS, "rebuilding.png"), fullPage: true });
    await waitUntilReady(server, 120_000);
    await home.page.getByText("All is well.").waitFor({ timeout: 60_000 });
    await until("the same rows", async () => {
      const now = await rowsOf(list.page);
      return now.length >= rows.length && rows.every((row) => now.includes(row));
    });
    expect(await lists(counts)).toEqual(before);
    expect(texts.some((text) => text.includes("The server does not answer."))).toBe(true);
    expect(texts.some((text) => /Rebuilding the index: \d+ %/.test(text))).toBe(true);
    process.stdout.write(
      `rebuild: the page said ${JSON.stringify(texts)}; ${rows.length} rows as before\n`,
    );
    await home.context.close();
    await list.context.close();
    expect(withoutOutage()).toEqual([]);
  }, 400_000);

  test("incident: when L1 does not answer the page says what it blocks and what to do, and remembers it", async () => {
    const { page, context } = await browser.open(server.url);
    await page.getByText("All is well.").waitFor({ timeout: 90_000 });
    l1.isDown = true;
    try {
      await page.getByText(/thing.* wrong/).waitFor({ timeout: 90_000 });
      await page.screenshot({ path: join(ARTIFACTS, "incident.png"), fullPage: true });
      await page.getByText("Past incidents").first().click();
      await page.locator(".incidents .badge", { hasText: "lasts" }).first().waitFor();
      expect(await page.locator(".health").innerText()).toContain("Check that the L1 node runs");
    } finally {
      l1.isDown = false;
    }
    await page.getByText("Past", { exact: true }).click();
    const past = page.locator(".incidents li", { hasText: "L1 does not answer" }).first();
    await past.waitFor({ timeout: 90_000 });
    await past.getByText("over", { exact: true }).waitFor();
    await past.getByText("What to do").waitFor();
    await page.screenshot({ path: join(ARTIFACTS, "incidents.png"), fullPage: true });
    await context.close();
    expect(withoutOutage()).toEqual([]);
  }, 240_000);

  test("outage: when the server is gone the page says so, and it comes back by itself", async () => {
    const { page, context } = await browser.open(server.url);
    await page.getByText("All is well.").waitFor({ timeout: 90_000 });
    await server.kill();
    await page.getByText("The server does not answer.").first().waitFor({ timeout: 30_000 });
    await restart();
    await waitUntilReady(server, 120_000);
    await page.getByText("All is well.").waitFor({ timeout: 60_000 });
    await page.getByText("live", { exact: true }).waitFor();
    await context.close();
    expect(withoutOutage()).toEqual([]);
    expect(browser.foreign).toEqual([]);
  }, 240_000);
});

/** Confirmations, ages, labels and next steps move with L1. */
function withoutAge(key: string, value: unknown): unknown {
  return MOVING.includes(key) ? undefined : value;
}

const MOVING = [
  ...["confirmations", "status", "safety", "finalized", "remainingSec", "localView"],
  ...["blockedBy", "etaSec", "nextAction"],
  ...["resolvable", "resolved", "confirmed"].flatMap((name) =>
    ["At", "From"].flatMap((end) => [`${name}${end}`, `${name}${end}Timestamp`]),
  ),
];

/** Every text of the health strip, once. */
const NOTE_HEALTH = `{
  let last = "";
  const look = () => {
    const text = [...document.querySelectorAll(".health strong")].map((one) => one.textContent).join(" ");
    if (text !== last) window.noteHealth(text);
    last = text;
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}`;
