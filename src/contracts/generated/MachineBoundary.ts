// Generated from contracts/libraries/MachineBoundary.sol by scripts/genContracts.mjs. Do not edit.
export const MachineBoundary = {
  name: "MachineBoundary",
  abi: [{"inputs":[{"internalType":"bytes32","name":"control","type":"bytes32"}],"name":"MachineBoundaryNotThere","type":"error"},{"inputs":[{"internalType":"uint256","name":"expected","type":"uint256"},{"internalType":"uint256","name":"actual","type":"uint256"}],"name":"MachineBoundaryWrongProofLength","type":"error"},{"inputs":[{"internalType":"bytes32","name":"expected","type":"bytes32"},{"internalType":"bytes32","name":"actual","type":"bytes32"}],"name":"MachineBoundaryWrongRoot","type":"error"}],
  bytecode: "0x602c6032600b8282823980515f1a607314602657634e487b7160e01b5f525f60045260245ffd5b305f52607381538281f3fe730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
  deployedBytecode: "0x730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
} as const;
