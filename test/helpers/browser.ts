import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** False where Debian's chromium is not installed; tests then say so and are skipped. */
export const hasBrowser = existsSync(CHROMIUM);
export const SKIPPED =
  "chromium is not installed (apt-get install chromium); its tests are skipped";

/** Screenshots of the tests; kept for a look after a run. */
export const ARTIFACTS = join(tmpdir(), "fovea-pages");

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser that keeps watch: what went to the console, and requests that left this machine. */
export interface WatchedBrowser {
  /** Errors of consoles and scripts, of all pages so far. */
  problems: string[];
  /** Requests to other machines; they are refused. */
  foreign: string[];
  /** Addresses of pages in which a planted script ran: they set `window.executed`. */
  executed: string[];
  open(
    url: string,
    options?: {
      width?: number;
      scheme?: "light" | "dark";
      /** What is to be done before the page is loaded, for example to put a wallet into it. */
      prepare?: (context: BrowserContext) => Promise<unknown>;
    },
  ): Promise<{ page: Page; context: BrowserContext }>;
  close(): Promise<void>;
}

/** In every frame; the property can be set, and nothing else can be done to it. */
const NOTICE_EXECUTION = `Object.defineProperty(window, "executed", {
  get: () => undefined,
  set: () => window.reportExecuted(location.href),
});`;

/** Starts chromium with a fresh profile. */
export async function startBrowser(): Promise<WatchedBrowser> {
  mkdirSync(ARTIFACTS, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  const problems: string[] = [];
  const foreign: string[] = [];
  const executed: string[] = [];
  return {
    problems,
    foreign,
    executed,
    async open(url, { width = 1280, scheme = "light", prepare } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: scheme,
      });
      await context.exposeFunction("reportExecuted", (where: string) => executed.push(where));
      await context.addInitScript(NOTICE_EXECUTION);
      await prepare?.(context);
      await context.route(
        ({ hostname }) => !["127.0.0.1", "localhost"].includes(hostname),
        (route) => {
          foreign.push(route.request().url());
          return route.abort();
        },
      );
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error") {
          problems.push(`${page.url()}: ${message.text()} ${message.location().url}`);
        }
      });
      page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.stack}`));
      page.on("dialog", (dialog) => {
        problems.push(`${page.url()}: a dialog said ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(url);
      return { page, context };
    },
    close: () => browser.close(),
  };
}

/** Pixels by which a page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}
