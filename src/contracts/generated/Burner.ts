// Generated from contracts/L2/Burner.sol by scripts/genContracts.mjs. Do not edit.
export const Burner = {
  name: "Burner",
  abi: [{"inputs":[],"stateMutability":"payable","type":"constructor"}],
  bytecode: "0x608060405230fffe",
  deployedBytecode: "0x60806040525f5ffdfea164736f6c6343000825000a",
} as const;
