// Generated from contracts/proof/lib/PrecompileGas.sol by scripts/genContracts.mjs. Do not edit.
export const PrecompileGas = {
  name: "PrecompileGas",
  abi: [{"inputs":[{"internalType":"uint256","name":"needed","type":"uint256"}],"name":"CallerGasTooLow","type":"error"},{"inputs":[{"internalType":"uint256","name":"target","type":"uint256"}],"name":"PrecompileGasUnknown","type":"error"}],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
