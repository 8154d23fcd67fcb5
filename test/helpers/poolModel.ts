import type { Hash } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import type { PlainPoolView } from "./plainPool.js";
import { encodePlain, type PooledFields, plainAddress } from "./pooledTxs.js";

interface ModelTx {
  fields: PooledFields;
  hash: Hash;
  bytes: number;
  costWei: bigint;
}

interface ModelAccount {
  nonce: number;
  balance: bigint;
  txs: ModelTx[];
}

/** Rules of nonce, price and balance as one would write them down without a thought of speed: everything is counted anew each time. */
export class PoolModel {
  readonly #view: PlainPoolView;
  readonly #accountQueue: number;
  readonly #accounts = new Map<number, ModelAccount>();

  constructor(view: PlainPoolView, accountQueue: number) {
    this.#view = view;
    this.#accountQueue = accountQueue;
  }

  /** "done", or the code that the pool has to refuse it with. */
  add(fields: PooledFields): string {
    const account = this.#account(fields.from);
    const { nonce, balance, txs } = account;
    const raw = encodePlain(fields);
    const hash = keccakHex(raw);
    const costWei = this.#cost(fields, raw.length);
    if (txs.some((tx) => tx.hash === hash)) return "POOL_ALREADY_KNOWN";
    if (fields.nonce < nonce) return "POOL_NONCE_TOO_LOW";
    const pending = this.pending(fields.from);
    const old = txs.find((tx) => tx.fields.nonce === fields.nonce);
    const isGapped = fields.nonce > nonce + pending.length;
    if (isGapped && !old && txs.length - pending.length >= this.#accountQueue) {
      return "POOL_NONCE_TOO_HIGH";
    }
    const isRaised = (now: number, before: number) => now > before && now * 10 >= before * 11;
    if (old && !(isRaised(fields.cap, old.fields.cap) && isRaised(fields.tip, old.fields.tip))) {
      return "POOL_REPLACEMENT_UNDERPRICED";
    }
    const others = pending.filter((tx) => tx !== old);
    if (others.reduce((sum, tx) => sum + tx.costWei, costWei) > balance) {
      return "POOL_INSUFFICIENT_FUNDS";
    }
    account.txs = [...txs.filter((tx) => tx !== old), { fields, hash, bytes: raw.length, costWei }];
    return "done";
  }

  /** The chain moved: everything is priced anew. */
  onHead(): void {
    for (const [from, account] of this.#accounts) {
      Object.assign(account, this.#state(from));
      for (const tx of account.txs) tx.costWei = this.#cost(tx.fields, tx.bytes);
      account.txs = account.txs.filter(
        ({ fields, costWei }) => fields.nonce >= account.nonce && costWei <= account.balance,
      );
      this.#dropExcess(from, account);
    }
  }

  drop(hash: Hash): void {
    for (const [from, account] of this.#accounts) {
      account.txs = account.txs.filter((tx) => tx.hash !== hash);
      this.#dropExcess(from, account);
    }
  }

  /** From the account's nonce on without a gap, while the balance covers all of them. */
  pending(from: number): ModelTx[] {
    const { nonce, balance, txs } = this.#account(from);
    const found: ModelTx[] = [];
    for (let sum = 0n; ; ) {
      const next = txs.find((tx) => tx.fields.nonce === nonce + found.length);
      if (!next || sum + next.costWei > balance) return found;
      sum += next.costWei;
      found.push(next);
    }
  }

  /** Hashes by part of the pool, sorted; and the sums of the executable ones against the balances. */
  content(): { pending: Hash[]; queued: Hash[]; isCovered: boolean } {
    const pending = [...this.#accounts.keys()].flatMap((from) => this.pending(from));
    const all = [...this.#accounts.values()].flatMap(({ txs }) => txs);
    const isCovered = [...this.#accounts].every(
      ([from, { balance }]) =>
        this.pending(from).reduce((sum, tx) => sum + tx.costWei, 0n) <= balance,
    );
    return {
      pending: pending.map(({ hash }) => hash).sort(),
      queued: all
        .filter((tx) => !pending.includes(tx))
        .map(({ hash }) => hash)
        .sort(),
      isCovered,
    };
  }

  #dropExcess(from: number, account: ModelAccount): void {
    const pending = this.pending(from);
    const queued = account.txs
      .filter((tx) => !pending.includes(tx))
      .sort((left, right) => left.fields.nonce - right.fields.nonce);
    account.txs = [...pending, ...queued.slice(0, this.#accountQueue)];
  }

  #cost({ value = 0, gas = 21_000, cap }: PooledFields, bytes: number): bigint {
    const { l1FeePerByte, operatorFeePerGas } = this.#view;
    const execution = BigInt(value) + BigInt(gas) * BigInt(cap);
    return execution + l1FeePerByte * BigInt(bytes) + operatorFeePerGas * BigInt(gas);
  }

  #state(from: number): { nonce: number; balance: bigint } {
    const address = plainAddress(from);
    return {
      nonce: Number(this.#view.nonces.get(address) ?? 0n),
      balance: this.#view.balances.get(address) ?? 0n,
    };
  }

  #account(from: number): ModelAccount {
    const account = this.#accounts.get(from) ?? { ...this.#state(from), txs: [] };
    this.#accounts.set(from, account);
    return account;
  }
}
