import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { plainForks } from "../../../../src/cli/chainFile/plainForks.js";
import {
  type EthereumEngine,
  openEthereumEngine,
} from "../../../../src/engine/openEthereumEngine.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Hash, ZERO_HASH } from "../../../../src/util/hex.js";
import { EngineApiHarness } from "../../../helpers/engineApi.js";
import { accounts, addressOf, signTx } from "../../../helpers/engineChain.js";
import { FakeClock } from "../../../helpers/fakeClock.js";

type Json = Record<string, unknown>;
const ROOT: Hash = `0x${"be".repeat(32)}`;
const FEE_RECIPIENT = "0x00000000000000000000000000000000000000fe";
/** Forks come one after the other, 100 seconds each. */
const TIMES = { paris: 50, shanghai: 100, cancun: 200, prague: 300, osaka: 400 };
const VERSIONS = {
  paris: { fcu: 1, payload: 1, get: 1 },
  shanghai: { fcu: 2, payload: 2, get: 2 },
  cancun: { fcu: 3, payload: 3, get: 3 },
  prague: { fcu: 3, payload: 4, get: 4 },
  osaka: { fcu: 3, payload: 4, get: 5 },
};
type Fork = keyof typeof TIMES;

const SYSTEM_CODE = "0x5f5ff3";
const GENESIS = JSON.stringify({
  config: {
    chainId: 901,
    ...Object.fromEntries(
      ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg"].map(
        (name) => [`${name}Block`, 0],
      ),
    ),
    istanbulBlock: 0,
    berlinBlock: 0,
    londonBlock: 0,
    mergeNetsplitBlock: 0,
    terminalTotalDifficulty: 0,
    shanghaiTime: TIMES.shanghai,
    cancunTime: TIMES.cancun,
    pragueTime: TIMES.prague,
    osakaTime: TIMES.osaka,
    blobSchedule: {
      cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3_338_477 },
      prague: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
      osaka: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
    },
  },
  difficulty: "0x0",
  gasLimit: "0x1c9c380",
  baseFeePerGas: "0x3b9aca00",
  timestamp: "0x0",
  alloc: {
    [addressOf(accounts[0])]: { balance: "0x56bc75e2d63100000" },
    // EIP-7002 and EIP-7251: nothing is asked for.
    "0x00000961Ef480Eb55e80D19ad83579A64c007002": {
      balance: "0x0",
      nonce: "0x1",
      code: SYSTEM_CODE,
    },
    "0x0000BBdDc7CE488642fb579F8B00f3a590007251": {
      balance: "0x0",
      nonce: "0x1",
      code: SYSTEM_CODE,
    },
  },
});

let opened: EthereumEngine;
let api: EngineApiHarness;
/** Hash of the block of each fork, the genesis under "none". */
const blocks: Partial<Record<Fork | "none", Hash>> = {};

const hex = (value: number) => `0x${value.toString(16)}`;
const state = (head: Hash) => ({
  headBlockHash: head,
  safeBlockHash: ZERO_HASH,
  finalizedBlockHash: ZERO_HASH,
});

function attributesOf(fork: Fork, time: number = TIMES[fork]): Json {
  return {
    timestamp: hex(time),
    prevRandao: ROOT,
    suggestedFeeRecipient: FEE_RECIPIENT,
    ...(fork === "paris" ? {} : { withdrawals: [WITHDRAWAL] }),
    ...(VERSIONS[fork].fcu < 3 ? {} : { parentBeaconBlockRoot: ROOT }),
  };
}
const WITHDRAWAL = { index: "0x0", validatorIndex: "0x7", address: FEE_RECIPIENT, amount: "0x2" };

/** Parameters of newPayload as the fork's version takes them. */
const extrasOf = (fork: Fork): unknown[] => {
  if (VERSIONS[fork].payload < 3) return [];
  return VERSIONS[fork].payload === 3 ? [[], ROOT] : [[], ROOT, []];
};
const payloadOf = (fork: Fork, result: unknown): Json =>
  (fork === "paris" ? result : (result as Json).executionPayload) as Json;

async function startOn(head: Hash, fork: Fork): Promise<string> {
  const method = `engine_forkchoiceUpdatedV${VERSIONS[fork].fcu}`;
  const { result } = await api.call(method, state(head), attributesOf(fork));
  return (result as { payloadId: string }).payloadId;
}

beforeAll(async () => {
  const clock = new FakeClock(1_000);
  opened = await openEthereumEngine({ store: new MemoryStore(), genesis: GENESIS, clock });
  api = await EngineApiHarness.open(opened.engine, plainForks(opened.schedule));
  blocks.none = opened.engine.genesisHash;
});

afterAll(async () => {
  await api.close();
  await opened.engine.close();
});

describe("the Engine API of plain Ethereum, fork by fork", () => {
  const forks = Object.keys(TIMES) as Fork[];

  test.each(forks)(
    "%s: a block is built, comes back in its version only, and is taken",
    async (fork) => {
      const parent = (
        forks.indexOf(fork) === 0 ? blocks.none : blocks[forks[forks.indexOf(fork) - 1] as Fork]
      ) as Hash;
      const nonce = forks.indexOf(fork);
      await opened.engine.pool.add(
        await signTx({ nonce, to: FEE_RECIPIENT, value: 1n, maxPriorityFeePerGas: 3n }),
      );
      const id = await startOn(parent, fork);
      for (const [index, version] of [1, 2, 3, 4, 5].entries()) {
        const { result, error } = await api.call(`engine_getPayloadV${version}`, id);
        // The second version is for the fork before its own as well.
        const isTaken = version === VERSIONS[fork].get || (fork === "paris" && index === 1);
        expect([version, error?.code, result !== undefined]).toEqual([
          version,
          isTaken ? undefined : -38005,
          isTaken,
        ]);
      }
      const { result } = await api.call(`engine_getPayloadV${VERSIONS[fork].get}`, id);
      const payload = payloadOf(fork, result);
      if (fork !== "paris") expect(payload.withdrawals).toEqual([WITHDRAWAL]);
      expect(payload.transactions).toHaveLength(1);
      if (fork !== "paris") expect((result as Json).blockValue).toBe(hex(21_000 * 3));
      expect("blobGasUsed" in payload).toBe(VERSIONS[fork].fcu === 3);
      expect("withdrawalsRoot" in payload).toBe(false);

      for (const version of [1, 2, 3, 4]) {
        if (version === VERSIONS[fork].payload || (fork === "paris" && version === 2)) continue;
        const extras = version < 3 ? [] : version === 3 ? [[], ROOT] : [[], ROOT, []];
        const { error, result: taken } = await api.call(
          `engine_newPayloadV${version}`,
          payload,
          ...extras,
        );
        expect([version, error?.code ?? taken]).toEqual([version, expect.anything()]);
        expect([-32602, -38005]).toContain(error?.code);
      }
      const status = await api.call(
        `engine_newPayloadV${VERSIONS[fork].payload}`,
        payload,
        ...extrasOf(fork),
      );
      expect(status.result).toEqual({
        status: "VALID",
        latestValidHash: payload.blockHash,
        validationError: null,
      });
      blocks[fork] = payload.blockHash as Hash;
      const moved = await api.call(
        `engine_forkchoiceUpdatedV${VERSIONS[fork].fcu}`,
        state(blocks[fork] as Hash),
        null,
      );
      expect((moved.result as { payloadStatus: Json }).payloadStatus.status).toBe("VALID");
    },
  );

  test("a head that is a canonical ancestor is told to be valid, and nothing moves or is built", async () => {
    const { result } = await api.call("engine_forkchoiceUpdatedV3", state(blocks.cancun as Hash), {
      ...attributesOf("osaka", 500),
    });
    expect(result).toEqual({
      payloadStatus: { status: "VALID", latestValidHash: blocks.cancun, validationError: null },
      payloadId: null,
    });
    expect((await opened.engine.getHeader("latest"))?.hash).toBe(blocks.osaka);
  });

  test("attributes of another fork than the version's are refused with the specification's numbers", async () => {
    const codeOf = async (version: number, attributes: Json) =>
      (
        await api.call(
          `engine_forkchoiceUpdatedV${version}`,
          state(blocks.osaka as Hash),
          attributes,
        )
      ).error?.code;
    const { withdrawals: _, ...bare } = attributesOf("osaka", 500);
    expect(await codeOf(3, attributesOf("shanghai", 500))).toBe(-38003);
    expect(await codeOf(3, bare)).toBe(-38003);
    expect(await codeOf(3, { ...attributesOf("osaka", 500), noTxPool: true })).toBe(-38003);
    expect(await codeOf(3, { ...attributesOf("osaka", 500), gasLimit: "0x1" })).toBe(-38003);
    expect(await codeOf(3, attributesOf("osaka", TIMES.osaka))).toBe(-38003);
    expect(await codeOf(3, attributesOf("osaka", TIMES.shanghai))).toBe(-38005);
    expect(await codeOf(2, attributesOf("shanghai", 500))).toBe(-38005);
    expect(await codeOf(2, attributesOf("paris", TIMES.shanghai))).toBe(-32602);
    expect(await codeOf(2, attributesOf("shanghai", TIMES.paris))).toBe(-32602);
    expect(await codeOf(1, attributesOf("shanghai", TIMES.paris))).toBe(-32602);
    expect(await codeOf(1, attributesOf("paris", TIMES.shanghai))).toBe(-32602);
  });

  test("a wrong hash has a status of its own in the first version, and none in later ones", async () => {
    const paris = {
      parentHash: blocks.none,
      feeRecipient: FEE_RECIPIENT,
      stateRoot: ROOT,
      receiptsRoot: ROOT,
      logsBloom: `0x${"00".repeat(256)}`,
      prevRandao: ROOT,
      blockNumber: "0x1",
      gasLimit: "0x1c9c380",
      gasUsed: "0x0",
      timestamp: hex(TIMES.paris),
      extraData: "0x",
      baseFeePerGas: "0x342770c0",
      blockHash: ROOT,
      transactions: [],
    };
    expect((await api.call("engine_newPayloadV1", paris)).result).toMatchObject({
      status: "INVALID_BLOCK_HASH",
      latestValidHash: null,
    });
    expect((await api.call("engine_newPayloadV2", paris)).result).toMatchObject({
      status: "INVALID",
      latestValidHash: null,
    });
  });

  test("bodies have withdrawals from Shanghai on", async () => {
    const { result } = await api.call("engine_getPayloadBodiesByRangeV1", "0x1", "0x5");
    const bodies = result as { withdrawals: unknown }[];
    expect(bodies.map(({ withdrawals }) => withdrawals)).toEqual([
      null,
      ...Array.from({ length: 4 }, () => [WITHDRAWAL]),
    ]);
  });
});
