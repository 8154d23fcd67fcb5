// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title SafeCall
/// @notice Calls that give their target a promised amount of gas.
/// @custom:source docs/protocol/proposals.md#withdrawals-on-l1
library SafeCall {
    // At most 2 * 2,600 (cold account, cold EIP-7702 delegate) + 9,000 (value) + 25,000 (new account), and what stands
    // between check and call.
    uint256 private constant _CALL_COST = 45_000;

    /// @notice Gas that a call made now can pass on for certain: after its own cost, all but a 64th.
    function gasToPassOn() internal view returns (uint256) {
        uint256 left = gasleft();
        return left > _CALL_COST ? (left - _CALL_COST) * 63 / 64 : 0;
    }

    /// @notice Calls with all gas there is, and drops what the target returns, so that a long answer costs nobody anything.
    /// @dev The caller has compared `gasToPassOn()` with what the target must get, right before.
    function callWithAllGas(address target, uint256 value, bytes memory data) internal returns (bool success) {
        // Memory-safe: no output area.
        assembly ("memory-safe") {
            success := call(gas(), target, value, add(data, 0x20), mload(data), 0, 0)
        }
    }
}
