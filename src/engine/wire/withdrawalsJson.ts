import type { BeaconWithdrawal } from "../../protocol/types.js";
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
