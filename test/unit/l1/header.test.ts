import { expect, test } from "@jest/globals";
import { encodeL1Header, parseL1Header } from "../../../src/l1/header.js";
import { type Hash, ZERO_HASH } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";

/** Ethereum mainnet block 1, as any node answers it. */
const FRONTIER = {
  parentHash: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
  sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
  miner: "0x05a56e2d52c817161883f50c441c3228cfe54d9f",
  stateRoot: "0xd67e4d450343046425ae4271474353857ab860dbc0a1dde64b41b5cd3a532bf3",
  transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  logsBloom: `0x${"00".repeat(256)}`,
  difficulty: "0x3ff800000",
  number: "0x1",
  gasLimit: "0x1388",
  gasUsed: "0x0",
  timestamp: "0x55ba4224",
  extraData: "0x476574682f76312e302e302f6c696e75782f676f312e342e32",
  mixHash: "0x969b900de27b6ac6a67742365dd65f55a0526c41fd18e1b16f1a1215c2e66f59",
  nonce: "0x539bd4979fef1ec4",
};
const FRONTIER_HASH: Hash = "0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6";

const PRAGUE = {
  ...FRONTIER,
  baseFeePerGas: "0x7",
  withdrawalsRoot: ZERO_HASH,
  blobGasUsed: "0x0",
  excessBlobGas: "0x20000",
  parentBeaconBlockRoot: `0x${"0b".repeat(32)}`,
  requestsHash: ZERO_HASH,
};

test("header: encodes a header of mainnet to its hash", () => {
  expect(keccakHex(encodeL1Header(FRONTIER))).toBe(FRONTIER_HASH);
});

test("header: reads what an origin needs, and ignores what is not of the header", () => {
  const hash = keccakHex(encodeL1Header(PRAGUE));
  const header = parseL1Header({ ...PRAGUE, hash, size: "0x1", l2Thing: 5, transactions: [] });
  expect(header).toEqual({
    number: 1n,
    hash,
    parentHash: FRONTIER.parentHash,
    stateRoot: FRONTIER.stateRoot,
    time: 0x55ba4224n,
    baseFee: 7n,
    prevRandao: FRONTIER.mixHash,
    parentBeaconBlockRoot: PRAGUE.parentBeaconBlockRoot,
    rlp: encodeL1Header(PRAGUE),
  });
});

test("header: a change in any field is found", () => {
  const hash = keccakHex(encodeL1Header(PRAGUE));
  for (const [name, value] of Object.entries(PRAGUE)) {
    const changed = `${value.slice(0, -1)}${value.endsWith("1") ? "2" : "1"}`;
    expect(() => parseL1Header({ ...PRAGUE, hash, [name]: changed })).toThrow(
      expect.objectContaining({ code: "L1_LIED" }),
    );
  }
});

test("header: a field of a newer fork is named, instead of calling the node a liar", () => {
  expect(() =>
    parseL1Header({ ...PRAGUE, hash: ZERO_HASH, blockAccessListHash: ZERO_HASH }),
  ).toThrow(
    expect.objectContaining({
      code: "L1_UNKNOWN_HEADER_FIELD",
      data: expect.objectContaining({ fields: ["blockAccessListHash"] }),
    }),
  );
});

test("header: values that are none are refused", () => {
  for (const changes of [
    { number: 5 },
    { miner: "0x1" },
    { parentHash: "0x00" },
    { logsBloom: null },
  ]) {
    expect(() => parseL1Header({ ...PRAGUE, hash: ZERO_HASH, ...changes })).toThrow(
      expect.objectContaining({ code: "L1_BAD_RESPONSE" }),
    );
  }
});
