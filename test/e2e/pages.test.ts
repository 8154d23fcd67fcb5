import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import {
  ARTIFACTS,
  hasBrowser,
  overflowOf,
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
} from "../helpers/foveaServer.js";
import {
  balanceOnL1,
  byReplay,
  byTestAccount,
  byWallet,
  chooseAccount,
} from "../helpers/pageFlows.js";

// What people see and do: every page, deposits and withdrawals, the API's documentation, and the job queues, in Debian's chromium.

if (!hasBrowser) process.stderr.write(`${SKIPPED}\n`);
const describeWithBrowser = hasBrowser ? describe : describe.skip;

const LOOKS = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
] as const;
const TO_BY_WALLET = "0x00000000000000000000000000000000000f0eea";
const TO_BY_ACCOUNT = "0x00000000000000000000000000000000000f0eeb";
const FIVE_CENTS = 50_000_000_000_000_000n;

describeWithBrowser("web pages in chromium", () => {
  let server: FoveaServer;
  let browser: WatchedBrowser;
  /** Withdrawals take their time, so they run beside the other tests. */
  let flows: {
    wallet: Promise<string[]>;
    account: Promise<void>;
    replay: Promise<string>;
  };

  beforeAll(async () => {
    server = await startFovea();
    browser = await startBrowser();
    const watched = { server, browser };
    const wallet = { account: devAccount(1), to: TO_BY_WALLET };
    flows = {
      wallet: byWallet(watched, LOOKS[0], wallet),
      account: byTestAccount(watched, LOOKS[3], { index: 2, to: TO_BY_ACCOUNT }),
      replay: byReplay(watched, LOOKS[2], { index: 7 }),
    };
    // Each is awaited by its test; until then a failure is nobody's.
    for (const flow of Object.values(flows)) flow.catch(() => {});
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    server?.clean();
  });

  const read = async (path: string) =>
    (await (await fetch(`${server.url}/api/v1${path}`)).json()) as { data: never[] };

  test("pages: every page at 1280 and 360 px, light and dark, fits and shows no error", async () => {
    const { l2Wallet, l2Public } = await viemClients(server, devAccount(3));
    const hash = await l2Wallet.sendTransaction({ to: devAccount(4).address, value: 1n });
    await l2Public.waitForTransactionReceipt({ hash });
    const [withdrawal] = await until("a withdrawal and a deposit", async () => {
      const { data } = (await read("/withdrawals")) as { data: { withdrawalHash: string }[] };
      return data.length > 0 && (await read("/deposits")).data.length > 0 && data;
    });
    const paths = {
      home: "",
      blocks: "blocks",
      block: "block/latest",
      transaction: `tx/${hash}`,
      address: `address/${devAccount(3).address}`,
      batches: "batches",
      batch: "batches/0",
      feeds: "feeds",
      feed: "feeds/batches",
      entry: "feeds/batches/0",
      deposits: "deposits",
      deposit: "deposits/0",
      withdrawals: "withdrawals",
      withdrawal: `withdrawals/${withdrawal?.withdrawalHash}`,
      withdraw: "withdraw",
      proposals: "proposals",
      proposal: "proposals/0",
      contracts: "contracts",
      incidents: "incidents",
      nowhere: "nowhere",
    };
    await until("a proposal", async () => (await read("/proposals")).data.length > 0);
    const wide: string[] = [];
    const failed: string[] = [];
    for (const look of LOOKS) {
      const { page, context } = await browser.open(server.url, look);
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(`${server.url}/#/${path}`);
        await page.locator("main [aria-busy]").first().waitFor({ state: "detached" });
        if (name !== "home") await page.locator("main h1").first().waitFor();
        const alerts = await page.locator("main [role=alert]").allInnerTexts();
        if (alerts.length > 0) failed.push(`${name}: ${alerts.join()}`);
        if ((await overflowOf(page)) > 0) wide.push(`${name} at ${look.width} px`);
        const file = `${name}-${look.width}-${look.scheme}.png`;
        await page.screenshot({ path: join(ARTIFACTS, file), fullPage: true });
      }
      await context.close();
    }
    expect({ wide, failed }).toEqual({ wide: [], failed: [] });
  }, 240_000);

  test("pages: the API's documentation opens, and 'Try it out' asks this server", async () => {
    for (const look of LOOKS) {
      const { page, context } = await browser.open(`${server.url}/docs#/System/getVersion`, look);
      await page.getByText("Fovea REST API").first().waitFor({ timeout: 30_000 });
      await page.getByRole("button", { name: "Execute" }).click();
      const answer = page.locator(".live-responses-table .response").first();
      await answer.waitFor();
      expect(await answer.locator(".response-col_status").innerText()).toMatch(/^200/);
      expect(await answer.innerText()).toContain('"name": "fovea"');
      expect(await overflowOf(page)).toBe(0);
      const file = `docs-${look.width}-${look.scheme}.png`;
      await page.screenshot({ path: join(ARTIFACTS, file) });
      await context.close();
    }
  }, 90_000);

  test("pages: job queues open with a token only, and a viewer changes nothing", async () => {
    const token = (name: string) => readFileSync(join(server.dataDir, name), "utf8").trim();
    const logIn = async (page: Page, name: string) => {
      await page.getByLabel("Token").fill(token(name));
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByText("Logged in as").waitFor();
    };
    for (const look of LOOKS) {
      const file = (name: string) => `${name}-${look.width}-${look.scheme}.png`;
      const { page, context } = await browser.open(`${server.adminUrl}/queues`, look);
      await page.getByRole("heading", { name: "Log in" }).waitFor();
      expect(page.url()).toBe(`${server.adminUrl}/login`);
      expect(await page.content()).not.toContain("batching");
      await page.screenshot({ path: join(ARTIFACTS, file("login")) });
      await logIn(page, look.scheme === "dark" ? "viewer.token" : "admin.token");
      expect(await overflowOf(page)).toBe(0);
      await page.goto(`${server.adminUrl}/queues`);
      await page.getByText("batching").first().waitFor();
      await page.screenshot({ path: join(ARTIFACTS, file("queues")) });
      await page.goto(`${server.adminUrl}/queues/queue/batching?status=completed`);
      await page.getByText("batching").first().waitFor();
      await page.getByText("Loading...").waitFor({ state: "detached" });
      await page.screenshot({ path: join(ARTIFACTS, file("queue")) });
      const pause = await page.evaluate(
        "fetch('/queues/api/queues/challenge/pause', { method: 'PUT', headers: { 'x-requested-with': 'test' } }).then(({ status }) => status)",
      );
      expect(pause).toBe(look.scheme === "dark" ? 403 : 200);
      await context.close();
    }
    const refused = browser.problems.filter((text) => text.includes("status of 403"));
    expect(refused).toHaveLength(2);
    browser.problems.splice(
      0,
      browser.problems.length,
      ...browser.problems.filter((text) => !refused.includes(text)),
    );
  }, 120_000);

  test("pages: heads move by the server's events, and by asking where there are none", async () => {
    const unsafe = (page: Page) => page.locator(".heads dd a").last().innerText();
    const hasMoved = (page: Page, from: string) =>
      until("a new head", async () => (await unsafe(page)) !== from, 30_000);
    const { page, context } = await browser.open(server.url);
    await page.getByText("live", { exact: true }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    for (let i = 0; i < 3; i++) await hasMoved(page, await unsafe(page));
    const before = asked.length;
    for (let i = 0; i < 3; i++) await hasMoved(page, await unsafe(page));
    expect(asked.slice(before).filter((url) => url.endsWith("/events"))).toEqual([]);
    await context.close();

    const problems = browser.problems.length;
    const without = await browser.open(server.url, {
      prepare: (opened) => opened.route("**/api/v1/events", (route) => route.abort()),
    });
    await without.page.getByText("asked for every 2 s").waitFor();
    for (let i = 0; i < 2; i++) await hasMoved(without.page, await unsafe(without.page));
    await without.context.close();
    // The browser's words about the requests that were cut off.
    browser.problems.splice(problems);
  }, 120_000);

  test("pages: search leads to blocks, transactions and addresses, by keyboard alone", async () => {
    const { page, context } = await browser.open(server.url);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/block\/1$/);
    const box = page.getByRole("searchbox");
    await box.fill(devAccount(0).address);
    await box.press("Enter");
    await page.waitForURL(/#\/address\/0x/);
    await box.fill("no such thing");
    await box.press("Enter");
    await page.getByText("Nothing found").waitFor();
    const theme = page.getByRole("button", { name: /^Colours/ });
    await theme.press("Enter");
    await theme.press("Enter");
    await page.waitForFunction("document.documentElement.dataset.theme === 'dark'");
    await context.close();
  }, 60_000);

  test("pages: Tab reaches everything in reading order, each with a name and a visible mark", async () => {
    const { page, context } = await browser.open(`${server.url}/#/deposits`);
    await chooseAccount(page, 5);
    await page.getByText("Sign with").waitFor();
    await page.reload();
    await page.getByLabel("Use dev account").waitFor();
    await page.locator("main table").waitFor();
    const seen: { name: string; isMarked: boolean; top: number }[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const focused = (await page.evaluate(FOCUSED)) as (typeof seen)[number] | null;
      if (focused === null) break;
      seen.push(focused);
      if (focused.name === "Deposit" && focused.top > 200) break;
    }
    expect(seen.filter(({ name, isMarked }) => name === "" || !isMarked)).toEqual([]);
    const names = seen.map(({ name }) => name);
    const wanted = [
      ...["Skip to content", "Fovea", "Block, transaction, address or withdrawal", "Find"],
      ...["Heads", "Blocks", "Batches", "Deposits", "Withdrawals", "Proposals", "Contracts"],
      ...["API docs", "Use dev account", "Amount in ETH", "To on L2"],
    ];
    expect(names.filter((name) => wanted.includes(name))).toEqual(wanted);
    await context.close();
  }, 60_000);

  test("pages: a deposit is made by keyboard alone", async () => {
    const { page, context } = await browser.open(`${server.url}/#/deposits`);
    const tabTo = async (name: string) => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        const focused = (await page.evaluate(FOCUSED)) as { name: string } | null;
        if (focused?.name === name) return;
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    await page.getByLabel("Use dev account").waitFor();
    await tabTo("Use dev account");
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowDown");
    await tabTo("Amount in ETH");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("0.0625");
    await page.keyboard.press("Enter");
    await page.getByText("watch it reach L2").waitFor({ timeout: 30_000 });
    await tabTo("watch it reach L2");
    await page.keyboard.press("Enter");
    await page.getByText("succeeded").waitFor({ timeout: 30_000 });
    expect(await page.getByText("0.0625 ETH").count()).toBe(2);
    await context.close();
  }, 90_000);

  test("pages: a deposit and a withdrawal through a browser wallet that must be told of both chains", async () => {
    const toUnknownChain = [
      "wallet_switchEthereumChain",
      "wallet_addEthereumChain",
      "wallet_switchEthereumChain",
    ];
    const refused = "wallet_switchEthereumChain";
    expect(await flows.wallet).toEqual([
      ...["eth_requestAccounts", refused],
      ...[...toUnknownChain, "eth_sendTransaction"],
      ...[...toUnknownChain, "eth_sendTransaction"],
      ...["wallet_switchEthereumChain", "eth_sendTransaction"],
      "eth_sendTransaction",
    ]);
    expect(await balanceOnL1(server, TO_BY_WALLET)).toBe(FIVE_CENTS);
  }, 240_000);

  test("pages: a deposit and a withdrawal with a test account, in the dark at 360 px", async () => {
    await flows.account;
    expect(await balanceOnL1(server, TO_BY_ACCOUNT)).toBe(FIVE_CENTS);
  }, 240_000);

  test("pages: a message that failed on L1 is replayed until it succeeds", async () => {
    expect(await balanceOnL1(server, await flows.replay)).toBe(7n);
  }, 240_000);

  test("pages: nothing went wrong in any console, and no request left this machine", () => {
    expect(browser.problems).toEqual([]);
    expect(browser.foreign).toEqual([]);
  });
});

/** What has the focus: its name as it is read out, and whether one can see that it has it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const label = element.labels?.[0]?.querySelector("span")?.textContent;
  const name = element.getAttribute("aria-label") ?? label ?? element.textContent.trim();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const isMarked = outlineStyle !== "none" && outlineWidth !== "0px";
  return { name, isMarked, top: element.getBoundingClientRect().top + scrollY };
})()`;
