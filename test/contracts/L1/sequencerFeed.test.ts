import { describe, expect, test } from "@jest/globals";
import { encodeFunctionData, toHex as toHexValue } from "viem";
import { CallerMock } from "../../../src/contracts/generated/CallerMock.js";
import { chunkHash } from "../../../src/protocol/chunkHash.js";
import { hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import { fromHex, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import {
  type Append,
  anvil,
  appendCall,
  blockHash,
  deposit,
  EMPTY_HASH,
  entryOf,
  fitting,
  genesisTime,
  HISTORY,
  l1,
  originsHash,
  rawRevert,
  read,
} from "./feedWorld.js";

describe("start", () => {
  test("begins at the block before its own, with that block's hash", async () => {
    const start = await read<bigint>("startBlock");
    expect(await read("lastOrigin")).toBe(start);
    expect(await read("lastOriginHash")).toBe(await blockHash(start));
    const block = await anvil.client.getBlock({ blockNumber: start + 1n });
    expect(genesisTime).toBe(block.timestamp);
    expect(await read("length")).toBe(0n);
    expect(await read("lastHash")).toBe(ZERO_HASH);
  });
});

describe("append", () => {
  test("chains entries whose headers are those of the protocol", async () => {
    await deposit();
    const first = await fitting({ data: toHex(new Uint8Array(5000).fill(7)) });
    const one = await entryOf(appendCall(first));
    expect(one).toMatchObject({
      format: 0,
      index: 0n,
      firstOrigin: first.first,
      lastOrigin: first.last,
      originsHash: await originsHash(first.first, first.last),
      depTo: 1n,
      depRecordHash: await anvil.read({ ...l1.depositFeed, functionName: "lastHash" }),
      dataLength: 5000,
      dataHash: chunkHash(fromHex(first.data)),
      prevEntryHash: ZERO_HASH,
    });
    const two = await entryOf(appendCall(await fitting()));
    expect(two).toMatchObject({ index: 1n, prevEntryHash: hashEntryHeader(one), depTo: 1n });
    expect(await read("lastDepTo")).toBe(1n);
    expect(await read("lastOriginHash")).toBe(await blockHash(two.lastOrigin));
  });

  test("takes an empty range that repeats the last origin", async () => {
    const before = await entryOf(appendCall(await fitting()));
    const last = before.lastOrigin;
    const entry = await entryOf(appendCall(await fitting({ first: last + 1n, last, data: "0x" })));
    expect(entry).toMatchObject({
      firstOrigin: last + 1n,
      lastOrigin: last,
      originsHash: EMPTY_HASH,
      dataLength: 0,
      dataHash: EMPTY_HASH,
    });
  });

  test("may skip L1 blocks", async () => {
    await anvil.client.mine({ blocks: 5 });
    const call = await fitting();
    const entry = await entryOf(appendCall({ ...call, first: call.last }));
    expect(entry.firstOrigin).toBe(entry.lastOrigin);
  });

  test("takes the largest data and counts its chunks", async () => {
    const data = toHex(new Uint8Array(126_976).fill(1));
    const entry = await entryOf({ ...appendCall(await fitting({ data })), gas: 16_000_000n });
    expect(entry.dataHash).toBe(chunkHash(fromHex(data)));
  });

  test("covers 256 L1 blocks at most", async () => {
    await anvil.client.mine({ blocks: 300 });
    const head = await anvil.client.getBlockNumber();
    // The next block is head + 1: BLOCKHASH reaches head - 255.
    const entry = await entryOf(appendCall(await fitting({ first: head - 255n })));
    expect(entry.originsHash).toBe(await originsHash(head - 255n, head));
    await anvil.client.mine({ blocks: 300 });
    const newHead = await anvil.client.getBlockNumber();
    const tooWide = appendCall(await fitting({ first: newHead - 256n }));
    expect((await anvil.revertOf(tooWide)).name).toBe("SequencerFeedBadRange");
  });

  test("asks the history contract for hashes that BLOCKHASH no longer knows", async () => {
    await anvil.client.mine({ blocks: 400 });
    const first = (await read<bigint>("lastOrigin")) + 1n;
    const last = first + 9n;
    const lastHash = await blockHash(last);
    // Answers with the storage slot that its input names: enough of EIP-2935 for this.
    await anvil.client.setCode({ address: HISTORY, bytecode: "0x5f35545f5260205ff3" });
    for (let n = first; n <= last; n++) {
      await anvil.client.setStorageAt({
        address: HISTORY,
        index: toHexValue(n, { size: 32 }),
        value: await blockHash(n),
      });
    }
    const entry = await entryOf(appendCall(await fitting({ first, last, lastHash })));
    expect(entry.originsHash).toBe(await originsHash(first, last));
  });

  test.each([
    ["is missing", "0x"],
    ["reverts", "0x5f5ffd"],
    ["answers zero", "0x60205ff3"],
    ["answers too little", "0x60015ff3"],
  ] as const)("refuses a range when the history contract %s", async (_, bytecode) => {
    await anvil.client.mine({ blocks: 400 });
    await anvil.client.setCode({ address: HISTORY, bytecode: bytecode as Hex });
    const first = (await read<bigint>("lastOrigin")) + 1n;
    const call = appendCall(await fitting({ first, last: first + 1n }));
    const revert = await anvil.revertOf(call);
    expect([revert.name, revert.args]).toEqual(["SequencerFeedHashUnavailable", [first]]);
  });

  const refused: [string, (a: Append) => Partial<Append>, string][] = [
    ["another index", (a) => ({ index: a.index + 1n }), "SequencerFeedWrongIndex"],
    ["another predecessor", () => ({ prevHash: EMPTY_HASH }), "SequencerFeedWrongPrevHash"],
    ["an origin again", (a) => ({ first: a.first - 1n }), "SequencerFeedBadRange"],
    ["this very block", (a) => ({ last: a.last + 1n }), "SequencerFeedBadRange"],
    ["a far block", () => ({ last: 2n ** 64n - 1n }), "SequencerFeedBadRange"],
    ["another hash", () => ({ lastHash: EMPTY_HASH }), "SequencerFeedWrongOriginHash"],
    ["an empty range elsewhere", (a) => ({ first: a.last + 1n }), "SequencerFeedBadEmptyRange"],
    [
      "a range that ends before it begins",
      (a) => ({ first: a.first + 5n, last: a.first - 1n }),
      "SequencerFeedBadEmptyRange",
    ],
    [
      "an empty range with another hash",
      (a) => ({ first: a.first, last: a.first - 1n, lastHash: EMPTY_HASH }),
      "SequencerFeedWrongOriginHash",
    ],
    ["a record left out", (a) => ({ depTo: a.depTo - 1n }), "SequencerFeedWrongDepTo"],
    ["a record that is not there", (a) => ({ depTo: a.depTo + 1n }), "SequencerFeedWrongDepTo"],
    [
      "a record above the origin",
      (a) => ({ last: a.last - 1n, first: a.last - 1n }),
      "SequencerFeedWrongDepTo",
    ],
    [
      "data above 31 chunks",
      () => ({ data: toHex(new Uint8Array(126_977)) }),
      "SequencerFeedDataTooLong",
    ],
  ];
  test.each(refused)("refuses %s", async (title, change, error) => {
    await deposit();
    const base = await fitting();
    const changed = { ...base, ...change(base) };
    if (title === "a record above the origin") changed.lastHash = await blockHash(changed.last);
    expect((await anvil.revertOf(appendCall(changed))).name).toBe(error);
    expect((await anvil.revertOf(appendCall(base))).name).toBe("none");
  });

  test("refuses anybody but the batcher", async () => {
    const revert = await anvil.revertOf(appendCall(await fitting(), l1.owner));
    expect(revert.name).toBe("SequencerFeedNotBatcher");
  });

  test("refuses a batcher that is a contract or delegates to one", async () => {
    const code = "0xef010000000000000000000000000000000000000000aa";
    await anvil.client.setCode({ address: l1.batcher, bytecode: code });
    const delegated = await anvil.revertOf(appendCall(await fitting()));
    expect(delegated.name).toBe("SequencerFeedNotPlainCall");
    const caller = await anvil.deploy(CallerMock);
    await anvil.send({
      ...l1.systemConfig,
      functionName: "setBatcher",
      args: [caller.address],
    });
    const data = encodeFunctionData(appendCall(await fitting()));
    const args = [l1.sequencerFeed.address, data];
    const abi = [...caller.abi, ...l1.sequencerFeed.abi];
    const call = { ...caller, abi, functionName: "execute", args };
    expect((await anvil.revertOf(call)).name).toBe("SequencerFeedNotPlainCall");
  });

  test("obeys a new batcher at once", async () => {
    const next = anvil.accounts[3]!;
    await anvil.send({ ...l1.systemConfig, functionName: "setBatcher", args: [next] });
    const append = await fitting();
    expect((await anvil.revertOf(appendCall(append))).name).toBe("SequencerFeedNotBatcher");
    expect((await entryOf(appendCall(append, next))).index).toBe(0n);
  });

  test("refuses calldata that a strict reader would read differently", async () => {
    const data = encodeFunctionData(appendCall(await fitting()));
    expect(await rawRevert(data)).toBe("none");
    expect(await rawRevert(`${data}00` as Hex)).toBe("SequencerFeedNotCanonicalCalldata");
    expect(await rawRevert(data.slice(0, -2) as Hex)).toBe("SequencerFeedNotCanonicalCalldata");
    // The same data, one word later.
    const offsetAt = 2 + (4 + 6 * 32) * 2;
    const moved = `${data.slice(0, offsetAt)}${toHexValue(256n, { size: 32 }).slice(2)}${"00".repeat(32)}${data.slice(offsetAt + 64)}`;
    expect(await rawRevert(moved as Hex)).toBe("SequencerFeedNotCanonicalCalldata");
  });
});
