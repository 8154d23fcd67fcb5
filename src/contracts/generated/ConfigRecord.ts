// Generated from contracts/proof/lib/ConfigRecord.sol by scripts/genContracts.mjs. Do not edit.
export const ConfigRecord = {
  name: "ConfigRecord",
  abi: [],
  bytecode: "0x6080806040523460175760109081601c823930815050f35b5f80fdfe5f80fdfea164736f6c6343000825000a",
  deployedBytecode: "0x5f80fdfea164736f6c6343000825000a",
} as const;
