import { makeFrame, makeRev, makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import type { Frame, MachineState, Rev } from "../../src/proof/state/types.js";
import { World } from "../../src/proof/state/world.js";
import { DEPTH, MODE } from "../../src/proof/table.js";
import { Trie } from "../../src/proof/trie/trie.js";
import { keccak256 } from "../../src/util/keccak.js";

/** Numbers that look random and are the same in each run. */
export class Dice {
  #seed: Uint8Array;

  constructor(seed: number) {
    this.#seed = keccak256(Uint8Array.of(seed >>> 24, seed >>> 16, seed >>> 8, seed));
  }

  bytes(size: number): Uint8Array {
    const out = new Uint8Array(size);
    for (let at = 0; at < size; at += 32) {
      this.#seed = keccak256(this.#seed);
      out.set(this.#seed.subarray(0, Math.min(32, size - at)), at);
    }
    return out;
  }
  big(bits: number): bigint {
    return BigInt(`0x${Buffer.from(this.bytes(bits / 8)).toString("hex")}`);
  }
  num(bits: number): number {
    return Number(this.big(bits));
  }
  flag(): boolean {
    return this.num(8) % 2 === 1;
  }
  below(end: number): number {
    return this.num(48) % end;
  }
  words(count: number): bigint[] {
    return Array.from({ length: count }, () => (this.below(3) === 0 ? 0n : this.big(256)));
  }
}

/** A byte string with something written to a few places of it. */
export function someBytes(dice: Dice, depth: number): PagedBytes {
  const bytes = new PagedBytes(depth);
  for (let writes = dice.below(4); writes > 0; writes--) {
    bytes.write(dice.below(100_000), dice.bytes(dice.below(6_000)));
  }
  return bytes;
}

function someTrie(dice: Dice): Trie {
  let trie = Trie.empty();
  for (let puts = dice.below(5); puts > 0; puts--) trie = trie.put(dice.bytes(32), dice.bytes(33));
  return trie;
}

/** Some `rev`. */
export function someRev(dice: Dice): Rev {
  return {
    ...makeRev(World.empty()),
    refund: dice.num(32),
    logCount: dice.num(32),
    logBytes: dice.num(32),
    destructs: dice.words(dice.below(9)),
    logs: someBytes(dice, DEPTH.bytes),
    bloom: dice.bytes(256),
    warmAddr: someTrie(dice),
    warmSlot: someTrie(dice),
    transient: someTrie(dice),
    created: someTrie(dice),
  };
}

/** Some frame. */
export function someFrame(dice: Dice, parent?: Frame): Frame {
  return {
    ...makeFrame(someRev(dice)),
    pc: dice.num(32),
    gas: dice.num(48),
    memWords: dice.num(32),
    depth: dice.num(16),
    kind: dice.below(6),
    isStatic: dice.flag(),
    self: dice.big(160),
    caller: dice.big(160),
    value: dice.big(256),
    codeHash: dice.big(256),
    code: someBytes(dice, DEPTH.code),
    outOff: dice.num(32),
    outSize: dice.num(32),
    codeLen: dice.num(32),
    inputLen: dice.num(32),
    retLen: dice.num(32),
    input: someBytes(dice, DEPTH.bytes),
    ret: someBytes(dice, DEPTH.bytes),
    mem: someBytes(dice, DEPTH.bytes),
    stack: dice.words(dice.below(40)),
    parent,
    newAddr: dice.big(160),
  };
}

/** A state with something in every field; not one that a chain can reach. */
export function someState(seed: number): MachineState {
  const dice = new Dice(seed);
  const u64 = () => dice.big(64);
  const s = makeState(u64());
  s.ctl = {
    mode: MODE.op,
    sub: dice.num(8),
    ret: dice.num(8),
    op: dice.num(8),
    cnt: dice.num(32),
    a: dice.num(48),
    b: dice.num(48),
  };
  s.rev = someRev(dice);
  s.frame = someFrame(dice, dice.flag() ? someFrame(dice, someFrame(dice)) : undefined);
  Object.assign(s.tx, {
    type: dice.num(8),
    status: dice.num(8),
    isCreate: dice.flag(),
    isDeposit: dice.flag(),
    rawLen: dice.num(32),
    dataOff: dice.num(32),
    dataLen: dice.num(32),
    nonceUsed: u64(),
    sender: dice.big(160),
    to: dice.big(160),
    value: dice.big(256),
    nonce: u64(),
    gasLimit: u64(),
    maxFee: dice.big(256),
    maxPriorityFee: dice.big(256),
    price: dice.big(256),
    mint: dice.big(256),
    l1Fee: dice.big(256),
    intrinsic: dice.num(48),
    floor: dice.num(48),
    daSize: u64(),
    aclOff: dice.num(32),
    aclEnd: dice.num(32),
    keyOff: dice.num(32),
    keyEnd: dice.num(32),
    authOff: dice.num(32),
    authEnd: dice.num(32),
    aclAddr: dice.big(160),
    lzState: dice.big(128),
    operatorBought: dice.big(256),
    gasUsed: dice.num(48),
    raw: someBytes(dice, DEPTH.raw),
  });
  const l1 = () => ({
    baseFeeScalar: dice.num(32),
    blobBaseFeeScalar: dice.num(32),
    operatorFeeScalar: dice.num(32),
    operatorFeeConstant: u64(),
    daFootprintGasScalar: dice.num(16),
  });
  const scalars = () => ({ number: u64(), timestamp: u64(), gasLimit: u64(), gasUsed: u64() });
  const extra = () => ({
    denominator: dice.num(32),
    elasticity: dice.num(32),
    minBaseFee: u64(),
  });
  Object.assign(s.blk, {
    ...scalars(),
    ...extra(),
    parentHash: dice.big(256),
    coinbase: dice.big(160),
    prevRandao: dice.big(256),
    baseFee: dice.big(256),
    depositCount: dice.num(32),
    depositGas: u64(),
    recordsDone: dice.flag(),
    leftOver: dice.flag(),
    synthesized: dice.flag(),
    isPlaced: dice.flag(),
    bloom: dice.bytes(256),
    txs: [1, 2, 3].map(() => ({ rawLen: dice.num(32), raw: someBytes(dice, DEPTH.raw) })),
    receipts: [1, 2, 3].map(() => ({
      type: dice.num(8),
      status: dice.num(8),
      cumulativeGas: dice.num(48),
      logBytes: dice.num(32),
      depositNonce: u64(),
      bloom: dice.bytes(256),
      logs: someBytes(dice, DEPTH.bytes),
    })),
    txRoot: dice.big(256),
    receiptRoot: dice.big(256),
    daFootprint: u64(),
    beaconRoot: dice.big(256),
    l1BaseFee: dice.big(256),
    l1BlobBaseFee: dice.big(256),
    l1: l1(),
    blobBaseFee: dice.big(256),
    hintPos: dice.num(32),
    nHints: dice.num(16),
    txPos: dice.num(32),
    txsLeft: dice.num(16),
    blockEnd: dice.num(32),
  });
  Object.assign(s.chain, {
    ...scalars(),
    ...extra(),
    version: dice.num(16),
    stateRoot: dice.big(256),
    lastHash: dice.big(256),
    outputRoot: dice.big(256),
    baseFee: dice.big(256),
    blobGasUsed: u64(),
    entryIndex: u64(),
    recordIndex: u64(),
    sequenceNumber: u64(),
    lastHint: dice.flag() ? null : { l1Number: u64(), logIndex: dice.num(32) },
    origin: {
      number: u64(),
      time: u64(),
      hash: dice.big(256),
      baseFee: dice.big(256),
      prevRandao: dice.big(256),
      beaconRoot: dice.big(256),
    },
    config: { ...l1(), ...extra(), batcherHash: dice.big(256), gasLimit: u64() },
    entry: {
      isOpen: dice.flag(),
      format: dice.num(8),
      l1Number: u64(),
      l1Time: u64(),
      dataLength: dice.num(32),
      firstOrigin: u64(),
      lastOrigin: u64(),
      depTo: u64(),
      originsHash: dice.big(256),
      dataHash: dice.big(256),
    },
    batch: {
      pos: dice.num(32),
      blocksLeft: dice.num(16),
      pagesLoaded: dice.num(8),
      data: someBytes(dice, DEPTH.batch),
    },
    scan: {
      blockStart: dice.num(32),
      pos: dice.num(32),
      txsLeft: dice.num(16),
      dt: dice.num(16),
      originDelta: dice.num(32),
      hintPos: dice.num(32),
      nHints: dice.num(16),
      nTx: dice.num(16),
      phase: dice.num(8),
    },
    passerRoot: dice.big(256),
  });
  const call = dice.words(16);
  Object.assign(s.work, {
    regs: dice.words(32),
    bufA: someBytes(dice, DEPTH.bytes),
    bufB: someBytes(dice, DEPTH.bufB),
    sponge: dice.words(8),
    trie: dice.words(128),
    // C8 and C9 stand for objects.
    call: call.map((word, index) => (index === 8 || index === 9 ? 0n : word)),
    snapshot: dice.flag() ? someRev(dice) : undefined,
    calleeCode: dice.flag() ? someBytes(dice, DEPTH.code) : undefined,
    lz: dice.flag() ? Uint32Array.from({ length: 8192 }, () => dice.below(110_000)) : undefined,
    bloom: dice.bytes(256),
  });
  s.hist = dice.words(256);
  return s;
}
