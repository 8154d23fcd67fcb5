import { expect, test } from "@jest/globals";
import type { Engine, FoundLog, LogFilter } from "../../../src/engine/types.js";
import { findLogs } from "../../../src/rpc/live/findLogs.js";
import { ANY_LOG } from "../../../src/rpc/params/logFilter.js";
import { DEFAULT_GATEWAY_LIMITS } from "../../../src/rpc/types.js";
import { EMPTY_BYTES, ZERO_HASH } from "../../../src/util/hex.js";

/** The two functions of the engine that findLogs calls, over a list of log counts per block. */
function engineWith(counts: number[]): Engine {
  const logs: FoundLog[] = counts.flatMap((count, block) =>
    Array.from({ length: count }, (_item, logIndex) => ({
      address: "0x00000000000000000000000000000000000000aa",
      topics: [],
      data: EMPTY_BYTES,
      blockNumber: BigInt(block),
      blockHash: ZERO_HASH,
      blockTimestamp: 0n,
      transactionHash: ZERO_HASH,
      transactionIndex: 0,
      logIndex,
      removed: false,
    })),
  );
  return {
    getHeader: async () => ({ number: BigInt(counts.length - 1) }),
    getLogs: async (filter: LogFilter, limit: number) =>
      logs
        .filter((log) => log.blockNumber >= filter.fromBlock && log.blockNumber <= filter.toBlock)
        .slice(0, limit),
  } as unknown as Engine;
}

test("following the suggested ranges gives exactly all logs, with fewer blocks each time", async () => {
  let seed = 3;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 300; round++) {
    const counts = Array.from({ length: 1 + random(40) }, () => (random(3) === 0 ? random(9) : 0));
    const engine = engineWith(counts);
    const limits = {
      ...DEFAULT_GATEWAY_LIMITS,
      logItems: 1 + random(6),
      logBlocks: BigInt(1 + random(12)),
    };
    const found: FoundLog[] = [];
    let from = 0n;
    let to = BigInt(counts.length - 1);
    while (from < BigInt(counts.length)) {
      try {
        const part = await findLogs(engine, { ...ANY_LOG, fromBlock: from, toBlock: to }, limits);
        found.push(...part);
        from = to + 1n;
        to = BigInt(counts.length - 1);
      } catch (error) {
        const { retry } = (error as { data: { retry: { fromBlock: string; toBlock: string } } })
          .data;
        expect(BigInt(retry.fromBlock)).toBe(from);
        expect(BigInt(retry.toBlock)).toBeLessThan(to);
        expect(BigInt(retry.toBlock)).toBeGreaterThanOrEqual(from);
        to = BigInt(retry.toBlock);
      }
    }
    const all = counts.flatMap((count, block) =>
      Array.from({ length: count }, (_item, index) => [BigInt(block), index]),
    );
    expect(found.map(({ blockNumber, logIndex }) => [blockNumber, logIndex])).toEqual(all);
  }
});
