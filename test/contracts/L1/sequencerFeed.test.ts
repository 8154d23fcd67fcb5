import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  concatHex,
  encodeFunctionData,
  keccak256,
  parseEventLogs,
  toHex as toHexValue,
} from "viem";
import { CallerMock } from "../../../src/contracts/generated/CallerMock.js";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { chunkHash } from "../../../src/protocol/chunkHash.js";
import { decodeEntryHeader, hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import { type Address, fromHex, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { type ContractCall, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { deployL1, L1_PARAMETERS, type L1Deployment } from "../../helpers/l1Deployment.js";

const { periodSeconds, forceDelaySeconds } = L1_PARAMETERS;
const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
const EMPTY_HASH = keccak256("0x");

let anvil: TestAnvil;
let l1: L1Deployment;
let genesisTime: bigint;
let snapshot: Hex;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil);
  genesisTime = await read<bigint>("genesisTime");
});
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());

const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.sequencerFeed, functionName, args });
const blockHash = async (number: bigint) =>
  (await anvil.client.getBlock({ blockNumber: number })).hash as Hex;

interface Append {
  index: bigint;
  prevHash: Hex;
  first: bigint;
  last: bigint;
  lastHash: Hex;
  depTo: bigint;
  data: Hex;
}

/** Arguments of an append that fits, with changes. Without `first`/`last` the range ends at the head. */
async function fitting(changes: Partial<Append> = {}): Promise<Append> {
  const last = changes.last ?? (await anvil.client.getBlockNumber());
  return {
    index: await read<bigint>("length"),
    prevHash: await read<Hex>("lastHash"),
    first: (await read<bigint>("lastOrigin")) + 1n,
    last,
    lastHash: await blockHash(last).catch(() => ZERO_HASH),
    depTo: await recordsUpTo(last),
    data: "0x01",
    ...changes,
  };
}

async function recordsUpTo(l1Number: bigint): Promise<bigint> {
  const feed = { ...l1.depositFeed };
  let count = await anvil.read<bigint>({ ...feed, functionName: "length" });
  while (count > 0n) {
    const meta = { ...feed, functionName: "recordMeta", args: [count - 1n] };
    if ((await anvil.read<[bigint, bigint]>(meta))[0] <= l1Number) break;
    count--;
  }
  return count;
}

function appendCall(a: Append, from: Address = l1.batcher): ContractCall {
  const args = [a.index, a.prevHash, a.first, a.last, a.lastHash, a.depTo, a.data];
  return { ...l1.sequencerFeed, functionName: "append", args, from };
}

async function force(changes: { index?: bigint; prevHash?: Hex } = {}): Promise<ContractCall> {
  const index = changes.index ?? (await read<bigint>("length"));
  const prevHash = changes.prevHash ?? (await read<Hex>("lastHash"));
  const from = anvil.accounts[6]!;
  return { ...l1.sequencerFeed, functionName: "forceInclude", args: [index, prevHash], from };
}

/** Sends an append or forceInclude and returns the header it left. */
async function entryOf(call: ContractCall) {
  const receipt = await anvil.send(call);
  const [log] = parseEventLogs({ abi: SequencerFeed.abi, logs: receipt.logs });
  if (log?.eventName !== "EntryAppended") throw new Error("no entry");
  const header = decodeEntryHeader(fromHex(log.args.header));
  expect(await read("entryHash", log.args.index)).toBe(hashEntryHeader(header));
  expect(await read("lastHash")).toBe(hashEntryHeader(header));
  expect(header.l1Number).toBe(receipt.blockNumber);
  return header;
}

const deposit = () =>
  anvil.send({
    ...l1.portal,
    functionName: "depositTransaction",
    args: [anvil.accounts[4]!, 0n, 100_000n, false, "0x"],
  });

const originsHash = async (first: bigint, last: bigint) => {
  const hashes: Hex[] = [];
  for (let n = first; n <= last; n++) hashes.push(await blockHash(n));
  return keccak256(concatHex(hashes));
};

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

/** Name of the error of a call with these very bytes. */
async function rawRevert(data: Hex): Promise<string> {
  try {
    await anvil.client.request({
      method: "eth_call",
      params: [{ from: l1.batcher, to: l1.sequencerFeed.address, data }, "pending"],
    } as never);
    return "none";
  } catch (error) {
    const text = JSON.stringify(error, (_, v) => (typeof v === "bigint" ? `${v}` : v));
    const selector = keccak256(toHexValue("SequencerFeedNotCanonicalCalldata(uint256,uint256)"));
    return text.includes(selector.slice(0, 10)) ? "SequencerFeedNotCanonicalCalldata" : text;
  }
}

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
