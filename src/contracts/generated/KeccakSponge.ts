// Generated from contracts/proof/lib/KeccakSponge.sol by scripts/genContracts.mjs. Do not edit.
export const KeccakSponge = {
  name: "KeccakSponge",
  abi: [{"inputs":[{"internalType":"uint256","name":"length","type":"uint256"},{"internalType":"uint256","name":"limit","type":"uint256"}],"name":"KeccakSpongeTailTooLong","type":"error"}],
  bytecode: "0x602c6032600b8282823980515f1a607314602657634e487b7160e01b5f525f60045260245ffd5b305f52607381538281f3fe730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
  deployedBytecode: "0x730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
} as const;
