// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title AccountKind
/// @notice Tells accounts with a key from contracts.
library AccountKind {
    /// @notice True if the caller has a key: it signed the transaction, or its code is an EIP-7702 delegation.
    /// @dev False for a contract that is being constructed, which has no code but did not sign.
    function isCallerKeyed() internal view returns (bool) {
        if (msg.sender == tx.origin) return true;
        bytes memory code = msg.sender.code;
        return code.length == 23 && bytes3(code) == 0xef0100;
    }
}
