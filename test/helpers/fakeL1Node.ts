import { keccak256, parseTransaction } from "viem";
import { L1Error } from "../../src/l1/errors.js";
import type { JsonRpc } from "../../src/l1/jsonRpc.js";
import type { Clock } from "../../src/util/clock.js";
import type { Hash, Hex } from "../../src/util/hex.js";

/** A transaction as the fake node keeps it. */
export interface FakeTx {
  hash: Hash;
  nonce: number;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
  gas: bigint;
}

/** A clock whose sleeps take no real time; each sleep lets `onTick` happen. */
export class TickingClock implements Clock {
  #nowMs = 1_000_000;
  onTick: () => void = () => {};

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms;
    this.onTick();
  }
}

/** An L1 node for one account, with geth's pool rules, whose answers a test may change. */
export class FakeL1Node implements JsonRpc {
  /** Included transactions by hash, with their block. */
  readonly included = new Map<Hash, { tx: FakeTx; block: bigint; status: 0 | 1 }>();
  /** One pending transaction a nonce. */
  readonly pool = new Map<number, FakeTx>();
  /** Everything that was offered. */
  readonly offered: FakeTx[] = [];
  readonly calls: string[] = [];
  baseFee = 1_000_000_000n;
  nonce = 0;
  head = 100n;
  gasEstimate = 100_000n;
  /** Called before a method is answered: may throw, or return an answer instead. */
  intercept: (method: string, params: readonly unknown[]) => unknown = () => undefined;

  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    this.calls.push(method);
    const forced = this.intercept(method, params);
    return forced === undefined ? this.#answer(method, params) : forced;
  }

  async batch(
    calls: readonly { method: string; params: readonly unknown[] }[],
  ): Promise<unknown[]> {
    return Promise.all(calls.map(({ method, params }) => this.call(method, params)));
  }

  /** A block with every pending transaction that pays the base fee. */
  mine(status: 0 | 1 = 1): void {
    this.head++;
    for (;;) {
      const tx = this.pool.get(this.nonce);
      if (tx === undefined || tx.maxFeePerGas < this.baseFee) return;
      this.pool.delete(this.nonce++);
      this.included.set(tx.hash, { tx, block: this.head, status });
    }
  }

  /** Takes the newest block back; its transactions are lost. */
  reorg(): void {
    for (const [hash, { block }] of this.included) {
      if (block !== this.head) continue;
      this.included.delete(hash);
      this.nonce--;
    }
    this.head--;
  }

  /** Another program uses the key. */
  useNonceElsewhere(): void {
    this.pool.delete(this.nonce++);
    this.head++;
  }

  /** What the node does with an offered transaction. */
  accept(raw: Hex): Hash {
    const parsed = parseTransaction(raw);
    const tx: FakeTx = {
      hash: keccak256(raw),
      nonce: parsed.nonce ?? 0,
      maxFeePerGas: parsed.maxFeePerGas ?? 0n,
      maxPriorityFeePerGas: parsed.maxPriorityFeePerGas ?? 0n,
      gas: parsed.gas ?? 0n,
    };
    this.offered.push(tx);
    const old = this.pool.get(tx.nonce);
    if (old?.hash === tx.hash) refuse("already known");
    if (tx.nonce < this.nonce) refuse("nonce too low: next nonce 1, tx nonce 0");
    const enough = (next: bigint, last: bigint) => next * 10n >= last * 11n;
    const isRaise =
      old === undefined ||
      (enough(tx.maxFeePerGas, old.maxFeePerGas) &&
        enough(tx.maxPriorityFeePerGas, old.maxPriorityFeePerGas));
    if (!isRaise) refuse("replacement transaction underpriced");
    this.pool.set(tx.nonce, tx);
    return tx.hash;
  }

  #answer(method: string, params: readonly unknown[]): unknown {
    const hex = (value: bigint | number) => `0x${value.toString(16)}`;
    switch (method) {
      case "eth_call":
        return "0x";
      case "eth_estimateGas":
        return hex(this.gasEstimate);
      case "eth_getBalance":
        return "0x10";
      case "eth_blockNumber":
        return hex(this.head);
      case "eth_maxPriorityFeePerGas":
        return hex(1_000_000_000);
      case "eth_getBlockByNumber":
        return { baseFeePerGas: hex(this.baseFee) };
      case "eth_getTransactionCount": {
        let nonce = this.nonce;
        while (params[1] === "pending" && this.pool.has(nonce)) nonce++;
        return hex(nonce);
      }
      case "eth_sendRawTransaction":
        return this.accept(params[0] as Hex);
      case "eth_getTransactionReceipt":
        return this.#receipt(params[0] as Hash);
      default:
        return refuse(`the method ${method} does not exist`, -32601);
    }
  }

  #receipt(hash: Hash): unknown {
    const found = this.included.get(hash);
    if (found === undefined) return null;
    const blockNumber = `0x${found.block.toString(16)}`;
    return {
      blockNumber,
      blockHash: `0x${found.block.toString(16).padStart(64, "0")}`,
      gasUsed: "0x5208",
      status: `0x${found.status}`,
    };
  }
}

/** The error answer of a node. */
export function refuse(rpcMessage: string, rpcCode = -32000, rpcData?: unknown): never {
  throw new L1Error("L1_RPC_ERROR", { rpcCode, rpcMessage, rpcData });
}
