// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title GuardedCall
/// @notice Calls with a minimum of gas for the callee and a reserve for the caller, or not at all.
library GuardedCall {
    /// @dev Most that CALL itself takes: a cold account (2,600), its EIP-7702 delegate (2,600), value (9,000), a new account (25,000).
    uint256 internal constant CALL_OVERHEAD = 40_000;

    /// @dev Covers the instructions between the check and the call.
    uint256 internal constant CHECK_BUFFER = 5_000;

    /// @notice Calls `target` with a part of `data`, if enough gas is left.
    /// @dev By EIP-150 a callee gets at most 63/64 of what is left after the costs of CALL. With `gas * 63 >= minGas * 64 + overhead * 63`
    /// it gets `minGas`, and at least `reservedGas` is left here even if it burns all it got. Returned data is not copied.
    /// @param target Callee.
    /// @param minGas Gas that the callee gets at least.
    /// @param reservedGas Gas that is left here at least.
    /// @param value Wei.
    /// @param data Bytes that contain the calldata.
    /// @param offset Where the calldata starts in `data`.
    /// @param length Bytes of calldata; the caller sees to it that they lie in `data`.
    /// @return enough False if there was too little gas, and so no call.
    /// @return success What the call answered.
    function callPart(
        address target,
        uint256 minGas,
        uint256 reservedGas,
        uint256 value,
        bytes memory data,
        uint256 offset,
        uint256 length
    ) internal returns (bool enough, bool success) {
        // Keeps the products below from wrapping around.
        if (minGas > type(uint64).max) return (false, false);
        uint256 overhead = CALL_OVERHEAD + reservedGas;
        // Safe: reads memory inside `data` and writes none. The difference cannot wrap, because the check saw CHECK_BUFFER more gas.
        assembly ("memory-safe") {
            if iszero(lt(mul(gas(), 63), add(shl(6, minGas), mul(add(overhead, CHECK_BUFFER), 63)))) {
                enough := 1
                success := call(sub(gas(), overhead), target, value, add(add(data, 0x20), offset), length, 0x00, 0x00)
            }
        }
    }
}
