import type { BeaconWithdrawal } from "../../protocol/types.js";
import { ownField, parseList, parseObject } from "./basic.js";
import { parseAddress, parseUint64 } from "./hex.js";

const MAX_WITHDRAWALS = 1_024;

/** Withdrawals of the beacon chain in JSON (EIP-4895). Units: gwei for `amount`. */
export function parseWithdrawals(value: unknown): BeaconWithdrawal[] {
  return parseList(value, MAX_WITHDRAWALS, (item) => {
    const entry = parseObject(item);
    return {
      index: parseUint64(ownField(entry, "index")),
      validatorIndex: parseUint64(ownField(entry, "validatorIndex")),
      address: parseAddress(ownField(entry, "address")),
      amountGwei: parseUint64(ownField(entry, "amount")),
    };
  });
}
