import { keccak256 } from "../../util/keccak.js";
import { DEPTH, MACHINE_VERSION, MODE } from "../table.js";
import { Trie } from "../trie/trie.js";
import { PagedBytes } from "./pagedBytes.js";
import type {
  Blk,
  Chain,
  Ctl,
  Frame,
  L1Scalars,
  MachineState,
  Rev,
  Tx,
  Word,
  Work,
} from "./types.js";
import { bytesToWord } from "./wordBytes.js";
import type { World } from "./world.js";

/** keccak of no bytes: the code hash of accounts without code. */
export const EMPTY_CODE_HASH = bytesToWord(keccak256(new Uint8Array(0)));

/** Shapes: 256 zero bytes, never changed in place. */
export const EMPTY_BLOOM = new Uint8Array(256);

/** The control word of a mode with everything else 0; without a mode, that at a block boundary. */
export function makeCtl(mode: number = MODE.boundary): Ctl {
  return { mode, sub: 0, ret: 0, op: 0, cnt: 0, a: 0, b: 0 };
}

/** What a revert undoes, as a transaction finds it; without a state, as it is between blocks. */
export function makeRev(state?: World): Rev {
  const none = Trie.empty();
  return {
    state,
    refund: 0,
    logCount: 0,
    logBytes: 0,
    destructs: [],
    logs: new PagedBytes(DEPTH.bytes),
    bloom: EMPTY_BLOOM,
    warmAddr: none,
    warmSlot: none,
    transient: none,
    created: none,
  };
}

/** A frame with no code, no gas and nothing in it; the state's `frame` is undefined where the tree has its root. */
export function makeFrame(snapRev: Rev): Frame {
  return {
    pc: 0,
    gas: 0,
    memWords: 0,
    depth: 0,
    kind: 0,
    isStatic: false,
    self: 0n,
    caller: 0n,
    value: 0n,
    codeHash: 0n,
    code: new PagedBytes(DEPTH.code),
    outOff: 0,
    outSize: 0,
    codeLen: 0,
    inputLen: 0,
    retLen: 0,
    input: new PagedBytes(DEPTH.bytes),
    ret: new PagedBytes(DEPTH.bytes),
    mem: new PagedBytes(DEPTH.bytes),
    stack: [],
    snapRev,
    parent: undefined,
    newAddr: 0n,
  };
}

/** No transaction. */
export function makeTx(): Tx {
  return {
    type: 0,
    status: 0,
    isCreate: false,
    isDeposit: false,
    rawLen: 0,
    dataOff: 0,
    dataLen: 0,
    nonceUsed: 0n,
    sender: 0n,
    to: 0n,
    value: 0n,
    nonce: 0n,
    gasLimit: 0n,
    maxFee: 0n,
    maxPriorityFee: 0n,
    price: 0n,
    mint: 0n,
    l1Fee: 0n,
    intrinsic: 0,
    floor: 0,
    daSize: 0n,
    aclOff: 0,
    aclEnd: 0,
    keyOff: 0,
    keyEnd: 0,
    authOff: 0,
    authEnd: 0,
    aclAddr: 0n,
    lzState: 0n,
    operatorBought: 0n,
    gasUsed: 0,
    raw: new PagedBytes(DEPTH.raw),
  };
}

/** No values of L1Block. */
export function makeL1Scalars(): L1Scalars {
  return {
    baseFeeScalar: 0,
    blobBaseFeeScalar: 0,
    operatorFeeScalar: 0,
    operatorFeeConstant: 0n,
    daFootprintGasScalar: 0,
  };
}

/** No block. */
export function makeBlk(): Blk {
  return {
    number: 0n,
    timestamp: 0n,
    gasLimit: 0n,
    gasUsed: 0n,
    parentHash: 0n,
    coinbase: 0n,
    prevRandao: 0n,
    baseFee: 0n,
    depositCount: 0,
    depositGas: 0n,
    recordsDone: false,
    leftOver: false,
    synthesized: false,
    isPlaced: false,
    bloom: EMPTY_BLOOM,
    txs: [],
    receipts: [],
    txRoot: 0n,
    receiptRoot: 0n,
    daFootprint: 0n,
    beaconRoot: 0n,
    denominator: 0,
    elasticity: 0,
    minBaseFee: 0n,
    l1BaseFee: 0n,
    l1BlobBaseFee: 0n,
    l1: makeL1Scalars(),
    blobBaseFee: 0n,
    hintPos: 0,
    nHints: 0,
    txPos: 0,
    txsLeft: 0,
    blockEnd: 0,
  };
}

/** No open entry. */
export function makeEntry(): Chain["entry"] {
  return {
    isOpen: false,
    format: 0,
    l1Number: 0n,
    l1Time: 0n,
    dataLength: 0,
    firstOrigin: 0n,
    lastOrigin: 0n,
    depTo: 0n,
    originsHash: 0n,
    dataHash: 0n,
  };
}

/** No batch. */
export function makeBatch(): Chain["batch"] {
  return { pos: 0, blocksLeft: 0, pagesLoaded: 0, data: new PagedBytes(DEPTH.batch) };
}

/** No batch block being scanned. */
export function makeScan(): Chain["scan"] {
  return {
    blockStart: 0,
    pos: 0,
    txsLeft: 0,
    dt: 0,
    originDelta: 0,
    hintPos: 0,
    nHints: 0,
    nTx: 0,
    phase: 0,
  };
}

/** A chain of which nothing is known but its id. */
export function makeChain(chainId: bigint): Chain {
  return {
    version: MACHINE_VERSION,
    chainId,
    stateRoot: 0n,
    state: undefined,
    lastHash: 0n,
    outputRoot: 0n,
    number: 0n,
    timestamp: 0n,
    gasLimit: 0n,
    gasUsed: 0n,
    baseFee: 0n,
    denominator: 0,
    elasticity: 0,
    minBaseFee: 0n,
    blobGasUsed: 0n,
    entryIndex: 0n,
    recordIndex: 0n,
    sequenceNumber: 0n,
    lastHint: null,
    origin: { number: 0n, time: 0n, hash: 0n, baseFee: 0n, prevRandao: 0n, beaconRoot: 0n },
    config: {
      ...makeL1Scalars(),
      batcherHash: 0n,
      gasLimit: 0n,
      denominator: 0,
      elasticity: 0,
      minBaseFee: 0n,
    },
    entry: makeEntry(),
    batch: makeBatch(),
    scan: makeScan(),
    passerRoot: 0n,
  };
}

/** Words of `work.call` outside of a call. */
export function makeCallWords(): Word[] {
  return new Array<Word>(2 ** DEPTH.call).fill(0n);
}

/** No scratch. */
export function makeWork(): Work {
  return {
    regs: new Array<Word>(2 ** DEPTH.workRegs).fill(0n),
    bufA: new PagedBytes(DEPTH.bytes),
    bufB: new PagedBytes(DEPTH.bufB),
    sponge: new Array<Word>(2 ** DEPTH.sponge).fill(0n),
    trie: new Array<Word>(2 ** DEPTH.trie).fill(0n),
    call: makeCallWords(),
    snapshot: undefined,
    calleeCode: undefined,
    lz: undefined,
    bloom: EMPTY_BLOOM,
  };
}

/** A machine at a block boundary, before anything is known of its chain but its id. */
export function makeState(chainId: bigint): MachineState {
  return {
    ctl: makeCtl(),
    frame: undefined,
    rev: makeRev(),
    tx: makeTx(),
    blk: makeBlk(),
    chain: makeChain(chainId),
    work: makeWork(),
    hist: new Array<Word>(2 ** DEPTH.hist).fill(0n),
  };
}
