// Generated from contracts/universal/interfaces/IDepositPortal.sol by scripts/genContracts.mjs. Do not edit.
export const IDepositPortal = {
  name: "IDepositPortal",
  abi: [{"inputs":[{"internalType":"address","name":"to","type":"address"},{"internalType":"uint256","name":"value","type":"uint256"},{"internalType":"uint64","name":"gasLimit","type":"uint64"},{"internalType":"bool","name":"isCreation","type":"bool"},{"internalType":"bytes","name":"data","type":"bytes"}],"name":"depositTransaction","outputs":[],"stateMutability":"payable","type":"function"},{"inputs":[],"name":"l2Sender","outputs":[{"internalType":"address","name":"","type":"address"}],"stateMutability":"view","type":"function"}],
  bytecode: "0x",
  deployedBytecode: "0x",
} as const;
