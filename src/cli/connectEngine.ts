import { computeGenesis } from "../engine/genesis.js";
import { RemoteEngine } from "../engine/remote/remoteEngine.js";
import type { RollupConfig } from "../protocol/types.js";
import { systemClock } from "../util/clock.js";
import { type FoveaError, hasCode } from "../util/errors.js";
import { cliError } from "./errors.js";
import type { ComposeContext } from "./foundation.js";
import { readJwtSecret } from "./jwtSecret.js";

const RETRY_MS = 500;

/**
 * The engine at `--engine-url`; waits until it answers, because it may need this server's rollup.json before it can start.
 * Errors: CLI_CONFIG (no secret, a wrong one, another chain), ENGINE_REMOTE_UNREACHABLE if the person stops waiting.
 */
export async function connectEngine(
  url: string,
  jwtFile: string | undefined,
  rollup: RollupConfig,
  context: Pick<ComposeContext, "logger" | "closers" | "progress" | "signal">,
): Promise<RemoteEngine> {
  if (jwtFile === undefined) {
    throw cliError(
      "CLI_CONFIG",
      "--engine-url needs the engine's secret: give its file with --engine-jwt.",
    );
  }
  const secret = readJwtSecret(jwtFile, { mayCreate: false });
  const { hash: genesisHash } = await computeGenesis(rollup);
  const chain = { chainId: rollup.chain.l2ChainId, genesisHash };
  const logger = context.logger.child({ role: "engine" });
  for (let attempt = 0; ; attempt++) {
    try {
      const engine = await RemoteEngine.connect(chain, { url, secret }, { logger });
      context.closers.add("engine", () => engine.close());
      return engine;
    } catch (error) {
      const mayComeUp = hasCode(error, "ENGINE_REMOTE_UNREACHABLE") && !context.signal.aborted;
      if (!mayComeUp) throw explain(error, url, chain);
      if (attempt === 0) context.progress.note(`waiting for the engine at ${new URL(url).host}`);
      await systemClock.sleep(RETRY_MS, context.signal);
    }
  }
}

function explain(error: unknown, url: string, chain: { genesisHash: string }): unknown {
  const { host } = new URL(url);
  if (hasCode(error, "ENGINE_REMOTE_REFUSED")) {
    const why = String((error as FoveaError).data.why ?? "");
    return cliError(
      "CLI_CONFIG",
      `The engine at ${host} refuses the token (${why}); give both the same secret and the same time of day.`,
      error,
    );
  }
  if (hasCode(error, "ENGINE_OTHER_GENESIS")) {
    const found = String((error as FoveaError).data.found);
    return cliError(
      "CLI_CONFIG",
      `The engine at ${host} has another chain: its genesis is ${found}, this one's ${chain.genesisHash}; start it with this server's rollup.json.`,
      error,
    );
  }
  return error;
}
