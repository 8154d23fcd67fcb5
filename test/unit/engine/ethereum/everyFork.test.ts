import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parseGethGenesis } from "../../../../src/engine/ethereum/gethGenesis.js";
import { MemoryChain } from "../../../../src/engine/ethereum/memoryChain.js";
import {
  asBytes,
  asList,
  decodeRlp,
  encodeRlp,
  type RlpItem,
} from "../../../../src/engine/state/rlp.js";
import { itemsOf } from "../../../helpers/rlpItems.js";

// A chain of ethereum/execution-apis (CC0): each fork from Homestead to BPO2 holds for a few of its blocks.
const VECTORS = new URL("../../../vectors/ethereum/", import.meta.url);
const HEAD = "0xd226371d0b1551adb03fb52b71f08e3e11247fe9b1af994768af8cdaa8e7dcd7";
const genesis = readFileSync(new URL("homesteadToBpo2.json", VECTORS), "utf8");
const blocks = [...itemsOf(readFileSync(new URL("homesteadToBpo2.rlp", VECTORS)))];

/** Places of a header's fields. */
const FIELD = {
  parentHash: 0,
  ommersHash: 1,
  stateRoot: 3,
  transactionsRoot: 4,
  receiptsRoot: 5,
  logsBloom: 6,
  difficulty: 7,
  number: 8,
  gasLimit: 9,
  gasUsed: 10,
  timestamp: 11,
  extraData: 12,
  nonce: 14,
  baseFee: 15,
  withdrawalsRoot: 16,
  blobGasUsed: 17,
  excessBlobGas: 18,
  beaconRoot: 19,
  requestsHash: 20,
} as const;

async function chainUpTo(count: number): Promise<MemoryChain> {
  const chain = await MemoryChain.create(parseGethGenesis(genesis));
  for (const rlp of blocks.slice(0, count))
    expect(await chain.insert(rlp)).toHaveProperty("header");
  return chain;
}

/** Block `number` with other contents. */
function changed(number: number, change: (parts: RlpItem[], header: Uint8Array[]) => void) {
  const parts = [...asList(decodeRlp(blocks[number - 1] as Uint8Array))];
  const header = asList(parts[0]).map((item) => asBytes(item));
  change(parts, header);
  return encodeRlp([header, ...parts.slice(1)]);
}

function withField(number: number, name: keyof typeof FIELD, bytes: Uint8Array): Uint8Array {
  return changed(number, (_parts, header) => {
    header[FIELD[name]] = bytes;
  });
}

/** The field's value with its last bit turned over. */
function flipped(number: number, name: keyof typeof FIELD): Uint8Array {
  return changed(number, (_parts, header) => {
    const bytes = Uint8Array.from(header[FIELD[name]] as Uint8Array);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    header[FIELD[name]] = bytes;
  });
}

test("54 blocks of every fork from Homestead to BPO2 execute to their head", async () => {
  const chain = await chainUpTo(blocks.length);
  expect(chain.head).toMatchObject({ number: 54n, hash: HEAD });
});

describe("a block with something wrong is refused with the reason", () => {
  // Of proof of work, of the merge, and of the newest fork.
  const [mined, merged, newest] = [20, 37, 54];
  let beforeMined: MemoryChain;
  let beforeMerged: MemoryChain;
  let beforeNewest: MemoryChain;

  beforeAll(async () => {
    beforeMined = await chainUpTo(mined - 1);
    beforeMerged = await chainUpTo(merged - 1);
    beforeNewest = await chainUpTo(newest - 1);
  });

  test.each([
    ["difficulty", "difficulty"],
    ["number", "block number"],
    ["gasUsed", "gasUsed, hash of another execution"],
    ["stateRoot", "stateRoot, hash of another execution"],
    ["receiptsRoot", "receiptsRoot, hash of another execution"],
    ["logsBloom", "hash of another execution"],
    ["transactionsRoot", "transactions root"],
    ["ommersHash", "ommers hash"],
    ["parentHash", "parent not known"],
  ] as const)("%s of a mined block", async (field, invalid) => {
    expect(await beforeMined.insert(flipped(mined, field))).toEqual({ invalid });
  });

  test.each([
    ["timestamp", new Uint8Array(), "timestamp not after the parent's"],
    ["extraData", new Uint8Array(33), "extraData too long"],
    ["gasLimit", Uint8Array.of(0x01), "gas used above the gas limit"],
    ["gasLimit", Uint8Array.of(0x7f, 0xff, 0xff, 0xff), "gas limit too far from the parent's"],
  ] as const)("%s of a mined block out of its bounds", async (field, bytes, invalid) => {
    expect(await beforeMined.insert(withField(mined, field, bytes))).toEqual({ invalid });
  });

  test.each([
    ["nonce", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1), "nonce after the merge"],
    ["difficulty", Uint8Array.of(2, 0, 0), "proof of work after the merge"],
    ["baseFee", Uint8Array.of(1), "base fee"],
  ] as const)("%s of a block after the merge", async (field, bytes, invalid) => {
    expect(await beforeMerged.insert(withField(merged, field, bytes))).toEqual({ invalid });
  });

  test.each([
    ["withdrawalsRoot", "withdrawals root"],
    ["excessBlobGas", "excess blob gas"],
    ["blobGasUsed", "blob gas used is not that of whole blobs"],
    ["requestsHash", "requestsHash, hash of another execution"],
    ["beaconRoot", "stateRoot, hash of another execution"],
  ] as const)("%s of a block of the newest fork", async (field, invalid) => {
    expect(await beforeNewest.insert(flippedOr(newest, field))).toEqual({ invalid });
  });

  test("a header without the fields of its fork", async () => {
    const short = changed(newest, (_parts, header) => {
      header.pop();
    });
    expect(await beforeNewest.insert(short)).toEqual({ invalid: "header fields of another fork" });
  });

  test("ommers after the merge", async () => {
    const ommer = asList(decodeRlp(blocks[merged - 2] as Uint8Array))[0] as RlpItem;
    const block = changed(merged, (parts) => {
      parts[2] = [ommer];
    });
    expect(await beforeMerged.insert(block)).toEqual({ invalid: "ommers hash" });
  });

  test("bytes after the block, and bytes that are no block", async () => {
    const block = blocks[newest - 1] as Uint8Array;
    expect(await beforeNewest.insert(Uint8Array.of(...block, 0))).toHaveProperty("invalid");
    expect(await beforeNewest.insert(block.subarray(0, 100))).toHaveProperty("invalid");
    expect(await beforeNewest.insert(Uint8Array.of(0xc0))).toHaveProperty("invalid");
  });
});

function flippedOr(number: number, name: keyof typeof FIELD): Uint8Array {
  const header = asList(asList(decodeRlp(blocks[number - 1] as Uint8Array))[0]);
  const isZero = asBytes(header[FIELD[name]]).length === 0;
  return isZero ? withField(number, name, Uint8Array.of(1)) : flipped(number, name);
}
