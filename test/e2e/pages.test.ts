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
  rpc,
  startFovea,
  viemClients,
} from "../helpers/foveaServer.js";
import { plantPayloads } from "../helpers/scriptPayloads.js";

if (!hasBrowser) process.stderr.write(`${SKIPPED}\n`);
const describeWithBrowser = hasBrowser ? describe : describe.skip;

const LOOKS = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
] as const;

describeWithBrowser("web pages in chromium", () => {
  let server: FoveaServer;
  let browser: WatchedBrowser;

  beforeAll(async () => {
    server = await startFovea();
    browser = await startBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    server?.clean();
  });

  const chooseAccount = async (page: Page, index: number) => {
    const choice = page.getByLabel("Use dev account");
    await choice.selectOption(String(index));
  };

  test("pages: a deposit is made with a test account and shows up on L2", async () => {
    const { page, context } = await browser.open(`${server.url}/#/deposits`);
    await chooseAccount(page, 1);
    await page.getByLabel("Amount in ETH").fill("0.25");
    await page.getByRole("button", { name: "Deposit", exact: true }).click();
    await page.getByText("watch it reach L2").click({ timeout: 30_000 });
    await page.getByText("succeeded").waitFor({ timeout: 30_000 });
    expect(await page.getByText("0.25 ETH").count()).toBe(2);
    await page.screenshot({ path: join(ARTIFACTS, "deposit.png"), fullPage: true });
    await page.locator("a[href^='#/tx/']").first().click();
    await page.getByText("Lifecycle").waitFor();
    await context.close();
  }, 90_000);

  test("pages: a withdrawal goes through all five steps with a test account", async () => {
    const { page, context } = await browser.open(`${server.url}/#/withdraw`);
    await chooseAccount(page, 2);
    await page.getByLabel("Amount in ETH").fill("0.05");
    const to = "0x00000000000000000000000000000000000f0eea";
    await page.getByLabel("To on L1").fill(to);
    await page.getByRole("button", { name: "Initiate on L2" }).click();
    await page.waitForURL(/#\/withdrawals\/0x[0-9a-f]{64}$/, { timeout: 30_000 });
    await page.getByText("Initiated", { exact: true }).last().waitFor();
    await page.screenshot({ path: join(ARTIFACTS, "withdrawal-1.png"), fullPage: true });
    await page.locator("button:enabled", { hasText: "Prove on L1" }).click({ timeout: 60_000 });
    await page.getByText("left", { exact: false }).first().waitFor({ timeout: 30_000 });
    await page.screenshot({ path: join(ARTIFACTS, "withdrawal-2.png"), fullPage: true });
    await page.locator("button:enabled", { hasText: "Finalize on L1" }).click({ timeout: 120_000 });
    await page.getByText("Done: the call on L1 was made.").waitFor({ timeout: 60_000 });
    await page.screenshot({ path: join(ARTIFACTS, "withdrawal-3.png"), fullPage: true });
    expect(BigInt((await rpc(server.l1Url, "eth_getBalance", [to, "latest"])) as string)).toBe(
      50_000_000_000_000_000n,
    );
    await context.close();
  }, 240_000);

  test("pages: every page at 1280 and 360 px, light and dark, fits and shows no error", async () => {
    const { l2Wallet, l2Public } = await viemClients(server, devAccount(3));
    const hash = await l2Wallet.sendTransaction({ to: devAccount(4).address, value: 1n });
    await l2Public.waitForTransactionReceipt({ hash });
    const read = async (path: string) =>
      (await (await fetch(`${server.url}/api/v1${path}`)).json()) as { data: never[] };
    const [withdrawal] = (await read("/withdrawals")).data as { withdrawalHash: string }[];
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
      nowhere: "nowhere",
    };
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

  test("pages: the API's documentation opens", async () => {
    const { page, context } = await browser.open(`${server.url}/docs`);
    await page.getByText("Fovea REST API").first().waitFor({ timeout: 30_000 });
    await page.screenshot({ path: join(ARTIFACTS, "docs.png") });
    await context.close();
  }, 60_000);

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
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await context.close();
  }, 60_000);

  test("pages: 50 script payloads from the chain stay text", async () => {
    const { urls, planted } = await plantPayloads(server);
    expect(planted).toBeGreaterThanOrEqual(50);
    const { page, context } = await browser.open(server.url);
    for (const url of urls) {
      await page.goto(`${server.url}/#/${url}`);
      await page.locator("main [aria-busy]").first().waitFor({ state: "detached" });
      await page.locator("main h1").first().waitFor();
      expect(await page.evaluate("window.executed")).toBeUndefined();
    }
    expect(await page.locator("main script, main img, main iframe, main object").count()).toBe(0);
    await context.close();
  }, 180_000);

  test("pages: when the server is gone the page says so, and it comes back by itself", async () => {
    const { page, context } = await browser.open(server.url);
    await page.getByText("All is well.").waitFor();
    const before = browser.problems.length;
    await server.stop();
    await page.getByText("The server does not answer.").first().waitFor({ timeout: 30_000 });
    const again = await startFovea({ dataDir: server.dataDir, ports: server.ports });
    server = again;
    await page.getByText("All is well.").waitFor({ timeout: 30_000 });
    // Refused connections are the browser's to report.
    browser.problems.splice(before);
    await context.close();
  }, 120_000);

  test("pages: nothing went wrong in any console, and no request left this machine", () => {
    expect(browser.problems).toEqual([]);
    expect(browser.foreign).toEqual([]);
  });
});
