import type { BlockHeader, Engine } from "../../engine/types.js";
import type { Hash } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";

/** Source: EIP-4844 */
const GAS_PER_BLOB = 131_072n;
const MAX_CACHED_BLOCKS = 4_096;

/** Tips of one block by ascending tip, with their gas. */
interface BlockTips {
  gasUsed: bigint;
  tips: { tip: bigint; gasUsed: bigint }[];
}

/** Computes eth_feeHistory; what a block paid is kept by its hash. */
export class FeeHistory {
  readonly #engine: Engine;
  readonly #tips = new Map<Hash, BlockTips>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Answer of eth_feeHistory for the `count` blocks that end with `newest`.
   * Shapes: one base fee more than blocks; rewards only when percentiles are asked for.
   */
  async read(
    newest: BlockHeader,
    count: bigint,
    percentiles: number[] | null,
  ): Promise<Record<string, unknown>> {
    const headers = await this.#headers(newest, count);
    const rewards = percentiles === null ? null : await this.#rewards(headers, percentiles);
    const baseFees = headers.map((header) => header.baseFeePerGas);
    const oldest = headers[0] ?? newest;
    return {
      oldestBlock: quantity(oldest.number),
      ...(rewards === null ? {} : { reward: rewards }),
      baseFeePerGas: [...baseFees, this.#engine.nextBaseFee(newest)].map(quantity),
      gasUsedRatio: headers.map((header) => ratio(header.gasUsed, header.gasLimit)),
      ...(await this.#blobs(headers, newest)),
    };
  }

  /** On a chain without blobs as if there were none in any block. */
  async #blobs(headers: BlockHeader[], newest: BlockHeader): Promise<Record<string, unknown>> {
    const rules = this.#engine.execution?.rules;
    const genesis = await this.#engine.getHeader("earliest");
    if (!rules?.blobBaseFee || !rules.simulation || !genesis) {
      return {
        baseFeePerBlobGas: Array.from({ length: headers.length + 1 }, () => "0x1"),
        blobGasUsedRatio: headers.map(() => 0),
      };
    }
    const { number, timestamp } = newest;
    const next = rules.simulation.inherit(newest, { number: number + 1n, timestamp });
    const fees = headers.map((header) => rules.blobBaseFee?.(header) ?? 0n);
    return {
      baseFeePerBlobGas: [...fees, next.blobBaseFee].map(quantity),
      blobGasUsedRatio: headers.map((header) => {
        const blobs = rules.forkConfigs?.(genesis, header).current?.blobs;
        return ratio(header.blobGasUsed, (blobs?.max ?? 0n) * GAS_PER_BLOB);
      }),
    };
  }

  async #headers(newest: BlockHeader, count: bigint): Promise<BlockHeader[]> {
    const first = newest.number + 1n > count ? newest.number + 1n - count : 0n;
    const headers: BlockHeader[] = [];
    for (let number = first; number < newest.number; number++) {
      const header = await this.#engine.getHeader(number);
      if (header !== undefined) headers.push(header);
    }
    headers.push(newest);
    return headers;
  }

  async #rewards(headers: BlockHeader[], percentiles: number[]): Promise<string[][]> {
    const rewards: string[][] = [];
    for (const header of headers) {
      const block = await this.#tipsOf(header);
      rewards.push(percentiles.map((percentile) => quantity(tipAt(block, percentile))));
    }
    return rewards;
  }

  async #tipsOf(header: BlockHeader): Promise<BlockTips> {
    const cached = this.#tips.get(header.hash);
    if (cached !== undefined) return cached;
    const receipts = (await this.#engine.getReceipts(header.hash)) ?? [];
    // Deposits pay no fee and say nothing about tips.
    const paying = receipts.filter((receipt) => receipt.depositNonce === null);
    const tips = paying.map((receipt) => ({
      tip: receipt.effectiveGasPrice - header.baseFeePerGas,
      gasUsed: receipt.gasUsed,
    }));
    tips.sort((left, right) => (left.tip < right.tip ? -1 : left.tip > right.tip ? 1 : 0));
    const gasUsed = tips.reduce((sum, entry) => sum + entry.gasUsed, 0n);
    const block = { gasUsed, tips };
    if (this.#tips.size >= MAX_CACHED_BLOCKS) {
      const oldest = this.#tips.keys().next().value;
      if (oldest !== undefined) this.#tips.delete(oldest);
    }
    this.#tips.set(header.hash, block);
    return block;
  }
}

/** Tip below which `percentile` percent of the gas was bought; 0 in a block without paying transactions. */
function tipAt(block: BlockTips, percentile: number): bigint {
  const threshold = (Number(block.gasUsed) * percentile) / 100;
  let sum = 0;
  for (const { tip, gasUsed } of block.tips) {
    sum += Number(gasUsed);
    if (sum >= threshold) return tip;
  }
  return block.tips.at(-1)?.tip ?? 0n;
}

function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(part) / Number(whole);
}
