// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeVault} from "./FeeVault.sol";

/// @title OperatorFeeVault
/// @notice Predeploy 0x1B. Collects the operator fees.
contract OperatorFeeVault is FeeVault {}
