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

    /// @notice There is a contract at this address already, or the creation code reverts.
    error DeployerCreationFailed(address sender, bytes32 salt);
    /// @notice The initializer call reverted with `reason`; nothing was created.
    error DeployerInitializationFailed(address created, bytes reason);

    /// @notice Creates a contract with CREATE2 under `keccak(abi.encode(msg.sender, salt))` and calls it once.
    /// @param salt Any.
    /// @param initCode Creation code.
    /// @param initCall Calldata of the initializer; empty for none.
    /// @return created Address of the contract.
    function deploy(bytes32 salt, bytes calldata initCode, bytes calldata initCall) external returns (address created);
}
