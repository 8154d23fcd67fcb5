// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ConfigRecord
/// @notice What a config record changes. Total: what is out of bounds changes nothing.
/// @custom:source docs/protocol/feeds.md#config-record-data-33-bytes
library ConfigRecord {
    /// @notice Leaves 430, 431 and 432.
    struct Config {
        uint256 batcherHash;
        /// `baseFeeScalar u32, blobBaseFeeScalar u32, operatorFeeScalar u32, operatorFeeConstant u64, daFootprintGasScalar u16`.
        uint256 fees;
        /// `gasLimit u64, denominator u32, elasticity u32, minBaseFee u64`.
        uint256 gas;
    }

    uint256 private constant MIN_GAS_LIMIT = 21_000_000;
    uint256 private constant MAX_GAS_LIMIT = 60_000_000;
    uint256 private constant MAX_DENOMINATOR = 1 << 16;
    uint256 private constant MAX_ELASTICITY = 1 << 8;
    uint256 private constant MAX_MIN_BASE_FEE = 1e12;

    /// @notice Applies a record's data: a type and a value.
    function apply_(Config memory c, uint256 kind, uint256 value) internal pure {
        if (kind == 0) {
            if (value != 0 && value >> 160 == 0) c.batcherHash = value;
        } else if (kind == 1) {
            // Version 1, and a scalar for blobs of 0.
            if (value >> 32 == 1 << 216) c.fees = ((c.fees << 64) >> 64) | (value << 224);
        } else if (kind == 2) {
            if (value >= MIN_GAS_LIMIT && value <= MAX_GAS_LIMIT) c.gas = ((c.gas << 64) >> 64) | (value << 192);
        } else if (kind == 4) {
            (uint256 denominator, uint256 elasticity) = (value >> 32, uint32(value));
            bool isIn = denominator != 0 && denominator <= MAX_DENOMINATOR && elasticity != 0 && elasticity <= MAX_ELASTICITY;
            if (isIn) c.gas = _with(c.gas, 128, 64, value);
        } else if (kind == 5) {
            if (value >> 96 == 0) c.fees = _with(c.fees, 96, 96, value);
        } else if (kind == 6) {
            if (value <= MAX_MIN_BASE_FEE) c.gas = _with(c.gas, 64, 64, value);
        } else if (kind == 7) {
            if (value >> 16 == 0) c.fees = _with(c.fees, 80, 16, value);
        }
    }

    /// @dev The word with the `width` bits above bit `low` replaced.
    function _with(uint256 word, uint256 low, uint256 width, uint256 value) private pure returns (uint256) {
        return (word & ~(((uint256(1) << width) - 1) << low)) | (value << low);
    }
}
