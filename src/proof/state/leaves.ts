import { C, DEPTH, G } from "../table.js";
import { PagedBytes } from "./pagedBytes.js";
import type { Blk, Chain, Frame, MachineState, Rev, Tx, Word, Work } from "./types.js";
import { bloomVector, type Leaf, type Subtree, Vector } from "./vector.js";
import * as words from "./words.js";

/** What hangs below a container: words, roots, and subtrees. What is missing is 0. */
export type Child = Leaf | Subtree | undefined;

/** Children of a container; its first child has gindex `first`. */
export interface Container {
  readonly depth: number;
  readonly children: readonly Child[];
}

const NO_BYTES = new PagedBytes(DEPTH.bytes);
const NO_CODE = new PagedBytes(DEPTH.code);
const NO_STACK = new Vector(DEPTH.stack, []);

/** A container from pairs of gindex and child. */
function container(g: number, depth: number, pairs: readonly (readonly [number, Child])[]) {
  const children: Child[] = new Array<Child>(2 ** depth).fill(undefined);
  for (const [at, child] of pairs) children[at - g * 2 ** depth] = child;
  return { depth, children };
}

/** Roots that never change again: frames below the running one, and every `rev`. */
export interface RootsOf {
  frame(frame: Frame): Uint8Array;
  rev(rev: Rev): Uint8Array;
}

/** Children of `frame`. */
export function frameContainer(frame: Frame | undefined, rootsOf: RootsOf): Container {
  if (frame === undefined) {
    return container(G.frame, DEPTH.container16, [
      [G.code, NO_CODE],
      [G.input, NO_BYTES],
      [G.ret, NO_BYTES],
      [G.mem, NO_BYTES],
      [G.stack, NO_STACK],
    ]);
  }
  return container(G.frame, DEPTH.container16, [
    [G.regs, words.FRAME_WORD.pack({ ...frame, sp: frame.stack.length })],
    [G.self, frame.self],
    [G.caller, frame.caller],
    [G.value, frame.value],
    [G.codeHash, frame.codeHash],
    [G.code, frame.code],
    [G.outWin, words.OUT_WINDOW_WORD.pack(frame)],
    [G.lens, words.LENGTHS_WORD.pack(frame)],
    [G.input, frame.input],
    [G.ret, frame.ret],
    [G.mem, frame.mem],
    [G.stack, new Vector(DEPTH.stack, frame.stack)],
    [G.snapRev, rootsOf.rev(frame.snapRev)],
    [G.parent, frame.parent === undefined ? 0n : rootsOf.frame(frame.parent)],
    [G.newAddr, frame.newAddr],
  ]);
}

/** Children of `rev`. */
export function revContainer(rev: Rev): Container {
  return container(G.rev, DEPTH.container16, [
    [G.stateRoot, rev.state?.rootBytes()],
    [G.revPacked, words.REV_WORD.pack({ ...rev, destructCount: rev.destructs.length })],
    [G.logs, rev.logs],
    [G.revBloom, bloomVector(rev.bloom)],
    [G.warmAddr, rev.warmAddr.rootBytes()],
    [G.warmSlot, rev.warmSlot.rootBytes()],
    [G.transient, rev.transient.rootBytes()],
    [G.created, rev.created.rootBytes()],
    [G.destructs, new Vector(DEPTH.destructs, rev.destructs)],
  ]);
}

/** Children of `tx`. */
export function txContainer(tx: Tx): Container {
  return container(G.tx, DEPTH.container32, [
    [G.txInfo, words.TX_INFO_WORD.pack(tx)],
    [G.sender, tx.sender],
    [G.to, tx.to],
    [G.txValue, tx.value],
    [G.nonceGas, words.NONCE_GAS_WORD.pack(tx)],
    [G.maxFee, tx.maxFee],
    [G.maxPriorityFee, tx.maxPriorityFee],
    [G.price, tx.price],
    [G.mint, tx.mint],
    [G.l1Fee, tx.l1Fee],
    [G.txGas, words.TX_GAS_WORD.pack(tx)],
    [G.lists, words.LISTS_WORD.pack(tx)],
    [G.aclAddr, tx.aclAddr],
    [G.lzState, tx.lzState],
    [G.operatorBought, tx.operatorBought],
    [G.txGasUsed, words.GAS_USED_WORD.pack(tx)],
    [G.raw, tx.raw],
  ]);
}

/** Children of `blk`. */
export function blkContainer(blk: Blk): Container {
  const txs = blk.txs.flatMap(({ rawLen, raw }): Leaf[] => [BigInt(rawLen), raw.root()]);
  const receipts = blk.receipts.flatMap((receipt): Leaf[] => [
    words.RECEIPT_WORD.pack(receipt),
    bloomVector(receipt.bloom).node(0, 0),
    receipt.logs.root(),
    0n,
  ]);
  return container(G.blk, DEPTH.container32, [
    [G.blkScalars, words.BLOCK_SCALARS_WORD.pack(blk)],
    [G.parentHash, blk.parentHash],
    [G.coinbase, blk.coinbase],
    [G.prevRandao, blk.prevRandao],
    [G.baseFee, blk.baseFee],
    [G.blkCounters, words.BLOCK_COUNTERS_WORD.pack({ ...blk, txCount: blk.txs.length })],
    [G.blkBloom, bloomVector(blk.bloom)],
    [G.txs, new Vector(DEPTH.txs, txs)],
    [G.receipts, new Vector(DEPTH.receipts, receipts)],
    [G.txRoot, blk.txRoot],
    [G.receiptRoot, blk.receiptRoot],
    [G.daFootprint, words.DA_FOOTPRINT_WORD.pack(blk)],
    [G.beaconRoot, blk.beaconRoot],
    [G.extraData, words.EXTRA_WORD.pack(blk)],
    [G.l1BaseFee, blk.l1BaseFee],
    [G.l1BlobBaseFee, blk.l1BlobBaseFee],
    [G.l1Scalars, words.L1_SCALARS_WORD.pack(blk.l1)],
    [G.blobBaseFee, blk.blobBaseFee],
    [G.batchPlace, words.BATCH_PLACE_WORD.pack(blk)],
  ]);
}

function lastHintWord({ lastHint }: Chain): Word {
  return lastHint === null ? 0n : words.LAST_HINT_WORD.pack({ isSet: true, ...lastHint });
}

/** Children of `chain`. */
export function chainContainer(chain: Chain): Container {
  const { origin, config, entry, batch } = chain;
  return container(G.chain, DEPTH.container32, [
    [G.machineInfo, words.MACHINE_WORD.pack(chain)],
    [G.lastStateRoot, chain.stateRoot],
    [G.lastHash, chain.lastHash],
    [G.outputRoot, chain.outputRoot],
    [G.lastScalars, words.BLOCK_SCALARS_WORD.pack(chain)],
    [G.lastBaseFee, chain.baseFee],
    [G.lastExtra, words.LAST_EXTRA_WORD.pack(chain)],
    [G.cursor, words.CURSOR_WORD.pack(chain)],
    [G.lastHint, lastHintWord(chain)],
    [G.origin, words.ORIGIN_WORD.pack(origin)],
    [G.originHash, origin.hash],
    [G.originBaseFee, origin.baseFee],
    [G.originRandao, origin.prevRandao],
    [G.originBeaconRoot, origin.beaconRoot],
    [G.batcherHash, config.batcherHash],
    [G.feeConfig, words.L1_SCALARS_WORD.pack(config)],
    [G.gasConfig, words.GAS_CONFIG_WORD.pack(config)],
    [G.entry, words.ENTRY_WORD.pack(entry)],
    [G.entryRange, words.ENTRY_RANGE_WORD.pack(entry)],
    [G.originsHash, entry.originsHash],
    [G.dataHash, entry.dataHash],
    [G.batchCursor, words.BATCH_CURSOR_WORD.pack(batch)],
    [G.batch, batch.data],
    [G.scan, words.SCAN_WORD.pack(chain.scan)],
    [G.passerRoot, chain.passerRoot],
  ]);
}

function lzTable(table: Uint32Array | undefined): Subtree {
  if (table === undefined) return new Vector(DEPTH.lz, []);
  const bytes = new Uint8Array(4 * table.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < table.length; index++) {
    view.setUint32(4 * index, table[index] as number);
  }
  return PagedBytes.of(DEPTH.lz, bytes);
}

/** Call words with the roots that stand for objects. */
function callLeaves(work: Work, rootsOf: RootsOf): Leaf[] {
  const leaves: Leaf[] = work.call.slice();
  if (work.calleeCode !== undefined) leaves[C.codeRoot] = work.calleeCode.root();
  if (work.snapshot !== undefined) leaves[C.snapshot] = rootsOf.rev(work.snapshot);
  return leaves;
}

/** Children of `work`. */
export function workContainer(work: Work, rootsOf: RootsOf): Container {
  return container(G.work, DEPTH.container8, [
    [G.workRegs, new Vector(DEPTH.workRegs, work.regs)],
    [G.bufA, work.bufA],
    [G.bufB, work.bufB],
    [G.sponge, new Vector(DEPTH.sponge, work.sponge)],
    [G.trie, new Vector(DEPTH.trie, work.trie)],
    [G.call, new Vector(DEPTH.call, callLeaves(work, rootsOf))],
    [G.lz, lzTable(work.lz)],
    [G.workBloom, bloomVector(work.bloom)],
  ]);
}

/** Children of `hist`. */
export function histContainer(s: MachineState): Container {
  return { depth: DEPTH.hist, children: s.hist };
}
