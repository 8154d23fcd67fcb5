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
        bytes memory code = initCode;
        bytes32 boundSalt = _boundSalt(msg.sender, salt);
        // Memory-safe: only reads `code`.
        assembly ("memory-safe") {
            created := create2(0, add(code, 0x20), mload(code), boundSalt)
        }
        if (created == address(0)) {
            _bubbleUp();
            revert DeployerCreationFailed(computeAddress(msg.sender, salt, keccak256(code)));
        }
        emit Deployed(msg.sender, salt, created);

        if (initCall.length == 0) return created;
        (bool success,) = created.call(initCall);
        if (success) return created;
        _bubbleUp();
        revert DeployerCreationFailed(created);
    }

    // ---- public ----

    /// @inheritdoc IDeployer
    function computeAddress(address sender, bytes32 salt, bytes32 initCodeHash)
        public
        view
        override
        returns (address)
    {
        bytes32 hash = keccak256(abi.encodePacked(hex"ff", address(this), _boundSalt(sender, salt), initCodeHash));
        return address(uint160(uint256(hash)));
    }

    // ---- internal ----

    /// @dev Reverts with what the last call or creation reverted with, if that is anything.
    function _bubbleUp() internal pure {
        // Memory-safe: nothing runs after the memory is overwritten.
        assembly ("memory-safe") {
            let size := returndatasize()
            if size {
                returndatacopy(0, 0, size)
                revert(0, size)
            }
        }
    }

    function _boundSalt(address sender, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(sender, salt));
    }
}
