import { hasCode } from "../util/errors.js";
import type { Hash } from "../util/hex.js";
import { Lru } from "../util/lru.js";
import { TurnBudget } from "../util/turnBudget.js";
import type { PoolStateView } from "./poolTypes.js";
import { SenderQueue } from "./senderQueue.js";
import type { TxPoolLimits } from "./txPoolConfig.js";
import { PoolError } from "./txPoolErrors.js";
import { checkFootprint, checkWithoutState } from "./txPoolRules.js";
import { decodePooledTx, decodeQuickly, type PooledTx, type UnsignedFields } from "./txPoolTx.js";

/** Transactions that are decoded in one turn of the event loop: some milliseconds. */
const MAX_DECODED_IN_TURN = 32;
/** Refused hashes that are remembered. */
const MAX_UNSIGNED = 8_192;

/** Decodes what is sent to the pool, so that what is not worth anything costs little: a flood of it has to be paid by us. */
export class TxPoolIntake {
  readonly #chainId: number;
  readonly #limits: TxPoolLimits;
  readonly #view: PoolStateView;
  /** Absent: senders are found here. */
  readonly #senders: SenderQueue | undefined;
  readonly #turns = new TurnBudget(MAX_DECODED_IN_TURN);
  /** Hashes of transactions whose signature is not valid. */
  readonly #unsigned = new Lru<Hash, true>(MAX_UNSIGNED);

  constructor(chainId: number, limits: TxPoolLimits, view: PoolStateView) {
    this.#chainId = chainId;
    this.#limits = limits;
    this.#view = view;
    this.#senders = view.recoverSenders && new SenderQueue(view.recoverSenders);
  }

  /**
   * Checks everything that needs no account: what is cheap before the sender is recovered; no wrong signature is tried twice.
   * Errors: all of the pool's that speak of the transaction itself.
   */
  async decodeNew(raw: Uint8Array, hash: Hash): Promise<PooledTx> {
    if (this.#unsigned.get(hash)) throw new PoolError("POOL_INVALID_SENDER");
    await this.#turns.take();
    const view = this.#view;
    const check = (fields: UnsignedFields): void =>
      checkWithoutState(fields, view.blockGasLimit(), this.#limits);
    try {
      const tx = view.decode ? await view.decode(raw, false) : await this.#decode(raw, hash, check);
      if (view.decode) check(tx);
      checkFootprint(view.daFootprint(tx.raw), view.blockGasLimit());
      return tx;
    } catch (error) {
      if (hasCode(error, "POOL_INVALID_SENDER")) this.#unsigned.set(hash, true);
      throw error;
    }
  }

  async #decode(
    raw: Uint8Array,
    hash: Hash,
    check: (fields: UnsignedFields) => void,
  ): Promise<PooledTx> {
    const quick = this.#senders && decodeQuickly(raw, this.#chainId, hash);
    if (!quick) return decodePooledTx(raw, this.#chainId, hash, check);
    check(quick.fields);
    const question = quick.question();
    if (question) await this.#senders?.find(hash, question);
    return quick.complete();
  }

  /** Decodes what was accepted once. */
  async decodeKept(raw: Uint8Array): Promise<PooledTx> {
    return this.#view.decode ? this.#view.decode(raw, true) : decodePooledTx(raw, this.#chainId);
  }
}
