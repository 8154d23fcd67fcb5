import { Hardfork } from "@ethereumjs/common";
import type { Address } from "../../util/hex.js";
import { FORKS, type Fork } from "../execution/forks.js";
import { type BlobParams, DEFAULT_BLOB_PARAMS } from "./blobParams.js";
import { ethereumError } from "./errors.js";
import type { EthereumConfig } from "./forkSchedule.js";
import { addressOf, integerOf, type JsonObject, objectOf } from "./jsonFields.js";

/** geth's names of forks that start at a block. */
const BLOCK_NAMES: Readonly<Record<string, Fork>> = {
  homesteadBlock: Hardfork.Homestead,
  eip150Block: Hardfork.TangerineWhistle,
  eip158Block: Hardfork.SpuriousDragon,
  byzantiumBlock: Hardfork.Byzantium,
  constantinopleBlock: Hardfork.Constantinople,
  petersburgBlock: Hardfork.Petersburg,
  istanbulBlock: Hardfork.Istanbul,
  muirGlacierBlock: Hardfork.MuirGlacier,
  berlinBlock: Hardfork.Berlin,
  londonBlock: Hardfork.London,
  arrowGlacierBlock: Hardfork.ArrowGlacier,
  grayGlacierBlock: Hardfork.GrayGlacier,
  mergeNetsplitBlock: Hardfork.Paris,
};

/** geth's names of forks that start at a time. */
const TIME_NAMES: Readonly<Record<string, Fork>> = {
  shanghaiTime: Hardfork.Shanghai,
  cancunTime: Hardfork.Cancun,
  pragueTime: Hardfork.Prague,
  osakaTime: Hardfork.Osaka,
};

/** Names that look like a fork's and change nothing about execution. */
const WITHOUT_EFFECT = new Set(["eip155Block", "daoForkBlock", "preMergeForkBlock"]);
const BPO_NAME = /^bpo[1-9]\d?Time$/;
const MAINNET_DEPOSIT_CONTRACT: Address = "0x00000000219ab540356cbb839cbe05303d7705fa";

function assertKnownForks(config: JsonObject): void {
  for (const [name, value] of Object.entries(config)) {
    if (value === null || !/(Block|Time)$/.test(name)) continue;
    if (name in BLOCK_NAMES || name in TIME_NAMES || WITHOUT_EFFECT.has(name)) continue;
    if (BPO_NAME.test(name)) continue;
    throw ethereumError(
      "ETHEREUM_UNKNOWN_FORK",
      `The genesis file's config.${name} names a fork that this version does not know; remove it, or use a version that knows it.`,
    );
  }
}

function activations(config: JsonObject, names: Readonly<Record<string, Fork>>): Map<Fork, bigint> {
  const found = new Map<Fork, bigint>();
  let last: { name: string; at: bigint } | undefined;
  // By age, not as the file has them: a later fork must not start before an earlier one.
  const byAge = Object.entries(names).sort((a, b) => FORKS.indexOf(a[1]) - FORKS.indexOf(b[1]));
  for (const [name, fork] of byAge) {
    const at = integerOf(config, name, `config.${name}`);
    if (at === undefined) continue;
    if (last && at < last.at) {
      throw ethereumError(
        "ETHEREUM_FORK_ORDER",
        `The genesis file's config.${name} is ${at}, before config.${last.name} at ${last.at}.`,
      );
    }
    found.set(fork, at);
    last = { name, at };
  }
  return found;
}

/** A schedule's names are lower case in genesis files and capitalised in test fixtures. */
function givenParams(schedule: JsonObject, fork: string): BlobParams | undefined {
  const key = Object.keys(schedule).find((name) => name.toLowerCase() === fork);
  if (key === undefined || schedule[key] === null) return undefined;
  const place = `config.blobSchedule.${key}`;
  const entry = objectOf(schedule[key], place);
  const read = (...names: string[]): bigint => {
    for (const name of names) {
      const value = integerOf(entry, name, `${place}.${name}`);
      if (value !== undefined) return value;
    }
    throw ethereumError(
      "ETHEREUM_GENESIS_INVALID",
      `The genesis file's ${place}.${names[0]} is missing.`,
    );
  };
  return {
    target: read("target"),
    max: read("max"),
    updateFraction: read("baseFeeUpdateFraction", "updateFraction"),
  };
}

function blobSchedule(config: JsonObject, times: Map<Fork, bigint>): EthereumConfig["blobs"] {
  const given = config.blobSchedule;
  const schedule =
    given === undefined || given === null ? {} : objectOf(given, "config.blobSchedule");
  const starts: { name: string; time: bigint }[] = [];
  for (const name of [Hardfork.Cancun, Hardfork.Prague, Hardfork.Osaka] as const) {
    const time = times.get(name);
    if (time !== undefined) starts.push({ name, time });
  }
  for (const key of Object.keys(config).filter((name) => BPO_NAME.test(name))) {
    const time = integerOf(config, key, `config.${key}`);
    if (time !== undefined) starts.push({ name: key.slice(0, -"Time".length), time });
  }
  const rank = (name: string): number => (name.startsWith("bpo") ? Number(name.slice(3)) : 0);
  starts.sort((a, b) => {
    if (a.time !== b.time) return a.time < b.time ? -1 : 1;
    return rank(a.name) - rank(b.name);
  });
  return starts.map(({ name, time }) => {
    const params = givenParams(schedule, name) ?? DEFAULT_BLOB_PARAMS[name];
    if (params && params.updateFraction > 0n && params.max > 0n) return { name, time, params };
    throw ethereumError(
      "ETHEREUM_GENESIS_INVALID",
      `The genesis file has config.${name}Time but no usable config.blobSchedule.${name}.`,
    );
  });
}

/** Reads the `config` of a geth genesis file. Errors: ETHEREUM_GENESIS_INVALID, ETHEREUM_UNKNOWN_FORK, ETHEREUM_FORK_ORDER. */
export function parseGethConfig(config: JsonObject): EthereumConfig {
  assertKnownForks(config);
  const chainId = integerOf(config, "chainId", "config.chainId") ?? 1n;
  if (chainId > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw ethereumError(
      "ETHEREUM_GENESIS_INVALID",
      `The genesis file's config.chainId ${chainId} is above 2^53.`,
    );
  }
  const blocks = activations(config, BLOCK_NAMES);
  const times = activations(config, TIME_NAMES);
  const daoBlock = integerOf(config, "daoForkBlock", "config.daoForkBlock");
  return {
    chainId: Number(chainId),
    blocks,
    times,
    eip155Block:
      integerOf(config, "eip155Block", "config.eip155Block") ?? blocks.get(Hardfork.SpuriousDragon),
    dao:
      daoBlock === undefined
        ? undefined
        : { block: daoBlock, isSupported: config.daoForkSupport === true },
    terminalTotalDifficulty: integerOf(
      config,
      "terminalTotalDifficulty",
      "config.terminalTotalDifficulty",
    ),
    blobs: blobSchedule(config, times),
    depositContract:
      addressOf(config, "depositContractAddress", "config.depositContractAddress") ??
      MAINNET_DEPOSIT_CONTRACT,
  };
}
