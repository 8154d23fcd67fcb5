import { EngineError } from "../../engine/errors.js";
import type { BlockOverride, StateOverride } from "../../engine/types.js";
import type { Address, Hash } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { ownField, parseObject } from "./basic.js";
import { parseAddress, parseBytes, parseHash, parseQuantity, parseUint64 } from "./hex.js";
import { parseWithdrawals } from "./withdrawals.js";

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
  const target = ownField(object, "movePrecompileToAddress");
  if (target !== undefined) override.movePrecompileTo = parseAddress(target);
  return override;
}

function parseSlots(value: unknown): Record<Hash, Hash> {
  const entries = Object.entries(parseObject(value));
  if (entries.length > MAX_SLOTS) throw invalidParams(`at most ${MAX_SLOTS} slots allowed`);
  const slots: Record<Hash, Hash> = {};
  for (const [slot, word] of entries) slots[parseHash(slot)] = parseHash(word);
  return slots;
}

/** Block overrides of one call, which sees no more of a block than its numbers. Errors: RPC_INVALID_PARAMS, ENGINE_CALL_INVALID. */
export function parseBlockOverrides(value: unknown): BlockOverride {
  const override = parseBlockParts(value);
  for (const name of ["beaconRoot", "withdrawals"] as const) {
    const isGiven = name === "withdrawals" ? override.withdrawals : override.parentBeaconBlockRoot;
    if (isGiven) {
      const reason = `block override "${name}" is not supported for this RPC method`;
      throw new EngineError("ENGINE_CALL_INVALID", { reason });
    }
  }
  return override;
}

/** All that can be overridden of a simulated block; geth's, viem's and the specification's names are all taken. */
export function parseBlockParts(value: unknown): BlockOverride {
  const object = parseObject(value);
  const override: BlockOverride = {};
  const take = <Key extends keyof BlockOverride>(
    key: Key,
    parse: (value: unknown) => NonNullable<BlockOverride[Key]>,
    ...names: string[]
  ): void => {
    const given = names.map((name) => ownField(object, name)).find((item) => item !== undefined);
    if (given !== undefined) override[key] = parse(given);
  };
  take("number", parseUint64, "number");
  take("time", parseUint64, "time", "timestamp");
  take("gasLimit", parseUint64, "gasLimit");
  take("feeRecipient", parseAddress, "feeRecipient", "coinbase");
  take("prevRandao", parseHash, "prevRandao", "random");
  take("baseFeePerGas", parseQuantity, "baseFeePerGas", "baseFee");
  take("blobBaseFee", parseQuantity, "blobBaseFee");
  take("difficulty", parseQuantity, "difficulty");
  take("parentBeaconBlockRoot", parseHash, "parentBeaconBlockRoot", "beaconRoot");
  take("withdrawals", parseWithdrawals, "withdrawals");
  return override;
}
