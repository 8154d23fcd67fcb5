import { describe, expect, test } from "@jest/globals";
import { concatHex, keccak256, toHex as toHexValue } from "viem";
import { hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import type { Hex } from "../../../src/util/hex.js";
import {
  anvil,
  appendCall,
  blockHash,
  deposit,
  EMPTY_HASH,
  entryOf,
  fitting,
  force,
  forceDelaySeconds,
  genesisTime,
  l1,
  periodSeconds,
  read,
} from "./feedWorld.js";

describe("forceInclude", () => {
  /** Makes the pending block come `seconds` after the record at `index`. */
  async function waitAfterRecord(index: bigint, seconds: bigint): Promise<void> {
    const meta = { ...l1.depositFeed, functionName: "recordMeta", args: [index] };
    const [, time] = await anvil.read<[bigint, bigint]>(meta);
    await anvil.client.setNextBlockTimestamp({ timestamp: time + seconds });
  }

  test("covers every record of earlier L1 blocks, by anyone, with no data", async () => {
    await deposit();
    await deposit();
    await anvil.client.mine({ blocks: 3 });
    await waitAfterRecord(0n, forceDelaySeconds);
    const entry = await entryOf(await force());
    expect(entry).toMatchObject({
      format: 0,
      index: 0n,
      firstOrigin: entry.l1Number - 1n,
      lastOrigin: entry.l1Number - 1n,
      originsHash: keccak256(await blockHash(entry.l1Number - 1n)),
      depTo: 2n,
      depRecordHash: await anvil.read({ ...l1.depositFeed, functionName: "lastHash" }),
      dataLength: 0,
      dataHash: EMPTY_HASH,
    });
    expect(await read("lastOriginHash")).toBe(await blockHash(entry.lastOrigin));
  });

  test("waits until the last second", async () => {
    await deposit();
    await waitAfterRecord(0n, forceDelaySeconds - 1n);
    await expect(anvil.send({ ...(await force()), gas: 1_000_000n })).rejects.toThrow("reverted");
    const revert = await anvil.revertOf(await force());
    expect(["SequencerFeedForceTooEarly", "none"]).toContain(revert.name);
    await waitAfterRecord(0n, forceDelaySeconds);
    expect((await entryOf(await force())).depTo).toBe(1n);
  });

  test("tells how long to wait", async () => {
    await deposit();
    expect((await anvil.revertOf(await force())).name).toBe("SequencerFeedForceTooEarly");
  });

  test("has nothing to do when every record is covered", async () => {
    expect((await anvil.revertOf(await force())).name).toBe("SequencerFeedNothingToForce");
    await deposit();
    await entryOf(appendCall(await fitting()));
    expect((await anvil.revertOf(await force())).name).toBe("SequencerFeedNothingToForce");
  });

  test("names its place like append", async () => {
    const index = await anvil.revertOf(await force({ index: 1n }));
    expect(index.name).toBe("SequencerFeedWrongIndex");
    const prevHash = await anvil.revertOf(await force({ prevHash: EMPTY_HASH }));
    expect(prevHash.name).toBe("SequencerFeedWrongPrevHash");
  });

  test("moves its origin to the block before, never back", async () => {
    await entryOf(appendCall(await fitting()));
    await deposit();
    await waitAfterRecord(0n, forceDelaySeconds);
    const entry = await entryOf(await force());
    expect(entry.firstOrigin).toBe(entry.lastOrigin);
    expect(entry.lastOrigin).toBe(entry.l1Number - 1n);
  });
});

describe("claim periods", () => {
  const appendAt = async (timestamp: bigint) => {
    await anvil.client.setNextBlockTimestamp({ timestamp });
    return entryOf(appendCall(await fitting()));
  };
  const periodAfter = (p: bigint, any = false) => read<unknown[]>("periodAfter", p, any);
  /** A period far enough from the deployment. */
  const start = async () => (await read<bigint>("periodOf", await now())) + 3n;
  const now = async () => (await anvil.client.getBlock()).timestamp;
  const timeOf = (period: bigint) => genesisTime + period * periodSeconds;

  test("numbers periods by time, on both sides of each boundary", async () => {
    expect(await read("periodOf", genesisTime)).toBe(0n);
    expect(await read("periodOf", genesisTime + periodSeconds - 1n)).toBe(0n);
    expect(await read("periodOf", genesisTime + periodSeconds)).toBe(1n);
    const before = { ...l1.sequencerFeed, functionName: "periodOf", args: [genesisTime - 1n] };
    expect((await anvil.revertOf(before)).name).toBe("SequencerFeedBeforeGenesis");
  });

  test("knows none before the first entry", async () => {
    expect(await periodAfter(0n, true)).toEqual([false, 0n, 0n, false]);
    expect(await periodAfter(0n)).toEqual([false, 0n, 0n, false]);
  });

  test("links non-empty periods over empty ones", async () => {
    const p = await start();
    await appendAt(timeOf(p));
    await appendAt(timeOf(p + 1n) - 1n);
    await appendAt(timeOf(p + 1n));
    await appendAt(timeOf(p + 7n) + 5n);
    expect(await periodAfter(0n, true)).toEqual([true, p, 2n, true]);
    expect(await periodAfter(p)).toEqual([true, p + 1n, 3n, true]);
    expect(await periodAfter(p + 1n)).toEqual([true, p + 7n, 4n, false]);
    // Nothing comes after the last one, nor after an empty one.
    expect(await periodAfter(p + 7n)).toEqual([false, 0n, 0n, false]);
    expect(await periodAfter(p + 2n)).toEqual([false, 0n, 0n, false]);
  });

  test("closes the last period by time alone, at the very second", async () => {
    const p = await start();
    await appendAt(timeOf(p));
    expect(await periodAfter(0n, true)).toEqual([true, p, 1n, false]);
    await anvil.client.setNextBlockTimestamp({ timestamp: timeOf(p + 1n) - 1n });
    await anvil.client.mine({ blocks: 1 });
    expect(await periodAfter(0n, true)).toEqual([true, p, 1n, false]);
    await anvil.client.setNextBlockTimestamp({ timestamp: timeOf(p + 1n) });
    await anvil.client.mine({ blocks: 1 });
    expect(await periodAfter(0n, true)).toEqual([true, p, 1n, true]);
    // An entry in the second that closed it belongs to the next period.
    await appendAt(timeOf(p + 1n) + 1n);
    expect(await periodAfter(0n, true)).toEqual([true, p, 1n, true]);
  });

  test("has the storage layout that readers prove against", async () => {
    const p = await start();
    await deposit();
    await appendAt(timeOf(p));
    const last = await appendAt(timeOf(p + 4n));
    const slot = async (key: bigint | Hex) =>
      (await anvil.client.getStorageAt({
        address: l1.sequencerFeed.address,
        slot: typeof key === "bigint" ? toHexValue(key, { size: 32 }) : key,
      })) as Hex;
    const mapping = (key: bigint, base: bigint) =>
      keccak256(concatHex([toHexValue(key, { size: 32 }), toHexValue(base, { size: 32 })]));
    expect(await slot(mapping(1n, 0n))).toBe(hashEntryHeader(last));
    expect(BigInt(await slot(mapping(p, 1n)))).toBe(1n | ((p + 4n) << 64n));
    expect(BigInt(await slot(2n))).toBe(
      2n | (last.l1Time << 64n) | (last.lastOrigin << 128n) | (1n << 192n),
    );
    expect(await slot(3n)).toBe(hashEntryHeader(last));
    expect(await slot(4n)).toBe(await blockHash(last.lastOrigin));
  });
});
