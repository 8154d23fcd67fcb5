import { cloneFrame } from "./cloneFrame.js";
import type { Blk, Chain, MachineState, Tx, Work } from "./types.js";

/**
 * An independent copy of the machine, made in microseconds: byte strings share their pages, callers' frames and `rev` are never
 * changed anyway.
 */
export function cloneState(s: MachineState): MachineState {
  return {
    ctl: { ...s.ctl },
    frame: s.frame === undefined ? undefined : cloneFrame(s.frame),
    rev: s.rev,
    tx: cloneTx(s.tx),
    blk: cloneBlk(s.blk),
    chain: cloneChain(s.chain),
    work: cloneWork(s.work),
    hist: s.hist,
  };
}

function cloneTx(tx: Tx): Tx {
  return { ...tx, raw: tx.raw.clone() };
}

function cloneBlk(blk: Blk): Blk {
  return {
    ...blk,
    bloom: blk.bloom.slice(),
    txs: blk.txs.slice(),
    receipts: blk.receipts.slice(),
    l1: { ...blk.l1 },
  };
}

function cloneChain(chain: Chain): Chain {
  return {
    ...chain,
    lastHint: chain.lastHint === null ? null : { ...chain.lastHint },
    origin: { ...chain.origin },
    config: { ...chain.config },
    entry: { ...chain.entry },
    batch: { ...chain.batch, data: chain.batch.data.clone() },
    scan: { ...chain.scan },
  };
}

function cloneWork(work: Work): Work {
  return {
    regs: work.regs.slice(),
    bufA: work.bufA.clone(),
    bufB: work.bufB.clone(),
    sponge: work.sponge.slice(),
    trie: work.trie.slice(),
    call: work.call.slice(),
    snapshot: work.snapshot,
    calleeCode: work.calleeCode?.clone(),
    lz: work.lz?.slice(),
    bloom: work.bloom.slice(),
  };
}
