// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IL2ToL1MessagePasser
/// @notice Where withdrawals start: records the hash of a call to be made on L1.
/// @custom:source docs/protocol/execution.md#withdrawals
interface IL2ToL1MessagePasser {
    /// @notice A withdrawal was recorded.
    /// @param nonce Version 1 in the top 16 bits, and a counter.
    /// @param sender Caller on L2, which the call on L1 sees as `l2Sender`.
    /// @param target Recipient of the call on L1.
    /// @param value Wei.
    /// @param gasLimit L1 gas the call gets at least.
    /// @param data Data of the call.
    /// @param withdrawalHash keccak256(abi.encode(nonce, sender, target, value, gasLimit, data)).
    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    /// @notice ETH that left for L1 was destroyed on L2.
    /// @param amount Wei.
    event WithdrawerBalanceBurnt(uint256 indexed amount);

    /// @notice Records a withdrawal of `msg.value` wei and a call on L1.
    /// @param target Recipient of the call on L1.
    /// @param gasLimit L1 gas the call gets at least.
    /// @param data Data of the call.
    function initiateWithdrawal(address target, uint256 gasLimit, bytes calldata data) external payable;

    /// @notice Destroys the ETH of withdrawals recorded so far.
    function burn() external;

    /// @notice True for the hash of a withdrawal that was recorded.
    function sentMessages(bytes32 withdrawalHash) external view returns (bool);

    /// @notice Nonce of the next withdrawal, with its version.
    function messageNonce() external view returns (uint256);
}
