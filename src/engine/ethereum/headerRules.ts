import { HEADER_FIELDS } from "../header.js";
import type { BlockHeader } from "../types.js";
import { GAS_PER_BLOB, nextExcessBlobGas } from "./blobParams.js";
import { nextDifficulty } from "./difficulty.js";
import type { ForkSchedule } from "./forkSchedule.js";
import { fieldCountOf } from "./gethGenesis.js";

const MIN_GAS_LIMIT = 5_000n;
const MAX_GAS_LIMIT = 2n ** 63n - 1n;
const GAS_LIMIT_DIVISOR = 1_024n;
const ELASTICITY = 2n;
const BASE_FEE_DENOMINATOR = 8n;
const INITIAL_BASE_FEE = 1_000_000_000n;
const MAX_EXTRA_DATA_BYTES = 32;
/** Largest block: 10 MiB less 2 MiB for what is around it. Source: EIP-7934 */
export const MAX_BLOCK_BYTES = 8_388_608;
const DAO_EXTRA_DATA = Buffer.from("dao-hard-fork");
const DAO_BLOCKS = 10n;

/** Base fee after `parent` if the block after it has London's rules. Source: EIP-1559 */
export function nextEthereumBaseFee(schedule: ForkSchedule, parent: BlockHeader): bigint {
  if (!schedule.rulesAt(placeOf(parent)).isLondon) return INITIAL_BASE_FEE;
  const { baseFeePerGas, gasUsed, gasLimit } = parent;
  const target = gasLimit / ELASTICITY;
  if (gasUsed === target) return baseFeePerGas;
  if (gasUsed > target) {
    const change = (baseFeePerGas * (gasUsed - target)) / target / BASE_FEE_DENOMINATOR;
    return baseFeePerGas + (change > 1n ? change : 1n);
  }
  return baseFeePerGas - (baseFeePerGas * (target - gasUsed)) / target / BASE_FEE_DENOMINATOR;
}

/** A header as a place of the schedule. */
export function placeOf({ number, timestamp, difficulty }: BlockHeader) {
  return { number, timestamp, difficulty: difficulty ?? 0n };
}

/** Excess blob gas of a block at `timestamp` on `parent`; zero before Cancun. */
export function excessBlobGasAfter(
  schedule: ForkSchedule,
  parent: BlockHeader,
  place: { number: bigint; timestamp: bigint; difficulty?: bigint },
): bigint {
  const params = schedule.blobParamsAt(place.timestamp);
  const rules = schedule.rulesAt(place);
  if (!params || !rules.isCancun) return 0n;
  return nextExcessBlobGas(parent, params, rules.isOsaka);
}

/** Difficulty of a mined block at `timestamp` on `parent`. */
export function difficultyAfter(
  schedule: ForkSchedule,
  parent: BlockHeader,
  timestamp: bigint,
): bigint {
  const number = parent.number + 1n;
  // Any difficulty above zero says that it is mined.
  const fork = schedule.forkAt({ number, timestamp, difficulty: 1n });
  const { difficulty = 0n, ommersHash } = parent;
  const hasOmmers = ommersHash !== undefined;
  return nextDifficulty(fork, { ...parent, difficulty, hasOmmers }, timestamp);
}

function findGasProblem(
  schedule: ForkSchedule,
  header: BlockHeader,
  parent: BlockHeader,
): string | undefined {
  const { gasLimit, gasUsed, baseFeePerGas } = header;
  if (gasUsed > gasLimit) return "gas used above the gas limit";
  if (gasLimit > MAX_GAS_LIMIT || gasLimit < MIN_GAS_LIMIT) return "gas limit";
  const { isLondon } = schedule.rulesAt(placeOf(header));
  const isFirst = isLondon && !schedule.rulesAt(placeOf(parent)).isLondon;
  const before = isFirst ? parent.gasLimit * ELASTICITY : parent.gasLimit;
  const change = gasLimit > before ? gasLimit - before : before - gasLimit;
  if (change >= before / GAS_LIMIT_DIVISOR) return "gas limit too far from the parent's";
  if (isLondon && baseFeePerGas !== nextEthereumBaseFee(schedule, parent)) return "base fee";
  return undefined;
}

function findDaoProblem({ config }: ForkSchedule, header: BlockHeader): string | undefined {
  const { dao } = config;
  if (!dao || header.number < dao.block || header.number >= dao.block + DAO_BLOCKS)
    return undefined;
  const isMarked = DAO_EXTRA_DATA.equals(header.extraData);
  return isMarked === dao.isSupported ? undefined : "extraData of the DAO fork";
}

function findBlobProblem(
  schedule: ForkSchedule,
  header: BlockHeader,
  parent: BlockHeader,
): string | undefined {
  const params = schedule.blobParamsAt(header.timestamp);
  if (!params) return undefined;
  if (header.blobGasUsed > params.max * GAS_PER_BLOB) return "blob gas used above the limit";
  if (header.blobGasUsed % GAS_PER_BLOB !== 0n) return "blob gas used is not that of whole blobs";
  const excess = excessBlobGasAfter(schedule, parent, placeOf(header));
  return header.excessBlobGas === excess ? undefined : "excess blob gas";
}

function findConsensusProblem(
  schedule: ForkSchedule,
  header: BlockHeader,
  parent: BlockHeader,
): string | undefined {
  const { difficulty = 0n, nonce, ommersHash, number, timestamp } = header;
  // With a terminal total difficulty the ancestors decide, which are not looked at here.
  const hasTerminal = schedule.config.terminalTotalDifficulty !== undefined;
  const isPlanned = schedule.isMerged({ number, timestamp });
  if (!hasTerminal && isPlanned !== (difficulty === 0n)) return "difficulty";
  if (difficulty > 0n) {
    const isMerged = (parent.difficulty ?? 0n) === 0n && parent.number > 0n;
    if (isMerged) return "proof of work after the merge";
    const expected = difficultyAfter(schedule, parent, header.timestamp);
    return difficulty === expected ? undefined : "difficulty";
  }
  if (nonce !== undefined) return "nonce after the merge";
  return ommersHash === undefined ? undefined : "ommers after the merge";
}

/**
 * Why a header may not follow `parent`; undefined if it may. The seal of proof of work and what only execution finds
 * are not looked at. Sources: Yellow Paper 4.3.4, EIP-779, 1559, 3675, 4844, 4895, 4788, 7685
 */
export function findHeaderProblem(
  schedule: ForkSchedule,
  header: BlockHeader,
  parent: BlockHeader,
): string | undefined {
  if (header.number !== parent.number + 1n) return "block number";
  if (header.timestamp <= parent.timestamp) return "timestamp not after the parent's";
  if (header.extraData.length > MAX_EXTRA_DATA_BYTES) return "extraData too long";
  const rules = schedule.rulesAt(placeOf(header));
  if ((header.fieldCount ?? HEADER_FIELDS.prague) !== fieldCountOf(rules)) {
    return "header fields of another fork";
  }
  return (
    findConsensusProblem(schedule, header, parent) ??
    findGasProblem(schedule, header, parent) ??
    findBlobProblem(schedule, header, parent) ??
    findDaoProblem(schedule, header)
  );
}
