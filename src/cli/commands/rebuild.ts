import { rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { BlockHeader } from "../../engine/types.js";
import { chooseL1Engine } from "../../l1/dev/startEmbeddedL1.js";
import type { RollupNode } from "../../services/node/rollupNode.js";
import { createLogger } from "../../telemetry/logger.js";
import { systemClock } from "../../util/clock.js";
import { Closers } from "../closers.js";
import { compose, openChain } from "../compose.js";
import { cliError } from "../errors.js";
import { type ComposeContext, layFoundation } from "../foundation.js";
import { print, printJson } from "../output.js";
import { humanProgress } from "../progress.js";
import { type GivenFlags, readSettings } from "../readSettings.js";
import type { Settings } from "../settings.js";

const POLL_MS = 100;

/** `fovea rebuild`: everything but L1 is deleted and derived again; the same safe head must come back. */
export async function rebuild(
  flags: GivenFlags & { json?: boolean; yes?: boolean },
): Promise<void> {
  const given = readSettings(flags, process.env).settings;
  // Only the node: nothing may be built or posted meanwhile. Ports that nobody needs are left to others.
  const settings: Settings = {
    ...given,
    roles: ["node"],
    fresh: false,
    port: 0,
    adminPort: 0,
    enginePort: 0,
  };
  const logger = createLogger({
    level: given.logLevel,
    json: given.logJson || !process.stderr.isTTY,
  });
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  process.once("SIGTERM", () => stopping.abort());
  const contextOf = (closers: Closers): ComposeContext => ({
    progress: humanProgress((line) => process.stderr.write(`${line}\n`), false),
    logger,
    closers,
    signal: stopping.signal,
  });

  if (settings.engineUrl !== undefined) {
    throw cliError(
      "CLI_USAGE",
      "`fovea rebuild` is for the engine in this process; empty the data directory of the engine at --engine-url instead, and start both again.",
    );
  }
  if (settings.l1RpcUrl === undefined && chooseL1Engine(settings.l1Engine) === "hardhat") {
    throw cliError(
      "CLI_CONFIG",
      "There is nothing to rebuild from: Hardhat's node keeps no chain over restarts; give the chain's L1 with --l1-rpc-url, or use --l1-engine anvil.",
    );
  }
  if (!flags.yes && !(await isConfirmed(settings.datadir))) return;
  const before = await readSafeHead(settings, contextOf(new Closers()));
  const closers = new Closers();
  try {
    const startedMs = Date.now();
    const server = await compose(settings, contextOf(closers));
    await untilDerived(server.node, stopping.signal);
    if (stopping.signal.aborted) return;
    const after = await server.engine.getHeader(before.number);
    const tookMs = Date.now() - startedMs;
    if (flags.json)
      printJson({ number: before.number, before: before.hash, after: after?.hash ?? null, tookMs });
    else {
      print(`safe head ${before.number} before ${before.hash}`);
      print(
        `safe head ${before.number} after  ${after?.hash ?? "not on L1"}   ${(tookMs / 1000).toFixed(1)} s`,
      );
    }
    if (after?.hash !== before.hash) {
      const now = after === undefined ? "is not on L1 any more" : `is ${after.hash} on L1 now`;
      throw cliError(
        "CLI_REBUILD_DIFFERS",
        `Block ${before.number} was ${before.hash} and ${now}: L1 was reorganized, or the rules of this version differ. The data directory follows L1; \`npx fovea start\` goes on from there.`,
      );
    }
  } finally {
    await closers.closeAll(logger);
    setImmediate(() => process.exit(process.exitCode ?? 0));
  }
}

/** Opens what is there, notes the safe head, and deletes everything but L1. */
async function readSafeHead(settings: Settings, context: ComposeContext): Promise<BlockHeader> {
  const { closers, logger } = context;
  const chainClosers = new Closers();
  let isCleared = false;
  let redisFolder = "";
  try {
    const foundation = await layFoundation(settings, context);
    redisFolder = foundation.dataDir.at("redis");
    if (!foundation.dataDir.hasChain()) {
      throw cliError(
        "CLI_DATADIR",
        `There is no chain in ${foundation.dataDir.path}; \`npx fovea start\` makes one.`,
      );
    }
    const engine = await openChain(foundation, { logger, closers: chainClosers });
    const safe = (await engine.getHeader("safe")) ?? (await engine.getHeader(0n));
    if (safe === undefined) throw cliError("CLI_DATADIR", "The chain has no genesis block.");
    await chainClosers.closeAll(logger);
    foundation.dataDir.clearRebuildable();
    isCleared = true;
    return safe;
  } finally {
    await chainClosers.closeAll(logger);
    await closers.closeAll(logger);
    if (isCleared) rmSync(redisFolder, { recursive: true, force: true });
  }
}

/** Waits until the node has derived all that is on L1, or the person stops. Errors: what the node stopped for. */
async function untilDerived(node: RollupNode, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && node.syncProblems().length > 0) {
    if (node.incident) throw node.incident;
    await systemClock.sleep(POLL_MS, signal);
  }
}

async function isConfirmed(datadir: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw cliError(
      "CLI_USAGE",
      "`fovea rebuild` asks before it deletes; add --yes where nobody can answer.",
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    `Delete blocks, states and jobs in ${datadir} and derive them from L1 again? What is not on L1 yet is lost. [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
