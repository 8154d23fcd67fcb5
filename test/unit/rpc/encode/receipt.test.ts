import { expect, test } from "@jest/globals";
import type { Receipt } from "../../../../src/engine/types.js";
import { encodeReceipt } from "../../../../src/rpc/encode/receipt.js";
import type { Hash } from "../../../../src/util/hex.js";

const hash = (digit: string): Hash => `0x${digit.repeat(64)}`;
const base: Receipt = {
  transactionHash: hash("1"),
  transactionIndex: 2,
  blockHash: hash("3"),
  blockNumber: 4n,
  type: 0,
  from: `0x${"aa".repeat(20)}`,
  to: null,
  contractAddress: `0x${"cc".repeat(20)}`,
  status: 1,
  gasUsed: 21_000n,
  cumulativeGasUsed: 42_000n,
  effectiveGasPrice: 7n,
  logsBloom: new Uint8Array(256),
  logs: [{ address: `0x${"bb".repeat(20)}`, topics: [], data: new Uint8Array([1]) }],
  firstLogIndex: 5,
  depositNonce: null,
  l1: null,
};

test("before Byzantium a receipt shows the state root in the place of its status", () => {
  const early = encodeReceipt({ ...base, postState: hash("9") }, 6n);
  expect(early).toMatchObject({ root: hash("9"), contractAddress: base.contractAddress, to: null });
  expect(early).not.toHaveProperty("status");
  const later = encodeReceipt(base, 6n);
  expect(later).toMatchObject({ status: "0x1" });
  expect(later).not.toHaveProperty("root");
});

test("a blob transaction's receipt shows what its blobs cost, and others have no such fields", () => {
  const json = encodeReceipt({ ...base, type: 3, blobGasUsed: 131_072n, blobGasPrice: 9n }, 6n);
  expect(json).toMatchObject({ type: "0x3", blobGasUsed: "0x20000", blobGasPrice: "0x9" });
  const plain = encodeReceipt(base, 6n);
  for (const name of ["blobGasUsed", "blobGasPrice", "l1Fee", "depositNonce"]) {
    expect(plain).not.toHaveProperty(name);
  }
});

test("logs carry the time of their block and count through it", () => {
  expect(encodeReceipt(base, 0x66n).logs).toEqual([
    expect.objectContaining({ blockTimestamp: "0x66", logIndex: "0x5", removed: false }),
  ]);
});
