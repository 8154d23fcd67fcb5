import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { chainConfigToJson, parseChainConfig } from "../protocol/chainConfig.js";
import type { RollupConfig } from "../protocol/types.js";
import { FoveaError } from "../util/errors.js";
import type { Address, Hash } from "../util/hex.js";
import { cliError, sentenceOf } from "./errors.js";

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/, "must be an address")
  .transform((v) => v as Address);
const word = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, "must be 32 bytes")
  .transform((v) => v as Hash);
const integer = z
  .string()
  .regex(/^\d{1,78}$/, "must be a decimal string")
  .transform(BigInt);

const schema = z.strictObject({
  chain: z.unknown(),
  addresses: z.strictObject({
    depositFeed: address,
    sequencerFeed: address,
    systemConfig: address,
    portal: address,
    blockOracle: address,
    l1CrossDomainMessenger: address,
    l1StandardBridge: address,
    multicall3: address,
  }),
  genesisOrigin: z.strictObject({
    number: integer,
    hash: word,
    time: integer,
    baseFee: integer,
    prevRandao: word,
    parentBeaconBlockRoot: word,
  }),
});

/** Writes everything that defines a chain, so that an engine can begin it without asking L1. */
export function writeRollupFile(path: string, rollup: RollupConfig): void {
  const { chain, addresses, genesisOrigin } = rollup;
  const { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot } = genesisOrigin;
  const json = {
    chain: chainConfigToJson(chain),
    addresses,
    genesisOrigin: {
      number: `${number}`,
      hash,
      time: `${time}`,
      baseFee: `${baseFee}`,
      prevRandao,
      parentBeaconBlockRoot,
    },
  };
  writeFileSync(`${path}.new`, `${JSON.stringify(json, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Errors: CLI_CONFIG with the place of what is wrong. */
export function readRollupFile(path: string): RollupConfig {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (parsed.success) return { ...parsed.data, chain: parseChainConfig(parsed.data.chain) };
    const [issue] = parsed.error.issues;
    throw cliError("CLI_CONFIG", `${path}: ${issue?.path.join(".")}: ${issue?.message}.`);
  } catch (error) {
    if (error instanceof FoveaError && error.code === "CLI_CONFIG") throw error;
    const reason = error instanceof FoveaError ? sentenceOf(error) : (error as Error).message;
    throw cliError("CLI_CONFIG", `The rollup file ${path} cannot be used: ${reason}`, error);
  }
}
