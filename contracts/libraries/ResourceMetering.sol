// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ResourceMetering
/// @notice The price of deposited L2 gas on L1: EIP-1559 with one market per L1 block.
/// @custom:source docs/protocol/deposits.md#portal-rules
library ResourceMetering {
    /// @notice State of the market.
    struct Params {
        uint128 prevBaseFee;
        uint64 prevBoughtGas;
        uint64 prevBlockNum;
    }

    uint256 internal constant MAX_RESOURCE_LIMIT = 20_000_000;
    uint256 internal constant TARGET_RESOURCE_LIMIT = MAX_RESOURCE_LIMIT / 10;
    uint256 internal constant CHANGE_DENOMINATOR = 8;
    uint256 internal constant MINIMUM_BASE_FEE = 1 gwei;
    uint256 internal constant MAXIMUM_BASE_FEE = type(uint128).max;
    uint256 internal constant LEAST_L1_BASE_FEE = 1 gwei;

    /// @notice This L1 block does not sell that much L2 gas any more. (OP's name.)
    error OutOfGas();

    /// @notice Market at its start.
    function start(uint256 blockNumber) internal pure returns (Params memory) {
        return Params(uint128(MINIMUM_BASE_FEE), 0, uint64(blockNumber));
    }

    /// @notice Buys L2 gas.
    /// @dev Takes the same gas in the block of the last deposit as in the one after it: gas estimates are made against
    /// the latest block, and must hold in the next one.
    /// @param params The market before; brought to `blockNumber` first.
    /// @param blockNumber This L1 block, not below `params.prevBlockNum`.
    /// @param amount L2 gas to buy.
    /// @return The market after.
    function buy(Params memory params, uint256 blockNumber, uint64 amount) internal pure returns (Params memory) {
        uint256 blocks = blockNumber - params.prevBlockNum;
        uint256 isSameBlock;
        // Safe: no memory is touched.
        assembly ("memory-safe") {
            isSameBlock := iszero(blocks)
        }
        uint256 bought = uint256(amount) + params.prevBoughtGas * isSameBlock;
        if (bought > MAX_RESOURCE_LIMIT) revert OutOfGas();
        uint256 fee = params.prevBaseFee * isSameBlock + _feeAfter(params, blocks) * (1 - isSameBlock);
        return Params(uint128(fee), uint64(bought), uint64(blockNumber));
    }

    /// @notice L1 gas that an amount of L2 gas costs.
    /// @param amount L2 gas.
    /// @param fee Price of L2 gas in wei.
    /// @param l1BaseFee Base fee of this L1 block in wei.
    function l1GasCost(uint64 amount, uint256 fee, uint256 l1BaseFee) internal pure returns (uint256) {
        return uint256(amount) * fee / (l1BaseFee > LEAST_L1_BASE_FEE ? l1BaseFee : LEAST_L1_BASE_FEE);
    }

    /// @notice Uses up L1 gas, so that nobody gets the bought gas below its price.
    /// @param amount L1 gas to use, within one turn of the loop.
    function burn(uint256 amount) internal view {
        uint256 before = gasleft();
        uint256 turns;
        while (before - gasleft() < amount) turns++;
    }

    /// @dev Price so many blocks later: one step by what the last block with deposits sold, then down an eighth for each
    /// empty one. Ends at the minimum, after at most about 520 turns from the maximum.
    function _feeAfter(Params memory params, uint256 blocks) private pure returns (uint256 fee) {
        fee = params.prevBaseFee;
        uint256 bought = params.prevBoughtGas;
        uint256 divisor = TARGET_RESOURCE_LIMIT * CHANGE_DENOMINATOR;
        if (bought >= TARGET_RESOURCE_LIMIT) {
            fee += fee * (bought - TARGET_RESOURCE_LIMIT) / divisor;
            if (fee > MAXIMUM_BASE_FEE) fee = MAXIMUM_BASE_FEE;
        } else {
            fee -= fee * (TARGET_RESOURCE_LIMIT - bought) / divisor;
        }
        // At the minimum the number of blocks makes no difference, not even in gas.
        for (uint256 i = 1; fee > MINIMUM_BASE_FEE && i < blocks; i++) {
            fee -= fee / CHANGE_DENOMINATOR;
        }
        if (fee < MINIMUM_BASE_FEE) fee = MINIMUM_BASE_FEE;
    }
}
