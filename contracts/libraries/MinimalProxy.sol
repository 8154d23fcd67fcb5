// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title MinimalProxy
/// @notice Clones of a contract by EIP-1167, at addresses that follow from a salt.
/// @custom:source docs/protocol/proposals.md
library MinimalProxy {
    /// @notice CREATE2 failed: the address is taken.
    error MinimalProxyCreationFailed(bytes32 salt);

    /// @notice Creates a clone; its storage is empty.
    /// @param implementation Contract whose code it runs.
    /// @param salt CREATE2 salt.
    function clone(address implementation, bytes32 salt) internal returns (address instance) {
        bytes memory code = abi.encodePacked(
            hex"3d602d80600a3d3981f3363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"
        );
        // Memory-safe: reads `code` only.
        assembly ("memory-safe") {
            instance := create2(0, add(code, 0x20), mload(code), salt)
        }
        if (instance == address(0)) revert MinimalProxyCreationFailed(salt);
    }
}
