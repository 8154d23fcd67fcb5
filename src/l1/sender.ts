import type { Abi } from "viem";
import { L1_ERRORS_ABI } from "../contracts/l1ErrorsAbi.js";
import type { Logger } from "../telemetry/logger.js";
import type { Clock } from "../util/clock.js";
import { FoveaError } from "../util/errors.js";
import { type Address, fromHex, type Hex, toHex } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import { estimateTx } from "./estimateTx.js";
import {
  describeFlight,
  type Flight,
  type L1SenderControl,
  newFlight,
  newOrder,
  type PendingL1Tx,
  type ReplaceOrder,
  type ReplaceOutcome,
  refuseOrders,
} from "./flight.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { PrivateKey } from "./privateKey.js";
import { parseQuantity } from "./rpcValues.js";
import { classifySendError } from "./sendErrors.js";
import type { SenderStats } from "./senderStats.js";
import { bumpFees, capFees, fetchSuggestedFees, type TxFees } from "./txFees.js";
import { parseReceipt } from "./txReceipt.js";
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

const MAX_QUEUE = 256;
const MAX_NONCE_CHANGES = 8;
const LOOKS_IN_VAIN = 3;
const MAX_ORDERS = 8;
const PLAIN_TRANSFER_GAS = 21_000n;

/** The live `L1Sender` of one private key; transactions go one after the other. */
export class KeyL1Sender implements L1Sender, L1SenderControl {
  readonly address: Address;
  readonly #config: Required<L1SenderConfig>;
  readonly #rpc: JsonRpc;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stats: SenderStats | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #queued = 0;
  /** A transaction that `send` gave up on and that may still be included. */
  #abandoned: Flight | undefined;
  /** The flight that `send` waits for now. */
  #followed: Flight | undefined;

  constructor(
    config: L1SenderConfig,
    deps: { rpc: JsonRpc; clock: Clock; logger: Logger; stats?: SenderStats },
  ) {
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
    this.#stats = deps.stats;
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

  async pending(): Promise<PendingL1Tx[]> {
    const flight = this.#followed ?? this.#abandoned;
    if (flight === undefined || flight.hashes.length === 0) return [];
    const isFollowed = flight === this.#followed;
    if (!isFollowed && (await this.#fetchNonce("latest")) > flight.nonce) return [];
    return [describeFlight(flight, { from: this.address, nowMs: this.#clock.nowMs(), isFollowed })];
  }

  bump(id: string): Promise<ReplaceOutcome | undefined> {
    return this.#replace(id, "bump");
  }

  cancel(id: string): Promise<ReplaceOutcome | undefined> {
    return this.#replace(id, "cancel");
  }

  async #replace(id: string, kind: ReplaceOrder["kind"]): Promise<ReplaceOutcome | undefined> {
    if ((await this.pending()).every((tx) => tx.id !== id)) return undefined;
    const flight = this.#followed ?? this.#abandoned;
    if (flight === undefined || `${this.address}-${flight.nonce}` !== id) return undefined;
    if (flight.orders.length >= MAX_ORDERS) return { outcome: "too late" };
    return new Promise((settle) => {
      flight.orders.push(newOrder(kind, settle));
      // Whoever follows the flight obeys at the next look; a flight that nobody follows gets its turn among the others.
      if (flight === this.#followed) return;
      const run = () => (this.#abandoned === flight ? this.#obey(flight) : Promise.resolve());
      this.#tail = this.#tail.then(run, run).then(
        () => refuseOrders(flight),
        () => {},
      );
    });
  }

  async #sendNow(request: L1TxRequest, signal?: AbortSignal): Promise<L1TxResult> {
    const deadlineMs = this.#clock.nowMs() + this.#config.timeoutMs;
    for (let i = 0; i < MAX_NONCE_CHANGES; i++) {
      const nonce = await this.#takeNonce(request, deadlineMs, signal);
      const gas = await this.#simulate(request);
      const flight = await this.#launch(request, nonce, gas);
      const result = await this.#follow(flight, deadlineMs, signal);
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

  #simulate(request: L1TxRequest): Promise<bigint> {
    const outOfFunds = (cause: unknown) => this.#outOfFunds(request, cause);
    const { errorsAbi } = this.#config;
    return estimateTx(request, this.address, { rpc: this.#rpc, errorsAbi, outOfFunds });
  }

  async #launch(request: L1TxRequest, nonce: bigint, gas: bigint): Promise<Flight> {
    const ceiling = this.#config.feeCeilingWei;
    const suggested = capFees(await fetchSuggestedFees(this.#rpc), ceiling);
    const old = this.#abandoned;
    const fees = old ? (bumpFees(old.fees, suggested, ceiling) ?? suggested) : suggested;
    const raw = await this.#sign(request, nonce, gas, fees);
    return newFlight({ request, nonce, gas, fees, raw });
  }

  /** Broadcasts, waits, raises the fees, until the nonce is used. */
  async #follow(flight: Flight, deadlineMs: number, signal?: AbortSignal) {
    this.#abandoned = flight;
    this.#followed = flight;
    const { label } = flight.request;
    try {
      for (;;) {
        await this.#obey(flight);
        if (this.#clock.nowMs() - flight.sentAtMs >= this.#config.resubmitMs) {
          await this.#broadcast(flight);
        }
        const result = await this.#check(flight).catch((error: unknown) => {
          if (!(error instanceof FoveaError) || !isPassing(error)) throw error;
          this.#logger.debug({ label, error }, "could not look for the transaction");
          return undefined;
        });
        if (result !== undefined) {
          this.#abandoned = undefined;
          return result;
        }
        await this.#sleep(flight.request, deadlineMs, signal);
      }
    } finally {
      this.#followed = undefined;
      refuseOrders(flight);
    }
  }

  /** Does what operators asked for this flight. */
  async #obey(flight: Flight): Promise<void> {
    for (const order of flight.orders.splice(0))
      order.settle(await order.within(() => this.#execute(flight, order.kind)));
  }

  async #execute(flight: Flight, kind: ReplaceOrder["kind"]): Promise<ReplaceOutcome> {
    if (flight.hashes.length === 0) return { outcome: "too late" };
    const { request, gas } = flight;
    if (kind === "cancel") {
      flight.request = { to: this.address, data: new Uint8Array(), label: request.label };
      flight.gas = PLAIN_TRANSFER_GAS;
    }
    const isRaised = await this.#raise(flight).catch(() => undefined);
    if (!isRaised) {
      Object.assign(flight, { request, gas });
      return { outcome: isRaised === undefined ? "L1 does not answer" : "fee ceiling reached" };
    }
    const txHash = keccakHex(fromHex(flight.raw));
    if (kind === "cancel") flight.cancelling.add(txHash);
    flight.sentAtMs = this.#clock.nowMs();
    const error = await this.#sendRaw(flight);
    this.#logger.info({ label: request.label, kind, txHash, error }, "replaced by an operator");
    if (error !== undefined) {
      return { outcome: classifySendError(error) === "nonce used" ? "too late" : "refused by L1" };
    }
    return { outcome: "replaced", txHash, fees: flight.fees };
  }

  /** Sends the flight's transaction, with higher fees if it was sent before. */
  async #broadcast(flight: Flight): Promise<void> {
    const { request } = flight;
    const isFirst = flight.hashes.length === 0;
    if (isFirst) flight.firstSentAtMs = this.#clock.nowMs();
    else await this.#raise(flight).catch(() => {});
    for (let raises = 0; ; raises++) {
      flight.sentAtMs = this.#clock.nowMs();
      const error = await this.#sendRaw(flight);
      if (error === undefined) return;
      const outcome = classifySendError(error);
      if (outcome === "underpriced" && raises < 20 && (await this.#raise(flight))) continue;
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
  async #raise(flight: Flight): Promise<boolean> {
    const { request } = flight;
    const suggested = await fetchSuggestedFees(this.#rpc);
    const fees = bumpFees(flight.fees, suggested, this.#config.feeCeilingWei);
    if (fees === undefined) {
      this.#logger.warn({ label: request.label, ...flight.fees }, "fee ceiling reached");
      return false;
    }
    flight.fees = fees;
    flight.raw = await this.#sign(request, flight.nonce, flight.gas, fees);
    flight.bumps++;
    this.#stats?.bumped();
    if (flight.cancelling.size > 0) flight.cancelling.add(keccakHex(fromHex(flight.raw)));
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
    flight: Flight,
  ): Promise<L1TxResult | "nonce used" | "nonce free before it" | undefined> {
    const { label } = flight.request;
    const latest = await this.#fetchNonce("latest");
    for (const txHash of [...flight.hashes].reverse()) {
      const answer = await this.#rpc.call("eth_getTransactionReceipt", [txHash]);
      if (answer === null) continue;
      const { blockNumber, blockHash, gasUsed, feeWei, isReverted } = parseReceipt(answer);
      const { confirmations } = this.#config;
      if (confirmations > 0) {
        const head = parseQuantity(await this.#rpc.call("eth_blockNumber", []), "head");
        if (head < blockNumber + BigInt(confirmations)) return undefined;
      }
      const seconds = (this.#clock.nowMs() - flight.firstSentAtMs) / 1_000;
      this.#stats?.included({ label, feeWei, seconds });
      const isCancelled = flight.cancelling.has(txHash);
      if (isCancelled || isReverted) {
        this.#abandoned = undefined;
        const reason = isCancelled ? "cancelled by an operator" : "reverted when included";
        throw new L1Error("L1_TX_REVERTED", { label, txHash, reason });
      }
      this.#logger.debug({ label, txHash, blockNumber, gasUsed }, "included on L1");
      return { txHash, blockNumber, blockHash, gasUsed };
    }
    if (latest <= flight.nonce) return this.#checkPending(flight);
    // The nonce was read before the receipts, so one of ours should have been there; but the nodes behind a URL may lag
    // behind each other.
    flight.looksInVain++;
    return flight.looksInVain >= LOOKS_IN_VAIN ? "nonce used" : undefined;
  }

  /**
   * After a reorg L1 may have forgotten the transaction: then it gets it again at once. Or it has forgotten an earlier one of this
   * key, which nobody will repeat, so that this one could never be included.
   */
  async #checkPending(flight: Flight): Promise<"nonce free before it" | undefined> {
    const pending = await this.#fetchNonce("pending");
    flight.looksForgotten = pending > flight.nonce ? 0 : flight.looksForgotten + 1;
    if (flight.looksForgotten < LOOKS_IN_VAIN) return undefined;
    flight.looksForgotten = 0;
    if (pending < flight.nonce) return "nonce free before it";
    const error = await this.#sendRaw(flight);
    this.#logger.debug(
      { label: flight.request.label, error },
      "not among the pending ones, sent again",
    );
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
