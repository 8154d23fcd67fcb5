import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devAccounts } from "../../src/l1/dev/accounts.js";
import { type DevL1, startDevL1 } from "../../src/l1/dev/devL1.js";
import { KeyL1Sender } from "../../src/l1/sender.js";
import { parseChainConfig } from "../../src/protocol/chainConfig.js";
import type { ChainConfig } from "../../src/protocol/types.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { systemClock } from "../../src/util/clock.js";
import type { Address, Hash } from "../../src/util/hex.js";
import { freePort } from "./freePort.js";

/** The development chain's config. */
export function devChainConfig(): ChainConfig {
  return parseChainConfig(JSON.parse(readFileSync("config/dev.json", "utf8")));
}

/** Any root will do where no L2 exists. */
export const SOME_ROOT: Hash = `0x${"ab".repeat(32)}`;

/** A development L1 in a folder of its own; `end` removes both. Blocks come by `mine` only. */
export interface TestL1 extends DevL1 {
  sender(address: Address): KeyL1Sender;
  mine(blocks?: number): Promise<void>;
  end(): Promise<void>;
}

/** Starts anvil with the contracts deployed; transactions are mined at once. */
export async function startTestL1(): Promise<TestL1> {
  const dataDir = mkdtempSync(join(tmpdir(), "fovea-l1-"));
  const logger = silentLogger();
  const chain = devChainConfig();
  const config = { dataDir, port: await freePort(), chain, blockTimeSeconds: 3600, fresh: true };
  const l1 = await startDevL1(config, { logger, computeGenesisOutputRoot: () => SOME_ROOT });
  const { rpc } = l1.embedded;
  await rpc.call("evm_setIntervalMining", [0]);
  await rpc.call("evm_setAutomine", [true]);
  return {
    ...l1,
    sender: (address) => {
      const key = devAccounts().get(address);
      if (key === undefined) throw new RangeError(`${address} is no development account`);
      const senderConfig = { key, chainId: chain.l1ChainId, pollMs: 5 };
      return new KeyL1Sender(senderConfig, { rpc, clock: systemClock, logger });
    },
    mine: async (blocks = 1) => {
      for (let i = 0; i < blocks; i++) await rpc.call("evm_mine", []);
    },
    end: async () => {
      await l1.embedded.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
