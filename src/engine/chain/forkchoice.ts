import { type Hash, ZERO_HASH } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import type { BlockHeader, ForkchoiceState } from "../types.js";
import type { ChainStore, ChainSwitch, Heads } from "./chainStore.js";

/** What a forkchoice update changed. */
export interface ForkchoiceChange extends ChainSwitch {
  labelsChanged: boolean;
}

/** The three heads: in memory for readers, on disk before anybody is told. */
export class Forkchoice {
  readonly #chain: ChainStore;
  #heads: Heads;

  /** The store holds heads already. */
  constructor(chain: ChainStore, heads: Heads) {
    this.#chain = chain;
    this.#heads = heads;
  }

  get unsafe(): BlockHeader {
    return this.#header(this.#heads.unsafe);
  }

  get safe(): BlockHeader {
    return this.#header(this.#heads.safe);
  }

  get finalized(): BlockHeader {
    return this.#header(this.#heads.finalized);
  }

  /**
   * Moves the heads. `target` is the header of `headBlockHash`; a label that would not be an ancestor of it any more goes
   * back to the last common block. Errors: ENGINE_BAD_FORKCHOICE; then nothing has changed.
   */
  async move(state: ForkchoiceState, target: BlockHeader): Promise<ForkchoiceChange> {
    const change = this.#switchTo(target);
    const heads: Heads = {
      unsafe: target.hash,
      safe: this.#label(state.safeBlockHash, this.#heads.safe, change, target),
      finalized: this.#label(state.finalizedBlockHash, this.#heads.finalized, change, target),
    };
    const before = this.#heads;
    const labelsChanged = heads.safe !== before.safe || heads.finalized !== before.finalized;
    if (labelsChanged || heads.unsafe !== before.unsafe) {
      await this.#chain.writeSwitch(change, heads);
      this.#heads = heads;
    }
    return { ...change, labelsChanged };
  }

  #header(hash: Hash): BlockHeader {
    const header = this.#chain.getHeader(hash);
    if (!header) throw new EngineError("ENGINE_STATE_MISSING", { header: hash });
    return header;
  }

  #parent(header: BlockHeader): BlockHeader {
    return this.#header(header.parentHash);
  }

  /** Blocks that leave and join the canonical chain when `target` becomes its head. */
  #switchTo(target: BlockHeader): ChainSwitch {
    const removed: BlockHeader[] = [];
    const added: BlockHeader[] = [];
    let old = this.unsafe;
    let next = target;
    while (next.number > old.number) {
      added.push(next);
      next = this.#parent(next);
    }
    while (old.number > next.number) {
      removed.push(old);
      old = this.#parent(old);
    }
    while (old.hash !== next.hash) {
      removed.push(old);
      added.push(next);
      old = this.#parent(old);
      next = this.#parent(next);
    }
    return { removed: removed.reverse(), added: added.reverse() };
  }

  #label(wanted: Hash, current: Hash, change: ChainSwitch, target: BlockHeader): Hash {
    const hash = wanted === ZERO_HASH ? current : wanted;
    const header = this.#chain.getHeader(hash);
    if (header && this.#isOnChain(header, change, target)) return hash;
    if (wanted !== ZERO_HASH) throw new EngineError("ENGINE_BAD_FORKCHOICE", { hash });
    // The old label was given up with its block; what both chains share is still what it was.
    return change.removed[0]?.parentHash ?? target.hash;
  }

  /** True if a block is an ancestor of the new head, or the new head. */
  #isOnChain(header: BlockHeader, { removed, added }: ChainSwitch, target: BlockHeader): boolean {
    if (header.number > target.number) return false;
    const firstAdded = added[0];
    if (firstAdded && header.number >= firstAdded.number) {
      return added[Number(header.number - firstAdded.number)]?.hash === header.hash;
    }
    const firstRemoved = removed[0];
    if (firstRemoved && header.number >= firstRemoved.number) return false;
    return this.#chain.isCanonical(header);
  }
}
