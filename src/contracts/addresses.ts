import type { Address, Hex } from "../util/hex.js";

/** Contracts by others that are at the same address on every chain. */
export const WELL_KNOWN = {
  create2Proxy: "0x4e59b44847b379578588920ca78fbf26c0b4956c",
  multicall3: "0xca11bde05977b3631167028862be2a173976ca11",
  /** EIP-2935: hashes of the last 8,191 blocks. */
  blockHashes: "0x0000f90827f1c53a10cb7a02335b175320002935",
} as const satisfies Record<string, Address>;

const TWOS = "22".repeat(32);

/**
 * The transaction that creates the CREATE2 proxy on any chain. Its signature is made up (all twos), so nobody has the
 * key of `signer`, which needs `feeWei`. Source: github.com/Arachnid/deterministic-deployment-proxy
 */
export const CREATE2_PROXY_CREATION: { signer: Address; feeWei: bigint; rawTransaction: Hex } = {
  signer: "0x3fab184622dc19b6109349b94811493bf2a45362",
  feeWei: 10_000_000_000_000_000n,
  rawTransaction: `0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0${TWOS}a0${TWOS}`,
};
