// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PrecompileGas} from "./PrecompileGas.sol";

/// @title MsmSlice
/// @notice The multi-scalar multiplications of EIP-2537 in slices of up to 64 pairs: acc := acc + sum of scalar * point.
/// @dev L1's own precompiles multiply and add. The accumulator starts as the point at infinity, all zero, and stays in the subgroup.
/// A slice with a bad point fails, and with it the whole multiplication.
/// @custom:source EIP-2537
library MsmSlice {
    /// @notice Most pairs in a slice.
    uint256 internal constant MAX_PAIRS = 64;
    /// @notice Bytes of a point and of a pair in G1 and in G2.
    uint256 internal constant G1_POINT = 128;
    uint256 internal constant G1_PAIR = 160;
    uint256 internal constant G2_POINT = 256;
    uint256 internal constant G2_PAIR = 288;

    /// @notice A slice has no pair, or too many.
    error MsmSliceBadPairs(uint256 pairs, uint256 limit);

    /// @notice A slice in G1.
    /// @param accPtr Memory address of the accumulator, 128 bytes; rewritten if the slice succeeds.
    /// @param inputPtr Memory address of the pairs, 160 bytes each: point, scalar.
    /// @param pairs 1 to 64.
    /// @return isSuccess False if and only if a point is not one of the subgroup; the result is then a failed call.
    function runG1(uint256 accPtr, uint256 inputPtr, uint256 pairs) internal view returns (bool isSuccess) {
        return _run(accPtr, inputPtr, pairs, 0x0c, G1_PAIR, G1_POINT);
    }

    /// @notice A slice in G2: as in G1, with an accumulator of 256 bytes and pairs of 288.
    function runG2(uint256 accPtr, uint256 inputPtr, uint256 pairs) internal view returns (bool isSuccess) {
        return _run(accPtr, inputPtr, pairs, 0x0e, G2_PAIR, G2_POINT);
    }

    /// @dev The addition's address is the multiplication's less one.
    function _run(
        uint256 accPtr,
        uint256 inputPtr,
        uint256 pairs,
        uint256 multiplication,
        uint256 pairBytes,
        uint256 pointBytes
    ) private view returns (bool) {
        if (pairs == 0 || pairs > MAX_PAIRS) revert MsmSliceBadPairs(pairs, MAX_PAIRS);
        uint256 sumPtr;
        // Safe: allocates two points, the accumulator and the slice's sum, side by side as the addition takes them.
        assembly ("memory-safe") {
            sumPtr := mload(0x40)
            mstore(0x40, add(sumPtr, shl(1, pointBytes)))
            mcopy(sumPtr, accPtr, pointBytes)
            calldatacopy(add(sumPtr, pointBytes), calldatasize(), pointBytes)
        }
        uint256 partPtr = sumPtr + pointBytes;
        uint256 length = pairs * pairBytes;
        uint256 price = PrecompileGas.requiredGas(multiplication, inputPtr, length);
        if (!PrecompileGas.callChecked(multiplication, inputPtr, length, partPtr, pointBytes, price)) return false;
        price = PrecompileGas.requiredGas(multiplication - 1, sumPtr, 2 * pointBytes);
        // Both are points of the curve, so the addition cannot fail.
        assert(PrecompileGas.callChecked(multiplication - 1, sumPtr, 2 * pointBytes, accPtr, pointBytes, price));
        return true;
    }
}
