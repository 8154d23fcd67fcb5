// Generated from contracts/proof/lib/Sha256Blocks.sol by scripts/genContracts.mjs. Do not edit.
export const Sha256Blocks = {
  name: "Sha256Blocks",
  abi: [{"inputs":[{"internalType":"uint256","name":"tailLength","type":"uint256"},{"internalType":"uint256","name":"totalLength","type":"uint256"}],"name":"Sha256BlocksBadTail","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
