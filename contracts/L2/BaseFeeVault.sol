// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeVault} from "./FeeVault.sol";

/// @title BaseFeeVault
/// @notice Predeploy 0x19. Collects the base fees of L2.
contract BaseFeeVault is FeeVault {}
