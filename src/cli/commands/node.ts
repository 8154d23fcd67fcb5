import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createEngineServer } from "../../rpc/engine/engineServer.js";
import { createNodeServer } from "../../rpc/nodeServer.js";
import { createLogger, type Logger, type LogLevel } from "../../telemetry/logger.js";
import { withGenesisFile } from "../chainFile/openFile.js";
import { openPlainChain } from "../chainFile/plainChain.js";
import { plainForks } from "../chainFile/plainForks.js";
import { Closers } from "../closers.js";
import { cliError } from "../errors.js";
import { readJwtSecret } from "../jwtSecret.js";
import { print, printJson } from "../output.js";
import { portTaken } from "../portTaken.js";
import { VERSION } from "../version.js";

/** Flags of `fovea node`. */
export interface NodeFlags {
  datadir: string;
  genesis?: string;
  http?: string;
  "http.api"?: string;
  "http.corsdomain"?: string;
  "http.vhosts"?: string;
  authrpc?: string;
  jwt?: string;
  threads?: string;
  logLevel?: string;
  json?: boolean;
}

const DEFAULT_HTTP = "127.0.0.1:8545";
const DEFAULT_AUTHRPC = "127.0.0.1:8551";
const DEFAULT_APIS = "eth,net,web3,txpool,debug";
const LEVELS: readonly LogLevel[] = ["silent", "error", "warn", "info", "debug"];
const STOP_TIMEOUT_MS = 5_000;

/** `fovea node`: a node of plain Ethereum, driven through its Engine API, until it is asked to stop. */
export async function node(flags: NodeFlags): Promise<void> {
  const http = parseEndpoint("--http", flags.http ?? DEFAULT_HTTP);
  const authrpc = parseEndpoint("--authrpc", flags.authrpc ?? DEFAULT_AUTHRPC);
  const threads = parseThreads(flags.threads ?? "0");
  const logger = createLogger({
    level: parseLevel(flags.logLevel ?? "warn"),
    json: !process.stderr.isTTY,
  });
  const closers = new Closers();
  const stopped = untilAskedToStop();
  try {
    mkdirSync(flags.datadir, { recursive: true, mode: 0o700 });
    const secret = readJwtSecret(flags.jwt ?? join(flags.datadir, "jwt.hex"));
    const { datadir, genesis: file } = flags;
    const open = (genesis?: string) =>
      openPlainChain({
        datadir,
        logger,
        closers,
        threads,
        hasJournal: true,
        ...(genesis === undefined ? {} : { genesis }),
      });
    const { engine, schedule } = await (file === undefined ? open() : withGenesisFile(file, open));
    const engineServer = createEngineServer({
      engine,
      forks: plainForks(schedule),
      config: { ...authrpc, secret, version: VERSION },
      logger: logger.child({ role: "authrpc" }),
    });
    closers.add("Engine API", () => engineServer.close());
    const server = createNodeServer({
      engine,
      config: {
        ...http,
        namespaces: listOf(flags["http.api"] ?? DEFAULT_APIS),
        cors: listOf(flags["http.corsdomain"] ?? ""),
        vhosts: listOf(flags["http.vhosts"] ?? ""),
        version: VERSION,
      },
      logger: logger.child({ role: "rpc" }),
    });
    closers.add("JSON-RPC", () => server.close());
    // The public port comes last: who finds it open finds everything open.
    const enginePort = (await listenOn("--authrpc", authrpc.port, engineServer)).port;
    const port = (await listenOn("--http", http.port, server)).port;
    const facts = {
      chainId: engine.chainId,
      genesis: engine.genesisHash,
      http: `http://${http.host}:${port}`,
      authrpc: `http://${authrpc.host}:${enginePort}`,
    };
    if (flags.json) printJson(facts);
    else print(`chain ${facts.chainId}  JSON-RPC ${facts.http}  Engine API ${facts.authrpc}`);
    await stopped;
  } finally {
    await stopAll(closers, logger);
  }
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

async function listenOn(
  flag: string,
  port: number,
  server: { listen(): Promise<{ port: number }> },
): Promise<{ port: number }> {
  return server.listen().catch((cause) => {
    throw portTaken(flag, port, cause);
  });
}

/** `HOST:PORT`, `[IPV6]:PORT`, or a port on this machine. Errors: CLI_USAGE. */
function parseEndpoint(flag: string, text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw cliError(
      "CLI_USAGE",
      `${flag} ${text} is no address to listen on; write 127.0.0.1:8545.`,
    );
  }
  return { host: bracketed ?? (plain || "127.0.0.1"), port };
}

/** Errors: CLI_USAGE. */
function parseThreads(text: string): number {
  if (!/^\d{1,2}$/.test(text)) {
    throw cliError("CLI_USAGE", `--threads ${text} is no number of threads; it takes 0 to 99.`);
  }
  return Number(text);
}

/** Errors: CLI_USAGE. */
function parseLevel(text: string): LogLevel {
  const level = LEVELS.find((known) => known === text);
  if (level) return level;
  throw cliError("CLI_USAGE", `--log-level ${text} is none of ${LEVELS.join(", ")}.`);
}

function untilAskedToStop(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => stop());
    }
  });
}

/** Ends everything within the limit. */
async function stopAll(closers: Closers, logger: Logger): Promise<void> {
  const timer = setTimeout(() => process.exit(process.exitCode ?? 70), STOP_TIMEOUT_MS);
  await closers.closeAll(logger);
  clearTimeout(timer);
  // Idle connections of HTTP clients would keep the process for seconds; an error is printed before.
  setImmediate(() => process.exit(process.exitCode ?? 0)).unref();
}
