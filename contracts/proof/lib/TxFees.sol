// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title TxFees
/// @notice What a transaction pays beside its gas price.
/// @dev `scalars` is the leaf `baseFeeScalar u32, blobBaseFeeScalar u32, operatorFeeScalar u32, operatorFeeConstant u64,
///      daFootprintGasScalar u16`. Amounts in wei.
/// @custom:source docs/protocol/execution.md#fees-of-a-non-deposit-transaction
library TxFees {
    /// @notice Sizes carry six decimals.
    uint256 internal constant SIZE_SCALE = 1e6;

    /// @notice Estimated size on L1 of a transaction whose FastLZ length is given.
    function daSize(uint256 fastLz) internal pure returns (uint256 size) {
        size = 836_500 * fastLz;
        size = size < 100 * SIZE_SCALE + 42_585_600 ? 100 * SIZE_SCALE : size - 42_585_600;
    }

    /// @notice Fee for the data on L1.
    function l1Fee(uint256 size, uint256 scalars, uint256 l1BaseFee, uint256 blobBaseFee) internal pure returns (uint256) {
        return size * (16 * (scalars >> 224) * l1BaseFee + uint32(scalars >> 192) * blobBaseFee) / 1e12;
    }

    /// @notice Operator fee for an amount of gas.
    function operatorFee(uint256 gas, uint256 scalars) internal pure returns (uint256) {
        return gas * uint32(scalars >> 160) * 100 + uint64(scalars >> 96);
    }

    /// @notice DA footprint in gas.
    function footprint(uint256 size, uint256 scalars) internal pure returns (uint256) {
        return size / SIZE_SCALE * uint16(scalars >> 80);
    }
}
