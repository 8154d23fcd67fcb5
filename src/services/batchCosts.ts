import type { JsonRpc } from "../l1/jsonRpc.js";
import type { Hash } from "../util/hex.js";

/** What an L1 transaction cost. */
export interface L1TxCost {
  gasUsed: bigint;
  gasPriceWei: bigint;
  feeWei: bigint;
}

const MAX_KEPT = 10_000;
/** Costs are no reason to let a reader wait for an L1 that is away. */
const PATIENCE_MS = 1_500;

/** Costs of the batcher's L1 transactions, from their receipts; those of one page are asked for together. */
export class BatchCosts {
  readonly #rpc: JsonRpc;
  /** By transaction and block, so that a reorg asks anew. */
  readonly #kept = new Map<string, L1TxCost>();

  constructor(deps: { rpc: JsonRpc }) {
    this.#rpc = deps.rpc;
  }

  /** In order; undefined where L1 does not tell now. */
  async get(
    places: readonly { txHash: Hash; blockHash: Hash }[],
    signal?: AbortSignal,
  ): Promise<(L1TxCost | undefined)[]> {
    const missing = places.filter((place) => !this.#kept.has(keyOf(place)));
    if (missing.length > 0) await this.#fetch(missing, signal).catch(() => undefined);
    return places.map((place) => this.#kept.get(keyOf(place)));
  }

  async #fetch(
    places: readonly { txHash: Hash; blockHash: Hash }[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const calls = places.map(({ txHash }) => ({
      method: "eth_getTransactionReceipt",
      params: [txHash],
    }));
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const receipts = await this.#rpc.batch(
      calls,
      signal ? AbortSignal.any([signal, patience]) : patience,
    );
    places.forEach((place, i) => {
      const cost = toCost(receipts[i], place.blockHash);
      if (cost) this.#kept.set(keyOf(place), cost);
    });
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(key);
    }
  }
}

function keyOf({ txHash, blockHash }: { txHash: Hash; blockHash: Hash }): string {
  return `${txHash} ${blockHash}`;
}

function toCost(receipt: unknown, blockHash: Hash): L1TxCost | undefined {
  if (typeof receipt !== "object" || receipt === null) return undefined;
  const { gasUsed, effectiveGasPrice, blockHash: at } = receipt as Record<string, unknown>;
  if (at !== blockHash || !isQuantity(gasUsed) || !isQuantity(effectiveGasPrice)) return undefined;
  const [used, priceWei] = [BigInt(gasUsed), BigInt(effectiveGasPrice)];
  return { gasUsed: used, gasPriceWei: priceWei, feeWei: used * priceWei };
}

function isQuantity(value: unknown): value is string {
  return typeof value === "string" && /^0x[0-9a-f]{1,64}$/.test(value);
}
