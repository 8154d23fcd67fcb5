// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeVault} from "./FeeVault.sol";

/// @title L1FeeVault
/// @notice Predeploy 0x1A. Collects the L1 fees.
contract L1FeeVault is FeeVault {}
