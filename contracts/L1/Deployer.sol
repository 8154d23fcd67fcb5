// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDeployer} from "./interfaces/IDeployer.sol";

/// @title Deployer
/// @notice Creates contracts at addresses that depend only on the caller, a salt and their code.
/// @dev Creation and initialization are one transaction, so nobody can initialize a contract before its owner.
contract Deployer is IDeployer {
    // ---- external ----

    /// @inheritdoc IDeployer
    function deploy(bytes32 salt, bytes calldata initCode, bytes calldata initCall)
        external
        override
        returns (address created)
    {
        bytes32 boundSalt = keccak256(abi.encode(msg.sender, salt));
        bytes memory code = initCode;
        // Memory-safe: only reads `code`.
        assembly ("memory-safe") {
            created := create2(0, add(code, 0x20), mload(code), boundSalt)
        }
        if (created == address(0)) revert DeployerCreationFailed(msg.sender, salt);
        emit Deployed(msg.sender, salt, created);

        if (initCall.length == 0) return created;
        (bool isSuccess, bytes memory result) = created.call(initCall);
        if (!isSuccess) revert DeployerInitializationFailed(created, result);
    }
}
