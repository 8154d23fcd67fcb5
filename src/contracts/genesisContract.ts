import type { Address, Hash, Hex } from "../util/hex.js";

/** A contract that exists from the L2 genesis block on, with nonce 1 and no balance. */
export interface GenesisContract {
  name: string;
  address: Address;
  /** Runtime code. */
  code: Hex;
  /** Slots that are not zero. */
  storage: Record<Hash, Hash>;
}
