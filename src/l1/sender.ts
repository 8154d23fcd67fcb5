import type { Abi } from "viem";
import { L1_ERRORS_ABI } from "../contracts/l1ErrorsAbi.js";
import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import { FoveaError } from "../util/errors.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { PrivateKey } from "./privateKey.js";
import { readRevertReason } from "./revertReason.js";
import { parseHash, parseObject, parseQuantity, toQuantity } from "./rpcValues.js";
import { classifySendError } from "./sendErrors.js";
import { bumpFees, capFees, fetchSuggestedFees, type TxFees } from "./txFees.js";
import type { L1Sender, L1TxRequest } from "./types.js";

/** Settings of `KeyL1Sender`. */
export interface L1SenderConfig {
  key: PrivateKey;
  chainId: number;
  /** Most wei per gas that is ever offered. */
  feeCeilingWei?: bigint;
  /** A transaction not included after this time is sent again with higher fees. */
  resubmitMs?: number;
  /** After this time `send` gives up. */
  timeoutMs?: number;
  pollMs?: number;
  /** L1 blocks on top of the transaction's before it counts as included. */
  confirmations?: number;
  /** Where the names of custom errors come from; by default our L1 contracts. */
  errorsAbi?: Abi;
}

/** Result of a transaction that succeeded. */
export type L1TxResult = Awaited<ReturnType<L1Sender["send"]>>;

const MAX_TX_GAS = 1n << 24n;
/** At `latest` a call sees that block's own number, so it could not refer to the block; `pending` is the one after. */
const SIMULATED_BLOCK = "pending";
/** Two new storage slots: the first append after the end of a claim period writes them, the simulation before it did not. */
const GAS_HEADROOM = 60_000n;
const MAX_QUEUE = 256;
const MAX_NONCE_CHANGES = 8;
const LOOKS_IN_VAIN = 3;

/** The transactions made for one nonce: the first and its replacements. */
interface Flight {
  nonce: bigint;
  gas: bigint;
  fees: TxFees;
  raw: Hex;
  hashes: Hash[];
  sentAtMs: number;
  /** Looks that found the nonce used but no receipt of ours. */
  looksInVain: number;
  /** Looks that found neither a receipt nor the transaction among the pending ones. */
  looksForgotten: number;
}

/** The live `L1Sender` of one private key; transactions go one after the other. */
export class KeyL1Sender implements L1Sender {
  readonly address: Address;
  readonly #config: Required<L1SenderConfig>;
  readonly #rpc: JsonRpc;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #tail: Promise<unknown> = Promise.resolve();
  #queued = 0;
  /** A transaction that `send` gave up on and that may still be included. */
  #abandoned: Flight | undefined;

  constructor(config: L1SenderConfig, deps: { rpc: JsonRpc; clock: Clock; logger: Logger }) {
    this.address = config.key.address;
    this.#config = {
      feeCeilingWei: 500_000_000_000n,
      resubmitMs: 30_000,
      timeoutMs: 600_000,
      pollMs: 1_000,
      confirmations: 0,
      errorsAbi: L1_ERRORS_ABI,
      ...config,
    };
    this.#rpc = deps.rpc;
    this.#clock = deps.clock;
    this.#logger = deps.logger.child({ sender: this.address });
  }

  async getBalance(): Promise<bigint> {
    const answer = await this.#rpc.call("eth_getBalance", [this.address, "latest"]);
    return parseQuantity(answer, "balance");
  }

  send(request: L1TxRequest, signal?: AbortSignal): Promise<L1TxResult> {
    if (this.#queued >= MAX_QUEUE) {
      const error = new L1Error("L1_TX_TIMEOUT", { label: request.label, why: "queue is full" });
      return Promise.reject(error);
    }
    this.#queued++;
    const run = () => this.#sendNow(request, signal);
    const result = this.#tail.then(run, run).finally(() => {
      this.#queued--;
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  async #sendNow(request: L1TxRequest, signal?: AbortSignal): Promise<L1TxResult> {
    const deadlineMs = this.#clock.nowMs() + this.#config.timeoutMs;
    for (let i = 0; i < MAX_NONCE_CHANGES; i++) {
      const nonce = await this.#takeNonce(request, deadlineMs, signal);
      const gas = await this.#simulate(request);
      const flight = await this.#launch(request, nonce, gas);
      const result = await this.#follow(request, flight, deadlineMs, signal);
      if (result === "nonce used") {
        this.#logger.warn({ label: request.label, nonce }, "nonce was used by another transaction");
      } else if (result === "nonce free before it") {
        this.#logger.warn(
          { label: request.label, nonce },
          "L1 reorg: an earlier nonce is free again",
        );
      } else {
        return result;
      }
    }
    throw new L1Error("L1_TX_TIMEOUT", { label: request.label, why: "others use this key" });
  }

  /**
   * The next nonce. If L1 has pending transactions of this key that we do not know (another run sent them) it waits one
   * interval for them, then takes the place of the first.
   */
  async #takeNonce(
    request: L1TxRequest,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<bigint> {
    const replaceAtMs = this.#clock.nowMs() + this.#config.resubmitMs;
    for (;;) {
      const latest = await this.#fetchNonce("latest");
      if (this.#abandoned && this.#abandoned.nonce < latest) this.#abandoned = undefined;
      if (this.#abandoned) return this.#abandoned.nonce;
      const pending = await this.#fetchNonce("pending");
      if (pending <= latest || this.#clock.nowMs() >= replaceAtMs) return latest;
      this.#logger.info(
        { label: request.label, latest, pending },
        "waiting for unknown transactions",
      );
      await this.#sleep(request, deadlineMs, signal);
    }
  }

  /** Gas limit for a call that would succeed now. Errors: L1_TX_REVERTED, L1_TX_TOO_LARGE, L1_INSUFFICIENT_FUNDS. */
  async #simulate(request: L1TxRequest): Promise<bigint> {
    const call = {
      from: this.address,
      to: request.to,
      data: toHex(request.data),
      value: toQuantity(request.valueWei ?? 0n),
    };
    try {
      await this.#rpc.call("eth_call", [call, SIMULATED_BLOCK]);
      const gas = parseQuantity(
        await this.#rpc.call("eth_estimateGas", [call, SIMULATED_BLOCK]),
        "gas",
      );
      if (gas > MAX_TX_GAS) throw new L1Error("L1_TX_TOO_LARGE", { label: request.label, gas });
      const padded = gas + gas / 5n + GAS_HEADROOM;
      return padded < MAX_TX_GAS ? padded : MAX_TX_GAS;
    } catch (error) {
      const outcome = classifySendError(error);
      if (outcome === "insufficient funds") throw await this.#outOfFunds(request, error);
      if (outcome === "too much gas") {
        throw new L1Error("L1_TX_TOO_LARGE", { label: request.label }, error);
      }
      const reason = readRevertReason(error, this.#config.errorsAbi);
      if (reason === undefined) throw error;
      throw new L1Error("L1_TX_REVERTED", { label: request.label, reason }, error);
    }
  }

  async #launch(request: L1TxRequest, nonce: bigint, gas: bigint): Promise<Flight> {
    const ceiling = this.#config.feeCeilingWei;
    const suggested = capFees(await fetchSuggestedFees(this.#rpc), ceiling);
    const old = this.#abandoned;
    const fees = old ? (bumpFees(old.fees, suggested, ceiling) ?? suggested) : suggested;
    const raw = await this.#sign(request, nonce, gas, fees);
    return {
      nonce,
      gas,
      fees,
      raw,
      hashes: [],
      sentAtMs: Number.NEGATIVE_INFINITY,
      looksInVain: 0,
      looksForgotten: 0,
    };
  }

  /** Broadcasts, waits, raises the fees, until the nonce is used. */
  async #follow(request: L1TxRequest, flight: Flight, deadlineMs: number, signal?: AbortSignal) {
    this.#abandoned = flight;
    for (;;) {
      if (this.#clock.nowMs() - flight.sentAtMs >= this.#config.resubmitMs) {
        await this.#broadcast(request, flight);
      }
      const result = await this.#check(request, flight).catch((error: unknown) => {
        if (!(error instanceof FoveaError) || !isPassing(error)) throw error;
        this.#logger.debug({ label: request.label, error }, "could not look for the transaction");
        return undefined;
      });
      if (result !== undefined) {
        this.#abandoned = undefined;
        return result;
      }
      await this.#sleep(request, deadlineMs, signal);
    }
  }

  /** Sends the flight's transaction, with higher fees if it was sent before. */
  async #broadcast(request: L1TxRequest, flight: Flight): Promise<void> {
    const isFirst = flight.hashes.length === 0;
    if (!isFirst) await this.#raise(request, flight).catch(() => {});
    for (let raises = 0; ; raises++) {
      flight.sentAtMs = this.#clock.nowMs();
      const error = await this.#sendRaw(flight);
      if (error === undefined) return;
      const outcome = classifySendError(error);
      if (outcome === "underpriced" && raises < 20 && (await this.#raise(request, flight)))
        continue;
      if (outcome === "insufficient funds" && isFirst) {
        this.#abandoned = undefined;
        throw await this.#outOfFunds(request, error);
      }
      // Whatever the node said, it may have taken the transaction: only the chain tells.
      this.#logger.debug(
        { label: request.label, outcome, error },
        "sending was answered by an error",
      );
      return;
    }
  }

  /** Replaces the flight's transaction by one that pays more; false if the ceiling is reached. */
  async #raise(request: L1TxRequest, flight: Flight): Promise<boolean> {
    const suggested = await fetchSuggestedFees(this.#rpc);
    const fees = bumpFees(flight.fees, suggested, this.#config.feeCeilingWei);
    if (fees === undefined) {
      this.#logger.warn({ label: request.label, ...flight.fees }, "fee ceiling reached");
      return false;
    }
    flight.fees = fees;
    flight.raw = await this.#sign(request, flight.nonce, flight.gas, fees);
    return true;
  }

  async #sendRaw(flight: Flight): Promise<unknown> {
    const hash = keccakHex(fromHex(flight.raw));
    if (!flight.hashes.includes(hash)) flight.hashes.push(hash);
    try {
      await this.#rpc.call("eth_sendRawTransaction", [flight.raw]);
      return undefined;
    } catch (error) {
      return classifySendError(error) === "accepted" ? undefined : error;
    }
  }

  /** The result if one of the flight's transactions is included deep enough; undefined: not yet. */
  async #check(
    request: L1TxRequest,
    flight: Flight,
  ): Promise<L1TxResult | "nonce used" | "nonce free before it" | undefined> {
    const latest = await this.#fetchNonce("latest");
    for (const txHash of [...flight.hashes].reverse()) {
      const answer = await this.#rpc.call("eth_getTransactionReceipt", [txHash]);
      if (answer === null) continue;
      const receipt = parseObject(answer, "receipt");
      const blockNumber = parseQuantity(receipt.blockNumber, "blockNumber");
      const { confirmations } = this.#config;
      if (confirmations > 0) {
        const head = parseQuantity(await this.#rpc.call("eth_blockNumber", []), "head");
        if (head < blockNumber + BigInt(confirmations)) return undefined;
      }
      const blockHash = parseHash(receipt.blockHash, "blockHash");
      const gasUsed = parseQuantity(receipt.gasUsed, "gasUsed");
      if (parseQuantity(receipt.status, "status") === 0n) {
        this.#abandoned = undefined;
        const reason = "reverted when included";
        throw new L1Error("L1_TX_REVERTED", { label: request.label, txHash, reason });
      }
      this.#logger.debug({ label: request.label, txHash, blockNumber, gasUsed }, "included on L1");
      return { txHash, blockNumber, blockHash, gasUsed };
    }
    if (latest <= flight.nonce) return this.#checkPending(request, flight);
    // The nonce was read before the receipts, so one of ours should have been there; but the nodes behind a URL may lag
    // behind each other.
    flight.looksInVain++;
    return flight.looksInVain >= LOOKS_IN_VAIN ? "nonce used" : undefined;
  }

  /**
   * After a reorg L1 may have forgotten the transaction: then it gets it again at once. Or it has forgotten an earlier one of this
   * key, which nobody will repeat, so that this one could never be included.
   */
  async #checkPending(
    request: L1TxRequest,
    flight: Flight,
  ): Promise<"nonce free before it" | undefined> {
    const pending = await this.#fetchNonce("pending");
    flight.looksForgotten = pending > flight.nonce ? 0 : flight.looksForgotten + 1;
    if (flight.looksForgotten < LOOKS_IN_VAIN) return undefined;
    flight.looksForgotten = 0;
    if (pending < flight.nonce) return "nonce free before it";
    const error = await this.#sendRaw(flight);
    this.#logger.debug({ label: request.label, error }, "not among the pending ones, sent again");
    return undefined;
  }

  #sign(request: L1TxRequest, nonce: bigint, gas: bigint, fees: TxFees): Promise<Hex> {
    return this.#config.key.signTransaction({
      chainId: this.#config.chainId,
      nonce: Number(nonce),
      to: request.to,
      value: request.valueWei ?? 0n,
      data: toHex(request.data),
      gas,
      ...fees,
    });
  }

  async #outOfFunds(request: L1TxRequest, cause: unknown) {
    const balanceWei = await this.getBalance().catch(() => undefined);
    const data = { label: request.label, address: this.address, balanceWei };
    return new L1Error("L1_INSUFFICIENT_FUNDS", data, cause);
  }

  async #fetchNonce(tag: "latest" | "pending"): Promise<bigint> {
    const answer = await this.#rpc.call("eth_getTransactionCount", [this.address, tag]);
    return parseQuantity(answer, "nonce");
  }

  async #sleep(request: L1TxRequest, deadlineMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted)
      throw new L1Error("L1_TX_TIMEOUT", { label: request.label, why: "aborted" });
    if (this.#clock.nowMs() >= deadlineMs) {
      throw new L1Error("L1_TX_TIMEOUT", { label: request.label, why: "not included in time" });
    }
    await this.#clock.sleep(this.#config.pollMs, signal);
  }
}

/** True for what a later look may not show again. */
function isPassing(error: FoveaError): boolean {
  return error.severity === "temporary" && error.code !== "L1_TX_REVERTED";
}
