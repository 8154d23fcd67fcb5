import {
  createOpSchedule,
  findDisorder,
  OP_FORKS,
  type OpFork,
  type OpForkTimes,
  type OpSchedule,
} from "../../protocol/index.js";
import { ethereumError } from "../ethereum/errors.js";
import { integerOf, type JsonObject, objectOf } from "../ethereum/jsonFields.js";

/** What an OP chain is, beside its genesis block. */
export interface OpChainConfig {
  chainId: number;
  schedule: OpSchedule;
  /** Base fee parameters until Holocene, and the defaults since. */
  eip1559: { elasticity: number; denominator: number; denominatorCanyon: number };
}

/** L1's names of forks, which must start with the forks of OP chains that hold them. */
const L1_TIMES: readonly (readonly [string, OpFork])[] = [
  ["shanghaiTime", "canyon"],
  ["cancunTime", "ecotone"],
  ["pragueTime", "isthmus"],
  ["osakaTime", "karst"],
];
const OTHER_TIMES = new Set(["pectraBlobScheduleTime"]);
const DEFAULTS = { elasticity: 6n, denominator: 50n, denominatorCanyon: 250n };

/** True if a geth genesis config is that of an OP chain. */
export function isOpConfig(config: JsonObject): boolean {
  return config.optimism !== undefined && config.optimism !== null;
}

function chainIdOf(value: bigint | undefined, name: string): number {
  if (value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw ethereumError("ETHEREUM_GENESIS_INVALID", `The file's ${name} is missing or above 2^53.`);
  }
  return Number(value);
}

function eip1559Of(values: JsonObject, place: string): OpChainConfig["eip1559"] {
  const read = (name: string, preset: bigint): number => {
    const value = Number(integerOf(values, name, `${place}.${name}`) ?? preset);
    if (value > 0 && value < 2 ** 32) return value;
    throw ethereumError("ETHEREUM_GENESIS_INVALID", `The file's ${place}.${name} is not usable.`);
  };
  return {
    elasticity: read("eip1559Elasticity", DEFAULTS.elasticity),
    denominator: read("eip1559Denominator", DEFAULTS.denominator),
    denominatorCanyon: read("eip1559DenominatorCanyon", DEFAULTS.denominatorCanyon),
  };
}

function scheduleOf(times: OpForkTimes, nameOf: (fork: OpFork) => string): OpSchedule {
  const fork = findDisorder(times);
  if (fork !== undefined) {
    throw ethereumError(
      "ETHEREUM_FORK_ORDER",
      `The file's ${nameOf(fork)} is ${times[fork]}, before a fork that it builds on.`,
    );
  }
  return createOpSchedule(times);
}

/**
 * Reads the `config` of an OP chain's genesis file, as op-geth has it.
 * Errors: ETHEREUM_GENESIS_INVALID, ETHEREUM_UNKNOWN_FORK, ETHEREUM_FORK_ORDER, each with one sentence that names the place.
 */
export function parseOpConfig(config: JsonObject): OpChainConfig {
  const nameOf = (fork: OpFork): string => `config.${fork}Time`;
  const known = new Set([...OP_FORKS.map((fork) => `${fork}Time`), ...OTHER_TIMES]);
  for (const [name] of L1_TIMES) known.add(name);
  for (const [name, value] of Object.entries(config)) {
    if (value === null || !name.endsWith("Time") || known.has(name)) continue;
    throw ethereumError(
      "ETHEREUM_UNKNOWN_FORK",
      `The genesis file's config.${name} names a fork of OP chains that this version does not know.`,
    );
  }
  const times: Partial<Record<OpFork, bigint>> = {};
  for (const fork of OP_FORKS.slice(1)) {
    const time = integerOf(config, `${fork}Time`, nameOf(fork));
    if (time !== undefined) times[fork] = time;
  }
  for (const [name, fork] of L1_TIMES) {
    const time = integerOf(config, name, `config.${name}`);
    if (time === undefined || time === times[fork]) continue;
    if (times[fork] === undefined) times[fork] = time;
    else {
      throw ethereumError(
        "ETHEREUM_FORK_ORDER",
        `The genesis file's config.${name} is ${time}, but must be config.${fork}Time, ${times[fork]}.`,
      );
    }
  }
  return {
    chainId: chainIdOf(integerOf(config, "chainId", "config.chainId"), "config.chainId"),
    schedule: scheduleOf(times, nameOf),
    eip1559: eip1559Of(objectOf(config.optimism, "config.optimism"), "config.optimism"),
  };
}

/** Reads a rollup config, as op-node and kona have it. Errors: as `parseOpConfig`. */
export function parseRollupConfig(config: JsonObject): OpChainConfig {
  const nameOf = (fork: OpFork): string => `${fork}_time`;
  const times: Partial<Record<OpFork, bigint>> = {};
  for (const fork of OP_FORKS.slice(1)) {
    const time = integerOf(config, nameOf(fork));
    if (time !== undefined) times[fork] = time;
  }
  const params = config.chain_op_config ?? {};
  return {
    chainId: chainIdOf(integerOf(config, "l2_chain_id"), "l2_chain_id"),
    schedule: scheduleOf(times, nameOf),
    eip1559: eip1559Of(objectOf(params, "chain_op_config"), "chain_op_config"),
  };
}

/** Reverse of `parseOpConfig`. */
export function genesisConfigOf({ chainId, schedule, eip1559 }: OpChainConfig): JsonObject {
  const times = OP_FORKS.slice(1).flatMap((fork) => {
    const time = schedule[fork];
    return time === null ? [] : [[`${fork}Time`, Number(time)] as const];
  });
  const { elasticity, denominator, denominatorCanyon } = eip1559;
  return {
    chainId,
    ...Object.fromEntries(times),
    optimism: {
      eip1559Elasticity: elasticity,
      eip1559Denominator: denominator,
      eip1559DenominatorCanyon: denominatorCanyon,
    },
  };
}
