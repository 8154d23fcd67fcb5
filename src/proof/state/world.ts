import {
  asBytes,
  asInteger,
  asList,
  decodeRlp,
  encodeRlp,
  integerToBytes,
} from "../../engine/state/rlp.js";
import { EMPTY_BYTES, type Hash, toHex } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import type { NodeSource } from "../trie/nodeLoader.js";
import { EMPTY_TRIE_ROOT, Trie } from "../trie/trie.js";
import type { TrieRecorder } from "../trie/trieRecorder.js";
import { EMPTY_CODE_HASH } from "./defaults.js";
import { PersistentMap } from "./persistentMap.js";
import { addressKey, slotKey } from "./trieKeys.js";
import type { Step, Word } from "./types.js";
import { bytesToWord, wordToBytes } from "./wordBytes.js";

/** An account; its storage is a trie as a value, so that changes of it cost no hashing before a root is asked for. */
export interface Account {
  readonly nonce: bigint;
  readonly balance: Word;
  readonly codeHash: Word;
  readonly storage: Trie;
}

/** What an account that is not there is when it is written to. */
export const NO_ACCOUNT: Account = {
  nonce: 0n,
  balance: 0n,
  codeHash: EMPTY_CODE_HASH,
  storage: Trie.empty(),
};

const NO_SOURCE: NodeSource = {
  node: (hash) => {
    throw new ProofError("PROOF_NODE_MISSING", { hash });
  },
};

/** Accounts by the value that their leaf in the trie holds: keeps storage tries that are in no source yet. */
const accountsOfValues = new WeakMap<Uint8Array, Account>();

/**
 * All accounts as a value: a change makes a new world, a revert is going back to the old one.
 * Changed accounts wait beside the trie as objects; they are encoded, and their storage hashed, when the root or a recorded
 * read is asked for. That settles the world in place, which nobody sees from outside.
 */
export class World {
  readonly #source: NodeSource;
  #trie: Trie;
  #pending: PersistentMap<Account | null>;

  private constructor(source: NodeSource, trie: Trie, pending: PersistentMap<Account | null>) {
    this.#source = source;
    this.#trie = trie;
    this.#pending = pending;
  }

  /** The world with this state root; its nodes are read when they are needed. */
  static open(root: Hash, source: NodeSource): World {
    return new World(source, Trie.open(root, source), PersistentMap.empty());
  }

  static empty(source: NodeSource = NO_SOURCE): World {
    return new World(source, Trie.empty(source), PersistentMap.empty());
  }

  /** An account, undefined if there is none. With a recorder, the nodes of its path are told. */
  get(address: Word, recorder?: TrieRecorder): Account | undefined {
    const key = addressKey(address);
    if (recorder === undefined) {
      const pending = this.#pending.get(key);
      if (pending !== undefined) return pending ?? undefined;
    } else {
      this.#settle();
    }
    const value = this.#trie.get(key, recorder);
    return value === undefined ? undefined : this.#accountOf(value);
  }

  /** The world with this account, or without it; an empty one (EIP-161) without storage is never written. */
  put(address: Word, account: Account | undefined, recorder?: TrieRecorder): World {
    const key = addressKey(address);
    const written = account === undefined || isAbsent(account) ? null : account;
    if (recorder === undefined) {
      return new World(this.#source, this.#trie, this.#pending.set(key, written));
    }
    this.#settle();
    const trie = write(this.#trie, key, written, recorder);
    return new World(this.#source, trie, PersistentMap.empty());
  }

  root(): Hash {
    return toHex(this.rootBytes());
  }

  /** Shapes: 32 fresh bytes. */
  rootBytes(): Uint8Array {
    this.#settle();
    return this.#trie.rootBytes();
  }

  #settle(): void {
    if (this.#pending.size === 0) return;
    let trie = this.#trie;
    this.#pending.forEach((key, account) => {
      trie = write(trie, key, account);
    });
    this.#trie = trie;
    this.#pending = PersistentMap.empty();
  }

  #accountOf(value: Uint8Array): Account {
    let account = accountsOfValues.get(value);
    if (account === undefined) {
      const items = asList(decodeRlp(value));
      account = {
        nonce: asInteger(items[0]),
        balance: asInteger(items[1]),
        storage: Trie.open(toHex(asBytes(items[2], 32)), this.#source),
        codeHash: bytesToWord(asBytes(items[3], 32)),
      };
      accountsOfValues.set(value, account);
    }
    return account;
  }
}

function isAbsent({ nonce, balance, codeHash, storage }: Account): boolean {
  return (
    nonce === 0n &&
    balance === 0n &&
    codeHash === EMPTY_CODE_HASH &&
    storage.root() === EMPTY_TRIE_ROOT
  );
}

function write(
  trie: Trie,
  key: Uint8Array,
  account: Account | null,
  recorder?: TrieRecorder,
): Trie {
  if (account === null) return trie.put(key, EMPTY_BYTES, recorder);
  const written = trie.put(key, encodeAccount(account), recorder);
  // The leaf holds its own copy of the bytes.
  accountsOfValues.set(written.get(key) as Uint8Array, account);
  return written;
}

function encodeAccount({ nonce, balance, storage, codeHash }: Account): Uint8Array {
  return encodeRlp([
    integerToBytes(nonce),
    integerToBytes(balance),
    storage.rootBytes(),
    wordToBytes(codeHash),
  ]);
}

function worldOf({ s }: Step): World {
  if (s.rev.state === undefined) throw new ProofError("PROOF_NO_WORLD");
  return s.rev.state;
}

/** The account of an address, undefined if there is none; its path is recorded. The caller touches the state root. */
export function getAccount(step: Step, address: Word): Account | undefined {
  return worldOf(step).get(address, step.rec);
}

/** Writes an account, or removes it; a step does this once for an account, after it has read it. */
export function putAccount(step: Step, address: Word, account: Account | undefined): void {
  const { s, rec } = step;
  s.rev = { ...s.rev, state: worldOf(step).put(address, account, rec) };
}

/** A slot of an account that has been read; its path is recorded. */
export function getSlot({ rec }: Step, account: Account, slot: Word): Word {
  const value = account.storage.get(slotKey(slot), rec);
  return value === undefined ? 0n : asInteger(decodeRlp(value));
}

/** The account with a slot changed; it is not written yet. */
export function withSlot({ rec }: Step, account: Account, slot: Word, value: Word): Account {
  const encoded = value === 0n ? EMPTY_BYTES : encodeRlp(integerToBytes(value));
  return { ...account, storage: account.storage.put(slotKey(slot), encoded, rec) };
}

/** Code of an account; it is recorded, as the step's one code. */
export function readCode({ inputs, rec }: Step, { codeHash }: Account): Uint8Array {
  if (codeHash === EMPTY_CODE_HASH) return EMPTY_BYTES;
  const code = inputs.code(codeHash);
  rec?.code(code);
  return code;
}
