import type { BeaconWithdrawal } from "../../protocol/types.js";
import { fromHex, type Hash, toHex } from "../../util/hex.js";
import { encodeRlp, integerToBytes } from "../state/rlp.js";
import { listRoot } from "../state/trie.js";
import { JsonFields, quantity } from "./jsonFields.js";

/** A withdrawal as the Engine API and blocks write it. */
export function encodeWithdrawal(withdrawal: BeaconWithdrawal): Record<string, unknown> {
  return {
    index: quantity(withdrawal.index),
    validatorIndex: quantity(withdrawal.validatorIndex),
    address: withdrawal.address,
    amount: quantity(withdrawal.amountGwei),
  };
}

/** Errors: ENGINE_BAD_WIRE. */
export function decodeWithdrawal(value: unknown, label: string): BeaconWithdrawal {
  const fields = new JsonFields(value, label);
  return {
    index: fields.quantity("index"),
    validatorIndex: fields.quantity("validatorIndex"),
    address: fields.data("address", 20),
    amountGwei: fields.quantity("amount"),
  };
}

/** What the header says of a block's withdrawals. Source: EIP-4895 */
export function withdrawalsRootOf(withdrawals: readonly BeaconWithdrawal[]): Hash {
  const items = withdrawals.map(({ index, validatorIndex, address, amountGwei }) =>
    encodeRlp([
      integerToBytes(index),
      integerToBytes(validatorIndex),
      fromHex(address),
      integerToBytes(amountGwei),
    ]),
  );
  return toHex(listRoot(items));
}
