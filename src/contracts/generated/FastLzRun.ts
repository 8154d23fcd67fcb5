// Generated from contracts/proof/lib/FastLzRun.sol by scripts/genContracts.mjs. Do not edit.
export const FastLzRun = {
  name: "FastLzRun",
  abi: [{"inputs":[{"internalType":"uint256","name":"position","type":"uint256"},{"internalType":"uint256","name":"totalLength","type":"uint256"}],"name":"FastLzRunNotDone","type":"error"},{"inputs":[{"internalType":"uint256","name":"start","type":"uint256"},{"internalType":"uint256","name":"end","type":"uint256"},{"internalType":"uint256","name":"neededStart","type":"uint256"},{"internalType":"uint256","name":"neededEnd","type":"uint256"}],"name":"FastLzRunWindowTooSmall","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
