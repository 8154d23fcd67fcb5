import { Hardfork } from "@ethereumjs/common";
import type { Address } from "../../util/hex.js";
import { FORKS, type Fork, type ForkRules, forkRules } from "../execution/forks.js";
import type { BlobParams } from "./blobParams.js";

/** What a chain of plain Ethereum is, beside its genesis block. Units: seconds for times. */
export interface EthereumConfig {
  chainId: number;
  /** Forks up to Gray Glacier by block number, and Paris if its block is known. */
  blocks: ReadonlyMap<Fork, bigint>;
  /** Forks from Shanghai on. */
  times: ReadonlyMap<Fork, bigint>;
  /** First block whose transactions may name their chain. Undefined: none. */
  eip155Block: bigint | undefined;
  dao: { block: bigint; isSupported: boolean } | undefined;
  /** Undefined: proof of work for ever, unless a block or time says otherwise. */
  terminalTotalDifficulty: bigint | undefined;
  /** Limits of blobs, ascending by time. */
  blobs: readonly { name: string; time: bigint; params: BlobParams }[];
  depositContract: Address;
}

/** Place of a block; whether it is mined is known by its difficulty only. */
export interface BlockPlace {
  number: bigint;
  timestamp: bigint;
  /** Absent: not known, so the configuration decides. */
  difficulty?: bigint;
}

/** Which fork each block of a chain has. */
export class ForkSchedule {
  readonly config: EthereumConfig;
  /** Newest first. */
  readonly #times: { fork: Fork; time: bigint }[];
  readonly #blocks: { fork: Fork; block: bigint }[];
  readonly #parisBlock: bigint | undefined;
  readonly #firstTime: bigint | undefined;

  constructor(config: EthereumConfig) {
    this.config = config;
    const newestFirst = [...FORKS].reverse();
    this.#times = newestFirst.flatMap((fork) => {
      const time = config.times.get(fork);
      return time === undefined ? [] : [{ fork, time }];
    });
    this.#blocks = newestFirst.flatMap((fork) => {
      const block = config.blocks.get(fork);
      return block === undefined || fork === Hardfork.Paris ? [] : [{ fork, block }];
    });
    this.#parisBlock =
      config.blocks.get(Hardfork.Paris) ?? (config.terminalTotalDifficulty === 0n ? 0n : undefined);
    this.#firstTime = this.#times.at(-1)?.time;
  }

  /** True if a block here has proof of stake. */
  isMerged({ number, timestamp, difficulty }: BlockPlace): boolean {
    if (difficulty !== undefined && number > 0n) return difficulty === 0n;
    if (this.#parisBlock !== undefined && number >= this.#parisBlock) return true;
    return this.#firstTime !== undefined && timestamp >= this.#firstTime;
  }

  forkAt(place: BlockPlace): Fork {
    const byBlock = this.#byBlock(place.number);
    if (!this.isMerged(place)) return byBlock;
    const byTime = this.#times.find(({ time }) => place.timestamp >= time)?.fork;
    return byTime ?? Hardfork.Paris;
  }

  #byBlock(number: bigint): Fork {
    return this.#blocks.find(({ block }) => number >= block)?.fork ?? Hardfork.Chainstart;
  }

  rulesAt(place: BlockPlace): ForkRules {
    return forkRules(this.forkAt(place));
  }

  /** Limits of blobs at a time; undefined before Cancun. */
  blobParamsAt(timestamp: bigint): BlobParams | undefined {
    return this.config.blobs.findLast(({ time }) => timestamp >= time)?.params;
  }

  /** True if transactions may name their chain. */
  hasReplayProtection(number: bigint): boolean {
    const { eip155Block } = this.config;
    return eip155Block !== undefined && number >= eip155Block;
  }
}
