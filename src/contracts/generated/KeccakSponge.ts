// Generated from contracts/proof/lib/KeccakSponge.sol by scripts/genContracts.mjs. Do not edit.
export const KeccakSponge = {
  name: "KeccakSponge",
  abi: [{"inputs":[{"internalType":"uint256","name":"length","type":"uint256"},{"internalType":"uint256","name":"limit","type":"uint256"}],"name":"KeccakSpongeTailTooLong","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
