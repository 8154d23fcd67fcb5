// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IDeployer
/// @notice Creates contracts at addresses that can be told in advance, and initializes them in the same transaction.
/// @custom:source docs/protocol/genesis.md#l1-addresses
interface IDeployer {
    /// @notice A contract was created and initialized.
    /// @param sender Who deployed it; part of its address.
    /// @param salt The salt that the sender gave.
    /// @param created Its address.
    event Deployed(address indexed sender, bytes32 indexed salt, address created);

    /// @notice Creation or initializer failed without a reason; for a creation that mostly means that the address is taken.
    error DeployerCreationFailed(address expected);

    /// @notice Creates a contract with CREATE2 under `keccak(abi.encode(msg.sender, salt))` and calls it once.
    /// @dev What the constructor or the initializer reverts with comes through.
    /// @param salt Any.
    /// @param initCode Creation code.
    /// @param initCall Calldata of the initializer; empty for none.
    /// @return created Address of the contract.
    function deploy(bytes32 salt, bytes calldata initCode, bytes calldata initCall) external returns (address created);

    /// @notice Address of a contract, whether it is created yet or not.
    /// @param sender Account that calls `deploy`.
    /// @param salt As given to `deploy`.
    /// @param initCodeHash keccak of the creation code.
    function computeAddress(address sender, bytes32 salt, bytes32 initCodeHash) external view returns (address);
}
