import type { EmbeddedL1 } from "../l1/dev/embeddedL1.js";
import { startEmbeddedL1 } from "../l1/dev/startEmbeddedL1.js";
import { HttpJsonRpc, type JsonRpc, redactUrl } from "../l1/jsonRpc.js";
import type { ChainConfig } from "../protocol/types.js";
import type { Logger } from "../telemetry/logger.js";
import { hasCode } from "../util/errors.js";
import { findFreePort } from "../util/findFreePort.js";
import type { L1Choice } from "./chooseL1.js";
import type { DataDir } from "./dataDir.js";
import { cliError } from "./errors.js";
import type { Settings } from "./settings.js";

/** The L1 of this server. */
export interface L1Connection {
  rpc: JsonRpc;
  /** Without anything that may be a secret. */
  url: string;
  /** Undefined: an external L1. */
  embedded: EmbeddedL1 | undefined;
}

/**
 * Connects to the L1 of `--l1-rpc-url`, or starts the embedded one.
 * Errors: CLI_L1_UNAVAILABLE, CLI_CONFIG (another chain), CLI_PORT_TAKEN, those of `startEmbeddedL1`.
 */
export async function connectL1(
  settings: Settings,
  chain: ChainConfig,
  deps: {
    dataDir: DataDir;
    choice: L1Choice;
    logger: Logger;
    onExit: (reason: string) => void;
  },
): Promise<L1Connection> {
  const { engine, fresh } = deps.choice;
  if (settings.l1RpcUrl !== undefined) return connectExternal(settings.l1RpcUrl, chain);
  try {
    const embedded = await startEmbeddedL1(engine ?? "anvil", {
      dataDir: deps.dataDir.path,
      port: settings.l1Port === 0 ? await findFreePort() : settings.l1Port,
      chainId: chain.l1ChainId,
      blockTimeSeconds: settings.l1BlockTime,
      fresh,
      logger: deps.logger.child({ role: "l1" }),
      onExit: deps.onExit,
    });
    return { rpc: embedded.rpc, url: embedded.url, embedded };
  } catch (cause) {
    if (!hasCode(cause, "L1_PORT_TAKEN")) throw cause;
    throw cliError(
      "CLI_PORT_TAKEN",
      `Port ${settings.l1Port} is in use by another program; stop it, choose another with --l1-port, or use the L1 that runs there with --l1-rpc-url.`,
      cause,
    );
  }
}

async function connectExternal(url: string, chain: ChainConfig): Promise<L1Connection> {
  const shown = redactUrl(url);
  let chainId: number;
  try {
    const once = new HttpJsonRpc({ url, timeoutMs: 5_000, maxAttempts: 2 });
    chainId = Number(await once.call("eth_chainId", []));
  } catch (cause) {
    throw cliError(
      "CLI_L1_UNAVAILABLE",
      `The L1 at ${shown} does not answer; check --l1-rpc-url, or leave it out to start an embedded L1.`,
      cause,
    );
  }
  if (chainId !== chain.l1ChainId) {
    throw cliError(
      "CLI_CONFIG",
      `The L1 at ${shown} has chain id ${chainId}, but the chain config wants ${chain.l1ChainId}; give the right --l1-rpc-url, or the --chain-config that belongs to it.`,
    );
  }
  return { rpc: new HttpJsonRpc({ url }), url: shown, embedded: undefined };
}
