import type { Address } from "../util/hex.js";

/** Contracts by others that are at the same address on every chain. */
export const WELL_KNOWN = {
  create2Proxy: "0x4e59b44847b379578588920ca78fbf26c0b4956c",
  multicall3: "0xca11bde05977b3631167028862be2a173976ca11",
  /** EIP-2935: hashes of the last 8,191 blocks. */
  blockHashes: "0x0000f90827f1c53a10cb7a02335b175320002935",
} as const satisfies Record<string, Address>;
