// Generated from contracts/proof/lib/ModExpSlice.sol by scripts/genContracts.mjs. Do not edit.
export const ModExpSlice = {
  name: "ModExpSlice",
  abi: [{"inputs":[{"internalType":"uint256","name":"words","type":"uint256"},{"internalType":"uint256","name":"baseLength","type":"uint256"},{"internalType":"uint256","name":"chunk","type":"uint256"},{"internalType":"uint256","name":"chunkBits","type":"uint256"}],"name":"ModExpSliceBadShape","type":"error"},{"inputs":[],"name":"ModExpSliceRemainderTooLarge","type":"error"},{"inputs":[],"name":"ModExpSliceWrongHint","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
