import type { BlockOverride, StateOverride } from "../../engine/types.js";
import type { Address, Hash } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { ownField, parseObject } from "./basic.js";
import { parseAddress, parseBytes, parseHash, parseQuantity, parseUint64 } from "./hex.js";

const MAX_ACCOUNTS = 1_024;
const MAX_SLOTS = 16_384;

/** State overrides by address, as geth's eth_call takes them. */
export function parseStateOverrides(value: unknown): Record<Address, StateOverride> {
  const entries = Object.entries(parseObject(value));
  if (entries.length > MAX_ACCOUNTS)
    throw invalidParams(`at most ${MAX_ACCOUNTS} accounts allowed`);
  const overrides: Record<Address, StateOverride> = {};
  for (const [address, item] of entries) {
    overrides[parseAddress(address)] = parseAccountOverride(parseObject(item));
  }
  return overrides;
}

function parseAccountOverride(object: Record<string, unknown>): StateOverride {
  if (ownField(object, "movePrecompileToAddress") !== undefined) {
    throw invalidParams("movePrecompileToAddress is not supported");
  }
  const override: StateOverride = {};
  const balance = ownField(object, "balance");
  if (balance !== undefined) override.balance = parseQuantity(balance);
  const nonce = ownField(object, "nonce");
  if (nonce !== undefined) override.nonce = parseUint64(nonce);
  const code = ownField(object, "code");
  if (code !== undefined) override.code = parseBytes(code);
  const state = ownField(object, "state");
  if (state !== undefined) override.state = parseSlots(state);
  const stateDiff = ownField(object, "stateDiff");
  if (stateDiff !== undefined) override.stateDiff = parseSlots(stateDiff);
  if (override.state !== undefined && override.stateDiff !== undefined) {
    throw invalidParams("account has both 'state' and 'stateDiff'");
  }
  return override;
}

function parseSlots(value: unknown): Record<Hash, Hash> {
  const entries = Object.entries(parseObject(value));
  if (entries.length > MAX_SLOTS) throw invalidParams(`at most ${MAX_SLOTS} slots allowed`);
  const slots: Record<Hash, Hash> = {};
  for (const [slot, word] of entries) slots[parseHash(slot)] = parseHash(word);
  return slots;
}

/** Block overrides; geth's and viem's names are both taken. */
export function parseBlockOverrides(value: unknown): BlockOverride {
  const object = parseObject(value);
  const either = (first: string, second: string) =>
    ownField(object, first) ?? ownField(object, second);
  if (
    ownField(object, "blobBaseFee") !== undefined ||
    ownField(object, "withdrawals") !== undefined
  ) {
    throw invalidParams("blobBaseFee and withdrawals cannot be overridden on this chain");
  }
  const override: BlockOverride = {};
  const number = ownField(object, "number");
  if (number !== undefined) override.number = parseUint64(number);
  const time = either("time", "timestamp");
  if (time !== undefined) override.time = parseUint64(time);
  const gasLimit = ownField(object, "gasLimit");
  if (gasLimit !== undefined) override.gasLimit = parseUint64(gasLimit);
  const feeRecipient = either("feeRecipient", "coinbase");
  if (feeRecipient !== undefined) override.feeRecipient = parseAddress(feeRecipient);
  const prevRandao = either("prevRandao", "random");
  if (prevRandao !== undefined) override.prevRandao = parseHash(prevRandao);
  const baseFee = either("baseFeePerGas", "baseFee");
  if (baseFee !== undefined) override.baseFeePerGas = parseQuantity(baseFee);
  return override;
}
