import { z } from "zod";
import type { Address, Hash } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import {
  MAX_BLOCK_GAS_LIMIT,
  MAX_EIP1559_DENOMINATOR,
  MAX_EIP1559_ELASTICITY,
  MAX_MIN_BASE_FEE,
  MIN_BLOCK_GAS_LIMIT,
} from "./constants.js";
import { ProtocolError } from "./errors.js";
import type { ChainConfig } from "./types.js";

const MAX_U32 = 2 ** 32 - 1;
const MAX_U64 = 2n ** 64n - 1n;
const MAX_U256 = 2n ** 256n - 1n;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hex digits")
  .transform((text) => text.toLowerCase() as Address);
const word = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "must be 32 bytes: 0x and 64 hex digits")
  .transform((text) => text.toLowerCase() as Hash);
/** Amounts are decimal strings, because JSON numbers lose digits. */
const amount = (low: bigint, high: bigint) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, "must be a decimal string")
    .transform(BigInt)
    .refine((value) => value >= low && value <= high, `must be ${low} to ${high}`);
const integer = (low: number, high: number) => z.int().min(low).max(high);
const seconds = integer(1, MAX_U32);

const systemSchema = z.strictObject({
  baseFeeScalar: integer(0, MAX_U32),
  blobBaseFeeScalar: z.literal(0),
  gasLimit: amount(MIN_BLOCK_GAS_LIMIT, MAX_BLOCK_GAS_LIMIT),
  eip1559Denominator: integer(1, MAX_EIP1559_DENOMINATOR),
  eip1559Elasticity: integer(1, MAX_EIP1559_ELASTICITY),
  operatorFeeScalar: integer(0, MAX_U32),
  operatorFeeConstant: amount(0n, MAX_U64),
  minBaseFee: amount(0n, MAX_MIN_BASE_FEE),
  daFootprintGasScalar: integer(0, 65_535),
});

const chainConfigSchema = z.strictObject({
  l1ChainId: integer(1, Number.MAX_SAFE_INTEGER),
  l2ChainId: integer(1, MAX_U32),
  blockTimeSeconds: integer(1, 65_535),
  deployer: address,
  salt: word,
  owner: address,
  batcher: address,
  proposer: address,
  system: systemSchema,
  genesisBaseFee: amount(1n, MAX_U64),
  provablePrecompiles: z.boolean(),
  alloc: z.record(address, amount(0n, MAX_U256)),
  periodSeconds: seconds,
  forceDelaySeconds: seconds,
  challengePeriodSeconds: seconds,
  proofMaturityDelaySeconds: seconds,
  disputeGameFinalityDelaySeconds: seconds,
  stakeWei: amount(1n, MAX_U256),
});

/**
 * The chain config in a parsed JSON file.
 * Errors: PROTOCOL_BAD_CHAIN_CONFIG, with `problems`: one sentence per field.
 * Source: docs/protocol/genesis.md#chain-config
 */
export function parseChainConfig(json: unknown): ChainConfig {
  const result = chainConfigSchema.safeParse(json);
  const problems = result.success ? [] : result.error.issues.map(describeIssue);
  problems.push(...findRepeatedAddresses(json));
  if (!result.success || problems.length > 0) {
    throw new ProtocolError("PROTOCOL_BAD_CHAIN_CONFIG", { problems });
  }
  return result.data;
}

/** The JSON value of a chain config file, normalised: amounts as decimal strings, hex in lower case. */
export function chainConfigToJson(config: ChainConfig): Record<string, unknown> {
  return amountsToText(config) as Record<string, unknown>;
}

/** What `SystemConfig.configHash()` must be. Source: docs/protocol/genesis.md#chain-config */
export function chainConfigHash(config: ChainConfig): Hash {
  return keccakHex(new TextEncoder().encode(canonicalJson(chainConfigToJson(config))));
}

function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

function amountsToText(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, amountsToText(item)]));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(".") || "config"}: ${issue.message}`;
}

/** The same account in two spellings would silently lose one balance. */
function findRepeatedAddresses(json: unknown): string[] {
  const alloc = (json as { alloc?: unknown } | null | undefined)?.alloc;
  const keys = typeof alloc === "object" && alloc !== null ? Object.keys(alloc) : [];
  const seen = new Set<string>();
  return keys
    .map((key) => key.toLowerCase())
    .filter((key) => seen.size === seen.add(key).size)
    .map((key) => `alloc.${key}: listed twice`);
}
