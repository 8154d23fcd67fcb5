// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Burner
/// @notice Destroys the ETH it is created with.
/// @dev A contract that destroys itself in the transaction of its creation, with itself as heir, takes its ETH along (EIP-6780).
contract Burner {
    constructor() payable {
        selfdestruct(payable(address(this)));
    }
}
