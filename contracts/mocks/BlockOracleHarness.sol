// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockOracle} from "../L1/BlockOracle.sol";

/// @title BlockOracleHarness
/// @notice For tests: an oracle whose proposals can be lost at will, as the dispute game will do it.
contract BlockOracleHarness is BlockOracle {
    /// @notice True: no proposal is respected.
    bool public isDisrespectful;

    /// @notice The dispute game's verdict.
    function lose(uint256 index) external {
        _lose(index);
    }

    /// @notice Makes `isGameRespected` false, as another machine version would.
    function setDisrespectful(bool value) external {
        isDisrespectful = value;
    }

    /// @notice As BlockOracle, unless told otherwise.
    function isGameRespected(address game) public view override returns (bool) {
        return !isDisrespectful && super.isGameRespected(game);
    }
}
