import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData } from "viem";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { L1Error } from "../../../src/l1/errors.js";
import type { JsonRpc } from "../../../src/l1/jsonRpc.js";
import { VerifyingL1Reader } from "../../../src/l1/reader.js";
import type { FeedSnapshot } from "../../../src/l1/types.js";
import { hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import { hashRecordHeader } from "../../../src/protocol/recordHeader.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { fromHex, type Hash, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { startTestL1, type TestL1 } from "../../helpers/devL1.js";

const USER = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const ENTRIES = 6;
const RECORDS = 4;
let l1: TestL1;
let expectedData: Uint8Array[];

beforeAll(async () => {
  l1 = await startTestL1();
  const user = l1.sender(USER);
  for (let i = 0; i < RECORDS; i++) {
    const data = encodeFunctionData({
      abi: OptimismPortal.abi,
      functionName: "depositTransaction",
      args: [USER, 1n, 1_000_000n, false, toHex(new Uint8Array(i * 3000).fill(i))],
    });
    const to = l1.rollup.addresses.portal;
    await user.send({ to, data: fromHex(data), valueWei: 5n, label: `deposit ${i}` });
    await l1.mine(7);
  }
  expectedData = [];
  for (let i = 0; i < ENTRIES; i++) {
    const data = new Uint8Array(i * 2500).fill(i + 1);
    expectedData.push(data);
    await append(data);
    await l1.mine(3);
  }
});

afterAll(() => l1?.end());

/** Appends an entry that covers all L1 blocks so far. */
async function append(data: Uint8Array): Promise<void> {
  const reader = newReader();
  const { head } = await reader.getHeads();
  const { entries, records } = await reader.getFeedSnapshot(head);
  const call = encodeFunctionData({
    abi: SequencerFeed.abi,
    functionName: "append",
    args: [
      entries.length,
      entries.lastHash,
      entries.lastOrigin + 1n,
      head.number,
      head.hash,
      records.length,
      toHex(data),
    ],
  });
  const sender = l1.sender(l1.rollup.chain.batcher);
  const to = l1.rollup.addresses.sequencerFeed;
  await sender.send({ to, data: fromHex(call), label: `append ${entries.length}` });
}

function newReader(rpc: JsonRpc = l1.embedded.rpc): VerifyingL1Reader {
  return new VerifyingL1Reader(l1.rollup, { rpc, logger: silentLogger() });
}

async function snapshotOf(reader: VerifyingL1Reader): Promise<FeedSnapshot> {
  const { head } = await reader.getHeads();
  return reader.getFeedSnapshot(head);
}

/** L1 whose answers to one method are changed. */
function changedRpc(
  method: string,
  change: (answer: unknown, params: readonly unknown[]) => unknown,
): JsonRpc {
  const { rpc } = l1.embedded;
  const call: JsonRpc["call"] = async (name, params, signal) => {
    const answer = await rpc.call(name, params, signal);
    return name === method ? change(structuredClone(answer), params) : answer;
  };
  return {
    call,
    batch: (calls) => Promise.all(calls.map(({ method: name, params }) => call(name, params))),
  };
}

function refuse(message: string, rpcCode = -32000): never {
  throw new L1Error("L1_RPC_ERROR", { rpcCode, rpcMessage: message });
}

test("reader: reads both feeds, each element linked to the next", async () => {
  const reader = newReader();
  const snapshot = await snapshotOf(reader);
  expect(snapshot.entries.length).toBe(BigInt(ENTRIES));
  expect(snapshot.records.length).toBe(BigInt(RECORDS));
  expect(snapshot.entries.lastDepTo).toBe(BigInt(RECORDS));

  const entries = await reader.getEntries(0n, snapshot, 1000);
  expect(entries.map((entry) => entry.data)).toEqual(expectedData);
  let previous: Hash = ZERO_HASH;
  for (const entry of entries) {
    expect(entry.header.prevEntryHash).toBe(previous);
    expect(hashEntryHeader(entry.header)).toBe(entry.hash);
    previous = entry.hash;
  }
  expect(previous).toBe(snapshot.entries.lastHash);

  const records = await reader.getRecords(0n, snapshot, 1000);
  expect(records.map((record) => record.data.length)).toEqual([0, 3000, 6000, 9000]);
  expect(records.map((record) => hashRecordHeader(record.header))).toEqual(
    records.map((record) => record.hash),
  );
  const first = records[0];
  const receipt = await l1.embedded.rpc.call("eth_getTransactionReceipt", [first?.l1.txHash]);
  const { logs } = receipt as { logs: { address: string; logIndex: string }[] };
  const own = logs.find((log) => log.address === l1.rollup.addresses.portal);
  expect(Number(own?.logIndex)).toBe(first?.l1.logIndex);
});

test("reader: reads parts, and hashes of single elements", async () => {
  const reader = newReader();
  const snapshot = await snapshotOf(reader);
  const all = await reader.getEntries(0n, snapshot, 1000);
  expect(await reader.getEntries(2n, snapshot, 3)).toEqual(all.slice(2, 5));
  expect(await reader.getEntries(6n, snapshot, 3)).toEqual([]);
  expect(await reader.getEntryHash(3n, snapshot)).toBe(all[3]?.hash);
  expect(await reader.getEntryHash(6n, snapshot)).toBeUndefined();
  expect(await reader.getRecordHash(1n, snapshot)).toBe(
    (await reader.getRecords(1n, snapshot, 1))[0]?.hash,
  );
});

test("reader: origin headers hash to what the entry says", async () => {
  const reader = newReader();
  const snapshot = await snapshotOf(reader);
  const [entry] = await reader.getEntries(0n, snapshot, 1);
  const { firstOrigin = 0n, lastOrigin = 0n, originsHash } = entry?.header ?? {};
  const origins = await reader.getOrigins(firstOrigin, lastOrigin, originsHash);
  expect(origins.length).toBe(Number(lastOrigin - firstOrigin) + 1);
  await expect(reader.getOrigins(firstOrigin, lastOrigin, ZERO_HASH)).rejects.toMatchObject({
    code: "L1_LIED",
  });
  expect(await reader.getOrigins(5n, 4n)).toEqual([]);
});

test("reader: adapts to a provider that allows logs of ten blocks", async () => {
  let calls = 0;
  const limited = changedRpc("eth_getLogs", (answer, [filter]) => {
    calls++;
    const { fromBlock, toBlock } = filter as Record<string, string>;
    if (Number(toBlock) - Number(fromBlock) >= 10) refuse("up to a 10 block range", -32600);
    return answer;
  });
  const reader = newReader(limited);
  const snapshot = await snapshotOf(reader);
  const wanted = await newReader().getEntries(0n, snapshot, 1000);
  expect(await reader.getEntries(0n, snapshot, 1000)).toEqual(wanted);
  calls = 0;
  expect(await reader.getEntries(5n, snapshot, 1)).toEqual(wanted.slice(5));
  expect(calls).toBe(1);
});

test("reader: a hint saves the search, and a wrong one does no harm", async () => {
  const snapshot = await snapshotOf(newReader());
  const wanted = await newReader().getEntries(3n, snapshot, 1);
  const header = wanted[0]?.header;
  if (header === undefined) throw new RangeError("no entry");
  const late = newReader();
  late.addHints({ entry: { ...header, l1Number: header.l1Number + 2n } });
  expect(await late.getEntries(3n, snapshot, 1)).toEqual(wanted);
});

test("reader: reads plainly where L1 offers no proofs", async () => {
  const reader = newReader(changedRpc("eth_getProof", () => refuse("method not found", -32601)));
  const snapshot = await snapshotOf(newReader());
  expect(await reader.getFeedSnapshot(snapshot.at)).toEqual(snapshot);
  expect((await reader.getRecords(0n, snapshot, 2)).length).toBe(2);
});

test("reader: says when L1 no longer has the state", async () => {
  const reader = newReader(changedRpc("eth_getProof", () => refuse("missing trie node")));
  await expect(snapshotOf(reader)).rejects.toMatchObject({ code: "L1_STATE_GONE" });
});

describe("reader: no lie of L1 passes", () => {
  type Json = Record<string, unknown>;
  const flip = (hex: unknown) => {
    const text = String(hex);
    return `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`;
  };
  const cases: [string, string, (answer: Json & Json[]) => unknown, string?][] = [
    ["another chain id", "eth_chainId", () => "0x1", "L1_WRONG_CHAIN"],
    ["a changed header", "eth_getBlockByNumber", (a) => ({ ...a, timestamp: "0x1" })],
    ["a changed hash", "eth_getBlockByNumber", (a) => ({ ...a, hash: flip(a.hash) })],
    [
      "an unknown header field",
      "eth_getBlockByNumber",
      (a) => ({ ...a, hash: flip(a.hash), newRoot: ZERO_HASH }),
      "L1_UNKNOWN_HEADER_FIELD",
    ],
    ["a changed account", "eth_getProof", (a) => ({ ...a, accountProof: [] })],
    [
      "another contract's storage",
      "eth_getProof",
      (a) => ({ ...a, storageProof: (a.storageProof as Json[]).map((p) => ({ ...p, proof: [] })) }),
    ],
    ["a missing log", "eth_getLogs", (a) => a.slice(1)],
    ["no logs", "eth_getLogs", () => []],
    ["a changed log", "eth_getLogs", (a) => a.map((log) => ({ ...log, data: flip(log.data) }))],
    ["a log cut short", "eth_getLogs", (a) => a.map((log) => ({ ...log, data: "0x" }))],
    ["a log of another contract", "eth_getLogs", (a) => a.map((l) => ({ ...l, address: USER }))],
    [
      "a log of another block",
      "eth_getLogs",
      (a) => a.map((l) => ({ ...l, blockNumber: `0x${(Number(l.blockNumber) + 1).toString(16)}` })),
    ],
    ["changed calldata", "eth_getTransactionByHash", (a) => ({ ...a, input: flipByte(a.input) })],
    ["another call", "eth_getTransactionByHash", (a) => ({ ...a, input: "0x12345678" })],
    ["a transaction withheld", "eth_getTransactionByHash", () => null, "L1_BLOCK_MISSING"],
    ["garbage instead of a block", "eth_getBlockByNumber", () => "?", "L1_BAD_RESPONSE"],
  ];
  const flipByte = (hex: unknown) => `${String(hex).slice(0, 600)}ff${String(hex).slice(602)}`;

  test.each(cases)("%s", async (_name, method, change, code = "L1_LIED") => {
    const reader = newReader(changedRpc(method, (answer) => change(answer as Json & Json[])));
    const read = async () => {
      const snapshot = await snapshotOf(reader);
      await reader.getEntries(0n, snapshot, 1000);
      await reader.getRecords(0n, snapshot, 1000);
    };
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("heads in an impossible order", async () => {
    const rpc = changedRpc("eth_getBlockByNumber", (answer, [tag]) => answer ?? tag);
    const honest = rpc.call;
    const liar: JsonRpc = {
      call: (method, params) =>
        honest(
          method,
          params[0] === "latest"
            ? ["0x1", false]
            : params[0] === "safe"
              ? ["latest", false]
              : params,
        ),
      batch: (calls) => Promise.all(calls.map(({ method, params }) => liar.call(method, params))),
    };
    await expect(newReader(liar).getHeads()).rejects.toMatchObject({ code: "L1_LIED" });
  });

  test("another block for a hash", async () => {
    const reader = newReader();
    const other = await l1.embedded.rpc.call("eth_getBlockByNumber", ["0x1", false]);
    const liar = newReader(changedRpc("eth_getBlockByHash", () => other));
    const { hash } = await reader.getHeader(2n);
    await expect(liar.getHeaderByHash(hash)).rejects.toMatchObject({ code: "L1_LIED" });
  });
});

test("reader: a reorg is told from a lie", async () => {
  const reader = newReader();
  const state = await l1.embedded.rpc.call("evm_snapshot", []);
  await l1.mine();
  await append(new Uint8Array([9]));
  const gone = await snapshotOf(reader);
  await l1.embedded.rpc.call("evm_revert", [state]);
  await expect(reader.getFeedSnapshot(gone.at)).rejects.toMatchObject({ code: "L1_REORGED" });
  await l1.mine(4);
  for (const read of [
    () => reader.getFeedSnapshot(gone.at),
    () => reader.getEntries(0n, gone, 1000),
    () => reader.getEntryHash(6n, gone),
  ]) {
    await expect(read()).rejects.toMatchObject({ code: "L1_REORGED" });
  }
  const now = await snapshotOf(reader);
  expect(now.entries.length).toBe(BigInt(ENTRIES));
  expect(await reader.getEntryHash(5n, now)).toBe(now.entries.lastHash);
});
