// Generated from contracts/libraries/MerkleTrie.sol by scripts/genContracts.mjs. Do not edit.
export const MerkleTrie = {
  name: "MerkleTrie",
  abi: [{"inputs":[{"internalType":"uint256","name":"element","type":"uint256"}],"name":"MerkleTrieBadNode","type":"error"},{"inputs":[],"name":"MerkleTrieEmptyProof","type":"error"},{"inputs":[{"internalType":"uint256","name":"nibble","type":"uint256"}],"name":"MerkleTrieKeyAbsent","type":"error"},{"inputs":[{"internalType":"uint256","name":"used","type":"uint256"},{"internalType":"uint256","name":"elements","type":"uint256"}],"name":"MerkleTrieProofTooLong","type":"error"},{"inputs":[{"internalType":"uint256","name":"elements","type":"uint256"}],"name":"MerkleTrieProofTooShort","type":"error"},{"inputs":[{"internalType":"uint256","name":"element","type":"uint256"}],"name":"MerkleTrieWrongNode","type":"error"}],
  bytecode: "0x602c6032600b8282823980515f1a607314602657634e487b7160e01b5f525f60045260245ffd5b305f52607381538281f3fe730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
  deployedBytecode: "0x730000000000000000000000000000000000000000301460806040525f5ffdfea164736f6c6343000825000a",
} as const;
