import { toEventSelector } from "viem";
import { L1Error } from "../../l1/errors.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import {
  parseAddress,
  parseHash,
  parseHex,
  parseObjects,
  parseQuantity,
  type RpcObject,
  toQuantity,
} from "../../l1/rpcValues.js";
import { hasCode } from "../../util/errors.js";
import type { Address, Hash } from "../../util/hex.js";

/** A log of the portal about a withdrawal. */
export interface PortalLog {
  withdrawalHash: Hash;
  what: { kind: "proven"; submitter: Address } | { kind: "finalized"; success: boolean };
  blockNumber: bigint;
  blockHash: Hash;
  txHash: Hash;
  logIndex: number;
}

/** Finds the portal's logs about withdrawals. Errors: those of JsonRpc; L1_LIED for a log that was not asked for. */
export interface PortalLogReader {
  /** Those in L1 blocks from..at least from and at most `last`, in order, and the block they reach to. */
  find(from: bigint, last: bigint): Promise<{ to: bigint; logs: PortalLog[] }>;
}

// The portal emits WithdrawalProven together with the one that names the submitter.
const PROVEN = toEventSelector("WithdrawalProvenExtension1(bytes32,address)");
const FINALIZED = toEventSelector("WithdrawalFinalized(bytes32,bool)");
const FIRST_WINDOW = 5_000n;
const MAX_WINDOW = 100_000n;
const FORGET_LIMIT_AFTER = 200;

/** Reads the logs by `eth_getLogs`, in windows as large as the provider allows. */
export class RpcPortalLogReader implements PortalLogReader {
  readonly #portal: Address;
  readonly #rpc: JsonRpc;
  #window = FIRST_WINDOW;
  /** Smallest window that failed. */
  #tooLarge = MAX_WINDOW + 1n;
  #successes = 0;

  constructor(portal: Address, deps: { rpc: JsonRpc }) {
    this.#portal = portal;
    this.#rpc = deps.rpc;
  }

  async find(from: bigint, last: bigint): Promise<{ to: bigint; logs: PortalLog[] }> {
    for (;;) {
      const to = from + this.#window - 1n < last ? from + this.#window - 1n : last;
      const span = to - from + 1n;
      try {
        const answer = await this.#rpc.call("eth_getLogs", [
          {
            address: this.#portal,
            topics: [[PROVEN, FINALIZED]],
            fromBlock: toQuantity(from),
            toBlock: toQuantity(to),
          },
        ]);
        this.#grow(span);
        const logs = parseObjects(answer, "logs").filter((log) => log.removed !== true);
        return { to, logs: logs.map((log) => this.#parse(log, from, to)) };
      } catch (error) {
        // Providers word their limits in many ways, so any refusal is first taken for one.
        if (!hasCode(error, "L1_RPC_ERROR") || span <= 1n) throw error;
        this.#tooLarge = span;
        this.#window = span / 4n > 0n ? span / 4n : 1n;
      }
    }
  }

  #grow(span: bigint): void {
    this.#successes += 1;
    if (this.#successes % FORGET_LIMIT_AFTER === 0) this.#tooLarge = MAX_WINDOW + 1n;
    const doubled = this.#window * 2n;
    if (span === this.#window && doubled < this.#tooLarge) this.#window = doubled;
  }

  #parse(log: RpcObject, from: bigint, to: bigint): PortalLog {
    const { topics } = log;
    if (!Array.isArray(topics)) throw new L1Error("L1_BAD_RESPONSE", { field: "topics" });
    const blockNumber = parseQuantity(log.blockNumber, "blockNumber");
    const address = parseAddress(log.address, "address");
    const isProof = topics[0] === PROVEN;
    const isForeign = address !== this.#portal || !(isProof || topics[0] === FINALIZED);
    if (isForeign || blockNumber < from || blockNumber > to) {
      throw new L1Error("L1_LIED", { what: "log outside the filter", address, blockNumber });
    }
    return {
      withdrawalHash: parseHash(topics[1], "topics[1]"),
      what: isProof
        ? { kind: "proven", submitter: `0x${parseHash(topics[2], "topics[2]").slice(26)}` }
        : { kind: "finalized", success: BigInt(parseHex(log.data, "data")) === 1n },
      blockNumber,
      blockHash: parseHash(log.blockHash, "blockHash"),
      txHash: parseHash(log.transactionHash, "transactionHash"),
      logIndex: Number(parseQuantity(log.logIndex, "logIndex")),
    };
  }
}
