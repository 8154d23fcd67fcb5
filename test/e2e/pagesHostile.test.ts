import { readFileSync } from "node:fs";
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
import { type FoveaServer, startFovea } from "../helpers/foveaServer.js";
import {
  type Planted,
  plantJobs,
  plantRevertReasons,
  plantTokenNames,
  sendInHeaders,
} from "../helpers/plantPayloads.js";
import { SCRIPT_PAYLOADS } from "../helpers/scriptPayloads.js";

// Texts that strangers may choose, in the chain, in Redis and in requests, are shown as texts and never run.

if (!hasBrowser) process.stderr.write(`${SKIPPED}\n`);
const describeWithBrowser = hasBrowser ? describe : describe.skip;

/** Elements that only a payload brings, and handlers of its making. */
const FOREIGN_MARKUP =
  "main script, main img, main iframe, main object, main embed, main video, main audio, main marquee, main base, main form[action^='javascript'], a[href^='javascript'], [onerror], [onload], [onfocus], [onclick], [onmouseover], [ontoggle], [onbegin]";
const QUEUE = "challenge";

describeWithBrowser("hostile texts in the pages", () => {
  let server: FoveaServer;
  let browser: WatchedBrowser;
  const planted: Record<string, number> = {};

  beforeAll(async () => {
    server = await startFovea();
    browser = await startBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    server?.clean();
  });

  /** Opens every path until `isShown`, and looks for anything of the payload that is not text. */
  async function visit(page: Page, base: string, paths: string[], isShown: () => Promise<unknown>) {
    for (const path of paths) {
      await page.goto(`${base}${path}`);
      await isShown();
      expect(await page.locator(FOREIGN_MARKUP).count()).toBe(0);
    }
  }

  const settle = async (page: Page) => {
    await page.locator("main [aria-busy]").first().waitFor({ state: "detached" });
    await page.locator("main h1").first().waitFor();
  };

  /** What a job's box shows only when it is asked to. */
  async function openTabs(page: Page) {
    await page.getByText("executed").first().waitFor();
    for (const tab of ["Options", "Logs", "Data"]) {
      await page.evaluate(
        `for (const button of document.querySelectorAll("button")) if (button.textContent === "${tab}") button.click()`,
      );
      // Logs are fetched; whatever is shown by then has run if it ever does.
      await page.waitForTimeout(250);
    }
  }

  async function visitPages({ count, paths }: Planted, kind: string, shown: string) {
    const { page, context } = await browser.open(server.url);
    await visit(page, server.url, paths, async () => {
      await settle(page);
      await page.getByText(shown).first().waitFor();
    });
    await page.screenshot({ path: join(ARTIFACTS, `hostile-${kind}.png`), fullPage: true });
    await context.close();
    planted[kind] = count;
  }

  test("scripts: most of the payloads run in a page that takes them for markup", async () => {
    const { page, context } = await browser.open("about:blank");
    let ran = 0;
    for (const payload of SCRIPT_PAYLOADS) {
      const before = browser.executed.length;
      await page.setContent(`<title>x</title><textarea>x</textarea>${payload}`);
      await page.waitForTimeout(20);
      if (browser.executed.length > before) ran += 1;
    }
    await context.close();
    // What such a page makes of them is not ours.
    for (const list of [browser.executed, browser.problems, browser.foreign]) list.splice(0);
    process.stdout.write(`control: ${ran} of ${SCRIPT_PAYLOADS.length} run in a careless page\n`);
    expect(ran).toBeGreaterThan(15);
  }, 60_000);

  test("scripts: names of tokens stay text", async () => {
    await visitPages(await plantTokenNames(server), "contract strings", "TokenCreated");
  }, 300_000);

  test("scripts: reasons of reverts stay text", async () => {
    await visitPages(await plantRevertReasons(server), "revert reasons", "reason");
  }, 300_000);

  test("scripts: data, logs and failures of jobs stay text", async () => {
    const { count, paths } = await plantJobs(server, QUEUE);
    const { page, context } = await browser.open(`${server.adminUrl}/login`);
    const token = readFileSync(join(server.dataDir, "admin.token"), "utf8").trim();
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Logged in as").waitFor();
    const lists = [1, 2, 3, 4, 5, 6].map((n) => `/queues/queue/${QUEUE}?status=failed&page=${n}`);
    await visit(page, server.adminUrl, lists, () => openTabs(page));
    await page.screenshot({ path: join(ARTIFACTS, "hostile-jobs.png"), fullPage: true });
    await visit(page, server.adminUrl, paths, () => openTabs(page));
    await context.close();
    planted["job data"] = count;
  }, 300_000);

  test("scripts: headers of requests come back in no page, answer or header", async () => {
    const paths = ["/", "/docs", "/problems", "/api/v1/status", "/api/v1/blocks/x", "/nowhere"];
    const admin = ["/", "/login", "/queues", "/nowhere"];
    const urls = [
      ...paths.map((path) => `${server.url}${path}`),
      ...admin.map((path) => `${server.adminUrl}${path}`),
    ];
    const answers = await sendInHeaders(urls);
    expect(answers).toHaveLength(urls.length * SCRIPT_PAYLOADS.length);
    const echoes = answers.filter(({ text }) => text.includes("executed"));
    expect(echoes).toEqual([]);
    planted.headers = SCRIPT_PAYLOADS.length;
  }, 120_000);

  test("scripts: addresses that carry a payload show it as text", async () => {
    const paths = SCRIPT_PAYLOADS.flatMap((payload) => {
      const text = encodeURIComponent(payload);
      return [`/#/search/${text}`, `/#/block/${text}`, `/#/tx/${text}`];
    });
    const { page, context } = await browser.open(server.url);
    await visit(page, server.url, paths, () => settle(page));
    await context.close();
    planted.addresses = paths.length;
  }, 300_000);

  test("scripts: none was executed anywhere", () => {
    const total = Object.values(planted).reduce((sum, count) => sum + count, 0);
    const kinds = Object.entries(planted).map(([kind, count]) => `${count} in ${kind}`);
    process.stdout.write(
      `${total} planted (${kinds.join(", ")}), ${browser.executed.length} executed\n`,
    );
    expect(browser.executed).toEqual([]);
    expect(browser.problems).toEqual([]);
    expect(Object.keys(planted)).toHaveLength(5);
    expect(Math.min(...Object.values(planted))).toBeGreaterThanOrEqual(50);
  });
});
