import { relative, resolve } from "node:path";
import { LogControl } from "../../telemetry/logControl.js";
import { createLogger, type Logger } from "../../telemetry/logger.js";
import { Closers } from "../closers.js";
import { print } from "../output.js";
import { humanProgress, jsonProgress, type Progress } from "../progress.js";
import { type GivenFlags, type ReadSettings, readSettings } from "../readSettings.js";
import { VERSION } from "../version.js";

/** After this time the process ends even if a part does not. */
const STOP_TIMEOUT_MS = 5_000;
/** The one part that ends the server when it ends; Redis is started again. */
const L1_ENDED_EXIT_CODE = 69;

/** `fovea start`: runs until it is asked to stop, or a part that nothing works without is gone. */
export async function start(flags: GivenFlags & { json?: boolean }): Promise<void> {
  const read = readSettings(flags, process.env);
  const progress = createProgress(read, flags.json === true);
  progress.title(describeStart(read));
  const logControl = new LogControl(read.settings.logLevel);
  const logger = createLogger({
    control: logControl,
    level: read.settings.logLevel,
    json: read.settings.logJson || !process.stderr.isTTY,
  });

  const closers = new Closers();
  const stopping = new AbortController();
  const stopped = untilAskedToStop(stopping, progress);
  try {
    const { compose } = await import("../compose.js");
    const server = await compose(read.settings, {
      progress,
      logger,
      logControl,
      closers,
      signal: stopping.signal,
    });
    server.failed.then((reason) => {
      // Said before anything is ended, which may take its time without it.
      process.stderr.write(`fovea: ${reason}\n`);
      process.exitCode = L1_ENDED_EXIT_CODE;
      stopping.abort();
    });
    await stopped;
  } catch (error) {
    // Ctrl-C during the start makes parts fail that are being ended: that is no failure.
    if (!stopping.signal.aborted) throw error;
  } finally {
    await stopAll(closers, logger);
  }
}

/** Ends everything within the limit; children notice the end of this process by themselves. */
export async function stopAll(closers: Closers, logger: Logger): Promise<void> {
  const timer = setTimeout(() => {
    logger.error("some part did not end in time");
    process.exit(process.exitCode ?? 70);
  }, STOP_TIMEOUT_MS);
  await closers.closeAll(logger);
  clearTimeout(timer);
  // Idle connections of HTTP clients would keep the process for seconds.
  setImmediate(() => process.exit(process.exitCode ?? 0));
}

/** Resolves at the first signal to stop; the second ends the process at once. */
export function untilAskedToStop(stopping: AbortController, progress: Progress): Promise<void> {
  const ask = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    progress.note("stopping ... (again to force)");
    stopping.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
  return new Promise((done) => {
    stopping.signal.addEventListener("abort", () => done(), { once: true });
  });
}

/** Ticks on a terminal, JSON lines elsewhere. */
export function createProgress({ settings }: ReadSettings, isJson: boolean): Progress {
  const isTerminal = process.stdout.isTTY === true && !settings.logJson && !isJson;
  const isColored = isTerminal && process.env.NO_COLOR === undefined;
  return isTerminal ? humanProgress(print, isColored) : jsonProgress(print);
}

function describeStart({ settings }: ReadSettings): string {
  const path = relative(process.cwd(), resolve(settings.datadir));
  const shown = path.startsWith("..") ? resolve(settings.datadir) : `./${path}`;
  return `fovea ${VERSION}  ·  data ${shown}  ·  node ${process.versions.node}`;
}
