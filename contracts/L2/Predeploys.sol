// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Predeploys
/// @notice Addresses of the L2 contracts that exist from genesis, as far as other contracts name them.
/// @custom:source docs/protocol/genesis.md#l2-genesis-block
library Predeploys {
    address internal constant L2_CROSS_DOMAIN_MESSENGER = 0x4200000000000000000000000000000000000007;
    address internal constant L2_STANDARD_BRIDGE = 0x4200000000000000000000000000000000000010;
    address internal constant L1_BLOCK = 0x4200000000000000000000000000000000000015;
    address internal constant L2_TO_L1_MESSAGE_PASSER = 0x4200000000000000000000000000000000000016;

    /// @notice Stands for ETH in the events and arguments of the legacy bridge functions. No contract lives there.
    address internal constant LEGACY_ERC20_ETH = 0xDeadDeAddeAddEAddeadDEaDDEAdDeaDDeAD0000;
}
