// Makes the pictures of the README's tour: docs/images/*.png, from a server that runs on its usual port.
// Needs Debian's chromium and playwright-core. Usage: node scripts/screenshots.mjs [http://127.0.0.1:9545]
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FOLDER = join(dirname(dirname(fileURLToPath(import.meta.url))), "docs/images");
const server = process.argv[2] ?? "http://127.0.0.1:9545";

/** What a path shows, or undefined if there is nothing yet. */
async function newest(list, toPath) {
  const response = await fetch(`${server}/api/v1/${list}?limit=1`);
  const { data } = await response.json();
  return data.length === 0 ? undefined : toPath(data[0]);
}

const pictures = [
  { name: "heads", path: "", scheme: "light" },
  { name: "heads-dark", path: "", scheme: "dark" },
  {
    name: "transaction",
    path: await newest("deposits", ({ l2 }) => l2 && `tx/${l2.txHash}`),
    scheme: "light",
  },
  {
    name: "withdrawal",
    path: await newest("withdrawals", (one) => `withdrawals/${one.withdrawalHash}`),
    scheme: "light",
  },
  { name: "proposals", path: "proposals", scheme: "light" },
];

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
});
for (const { name, path, scheme } of pictures) {
  if (path === undefined) {
    console.log(`${name}: nothing to show yet (make a deposit and a withdrawal first)`);
    continue;
  }
  const page = await browser.newPage({
    viewport: { width: 1000, height: 640 },
    colorScheme: scheme,
  });
  await page.goto(`${server}/#/${path}`);
  await page.locator("main h1").first().waitFor();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await page.close();
  console.log(`docs/images/${name}.png`);
}
await browser.close();
