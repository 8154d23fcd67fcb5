import type { Common } from "@ethereumjs/common";
import { Account, Address as EvmAddress } from "@ethereumjs/util";
import { type Address, fromHex } from "../../util/hex.js";
import type { BlockState } from "../state/blockState.js";
import { byteKey } from "../state/byteKey.js";

/** RIPEMD160's address stays touched when everything else is taken back. Source: EIP-716 */
const RIPEMD160 = `${"0".repeat(39)}3`;

const digitsOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
const withoutPrefix = (hex: string): string => (hex.startsWith("0x") ? hex.slice(2) : hex);

/** Slots of one address, by `byteKey`. */
type Slots = Set<string>;

/**
 * What a transaction has touched and warmed, with an undo log for checkpoints: does what the library's journal does, at once instead
 * of by promises. Shapes: addresses as digits without prefix, as in the library.
 */
export class WarmJournal {
  stateManager: BlockState;
  /** What was warmed, if somebody wants to know. */
  accessList: Map<string, Set<string>> | undefined;
  readonly #common: Common;
  readonly #warm = new Map<string, Slots>();
  /** Most have no slots of their own. */
  readonly #always = new Map<string, Slots | undefined>();
  #alwaysToo: ReadonlySet<string> | undefined;
  readonly #touched = new Set<string>();
  readonly #undo: (() => void)[] = [];
  readonly #marks: number[] = [];

  constructor(state: BlockState, common: Common) {
    this.stateManager = state;
    this.#common = common;
  }

  startReportingAccessList(): void {
    this.accessList = new Map();
  }

  async putAccount(address: EvmAddress, account: Account): Promise<void> {
    this.touchAddress(address);
    return this.stateManager.putAccount(address, account);
  }

  async deleteAccount(address: EvmAddress): Promise<void> {
    this.touchAddress(address);
    return this.stateManager.deleteAccount(address);
  }

  touchAddress(address: EvmAddress): void {
    this.touchAccount(digitsOf(address.bytes));
  }

  touchAccount(digits: string): void {
    if (this.#touched.has(digits)) return;
    this.#touched.add(digits);
    if (digits !== RIPEMD160) this.#undo.push(() => this.#touched.delete(digits));
  }

  async checkpoint(): Promise<void> {
    this.mark();
  }

  async commit(): Promise<void> {
    this.keep();
  }

  async revert(): Promise<void> {
    this.takeBack();
  }

  /** Opens a checkpoint. */
  mark(): void {
    this.#marks.push(this.#undo.length);
    void this.stateManager.checkpoint();
  }

  /** Closes the newest checkpoint and keeps what came after it. */
  keep(): void {
    this.#marks.pop();
    void this.stateManager.commit();
  }

  /** Closes the newest checkpoint and forgets what came after it. */
  takeBack(): void {
    const mark = this.#marks.pop() ?? 0;
    while (this.#undo.length > mark) this.#undo.pop()?.();
    void this.stateManager.revert();
  }

  cleanJournal(): void {
    if (this.#warm.size > 0) this.#warm.clear();
    if (this.#always.size > 0) this.#always.clear();
    this.#alwaysToo = undefined;
    if (this.#touched.size > 0) this.#touched.clear();
    this.#undo.length = 0;
    this.#marks.length = 0;
  }

  /** Ends a transaction: touched accounts that are empty go away. Source: EIP-161 */
  async cleanup(): Promise<void> {
    if (this.#common.gteHardfork("spuriousDragon")) {
      for (const digits of this.#touched) {
        const address: Address = `0x${digits}`;
        const account = this.stateManager.readAccount(address);
        if (account === undefined) continue;
        const { nonce, balance, codeHash, storageRoot } = account;
        const isEmpty = new Account(nonce, balance, storageRoot, codeHash).isEmpty();
        if (isEmpty) this.stateManager.removeAccount(address);
      }
    }
    this.cleanJournal();
    this.accessList = undefined;
  }

  /** Makes a set of addresses warm from the start of the transaction, in the place of an earlier set. */
  addAlwaysWarmSet(addresses: ReadonlySet<string>): void {
    this.#alwaysToo = addresses;
  }

  addAlwaysWarmAddress(hex: string, isReported = false): void {
    const digits = withoutPrefix(hex);
    if (!this.#always.has(digits)) this.#always.set(digits, undefined);
    if (isReported) this.#report(digits);
  }

  addAlwaysWarmSlot(hex: string, slot: string, isReported = false): void {
    this.addAlwaysWarmAddress(hex, isReported);
    const digits = withoutPrefix(hex);
    const slots = this.#always.get(digits) ?? new Set();
    this.#always.set(digits, slots);
    slots.add(byteKey(fromHex(slot)));
    if (isReported) this.accessList?.get(digits)?.add(withoutPrefix(slot));
  }

  isWarmedAddress(address: Uint8Array): boolean {
    const digits = digitsOf(address);
    return (
      this.#warm.has(digits) || this.#always.has(digits) || this.#alwaysToo?.has(digits) === true
    );
  }

  addWarmedAddress(address: Uint8Array): void {
    this.#slotsOf(digitsOf(address));
  }

  isWarmedStorage(address: Uint8Array, slot: Uint8Array): boolean {
    return this.isWarmSlot(digitsOf(address), byteKey(slot));
  }

  addWarmedStorage(address: Uint8Array, slot: Uint8Array): void {
    this.warmSlot(digitsOf(address), byteKey(slot));
  }

  isWarmSlot(digits: string, key: string): boolean {
    return this.#warm.get(digits)?.has(key) === true || this.#always.get(digits)?.has(key) === true;
  }

  warmSlot(digits: string, key: string): void {
    const slots = this.#slotsOf(digits);
    if (!slots.has(key)) {
      slots.add(key);
      this.#undo.push(() => slots.delete(key));
    }
    this.accessList?.get(digits)?.add(Buffer.from(key, "latin1").toString("hex"));
  }

  /** Slots of an address, which becomes warm by it. */
  #slotsOf(digits: string): Slots {
    let slots = this.#warm.get(digits);
    if (!slots) {
      slots = new Set();
      this.#warm.set(digits, slots);
      this.#undo.push(() => this.#warm.delete(digits));
    }
    this.#report(digits);
    return slots;
  }

  #report(digits: string): void {
    if (this.accessList && !this.accessList.has(digits)) this.accessList.set(digits, new Set());
  }
}

/** An address of the library whose text is known. */
export class KnownAddress extends EvmAddress {
  readonly #hex: Address;

  constructor(hex: Address) {
    super(fromHex(hex));
    this.#hex = hex;
  }

  override toString(): Address {
    return this.#hex;
  }
}
