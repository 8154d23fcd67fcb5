import { packed, type ValuesOf } from "./packed.js";

/**
 * The packed leaves, one by one, as docs/protocol/machine.md lists them. Registers and call words are kept packed in
 * `work.regs` and `work.call`; the others are packed when a root is asked for.
 */

/** G.ctl. */
export const CTL_WORD = packed({
  mode: "u8",
  sub: "u8",
  ret: "u8",
  op: "u8",
  cnt: "u32",
  a: "n64",
  b: "n64",
});

/** G.regs of a frame. */
export const FRAME_WORD = packed({
  pc: "u32",
  gas: "n64",
  sp: "u16",
  memWords: "u32",
  depth: "u16",
  kind: "u8",
  isStatic: "flag",
});

/** G.outWin. */
export const OUT_WINDOW_WORD = packed({ outOff: "u32", outSize: "u32" });

/** G.lens. */
export const LENGTHS_WORD = packed({ codeLen: "u32", inputLen: "u32", retLen: "u32" });

/** G.revPacked. */
export const REV_WORD = packed({
  refund: "n64",
  logCount: "u32",
  logBytes: "u32",
  destructCount: "u32",
});

/** G.txInfo. */
export const TX_INFO_WORD = packed({
  type: "u8",
  status: "u8",
  isCreate: "flag",
  isDeposit: "flag",
  rawLen: "u32",
  dataOff: "u32",
  dataLen: "u32",
  nonceUsed: "u64",
});

/** G.nonceGas. */
export const NONCE_GAS_WORD = packed({ nonce: "u64", gasLimit: "u64" });

/** G.txGas. */
export const TX_GAS_WORD = packed({ intrinsic: "n64", floor: "n64", daSize: "u64" });

/** G.lists. */
export const LISTS_WORD = packed({
  aclOff: "u32",
  aclEnd: "u32",
  keyOff: "u32",
  keyEnd: "u32",
  authOff: "u32",
  authEnd: "u32",
});

/** G.txGasUsed. */
export const GAS_USED_WORD = packed({ gasUsed: "n64" });

/** G.blkScalars and G.lastScalars. */
export const BLOCK_SCALARS_WORD = packed({
  number: "u64",
  timestamp: "u64",
  gasLimit: "u64",
  gasUsed: "u64",
});

/** G.blkCounters. */
export const BLOCK_COUNTERS_WORD = packed({
  txCount: "u32",
  depositCount: "u32",
  depositGas: "u64",
  recordsDone: "flag",
  leftOver: "flag",
  synthesized: "flag",
  isPlaced: "flag",
});

/** First word of a receipt in G.receipts, and R.leafReceipt. */
export const RECEIPT_WORD = packed({
  type: "u8",
  status: "u8",
  cumulativeGas: "n64",
  logBytes: "u32",
  depositNonce: "u64",
});

/** G.daFootprint. */
export const DA_FOOTPRINT_WORD = packed({ daFootprint: "u64" });

/** G.extraData. */
export const EXTRA_WORD = packed({ denominator: "u32", elasticity: "u32", minBaseFee: "u64" });

/** G.l1Scalars and G.feeConfig. */
export const L1_SCALARS_WORD = packed({
  baseFeeScalar: "u32",
  blobBaseFeeScalar: "u32",
  operatorFeeScalar: "u32",
  operatorFeeConstant: "u64",
  daFootprintGasScalar: "u16",
});

/** G.batchPlace. */
export const BATCH_PLACE_WORD = packed({
  hintPos: "u32",
  nHints: "u16",
  txPos: "u32",
  txsLeft: "u16",
  blockEnd: "u32",
});

/** G.machineInfo. */
export const MACHINE_WORD = packed({ version: "u16", chainId: "u64" });

/** G.lastExtra. */
export const LAST_EXTRA_WORD = packed({
  denominator: "u32",
  elasticity: "u32",
  minBaseFee: "u64",
  blobGasUsed: "u64",
});

/** G.cursor. */
export const CURSOR_WORD = packed({
  entryIndex: "u64",
  recordIndex: "u64",
  sequenceNumber: "u64",
});

/** G.lastHint. */
export const LAST_HINT_WORD = packed({ isSet: "flag", l1Number: "u64", logIndex: "u32" });

/** G.origin. */
export const ORIGIN_WORD = packed({ number: "u64", time: "u64" });

/** G.gasConfig. */
export const GAS_CONFIG_WORD = packed({
  gasLimit: "u64",
  denominator: "u32",
  elasticity: "u32",
  minBaseFee: "u64",
});

/** G.entry. */
export const ENTRY_WORD = packed({
  isOpen: "flag",
  format: "u8",
  l1Number: "u64",
  l1Time: "u64",
  dataLength: "u32",
});

/** G.entryRange. */
export const ENTRY_RANGE_WORD = packed({ firstOrigin: "u64", lastOrigin: "u64", depTo: "u64" });

/** G.batchCursor. */
export const BATCH_CURSOR_WORD = packed({ pos: "u32", blocksLeft: "u16", pagesLoaded: "u8" });

/** G.scan. */
export const SCAN_WORD = packed({
  blockStart: "u32",
  pos: "u32",
  txsLeft: "u16",
  dt: "u16",
  originDelta: "u32",
  hintPos: "u32",
  nHints: "u16",
  nTx: "u16",
  phase: "u8",
});

/** R.copy: what COPY has still to do. */
export const COPY_WORD = packed({
  src: "u8",
  dst: "u8",
  isDown: "flag",
  zero: "u8",
  srcOff: "u32",
  srcLen: "u32",
  dstOff: "u32",
  left: "u32",
});

/** R.hash: what HASH has to do. */
export const HASH_WORD = packed({ off: "u32", len: "u32", pos: "u32" });

/** R.outcome: how a frame ended. */
export const OUTCOME_WORD = packed({
  outcome: "u8",
  kind: "u8",
  isTop: "flag",
  gasLeft: "n64",
  outLen: "u32",
});

/** R.log: range and number of topics of a log. */
export const LOG_WORD = packed({ off: "u32", len: "u32", topics: "u8" });

/** R.leaf: the leaf of a block's trie in work. */
export const LEAF_WORD = packed({ index: "u32", len: "u32", pos: "u32" });

/** C.flags. */
export const CALL_FLAGS_WORD = packed({
  kind: "u8",
  isTop: "flag",
  isPrecompile: "flag",
  isStatic: "flag",
  isDelegated: "flag",
});

/** C.gas. */
export const CALL_GAS_WORD = packed({ requested: "n64", childGas: "n64" });

/** C.windows. */
export const CALL_WINDOWS_WORD = packed({
  inOff: "u32",
  inSize: "u32",
  outOff: "u32",
  outSize: "u32",
});

/** C.codeLen. */
export const CODE_LENGTH_WORD = packed({ codeLen: "u32" });

/** Fields of R.copy. */
export type CopyFields = ValuesOf<typeof COPY_WORD>;
/** Fields of R.outcome. */
export type OutcomeFields = ValuesOf<typeof OUTCOME_WORD>;
/** Fields of C.flags. */
export type CallFlags = ValuesOf<typeof CALL_FLAGS_WORD>;
/** Fields of C.windows. */
export type CallWindows = ValuesOf<typeof CALL_WINDOWS_WORD>;
