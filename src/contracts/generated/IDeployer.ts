// Generated from contracts/L1/interfaces/IDeployer.sol by scripts/genContracts.mjs. Do not edit.
export const IDeployer = {
  name: "IDeployer",
  abi: [{"inputs":[{"internalType":"address","name":"expected","type":"address"}],"name":"DeployerCreationFailed","type":"error"},{"anonymous":false,"inputs":[{"indexed":true,"internalType":"address","name":"sender","type":"address"},{"indexed":true,"internalType":"bytes32","name":"salt","type":"bytes32"},{"indexed":false,"internalType":"address","name":"created","type":"address"}],"name":"Deployed","type":"event"},{"inputs":[{"internalType":"address","name":"sender","type":"address"},{"internalType":"bytes32","name":"salt","type":"bytes32"},{"internalType":"bytes32","name":"initCodeHash","type":"bytes32"}],"name":"computeAddress","outputs":[{"internalType":"address","name":"","type":"address"}],"stateMutability":"view","type":"function"},{"inputs":[{"internalType":"bytes32","name":"salt","type":"bytes32"},{"internalType":"bytes","name":"initCode","type":"bytes"},{"internalType":"bytes","name":"initCall","type":"bytes"}],"name":"deploy","outputs":[{"internalType":"address","name":"created","type":"address"}],"stateMutability":"nonpayable","type":"function"}],
  bytecode: "0x",
  deployedBytecode: "0x",
} as const;
