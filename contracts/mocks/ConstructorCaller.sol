// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ConstructorCaller
/// @notice For tests: has no code yet when it calls.
contract ConstructorCaller {
    constructor(address target, bytes memory data) payable {
        (bool success,) = target.call{value: msg.value}(data);
        require(success);
    }
}
