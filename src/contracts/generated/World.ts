// Generated from contracts/proof/lib/World.sol by scripts/genContracts.mjs. Do not edit.
export const World = {
  name: "World",
  abi: [{"inputs":[{"internalType":"bytes32","name":"got","type":"bytes32"},{"internalType":"bytes32","name":"expected","type":"bytes32"}],"name":"BadCode","type":"error"},{"inputs":[],"name":"BadWord","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
