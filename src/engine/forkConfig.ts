import { crc32 } from "node:zlib";
import { SYSTEM_CONTRACTS } from "../protocol/index.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../util/hex.js";
import type { ForkRules } from "./execution/forks.js";

/** What a node follows from some time on. Source: EIP-7910. Units: seconds, blobs. */
export interface ForkConfig {
  /** Zero: from genesis on. */
  activationTime: bigint;
  blobs: { target: bigint; max: bigint; updateFraction: bigint } | null;
  chainId: number;
  /** Shapes: 4 bytes. */
  forkId: Hex;
  precompiles: Readonly<Record<string, Address>>;
  systemContracts: Readonly<Record<string, Address>>;
}

/** The configuration in force, the next one, and the last one that is known. */
export interface ForkConfigs {
  current: ForkConfig | null;
  next: ForkConfig | null;
  last: ForkConfig | null;
}

const address = (number: number): Address => `0x${number.toString(16).padStart(40, "0")}`;

/** Precompiles by EIP-7910's names, with the fork that brought them. */
const PRECOMPILES: readonly [name: string, at: number, isActive: (rules: ForkRules) => boolean][] =
  [
    ["ECREC", 0x01, () => true],
    ["SHA256", 0x02, () => true],
    ["RIPEMD160", 0x03, () => true],
    ["ID", 0x04, () => true],
    ["MODEXP", 0x05, ({ isByzantium }) => isByzantium],
    ["BN254_ADD", 0x06, ({ isByzantium }) => isByzantium],
    ["BN254_MUL", 0x07, ({ isByzantium }) => isByzantium],
    ["BN254_PAIRING", 0x08, ({ isByzantium }) => isByzantium],
    ["BLAKE2F", 0x09, ({ isIstanbul }) => isIstanbul],
    ["KZG_POINT_EVALUATION", 0x0a, ({ isCancun }) => isCancun],
    ["BLS12_G1ADD", 0x0b, ({ isPrague }) => isPrague],
    ["BLS12_G1MSM", 0x0c, ({ isPrague }) => isPrague],
    ["BLS12_G2ADD", 0x0d, ({ isPrague }) => isPrague],
    ["BLS12_G2MSM", 0x0e, ({ isPrague }) => isPrague],
    ["BLS12_PAIRING_CHECK", 0x0f, ({ isPrague }) => isPrague],
    ["BLS12_MAP_FP_TO_G1", 0x10, ({ isPrague }) => isPrague],
    ["BLS12_MAP_FP2_TO_G2", 0x11, ({ isPrague }) => isPrague],
    ["P256VERIFY", 0x100, ({ isOsaka }) => isOsaka],
  ];

/** Precompiles of a fork by name. */
export function namedPrecompiles(rules: ForkRules): Record<string, Address> {
  const active = PRECOMPILES.filter(([, , isActive]) => isActive(rules));
  return Object.fromEntries(active.map(([name, at]) => [name, address(at)]));
}

/** Contracts that every chain of the fork has, by EIP-7910's names. */
export function commonSystemContracts({ isCancun, isPrague }: ForkRules): Record<string, Address> {
  const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
  return {
    ...(isCancun ? { BEACON_ROOTS_ADDRESS: beaconRoots } : {}),
    ...(isPrague ? { HISTORY_STORAGE_ADDRESS: blockHashHistory } : {}),
  };
}

/** Checksum of the genesis block and the forks that have passed, blocks before times. Sources: EIP-2124, EIP-6122 */
export function forkIdOf(genesisHash: Hash, passed: readonly bigint[]): Hex {
  let sum = crc32(fromHex(genesisHash));
  const word = new Uint8Array(8);
  const view = new DataView(word.buffer);
  for (const fork of passed) {
    view.setBigUint64(0, fork);
    sum = crc32(word, sum);
  }
  view.setUint32(0, sum);
  return toHex(word.slice(0, 4));
}
