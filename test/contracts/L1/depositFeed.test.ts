import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { concatHex, keccak256, parseEventLogs, toHex as toHexValue } from "viem";
import { DepositFeed } from "../../../src/contracts/generated/DepositFeed.js";
import { chunkHash } from "../../../src/protocol/chunkHash.js";
import {
  decodeRecordHeader,
  encodeRecordHeader,
  hashRecordHeader,
} from "../../../src/protocol/recordHeader.js";
import {
  type Address,
  fromHex,
  type Hex,
  toHex,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";

const TO = "0x00000000000000000000000000000000000000aa";

let anvil: TestAnvil;
let feed: Contract;
let portal: Address;
let systemConfig: Address;

beforeAll(async () => {
  anvil = await startAnvil();
  feed = await anvil.deploy(DepositFeed);
  // Two plain accounts stand in for the writers.
  [, portal, systemConfig] = anvil.accounts as [Address, Address, Address];
  await anvil.send({ ...feed, functionName: "initialize", args: [{ portal, systemConfig }] });
});
afterAll(() => anvil.close());

const deposit = (data: Hex, isCreation = false, from = portal) => ({
  ...feed,
  functionName: "appendDeposit",
  args: [anvil.accounts[5]!, isCreation ? ZERO_ADDRESS : TO, 7n, 8n, 100_000n, isCreation, data],
  from,
});
const config = (updateType: number, value: bigint, from = systemConfig) => ({
  ...feed,
  functionName: "appendConfig",
  args: [updateType, toHexValue(value, { size: 32 })],
  from,
});
const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...feed, functionName, args });
const slot = (index: bigint | Hex) =>
  anvil.client.getStorageAt({
    address: feed.address,
    slot: typeof index === "bigint" ? toHexValue(index, { size: 32 }) : index,
  });
const mappingSlot = (key: bigint, base: bigint) =>
  keccak256(concatHex([toHexValue(key, { size: 32 }), toHexValue(base, { size: 32 })]));

async function lastRecord(append: Parameters<TestAnvil["send"]>[0]) {
  const receipt = await anvil.send(append);
  const [log] = parseEventLogs({
    abi: DepositFeed.abi,
    logs: receipt.logs,
    eventName: "RecordAppended",
  });
  const block = await anvil.client.getBlock({ blockHash: receipt.blockHash });
  return { ...log!.args, block };
}

describe("DepositFeed", () => {
  test("chains records whose headers are those of the protocol, for every size of data", async () => {
    let previous = await read<Hex>("lastHash");
    expect(previous).toBe(ZERO_HASH);
    for (const [i, size] of [0, 1, 4095, 4096, 4097, 12_288, 120_000].entries()) {
      const data = new Uint8Array(size).fill(i + 1);
      const record = await lastRecord(deposit(toHex(data), i % 2 === 1));
      const header = decodeRecordHeader(fromHex(record.header));
      expect(header).toEqual({
        kind: 0,
        index: BigInt(i),
        l1Number: record.block.number,
        l1Time: record.block.timestamp,
        from: anvil.accounts[5]!,
        to: i % 2 === 1 ? ZERO_ADDRESS : TO,
        isCreation: i % 2 === 1,
        mint: 7n,
        value: 8n,
        gasLimit: 100_000n,
        dataLength: size,
        dataHash: chunkHash(data),
        prevRecordHash: previous,
      });
      expect(toHex(encodeRecordHeader(header))).toBe(record.header);
      expect(record.data).toBe(toHex(data));
      previous = hashRecordHeader(header);
      expect(await read("lastHash")).toBe(previous);
      expect(await read("recordHash", record.index)).toBe(previous);
      expect(await read("recordMeta", record.index)).toEqual([header.l1Number, header.l1Time]);
    }
  });

  test("keeps a config change as 33 bytes from SystemConfig", async () => {
    const record = await lastRecord(config(2, 30_000_000n));
    const header = decodeRecordHeader(fromHex(record.header));
    expect(record.data).toBe(concatHex(["0x02", toHexValue(30_000_000n, { size: 32 })]));
    expect(header).toMatchObject({ kind: 1, from: systemConfig, to: ZERO_ADDRESS, mint: 0n });
    expect(header).toMatchObject({ value: 0n, gasLimit: 0n, isCreation: false, dataLength: 33 });
    expect(header.dataHash).toBe(chunkHash(fromHex(record.data)));
  });

  test("has the storage layout that readers prove against", async () => {
    const length = await read<bigint>("length");
    const lastL1Number = await read<bigint>("lastL1Number");
    const before = await read<bigint>("lengthBeforeLastL1");
    expect(BigInt((await slot(2n)) as Hex)).toBe(length | (lastL1Number << 64n) | (before << 128n));
    expect(await slot(3n)).toBe(await read("lastHash"));
    expect(await slot(mappingSlot(length - 1n, 0n))).toBe(await read("recordHash", length - 1n));
    const [l1Number, l1Time] = await read<[bigint, bigint]>("recordMeta", length - 1n);
    expect(BigInt((await slot(mappingSlot(length - 1n, 1n))) as Hex)).toBe(
      l1Number | (l1Time << 64n),
    );
  });

  test("counts as closed only the records of earlier L1 blocks", async () => {
    const before = await read<bigint>("length");
    await anvil.client.setAutomine(false);
    const hashes: Hex[] = [];
    for (const size of [1, 2, 3]) {
      const { address, abi: _, ...rest } = deposit(toHex(new Uint8Array(size)));
      hashes.push(
        await anvil.client.writeContract({
          ...rest,
          address,
          abi: DepositFeed.abi,
          functionName: "appendDeposit",
          account: portal,
          gas: 500_000n,
        } as never),
      );
    }
    await anvil.client.mine({ blocks: 1 });
    const block = await anvil.client.getBlockNumber();
    // A call at a block sees that block's number.
    const at = (blockNumber: bigint) =>
      anvil.client.readContract({ ...feed, functionName: "closedLength", blockNumber });
    expect(await at(block)).toBe(before);
    expect(await read("length")).toBe(before + 3n);
    expect(await read("lengthBeforeLastL1")).toBe(before);
    await anvil.client.mine({ blocks: 1 });
    expect(await at(block + 1n)).toBe(before + 3n);
    await anvil.client.setAutomine(true);
    for (const hash of hashes) {
      expect((await anvil.client.getTransactionReceipt({ hash })).status).toBe("success");
    }
  });

  test("answers zeros beyond its end", async () => {
    expect(await read("recordHash", 10_000n)).toBe(ZERO_HASH);
    expect(await read("recordMeta", 10_000n)).toEqual([0n, 0n]);
  });

  test("lets each writer append its own kind only", async () => {
    const stranger = anvil.accounts[7]!;
    for (const from of [stranger, systemConfig]) {
      expect((await anvil.revertOf(deposit("0x", false, from))).name).toBe("DepositFeedNotWriter");
    }
    for (const from of [stranger, portal]) {
      expect((await anvil.revertOf(config(0, 1n, from))).name).toBe("DepositFeedNotWriter");
    }
  });
});
