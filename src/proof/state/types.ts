import type { NodeSource } from "../trie/nodeLoader.js";
import type { Trie } from "../trie/trie.js";
import type { PagedBytes } from "./pagedBytes.js";
import type { World } from "./world.js";

/** A 256-bit word: numbers, addresses and hashes of the machine alike. */
export type Word = bigint;

/** Control word. Source: docs/protocol/machine.md#state */
export interface Ctl {
  mode: number;
  sub: number;
  ret: number;
  op: number;
  cnt: number;
  a: number;
  b: number;
}

/** What a revert undoes. Never changed in place: a change replaces the object, so that a snapshot is a reference. */
export interface Rev {
  /** Undefined between blocks, where the leaf is 0. */
  readonly state: World | undefined;
  readonly refund: number;
  readonly logCount: number;
  readonly logBytes: number;
  readonly destructs: readonly Word[];
  /** Its pages are shared between copies; take `clone()` before writing. */
  readonly logs: PagedBytes;
  /** Shapes: 256 bytes. */
  readonly bloom: Uint8Array;
  readonly warmAddr: Trie;
  readonly warmSlot: Trie;
  readonly transient: Trie;
  readonly created: Trie;
}

/**
 * A running call. Frames below the top one are never changed: `enterFrame` freezes the caller, `leaveFrame` (step.ts) goes on
 * with a copy of it.
 */
export interface Frame {
  pc: number;
  gas: number;
  memWords: number;
  depth: number;
  kind: number;
  isStatic: boolean;
  self: Word;
  caller: Word;
  value: Word;
  codeHash: Word;
  code: PagedBytes;
  outOff: number;
  outSize: number;
  codeLen: number;
  inputLen: number;
  retLen: number;
  input: PagedBytes;
  ret: PagedBytes;
  mem: PagedBytes;
  /** sp is its length. */
  stack: Word[];
  snapRev: Rev;
  parent: Frame | undefined;
  newAddr: Word;
}

/** The transaction in work. */
export interface Tx {
  type: number;
  status: number;
  isCreate: boolean;
  isDeposit: boolean;
  rawLen: number;
  dataOff: number;
  dataLen: number;
  nonceUsed: bigint;
  sender: Word;
  to: Word;
  value: Word;
  nonce: bigint;
  gasLimit: bigint;
  maxFee: Word;
  maxPriorityFee: Word;
  price: Word;
  mint: Word;
  l1Fee: Word;
  intrinsic: number;
  floor: number;
  daSize: bigint;
  aclOff: number;
  aclEnd: number;
  keyOff: number;
  keyEnd: number;
  authOff: number;
  authEnd: number;
  aclAddr: Word;
  /** State word of the FastLZ run (compute/fastLzRun.ts); 0 outside of FASTLZ. */
  lzState: Word;
  operatorBought: Word;
  gasUsed: number;
  raw: PagedBytes;
}

/** A receipt as `blk.receipts` holds it. */
export interface ReceiptEntry {
  type: number;
  status: number;
  cumulativeGas: number;
  logBytes: number;
  depositNonce: bigint;
  bloom: Uint8Array;
  logs: PagedBytes;
}

/** L1Block's values in `blk`. */
export interface L1Scalars {
  baseFeeScalar: number;
  blobBaseFeeScalar: number;
  operatorFeeScalar: number;
  operatorFeeConstant: bigint;
  daFootprintGasScalar: number;
}

/** The block in work. */
export interface Blk {
  number: bigint;
  timestamp: bigint;
  gasLimit: bigint;
  gasUsed: bigint;
  parentHash: Word;
  coinbase: Word;
  prevRandao: Word;
  baseFee: Word;
  depositCount: number;
  depositGas: bigint;
  recordsDone: boolean;
  leftOver: boolean;
  synthesized: boolean;
  isPlaced: boolean;
  bloom: Uint8Array;
  /** txCount is its length. */
  txs: { rawLen: number; raw: PagedBytes }[];
  receipts: ReceiptEntry[];
  txRoot: Word;
  receiptRoot: Word;
  daFootprint: bigint;
  beaconRoot: Word;
  denominator: number;
  elasticity: number;
  minBaseFee: bigint;
  l1BaseFee: Word;
  l1BlobBaseFee: Word;
  l1: L1Scalars;
  blobBaseFee: Word;
  hintPos: number;
  nHints: number;
  txPos: number;
  txsLeft: number;
  blockEnd: number;
}

/** What goes from block to block. */
export interface Chain {
  version: number;
  chainId: bigint;
  stateRoot: Word;
  /** The world with that root, if it was made here and its source may not have it. */
  state: World | undefined;
  lastHash: Word;
  outputRoot: Word;
  number: bigint;
  timestamp: bigint;
  gasLimit: bigint;
  gasUsed: bigint;
  baseFee: Word;
  denominator: number;
  elasticity: number;
  minBaseFee: bigint;
  blobGasUsed: bigint;
  entryIndex: bigint;
  recordIndex: bigint;
  sequenceNumber: bigint;
  lastHint: { l1Number: bigint; logIndex: number } | null;
  origin: {
    number: bigint;
    time: bigint;
    hash: Word;
    baseFee: Word;
    prevRandao: Word;
    beaconRoot: Word;
  };
  config: L1Scalars & {
    batcherHash: Word;
    gasLimit: bigint;
    denominator: number;
    elasticity: number;
    minBaseFee: bigint;
  };
  entry: {
    isOpen: boolean;
    format: number;
    l1Number: bigint;
    l1Time: bigint;
    dataLength: number;
    firstOrigin: bigint;
    lastOrigin: bigint;
    depTo: bigint;
    originsHash: Word;
    dataHash: Word;
  };
  batch: { pos: number; blocksLeft: number; pagesLoaded: number; data: PagedBytes };
  scan: {
    blockStart: number;
    pos: number;
    txsLeft: number;
    dt: number;
    originDelta: number;
    hintPos: number;
    nHints: number;
    nTx: number;
    phase: number;
  };
  passerRoot: Word;
}

/**
 * Scratch. Registers and call words are raw leaves; `words.ts` packs and unpacks them.
 * Call words C8 and C9 stay 0 here: their leaves are the roots of `calleeCode` and `snapshot`, hashed only when asked for.
 */
export interface Work {
  /** Shapes: 32 words. */
  regs: Word[];
  bufA: PagedBytes;
  bufB: PagedBytes;
  /** Shapes: 8 words. */
  sponge: Word[];
  /** Shapes: 128 words. */
  trie: Word[];
  /** Shapes: 16 words. */
  call: Word[];
  /** The snapshot that call word C9 is the root of. */
  snapshot: Rev | undefined;
  /** The tree that call word C8 is the root of. */
  calleeCode: PagedBytes | undefined;
  /** FastLZ table: 8,192 positions; undefined while it is empty. */
  lz: Uint32Array | undefined;
  bloom: Uint8Array;
}

/** The whole machine between two steps. */
export interface MachineState {
  ctl: Ctl;
  /** Undefined: the default frame. */
  frame: Frame | undefined;
  rev: Rev;
  tx: Tx;
  blk: Blk;
  chain: Chain;
  work: Work;
  /** Never changed in place (`with`). Shapes: 256 words. */
  hist: readonly Word[];
}

/** Contents named by hashes on L1 or in the state, found outside of the machine. Errors: PROOF_NODE_MISSING, PROOF_CODE_MISSING, PROOF_FEED_MISSING. */
export interface MachineInputs extends NodeSource {
  code(hash: Word): Uint8Array;
  /** Remembers code that a creation made. */
  addCode(hash: Word, code: Uint8Array): void;
  /** Shapes: 181 bytes. */
  entryHeader(index: bigint): Uint8Array;
  entryData(index: bigint): Uint8Array;
  /** Joined hashes of L1 blocks firstOrigin..lastOrigin of the entry. */
  entryOrigins(index: bigint): Uint8Array;
  /** RLP of an L1 header. */
  l1Header(hash: Word): Uint8Array;
  /** Shapes: 206 bytes. */
  recordHeader(index: bigint): Uint8Array;
  recordData(index: bigint): Uint8Array;
}

/** Receives what a step reads and writes; only there when a witness is made. */
export interface Recorder {
  /** A leaf, or a node that is replaced or read as a whole. */
  leaf(g: number): void;
  /** A subtree of 2^log2 words at g whose words the witness must show. */
  words(g: number, log2: number): void;
  /** A trie node. */
  node(rlp: Uint8Array): void;
  code(code: Uint8Array): void;
  aux(bytes: Uint8Array): void;
}

/** What a step function gets. It changes `s`, and tells `rec` every leaf that it reads or writes. */
export interface Step {
  s: MachineState;
  rec: Recorder | undefined;
  inputs: MachineInputs;
  /** First entry that is not part of the claim. */
  entryBound: bigint;
  /** True if BOUNDARY may begin a block: t is a multiple of 2^30. */
  mayBegin: boolean;
  /** L1's rules for state tests: base fee burnt, no other vaults, no size and pairing bounds of L2. Never on chain. */
  isPlain: boolean;
}
