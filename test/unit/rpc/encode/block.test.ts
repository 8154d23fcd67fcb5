import { expect, test } from "@jest/globals";
import { decodeBlock } from "../../../../src/engine/blockCodec.js";
import { encodeBlock } from "../../../../src/rpc/encode/block.js";
import { keccakHex } from "../../../../src/util/keccak.js";
import { readForksChain } from "../../../helpers/forksChain.js";

const blocks = readForksChain().blocks.map(({ rlp }) => ({ rlp, block: decodeBlock(rlp) }));
const at = (number: number) => {
  const found = blocks[number - 1];
  if (!found) throw new Error(`no block ${number}`);
  return found;
};
/** What every fork has. */
const FIRST = [
  "number",
  "hash",
  "parentHash",
  "nonce",
  "mixHash",
  "sha3Uncles",
  "logsBloom",
  "stateRoot",
  "miner",
  "difficulty",
  "extraData",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "transactionsRoot",
  "receiptsRoot",
  "size",
  "transactions",
  "uncles",
];
const SHANGHAI = ["baseFeePerGas", "withdrawalsRoot", "withdrawals"];
const CANCUN = [...SHANGHAI, "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot"];

test.each([
  ["Berlin", 5, []],
  ["London", 6, ["baseFeePerGas"]],
  ["Shanghai", 10, SHANGHAI],
  ["Cancun", 12, CANCUN],
])("a block of %s has the fields of its fork and no others", (_fork, number, fields) => {
  const json = encodeBlock(at(number).block);
  expect(Object.keys(json).sort()).toEqual([...FIRST, ...fields].sort());
});

test("a mined block shows its difficulty and seal, a later one none", () => {
  expect(encodeBlock(at(2).block)).toMatchObject({
    difficulty: "0x20000",
    nonce: "0x0000000000000011",
    mixHash: `0x${"11".repeat(32)}`,
  });
  expect(encodeBlock(at(9).block)).toMatchObject({
    difficulty: "0x0",
    nonce: "0x0000000000000000",
    mixHash: `0x${"0".repeat(63)}9`,
  });
});

test("the size is that of the RLP, and withdrawals have their fields", () => {
  const { block, rlp } = at(11);
  expect(encodeBlock(block)).toMatchObject({
    size: `0x${rlp.length.toString(16)}`,
    withdrawals: [
      {
        index: "0xb",
        validatorIndex: "0x3",
        address: `0x${"dd".repeat(20)}`,
        amount: "0x9",
      },
    ],
  });
});

test("uncles are shown by their hashes", () => {
  const ommer = at(1).rlp.subarray(0, 40);
  const json = encodeBlock({ ...at(2).block, ommers: [ommer] });
  expect(json.uncles).toEqual([keccakHex(ommer)]);
});
