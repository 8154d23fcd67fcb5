import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  FeedsMock,
  StepBlock,
  StepFeed,
  StepRecords,
} from "../../../src/contracts/generated/index.js";
import { encodeL1Header } from "../../../src/l1/header.js";
import { makeCtl, makeState } from "../../../src/proof/state/defaults.js";
import { PagedBytes } from "../../../src/proof/state/pagedBytes.js";
import type { MachineState, Step } from "../../../src/proof/state/types.js";
import { bytesToWord } from "../../../src/proof/state/wordBytes.js";
import { DEPTH, MODE } from "../../../src/proof/table.js";
import { chunkHash, encodeRecordHeader } from "../../../src/protocol/index.js";
import { type Address, type Hash, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../../src/util/hex.js";
import { keccak256, keccakHex } from "../../../src/util/keccak.js";
import { Dice } from "../../helpers/machineState.js";
import { SolidityVm } from "../../helpers/solidityVm.js";
import { StepEquivalence, stepOn } from "../../helpers/stepEquivalence.js";

const CHAIN_ID = 77n;
const ORIGIN = 5_000n;
const TIME = 1_800_000_000n;

const none = (): never => {
  throw new Error("not an input of this step");
};
const NO_INPUTS: Step["inputs"] = {
  node: none,
  code: none,
  addCode: none,
  entryHeader: none,
  entryData: none,
  entryOrigins: none,
  l1Header: none,
  recordHeader: none,
  recordData: none,
};

const pick = <T>(dice: Dice, items: readonly T[]): T => items[dice.below(items.length)] as T;

/** A state inside a block, with everything that derivation reads chosen by dice. */
function someDerivation(dice: Dice, mode: number): MachineState {
  const s = makeState(CHAIN_ID);
  s.ctl = makeCtl(mode);
  const { chain, blk } = s;
  chain.origin = {
    number: ORIGIN,
    time: TIME + BigInt(dice.below(50)),
    hash: dice.big(256),
    baseFee: pick(dice, [0n, 7n, dice.big(64), dice.big(256)]),
    prevRandao: dice.big(256),
    beaconRoot: dice.big(256),
  };
  chain.config = {
    batcherHash: dice.big(160),
    baseFeeScalar: dice.num(32),
    blobBaseFeeScalar: dice.num(32),
    operatorFeeScalar: dice.num(32),
    operatorFeeConstant: dice.big(64),
    daFootprintGasScalar: pick(dice, [0, 400, 65_535]),
    gasLimit: 30_000_000n,
    denominator: 1 + dice.below(65_536),
    elasticity: 1 + dice.below(256),
    minBaseFee: dice.big(32),
  };
  chain.number = dice.big(32);
  chain.timestamp = TIME + BigInt(dice.below(100));
  chain.sequenceNumber = dice.big(32);
  chain.entryIndex = dice.big(32);
  const lastHint = { l1Number: ORIGIN - BigInt(dice.below(2)), logIndex: dice.below(60) };
  chain.lastHint = dice.flag() ? lastHint : null;
  blk.gasLimit = chain.config.gasLimit;
  blk.timestamp = TIME + BigInt(dice.below(4_000));
  blk.depositCount = dice.below(5);
  blk.depositGas = BigInt(dice.below(29_000_000));
  return s;
}

let vm: SolidityVm;
beforeAll(async () => {
  vm = await SolidityVm.create();
});

interface SomeRecord {
  header: Uint8Array;
  data: Uint8Array;
}

/** Values that config records may carry, on both sides of their bounds. */
function configValue(dice: Dice, kind: number): bigint {
  const near = (...bounds: bigint[]): bigint => {
    const value = pick(dice, bounds) + BigInt(dice.below(3)) - 1n;
    return value < 0n ? 0n : value;
  };
  if (dice.below(8) === 0) return dice.big(256);
  if (kind === 0) return near(1n, 2n ** 160n, dice.big(160));
  if (kind === 1) return (pick(dice, [0n, 1n, 2n]) << 248n) | near(2n ** 32n, dice.big(32));
  if (kind === 2) return near(21_000_000n, 60_000_000n, 2n ** 64n);
  if (kind === 4) return (near(1n, 65_536n, 2n ** 32n) << 32n) | near(1n, 256n);
  if (kind === 5) return near(2n ** 96n, dice.big(96), 2n ** 64n);
  return near(10n ** 12n, 65_536n, 1n);
}

function someRecord(dice: Dice, index: number): SomeRecord {
  const kind = pick(dice, [0, 0, 0, 1, 1, 1, 2]);
  const type = dice.below(9);
  const size = pick(dice, kind === 1 ? [33, 33, 33, 32, 0] : [0, 1, 1, 33, 55, 56, 4_096, 40_000]);
  const data = dice.below(3) === 0 ? new Uint8Array(size).fill(dice.num(8)) : dice.bytes(size);
  if (size === 33) {
    const value = configValue(dice, type).toString(16).padStart(64, "0").slice(-64);
    data.set([type, ...Buffer.from(value, "hex")]);
  }
  const isCreation = dice.flag();
  const header = encodeRecordHeader({
    kind,
    index: BigInt(index),
    l1Number: ORIGIN + BigInt(pick(dice, [0, 0, 0, 0, -1, 1])),
    l1Time: TIME,
    from: toHex(dice.bytes(20)) as Address,
    to: isCreation ? ZERO_ADDRESS : (toHex(dice.bytes(20)) as Address),
    isCreation,
    mint: pick(dice, [0n, 1n, 127n, 128n, dice.big(256)]),
    value: pick(dice, [0n, 255n, 256n, dice.big(128)]),
    gasLimit: BigInt(pick(dice, [21_000, 2 ** 24, dice.below(2 ** 24)])),
    dataLength: size,
    dataHash: chunkHash(data) as Hash,
    prevRecordHash: ZERO_HASH,
  });
  return { header, data };
}

describe("states that the dice have made", () => {
  test("records of all kinds, with and without hints", async () => {
    const dice = new Dice(1);
    const records = Array.from({ length: 240 }, (_, i) => someRecord(dice, i));
    const { address } = await vm.deploy(FeedsMock, [
      [],
      records.map(({ header }) => keccakHex(header)),
    ]);
    const context = { depositFeed: address };
    const steps = await StepEquivalence.create({ records: StepRecords }, { vm, context });
    const at = (index: bigint) => records[Number(index)] as SomeRecord;
    const inputs: Step["inputs"] = {
      ...NO_INPUTS,
      recordHeader: (index) => at(index).header,
      recordData: (index) => at(index).data,
    };
    const ways = new Set<string>();
    for (const index of records.keys()) {
      const s = someDerivation(dice, MODE.record);
      s.chain.recordIndex = BigInt(index);
      s.chain.batch.data = PagedBytes.of(
        DEPTH.batch,
        dice.bytes(512).map((byte) => byte & 63),
      );
      s.blk.nHints = dice.below(8);
      s.blk.hintPos = dice.below(200);
      let next = s;
      for (let i = 0; i < 6 && [MODE.record, MODE.depdata].some((m) => m === next.ctl.mode); i++) {
        const { proof } = await steps.check(stepOn(next, inputs));
        ways.add(`${next.ctl.mode} to ${proof.next.ctl.mode}`);
        next = proof.next;
      }
    }
    const [record, depdata, check, txnext] = [MODE.record, MODE.depdata, MODE.check, MODE.txnext];
    expect([...ways].sort()).toEqual(
      [
        `${record} to ${txnext}`,
        `${record} to ${check}`,
        `${record} to ${depdata}`,
        `${depdata} to ${depdata}`,
        `${depdata} to ${check}`,
      ].sort(),
    );
  });

  test("attributes, headers of blocks, what comes next, and transactions in the batch", async () => {
    const dice = new Dice(2);
    const steps = await StepEquivalence.create({ records: StepRecords, blk: StepBlock }, { vm });
    for (let i = 0; i < 60; i++) {
      await steps.check(stepOn(someDerivation(dice, MODE.attr), NO_INPUTS));

      const header = someDerivation(dice, MODE.blkhdr);
      Object.assign(header.chain, {
        gasLimit: 21_000_000n + BigInt(dice.below(39_000_000)),
        gasUsed: BigInt(dice.below(60_000_000)),
        blobGasUsed: BigInt(pick(dice, [0, dice.below(60_000_000)])),
        baseFee: pick(dice, [1n, 7n, dice.big(40), dice.big(128)]),
        denominator: pick(dice, [1, 250, 65_536]),
        elasticity: pick(dice, [1, 2, 6, 256]),
        minBaseFee: pick(dice, [0n, 10n ** 12n]),
        lastHash: dice.big(256),
      });
      header.blk.synthesized = dice.flag();
      header.chain.stateRoot = EMPTY_ROOT;
      await steps.check(stepOn(header, NO_INPUTS));

      const next = someDerivation(dice, MODE.txnext);
      Object.assign(next.blk, {
        recordsDone: dice.below(3) !== 0,
        leftOver: dice.below(5) === 0,
        synthesized: dice.below(5) === 0,
        txsLeft: dice.below(3),
      });
      if (dice.below(6) !== 0) next.blk.txs = [{ rawLen: 9, raw: new PagedBytes(DEPTH.raw) }];
      next.chain.recordIndex = BigInt(dice.below(3));
      next.chain.entry.depTo = BigInt(dice.below(3));
      next.chain.origin.time = TIME;
      next.blk.timestamp = TIME + 1_799n + BigInt(dice.below(3));
      await steps.check(stepOn(next, NO_INPUTS));

      const copy = someDerivation(dice, MODE.txcopy);
      const length = pick(dice, [0, 1, 200, 110_000, 110_001, 2 ** 24 - 1]);
      const data = new Uint8Array(9_000);
      copy.blk.txPos = pick(dice, [0, 29, 30, 31, 4_094, dice.below(8_000)]);
      data.set([length >> 16, (length >> 8) & 255, length & 255], copy.blk.txPos);
      copy.blk.txsLeft = 1 + dice.below(9);
      copy.chain.entry.dataLength = data.length;
      copy.chain.batch.data = PagedBytes.of(DEPTH.batch, data);
      await steps.check(stepOn(copy, NO_INPUTS));
    }
  });

  test("scans of batches, and places that keep the rules or break them", async () => {
    const dice = new Dice(3);
    const steps = await StepEquivalence.create({ feed: StepFeed }, { vm });
    const ways = new Set<string>();
    for (let i = 0; i < 80; i++) {
      const s = someDerivation(dice, MODE.next);
      const { chain } = s;
      const data = someBatch(dice);
      const start = pick(dice, [3, 3, 30, 4_090]);
      const bytes = new Uint8Array(start + data.length);
      bytes.set(data, start);
      chain.batch.data = PagedBytes.of(DEPTH.batch, bytes);
      Object.assign(chain.batch, { pos: start, blocksLeft: 1 + dice.below(4), pagesLoaded: 9 });
      const [firstOrigin, count] = [ORIGIN + 1n, dice.below(4)];
      const headers = Array.from({ length: count }, (_, at) => someL1Header(dice, at));
      const hashes = Uint8Array.from(Buffer.concat(headers.map((rlp) => keccak256(rlp))));
      chain.entry = {
        isOpen: true,
        format: 0,
        l1Number: ORIGIN + 9n,
        l1Time: TIME + BigInt(dice.below(400)) - 300n,
        dataLength: bytes.length - pick(dice, [0, 0, 0, 1, 2, 9]),
        firstOrigin,
        lastOrigin: firstOrigin + BigInt(count) - 1n,
        depTo: BigInt(dice.below(2)),
        originsHash: bytesToWord(keccak256(hashes)),
        dataHash: dice.big(256),
      };
      if (dice.below(4) === 0) chain.batch.blocksLeft = 0;
      const inputs: Step["inputs"] = {
        ...NO_INPUTS,
        entryOrigins: () => hashes,
        l1Header: (hash) => headers.find((rlp) => bytesToWord(keccak256(rlp)) === hash) ?? none(),
      };
      let next = s;
      const own: readonly number[] = [MODE.next, MODE.scan, MODE.place];
      for (let at = 0; at < 12 && own.includes(next.ctl.mode); at++) {
        const { proof } = await steps.check(stepOn(next, inputs));
        ways.add(`${next.ctl.mode} to ${proof.next.ctl.mode}`);
        next = proof.next;
      }
    }
    const { next, scan, place, blkhdr, boundary } = MODE;
    expect([...ways].sort()).toEqual(
      [
        [next, scan],
        [next, place],
        [next, boundary],
        [scan, scan],
        [scan, next],
        [scan, place],
        [place, blkhdr],
        [place, next],
      ]
        .map(([from, to]) => `${from} to ${to}`)
        .sort(),
    );
  });
});

/** Root of the empty trie. */
const EMPTY_ROOT = bytesToWord(keccak256(Uint8Array.of(0x80)));

/** Bytes of a batch's block that are in order more often than not. */
function someBatch(dice: Dice): Uint8Array {
  const hints = pick(dice, [0, 0, 3, 11_000]);
  const txs = pick(dice, [0, 0, 1, 1, 1, 2, 2, 2, 30, 30, 16_384, 16_385]);
  const most = pick(dice, [3, 300, 50_000]);
  const head = Buffer.alloc(10 + 4 * hints);
  head.writeUInt16BE(pick(dice, [0, 1, 2, 40, 700]), 0);
  head.writeUInt32BE(pick(dice, [0, 0, 1, 2, 4, 2 ** 32 - 1]), 2);
  head.writeUInt16BE(hints, 6);
  head.writeUInt16BE(txs, 8 + 4 * hints);
  const parts = [head];
  let size = head.length;
  for (let i = 0; i < Math.min(txs, 13_000) && size < 120_500; i++) {
    const length = txs > 100 ? 0 : dice.below(most);
    const tx = Buffer.alloc(3 + length, 5);
    tx.writeUIntBE(length, 0, 3);
    parts.push(tx);
    size += tx.length;
  }
  return Uint8Array.from(Buffer.concat(parts)).subarray(0, 126_000 - 4_096);
}

/** RLP of an L1 header at ORIGIN + 1 + `at`. */
function someL1Header(dice: Dice, at: number): Uint8Array {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const b32 = () => toHex(dice.bytes(32));
  return encodeL1Header({
    parentHash: b32(),
    sha3Uncles: b32(),
    miner: toHex(dice.bytes(20)),
    stateRoot: b32(),
    transactionsRoot: b32(),
    receiptsRoot: b32(),
    logsBloom: toHex(dice.bytes(256)),
    difficulty: "0x0",
    number: hex(ORIGIN + 1n + BigInt(at)),
    gasLimit: hex(36_000_000n),
    gasUsed: hex(dice.big(24)),
    timestamp: hex(TIME + BigInt(12 * at + dice.below(60))),
    extraData: toHex(dice.bytes(dice.below(33))),
    mixHash: b32(),
    nonce: "0x0000000000000000",
    baseFeePerGas: hex(dice.big(40)),
    ...(dice.below(3) === 0
      ? {}
      : {
          withdrawalsRoot: b32(),
          blobGasUsed: hex(dice.big(24)),
          excessBlobGas: "0x0",
          parentBeaconBlockRoot: b32(),
          requestsHash: b32(),
        }),
  });
}
