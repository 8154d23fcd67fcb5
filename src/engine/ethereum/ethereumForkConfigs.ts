import type { Address } from "../../util/hex.js";
import {
  commonSystemContracts,
  type ForkConfig,
  type ForkConfigs,
  forkIdOf,
  namedPrecompiles,
} from "../forkConfig.js";
import type { BlockHeader } from "../types.js";
import type { ForkSchedule } from "./forkSchedule.js";

const WITHDRAWAL_REQUESTS: Address = "0x00000961ef480eb55e80d19ad83579a64c007002";
const CONSOLIDATION_REQUESTS: Address = "0x0000bbddc7ce488642fb579f8b00f3a590007251";
/** Any block number: forks by number have all passed where forks by time begin. */
const LATE = 2n ** 63n;

const ascending = (values: Iterable<bigint>): bigint[] =>
  [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function forkBlocks({ config }: ForkSchedule): bigint[] {
  const { blocks, eip155Block, dao } = config;
  const all = [...blocks.values(), eip155Block ?? 0n, dao?.block ?? 0n];
  return ascending(all).filter((block) => block > 0n);
}

/** Configurations of plain Ethereum around a head, told apart by the times of forks and of changes to the number of blobs. */
export function ethereumForkConfigs(
  schedule: ForkSchedule,
  genesis: BlockHeader,
  head: BlockHeader,
): ForkConfigs {
  const { config } = schedule;
  const times = ascending([...config.times.values(), ...config.blobs.map(({ time }) => time)]);
  const configAt = (time: bigint): ForkConfig => {
    const rules = schedule.rulesAt({ number: LATE, timestamp: time, difficulty: 0n });
    const passed = times.filter((other) => other <= time && other > genesis.timestamp);
    return {
      activationTime: genesis.timestamp >= time ? 0n : time,
      blobs: schedule.blobParamsAt(time) ?? null,
      chainId: config.chainId,
      forkId: forkIdOf(genesis.hash, [...forkBlocks(schedule), ...passed]),
      precompiles: namedPrecompiles(rules),
      systemContracts: {
        ...commonSystemContracts(rules),
        ...(rules.isPrague
          ? {
              CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS: CONSOLIDATION_REQUESTS,
              DEPOSIT_CONTRACT_ADDRESS: config.depositContract,
              WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS: WITHDRAWAL_REQUESTS,
            }
          : {}),
      },
    };
  };
  const current = times.filter((time) => time <= head.timestamp).at(-1);
  const next = times.find((time) => time > head.timestamp);
  const last = times.at(-1);
  return {
    current: current === undefined ? null : configAt(current),
    next: next === undefined ? null : configAt(next),
    last: next === undefined || last === undefined ? null : configAt(last),
  };
}
