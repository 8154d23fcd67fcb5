import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { decodeEnvelope, type SignedTx } from "../../../../src/engine/envelope.js";
import { executeEthereumTx } from "../../../../src/engine/ethereum/executeEthereumTx.js";
import { parseAlloc, writeAlloc } from "../../../../src/engine/ethereum/gethGenesis.js";
import { EvmMachine } from "../../../../src/engine/execution/evmMachine.js";
import type { Fork } from "../../../../src/engine/execution/forks.js";
import type { BlockEnv } from "../../../../src/engine/execution/runMessage.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { traceBudget } from "../../../../src/engine/tracing/budget.js";
import { createTracer } from "../../../../src/engine/tracing/createTracer.js";
import { EvmObserver } from "../../../../src/engine/tracing/evmObserver.js";
import { followMessage } from "../../../../src/engine/tracing/traceMessage.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Address, fromHex } from "../../../../src/util/hex.js";

type Json = Record<string, unknown>;

/** One of geth's cases: a state, a block, a transaction, and what a tracer says of it. */
interface GethCase {
  genesis: { config: Json; alloc: Json; mixHash?: string; baseFeePerGas?: string };
  context: Record<string, string>;
  input: string;
  tracerConfig?: Json;
  result: unknown;
}

const FOLDER = process.env.FOVEA_GETH_TRACES;
const TRACERS: Readonly<Record<string, string>> = {
  call_tracer: "callTracer",
  call_tracer_withLog: "callTracer",
  call_tracer_flat: "flatCallTracer",
  prestate_tracer: "prestateTracer",
  prestate_tracer_with_diff_mode: "prestateTracer",
};
const NOWHERE = { blockHash: undefined, blockNumber: undefined, txHash: undefined, txIndex: 0 };
/** Forks by the field of geth's configuration that has their block or time, newest first. */
const FORK_FIELDS: readonly [field: string, fork: Fork][] = [
  ["osakaTime", "osaka"],
  ["pragueTime", "prague"],
  ["cancunTime", "cancun"],
  ["shanghaiTime", "shanghai"],
  ["londonBlock", "london"],
  ["berlinBlock", "berlin"],
  ["istanbulBlock", "istanbul"],
  ["petersburgBlock", "petersburg"],
  ["constantinopleBlock", "constantinople"],
  ["byzantiumBlock", "byzantium"],
  ["eip158Block", "spuriousDragon"],
  ["eip150Block", "tangerineWhistle"],
  ["homesteadBlock", "homestead"],
] as unknown as readonly [string, Fork][];

function forkOf({ genesis, context }: GethCase): Fork {
  const config = new Map(Object.entries(genesis.config).map(([k, v]) => [k.toLowerCase(), v]));
  const has = ([field]: readonly [string, Fork]): boolean => {
    const since = config.get(field.toLowerCase());
    const at = field.endsWith("Time") ? context.timestamp : context.number;
    return since !== undefined && since !== null && BigInt(at ?? 0) >= BigInt(since as number);
  };
  return FORK_FIELDS.find(has)?.[1] ?? ("chainstart" as Fork);
}

function envOf({ genesis, context }: GethCase): BlockEnv {
  const isMerged = genesis.config.terminalTotalDifficulty === 0;
  return {
    number: BigInt(context.number ?? 0),
    timestamp: BigInt(context.timestamp ?? 0),
    gasLimit: BigInt(context.gasLimit ?? 0),
    baseFeePerGas: BigInt(context.baseFeePerGas ?? genesis.baseFeePerGas ?? 0),
    prevRandao: fromHex(genesis.mixHash ?? `0x${"00".repeat(32)}`),
    feeRecipient: (context.miner ?? "").toLowerCase() as Address,
    difficulty: isMerged ? 0n : BigInt(context.difficulty ?? 0),
    blobBaseFee: 1n,
  };
}

async function traceCase(given: GethCase, tracerName: string): Promise<unknown> {
  const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
  writeAlloc(state, parseAlloc(given.genesis.alloc));
  state.settle();
  const chainId = Number(given.genesis.config.chainId);
  const rules = { chainId, provablePrecompiles: false, hasPlainPrecompiles: true };
  const machine = await EvmMachine.create(
    { ...rules, fork: forkOf(given) },
    state,
    () => undefined,
  );
  const env = envOf(given);
  const tx = decodeEnvelope(fromHex(`0x${given.input.replace(/^0x/, "")}`)) as SignedTx;
  const options = { tracer: tracerName, tracerConfig: given.tracerConfig };
  const tracer = createTracer(options, traceBudget(1e9), NOWHERE);
  const observer = new EvmObserver(machine);
  const about = { message: tx, feeRecipient: env.feeRecipient };
  await followMessage(observer, tracer, machine, about, async () => {
    return (await executeEthereumTx(machine, env, tx)).gasUsed;
  });
  observer.close();
  machine.release();
  return JSON.parse(JSON.stringify(tracer.result()));
}

/** Places on the chain, and fields that the cases have empty or from older versions. */
const UNCOMPARED = new Set(["blockHash", "blockNumber", "transactionHash", "transactionPosition"]);
const OLD = new Set(["time", "author", "rewardType", "index"]);

function isEmpty(value: unknown): boolean {
  if (value === null || value === "0x" || value === `0x${"00".repeat(20)}`) return true;
  if (typeof value !== "object") return false;
  return !Array.isArray(value) && Object.keys(value as Json).length === 0;
}

/** What both sides have to say, without what is empty. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const isCallAction = "callType" in value;
  const fields = Object.entries(value)
    .filter(([key]) => !UNCOMPARED.has(key) && !OLD.has(key))
    .filter(([key]) => !isCallAction || !["address", "balance", "refundAddress"].includes(key))
    .map(([key, item]): [string, unknown] => [key, comparable(item)])
    .filter(([key, item]) => !isEmpty(item) && !(key === "balance" && item === "0x0"));
  return Object.fromEntries(fields);
}

const folders = FOLDER === undefined ? [] : Object.keys(TRACERS);

(FOLDER === undefined ? describe.skip : describe)("geth's tracer cases", () => {
  test("the folder is there", () => {
    expect(existsSync(FOLDER ?? "")).toBe(true);
  });

  for (const folder of folders) {
    const path = join(FOLDER ?? "", folder);
    for (const file of readdirSync(path).filter((name) => name.endsWith(".json"))) {
      test(`${folder}/${file}`, async () => {
        const given = JSON.parse(readFileSync(join(path, file), "utf8")) as GethCase;
        const got = await traceCase(given, TRACERS[folder] as string);
        expect(comparable(got)).toEqual(comparable(given.result));
      });
    }
  }
});
