import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { Address, Hex } from "../util/hex.js";
import { L1Error } from "./errors.js";

/** A signing key that shows itself as `***`, however it is printed. Errors: L1_BAD_KEY. */
export class PrivateKey {
  readonly address: Address;
  readonly #account: PrivateKeyAccount;

  constructor(hex: string) {
    const key = (hex.startsWith("0x") ? hex : `0x${hex}`) as Hex;
    try {
      this.#account = privateKeyToAccount(key);
    } catch {
      // Without the cause: its message may hold the key.
      throw new L1Error("L1_BAD_KEY");
    }
    this.address = this.#account.address.toLowerCase() as Address;
  }

  /** Signs an EIP-1559 transaction; returns its envelope. */
  async signTransaction(transaction: {
    chainId: number;
    nonce: number;
    to: Address;
    value: bigint;
    data: Hex;
    gas: bigint;
    maxFeePerGas: bigint;
    maxPriorityFeePerGas: bigint;
  }): Promise<Hex> {
    return this.#account.signTransaction({ type: "eip1559", ...transaction });
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "***";
  }
}
