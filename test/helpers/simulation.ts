import { openEthereumEngine } from "../../src/engine/openEthereumEngine.js";
import { simulateBlocks } from "../../src/engine/simulate/simulator.js";
import type { SimulatedBlock, SimulateRequest } from "../../src/engine/simulate/types.js";
import type { BlockOverride, CallRequest, Engine, StateOverride } from "../../src/engine/types.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import type { Address } from "../../src/util/hex.js";
import { accounts, addressOf } from "./engineChain.js";
import { FakeClock } from "./fakeClock.js";

const ETHER = `0x${(10n ** 21n).toString(16)}`;

/** Genesis file of a chain of plain Ethereum with all forks to Cancun; the test accounts are rich. */
export const CANCUN_GENESIS = JSON.stringify({
  config: {
    chainId: 1337,
    homesteadBlock: 0,
    eip150Block: 0,
    eip155Block: 0,
    eip158Block: 0,
    byzantiumBlock: 0,
    constantinopleBlock: 0,
    petersburgBlock: 0,
    istanbulBlock: 0,
    berlinBlock: 0,
    londonBlock: 0,
    mergeNetsplitBlock: 0,
    terminalTotalDifficulty: 0,
    shanghaiTime: 0,
    cancunTime: 0,
  },
  gasLimit: "0x1c9c380",
  difficulty: "0x0",
  baseFeePerGas: "0x3b9aca00",
  timestamp: "0x64",
  alloc: Object.fromEntries(accounts.map((account) => [addressOf(account), { balance: ETHER }])),
});

/** An engine of plain Ethereum that stands on its genesis block. */
export async function openPlainEngine(genesis = CANCUN_GENESIS): Promise<Engine> {
  const clock = new FakeClock(1_000_000);
  return (await openEthereumEngine({ store: new MemoryStore(), clock, genesis })).engine;
}

/** A block to simulate, everything in it optional. */
export interface BlockSpec {
  block?: BlockOverride;
  state?: Record<Address, StateOverride>;
  calls?: CallRequest[];
}

/** Simulates on the head. */
export async function simulate(
  engine: Engine,
  specs: BlockSpec[],
  options: Partial<Omit<SimulateRequest, "blocks">> & { gas?: bigint; timeoutMs?: number } = {},
): Promise<SimulatedBlock[]> {
  const { execution } = engine;
  const base = await engine.getHeader("latest");
  if (!execution || !base) throw new Error("no chain");
  const { gas = 50_000_000n, timeoutMs = 10_000, ...flags } = options;
  const blocks = specs.map(({ block = {}, state = {}, calls = [] }) => ({
    blockOverrides: block,
    stateOverrides: state,
    calls,
  }));
  const request = { traceTransfers: false, validation: false, ...flags, blocks };
  return simulateBlocks(execution, base, request, { gas, timeoutMs });
}

/** Code of the error that a promise ends with; undefined if it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}
