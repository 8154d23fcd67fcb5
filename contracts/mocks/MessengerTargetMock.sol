// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICrossDomainMessenger} from "../universal/interfaces/ICrossDomainMessenger.sol";

/// @title MessengerTargetMock
/// @notice Target of messages in tests: logs what it was called with, and then misbehaves as told.
contract MessengerTargetMock {
    enum Mode {
        Accept,
        Revert,
        BurnAllGas,
        ReturnMuch,
        CallBack
    }

    event Called(address sender, address xDomainSender, uint256 value, uint256 gasAtEntry, bytes data);
    event CalledBack(bool success, bytes answer);

    Mode public mode;
    address public callee;
    bytes public callData;

    receive() external payable {
        _run(gasleft());
    }

    fallback() external payable {
        _run(gasleft());
    }

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function setCallBack(address callee_, bytes calldata data) external {
        mode = Mode.CallBack;
        callee = callee_;
        callData = data;
    }

    /// @dev Makes any call in this contract's name.
    function execute(address target, bytes calldata data) external payable returns (bytes memory) {
        (bool success, bytes memory answer) = target.call{value: msg.value}(data);
        if (success) return answer;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    function _run(uint256 gasAtEntry) private {
        if (mode == Mode.Revert) revert("refused");
        if (mode == Mode.BurnAllGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == Mode.ReturnMuch) {
            assembly ("memory-safe") {
                revert(0, 1000000)
            }
        }
        address xDomainSender;
        try ICrossDomainMessenger(msg.sender).xDomainMessageSender() returns (address sender) {
            xDomainSender = sender;
        } catch {}
        emit Called(msg.sender, xDomainSender, msg.value, gasAtEntry, msg.data);
        if (mode == Mode.CallBack) {
            (bool success, bytes memory answer) = callee.call(callData);
            emit CalledBack(success, answer);
        }
    }
}
