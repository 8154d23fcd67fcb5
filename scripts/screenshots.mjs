// Makes the pictures of the README's tour, docs/images/*.png: starts a server of its own with an empty data directory, deposits and
// withdraws through the pages, and looks at them on the way. Needs Debian's chromium and playwright-core.
// Usage: node scripts/screenshots.mjs [port]   (9545; admin port, L1 and engine are beside it as usual)
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, "docs/images");
const port = Number(process.argv[2] ?? 9545);
const url = `http://127.0.0.1:${port}`;
const adminUrl = `http://127.0.0.1:${port + 1}`;
const WIDE = { width: 1000, height: 640 };
const NARROW = { width: 360, height: 640 };

const dataDir = mkdtempSync(join(tmpdir(), "fovea-pictures-"));
const ports = ["--port", port, "--admin-port", port + 1, "--l1-port", port - 1000];
const server = spawn(
  process.execPath,
  [join(ROOT, "bin/fovea.mjs"), "start", "--datadir", dataDir, "--engine-port", port - 994]
    .concat(ports)
    .map(String),
  { stdio: ["ignore", "ignore", "inherit"] },
);
const ended = new Promise((done) => server.once("exit", done));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
});

try {
  mkdirSync(FOLDER, { recursive: true });
  await untilReady();
  await takePictures();
} finally {
  await browser.close();
  server.kill("SIGINT");
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}

async function takePictures() {
  const page = await open(`${url}/#/deposits`);
  await page.getByLabel("Use dev account").selectOption("1");
  await page.getByLabel("Amount in ETH").fill("1");
  await page.getByRole("button", { name: "Deposit", exact: true }).click();
  const arrived = page.getByText("watch it reach L2");
  await arrived.waitFor();
  await take(page, "deposit");
  await arrived.click();
  await page.getByText("succeeded").waitFor();
  const transaction = await page.locator("main a[href^='#/tx/']").first().getAttribute("href");

  await page.goto(`${url}/#/withdraw`);
  await page.getByLabel("Amount in ETH").fill("0.25");
  await page.getByRole("button", { name: "Initiate on L2" }).click();
  await page.locator("button:enabled", { hasText: "Prove on L1" }).click({ timeout: 60_000 });
  await page.getByText("left", { exact: false }).first().waitFor();
  await page.waitForTimeout(1_500);
  await take(page, "withdrawal");

  await takeOf(`${url}/${transaction}`, "transaction", (opened) =>
    opened.getByText("Lifecycle").waitFor(),
  );
  await takeOf(`${url}/docs#/System/getVersion`, "docs", async (opened) => {
    await opened.getByRole("button", { name: "Execute" }).click();
    await opened.locator(".live-responses-table").waitFor();
    await opened.locator("#operations-System-getVersion").evaluate((one) => one.scrollIntoView());
  });
  await takeOf(`${adminUrl}/login`, "queues", async (opened) => {
    const token = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
    await opened.getByLabel("Token").fill(token);
    await opened.getByRole("button", { name: "Log in" }).click();
    await opened.getByText("Logged in as").waitFor();
    await opened.goto(`${adminUrl}/queues`);
    await opened.getByText("verification").first().waitFor();
  });
  await takeOf(url, "heads", isLive);
  await takeOf(url, "heads-dark", isLive, { colorScheme: "dark" });
  await takeOf(
    page.url(),
    "withdrawal-narrow",
    (opened) => opened.getByText("left").first().waitFor(),
    {
      viewport: NARROW,
    },
  );
}

function isLive(page) {
  return page.getByText("live", { exact: true }).waitFor();
}

async function open(address, options = {}) {
  const page = await browser.newPage({ viewport: WIDE, colorScheme: "light", ...options });
  await page.goto(address);
  return page;
}

async function takeOf(address, name, settle, options) {
  const page = await open(address, options);
  await settle(page);
  await page.waitForTimeout(1_000);
  await take(page, name);
  await page.close();
}

async function take(page, name) {
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

async function untilReady() {
  for (let i = 0; i < 600; i++) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.status === 200) return;
    if (server.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the server is not ready");
}
