import { generateAddress, generateAddress2 } from "@ethereumjs/util";
import { type Address, fromHex, type Hex, toHex } from "../../../util/hex.js";
import { isDelegation } from "../../execution/runMessage.js";
import { integerToBytes } from "../../state/rlp.js";
import { EMPTY_CODE_HASH } from "../../state/stateStore.js";
import { fromTop, isCallOpcode, OP } from "../opcodes.js";
import type { StateView, TraceBudget, TraceContext, Tracer, TraceStep } from "../types.js";
import { addressOf, memoryPart, quantity, slotWord, word, wordBytes } from "../words.js";

/** What prestateTracer is told. */
export interface PrestateTracerConfig {
  diffMode: boolean;
  disableCode: boolean;
  disableStorage: boolean;
  includeEmpty: boolean;
}

/** An account as it was before the transaction. */
interface SeenAccount {
  balance: bigint;
  nonce: bigint;
  code: Uint8Array;
  codeHash: Hex;
  storage: Map<Hex, Hex>;
  isEmpty: boolean;
}

const ACCOUNT_BYTES = 200;
const SLOT_BYTES = 138;
const ZERO_WORD = word(0n);
const NO_CODE = toHex(EMPTY_CODE_HASH);
/** Opcodes that look at the account on top of the stack. */
const LOOKS_AT_TOP: ReadonlySet<number> = new Set([
  OP.extcodecopy,
  OP.extcodehash,
  OP.extcodesize,
  OP.balance,
  OP.selfdestruct,
]);

type AccountJson = Record<string, unknown>;

const sorted = <Value>(entries: Iterable<[string, Value]>): Record<string, Value> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** What a transaction touches, as it was before it; with `diffMode` what it changes, before and after. */
class PrestateTracer implements Tracer {
  readonly #config: PrestateTracerConfig;
  readonly #budget: TraceBudget;
  readonly #seen = new Map<Address, SeenAccount>();
  readonly #created = new Set<Address>();
  readonly #destroyed = new Set<Address>();
  #context: TraceContext | undefined;
  #result: unknown = {};

  constructor(config: PrestateTracerConfig, budget: TraceBudget) {
    this.#config = config;
    this.#budget = budget;
  }

  onTxStart(context: TraceContext): void {
    this.#context = context;
    const { message, state, feeRecipient } = context;
    const { from, to, authorizations } = message;
    if (to) {
      this.#lookAtDelegate(to);
    } else {
      this.#created.add(created(from, state.readAccount(from)?.nonce ?? 0n));
    }
    this.#lookAt(from);
    for (const address of to ? [to] : this.#created) this.#lookAt(address);
    this.#lookAt(feeRecipient);
    for (const { authority } of authorizations) if (authority) this.#lookAt(authority);
  }

  onStep(step: TraceStep): void {
    const { opcode, stack, address, error } = step;
    if (error !== undefined || !this.#context) return;
    const top = fromTop(stack, 0);
    if (opcode === OP.sload || opcode === OP.sstore) {
      this.#lookAtSlot(address, top);
    } else if (LOOKS_AT_TOP.has(opcode)) {
      this.#lookAt(addressOf(top));
      const isGone = !this.#context.fork.isCancun || this.#created.has(address);
      if (opcode === OP.selfdestruct && isGone) this.#destroyed.add(address);
    } else if (isCallOpcode(opcode)) {
      const callee = addressOf(fromTop(stack, 1));
      this.#lookAt(callee);
      this.#lookAtDelegate(callee);
    } else if (opcode === OP.create) {
      const nonce = this.#context.state.readAccount(address)?.nonce ?? 0n;
      this.#lookAtCreated(created(address, nonce));
    } else if (opcode === OP.create2) {
      const code = memoryPart(step.memory, fromTop(stack, 1), fromTop(stack, 2));
      if (!code) return;
      const made = generateAddress2(fromHex(address), wordBytes(fromTop(stack, 3)), code);
      this.#lookAtCreated(toHex(made));
    }
  }

  onTxEnd(): void {
    const pre = new Map<Address, AccountJson>();
    const post = new Map<Address, AccountJson>();
    for (const [address, seen] of this.#seen) {
      if (this.#config.diffMode && !this.#destroyed.has(address)) {
        const after = this.#changesOf(address, seen);
        if (!after) continue;
        post.set(address, after);
      }
      if (!seen.isEmpty || this.#config.includeEmpty) pre.set(address, this.#toJson(seen));
    }
    this.#result = this.#config.diffMode ? { post: sorted(post), pre: sorted(pre) } : sorted(pre);
  }

  result(): unknown {
    return this.#result;
  }

  get #state(): StateView {
    return (this.#context as TraceContext).state;
  }

  #lookAt(address: Address): void {
    if (this.#seen.has(address)) return;
    const account = this.#state.readAccount(address);
    const code = this.#state.readCode(address);
    const { balance = 0n, nonce = 0n } = account ?? {};
    this.#budget.take(ACCOUNT_BYTES + (this.#config.disableCode ? 0 : 2 * code.length));
    this.#seen.set(address, {
      balance,
      nonce,
      code,
      codeHash: toHex(account?.codeHash ?? EMPTY_CODE_HASH),
      storage: new Map(),
      isEmpty: nonce === 0n && balance === 0n && code.length === 0,
    });
  }

  #lookAtDelegate(address: Address): void {
    if (!this.#context?.fork.isPrague) return;
    const code = this.#state.readCode(address);
    if (isDelegation(code)) this.#lookAt(toHex(code.subarray(3)));
  }

  #lookAtCreated(address: Address): void {
    this.#lookAt(address);
    this.#created.add(address);
  }

  #lookAtSlot(address: Address, slot: bigint): void {
    if (this.#config.disableStorage) return;
    // Whoever runs code has been looked at as the callee or the creation of somebody.
    this.#lookAt(address);
    const storage = this.#seen.get(address)?.storage;
    const key = word(slot);
    if (!storage || storage.has(key)) return;
    this.#budget.take(SLOT_BYTES);
    storage.set(key, slotWord(this.#state.readStorage(address, wordBytes(slot))));
  }

  /** What is other than before; undefined: nothing. Leaves in `seen` only the slots that changed. */
  #changesOf(address: Address, seen: SeenAccount): AccountJson | undefined {
    const { balance = 0n, nonce = 0n, codeHash } = this.#state.readAccount(address) ?? {};
    const after: AccountJson = {};
    let isChanged = nonce !== seen.nonce;
    if (balance !== seen.balance) after.balance = quantity(balance);
    const newHash = toHex(codeHash ?? EMPTY_CODE_HASH);
    if (newHash !== seen.codeHash) {
      if (!this.#config.disableCode) {
        const code = this.#state.readCode(address);
        this.#budget.take(2 * code.length);
        after.code = toHex(code);
      }
      after.codeHash = newHash;
    }
    if (nonce !== 0n && nonce !== seen.nonce) after.nonce = Number(nonce);
    const storage: Record<Hex, Hex> = {};
    for (const [slot, before] of [...seen.storage].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const now = slotWord(this.#state.readStorage(address, fromHex(slot)));
      if (now !== before) isChanged = true;
      if (now !== before && now !== ZERO_WORD) storage[slot] = now;
      if (now === before || before === ZERO_WORD) seen.storage.delete(slot);
    }
    if (Object.keys(storage).length > 0) after.storage = storage;
    return isChanged || Object.keys(after).length > 0 ? after : undefined;
  }

  #toJson({ balance, nonce, code, codeHash, storage }: SeenAccount): AccountJson {
    const hasCode = code.length > 0 && !this.#config.disableCode;
    return {
      balance: quantity(balance),
      ...(hasCode ? { code: toHex(code) } : {}),
      ...(codeHash === NO_CODE ? {} : { codeHash }),
      ...(nonce === 0n ? {} : { nonce: Number(nonce) }),
      ...(storage.size === 0 ? {} : { storage: sorted(storage) }),
    };
  }
}

/** Address of the contract that an account with this nonce makes. */
function created(maker: Address, nonce: bigint): Address {
  return toHex(generateAddress(fromHex(maker), integerToBytes(nonce)));
}

/** The touched part of the state before a transaction, or what it changes. */
export function prestateTracer(config: PrestateTracerConfig, budget: TraceBudget): Tracer {
  return new PrestateTracer(config, budget);
}
