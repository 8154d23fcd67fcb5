// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOptimismPortal} from "../L1/interfaces/IOptimismPortal.sol";

/// @title WithdrawalTarget
/// @notice For tests: notes how it was called by the portal, or misbehaves.
contract WithdrawalTarget {
    uint256 public gasReceived;
    uint256 public calls;
    address public sender;
    uint256 public valueReceived;
    bytes public reentryError;

    error TargetRefuses();

    /// @notice Notes gas, L2 sender and value.
    function note() external payable {
        uint256 gasNow = gasleft();
        gasReceived = gasNow;
        calls++;
        sender = IOptimismPortal(payable(msg.sender)).l2Sender();
        valueReceived = msg.value;
    }

    /// @notice Always reverts.
    function refuse() external payable {
        revert TargetRefuses();
    }

    /// @notice Calls back into the portal and notes the error.
    function reenter(bytes calldata data) external payable {
        (bool success, bytes memory answer) = msg.sender.call(data);
        require(!success);
        reentryError = answer;
        calls++;
    }

    /// @notice Answers with a lot of bytes.
    function bomb() external payable {
        // Safe: ends the call.
        assembly ("memory-safe") {
            return(0, 1000000)
        }
    }
}
