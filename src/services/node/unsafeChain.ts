import type { Engine } from "../../engine/types.js";
import type { L1Reader } from "../../l1/types.js";
import type { Hash } from "../../util/hex.js";
import type { ChainTip } from "../chainAccess.js";
import { standingLength } from "../standing.js";
import type { CursorRecovery } from "./cursorRecovery.js";
import type { NodeStore } from "./nodeStore.js";

/** Blocks looked at by one check of the unsafe chain. */
const MAX_UNSAFE_BLOCKS = 100_000n;

/**
 * Finds how much of the unsafe chain can still become safe: blocks on top of the safe head, with canonical L1 origins that the feed
 * has not passed yet, and with a known (or recoverable) cursor.
 */
export class UnsafeChain {
  readonly #engine: Engine;
  readonly #l1: L1Reader;
  readonly #store: NodeStore;
  readonly #recovery: CursorRecovery;

  constructor(deps: { engine: Engine; l1: L1Reader; store: NodeStore; recovery: CursorRecovery }) {
    this.#engine = deps.engine;
    this.#l1 = deps.l1;
    this.#store = deps.store;
    this.#recovery = deps.recovery;
  }

  /**
   * Last block of the unsafe chain that stands, at least the safe one. `feedOrigin` is the feed's last origin.
   * Errors: those of L1Reader.
   */
  async lastStanding(safe: ChainTip, feedOrigin: bigint): Promise<Hash> {
    const head = await this.#engine.getHeader("latest");
    const canonicalSafe = await this.#engine.getHeader(safe.number);
    if (!head || canonicalSafe?.hash !== safe.hash || head.number <= safe.number) return safe.hash;
    const linked = await this.#linkedTips(safe, head.number, feedOrigin);
    const standing = await standingLength(BigInt(linked.length), async (index) => {
      const { origin } = (linked[Number(index)] as ChainTip).cursor;
      return (await this.#canonicalHash(origin.number)) === origin.hash;
    });
    return standing === 0n ? safe.hash : (linked[Number(standing) - 1] as ChainTip).hash;
  }

  /** The longest run of blocks above the safe one that the feed could still take. */
  async #linkedTips(safe: ChainTip, headNumber: bigint, feedOrigin: bigint): Promise<ChainTip[]> {
    const tips: ChainTip[] = [];
    let parent = safe;
    const end =
      headNumber - safe.number > MAX_UNSAFE_BLOCKS ? safe.number + MAX_UNSAFE_BLOCKS : headNumber;
    for (let number = safe.number + 1n; number <= end; number += 1n) {
      const header = await this.#engine.getHeader(number);
      if (!header || header.parentHash !== parent.hash) break;
      const cursor =
        this.#store.getCursor(header.hash) ?? (await this.#recovery.recover(parent, header.hash));
      if (!cursor) break;
      const movesOrigin = cursor.origin.number !== parent.cursor.origin.number;
      if (movesOrigin && cursor.origin.number <= feedOrigin) break;
      parent = { number, hash: header.hash, cursor };
      tips.push(parent);
    }
    return tips;
  }

  async #canonicalHash(number: bigint): Promise<Hash | undefined> {
    try {
      return (await this.#l1.getHeader(number)).hash;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "L1_BLOCK_MISSING") {
        return undefined;
      }
      throw error;
    }
  }
}
