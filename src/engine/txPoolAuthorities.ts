import type { Address, Hash } from "../util/hex.js";
import { decodeEnvelope } from "./envelope.js";
import { PoolError } from "./txPoolErrors.js";
import type { PooledTx } from "./txPoolTx.js";

const SET_CODE_TX_TYPE = 4;

/** Accounts that have signed a transaction's authorizations (EIP-7702), each once. Errors: POOL_MALFORMED. */
export function authoritiesOf({ raw, hash }: Pick<PooledTx, "raw" | "hash">): readonly Address[] {
  if (raw[0] !== SET_CODE_TX_TYPE) return [];
  try {
    const { authorizations } = decodeEnvelope(raw, hash);
    return [...new Set(authorizations.flatMap(({ authority }) => authority ?? []))];
  } catch (cause) {
    throw new PoolError("POOL_MALFORMED", { reason: "authorizations" }, cause);
  }
}

/**
 * The accounts whose code pooled transactions are about to change. One that runs foreign code can be emptied by anybody, so from the
 * moment such a transaction is pooled the pool counts on no more than one transaction of theirs.
 */
export class TxPoolAuthorities {
  readonly #txs = new Map<Address, Set<Hash>>();

  has(address: Address): boolean {
    return this.#txs.has(address);
  }

  add({ hash, authorities = [] }: Pick<PooledTx, "hash" | "authorities">): void {
    for (const address of authorities) {
      const txs = this.#txs.get(address) ?? new Set();
      this.#txs.set(address, txs.add(hash));
    }
  }

  delete({ hash, authorities = [] }: Pick<PooledTx, "hash" | "authorities">): void {
    for (const address of authorities) {
      const txs = this.#txs.get(address);
      txs?.delete(hash);
      if (txs?.size === 0) this.#txs.delete(address);
    }
  }
}
