// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Predeploys} from "./Predeploys.sol";
import {IL1Block} from "./interfaces/IL1Block.sol";

/// @title L1BlockNumber
/// @notice Predeploy 0x13. Answers the number of the L1 origin to whatever it is called with.
contract L1BlockNumber {
    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    /// @notice Answers as `getL1BlockNumber`.
    receive() external payable {
        _answer();
    }

    /// @notice Answers as `getL1BlockNumber`.
    fallback() external payable {
        _answer();
    }

    /// @notice Number of the L1 origin.
    function getL1BlockNumber() public view returns (uint256) {
        return IL1Block(Predeploys.L1_BLOCK).number();
    }

    /// @dev Returns one word and ends the call.
    function _answer() private view {
        uint256 answer = getL1BlockNumber();
        // Safe: 0x00-0x1f is scratch space, and nothing runs after it.
        assembly ("memory-safe") {
            mstore(0x00, answer)
            return(0x00, 0x20)
        }
    }
}
