// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeVault} from "./FeeVault.sol";

/// @title SequencerFeeVault
/// @notice Predeploy 0x11. Collects the tips; the fee recipient of every L2 block.
contract SequencerFeeVault is FeeVault {
    /// @notice Recipient on L1; the oldest name for `recipient`.
    function l1FeeWallet() external view returns (address) {
        return recipient;
    }
}
