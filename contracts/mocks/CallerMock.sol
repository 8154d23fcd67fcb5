// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ConstructorCaller} from "./ConstructorCaller.sol";

/// @title CallerMock
/// @notice For tests: a contract that calls others, also while it is constructed, and takes no ETH by plain transfer.
contract CallerMock {
    constructor() payable {}

    /// @notice Makes a call; its revert comes through.
    function execute(address target, bytes calldata data) external payable {
        _execute(target, data);
    }

    /// @notice Makes a call from the constructor of a fresh contract.
    function executeInConstructor(address target, bytes calldata data) external payable returns (address) {
        return address(new ConstructorCaller{value: msg.value}(target, data));
    }

    function _execute(address target, bytes calldata data) internal {
        (bool success, bytes memory answer) = target.call{value: msg.value}(data);
        if (success) return;
        // Safe: hands on what the call reverted with.
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
