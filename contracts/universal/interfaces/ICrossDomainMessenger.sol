// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ICrossDomainMessenger
/// @notice Carries calls with ETH between the layers: sends them on one, relays them on the other, and keeps what failed for a replay.
/// @custom:source docs/protocol/execution.md#withdrawals
interface ICrossDomainMessenger {
    /// @notice A message was sent.
    /// @param target Who is called on the other layer.
    /// @param sender Who sent it.
    /// @param message Data of the call.
    /// @param messageNonce Version 1 in the top 16 bits, and a counter.
    /// @param gasLimit Gas that the target gets at least.
    event SentMessage(address indexed target, address sender, bytes message, uint256 messageNonce, uint256 gasLimit);

    /// @notice Follows each SentMessage.
    /// @param sender Who sent it.
    /// @param value Wei sent along.
    event SentMessageExtension1(address indexed sender, uint256 value);

    /// @notice The target was called and succeeded.
    /// @param msgHash keccak256 of the whole `relayMessage` calldata.
    event RelayedMessage(bytes32 indexed msgHash);

    /// @notice The message was not delivered; anybody may replay it.
    /// @param msgHash keccak256 of the whole `relayMessage` calldata.
    event FailedRelayedMessage(bytes32 indexed msgHash);

    /// @notice The nonce is of another version.
    error CrossDomainMessengerVersion(uint256 actual);
    /// @notice The other messenger sent another amount than the message says.
    error CrossDomainMessengerValue(uint256 actual, uint256 expected);
    /// @notice A replay takes its ETH from the messenger, so none may be sent along.
    error CrossDomainMessengerReplayValue(uint256 actual);
    /// @notice Only the other messenger delivers a message that has not failed before.
    error CrossDomainMessengerNotReplayable(bytes32 msgHash);
    /// @notice A message was relayed successfully before.
    error CrossDomainMessengerAlreadyRelayed(bytes32 msgHash);
    /// @notice The target may not be called by messages: what it does for the messenger is not for everybody.
    error CrossDomainMessengerTargetBlocked(address target);
    /// @notice A message cannot be replayed while another one is relayed.
    error CrossDomainMessengerReentrant();
    /// @notice Too little gas for the target's minimum; the replay can be repeated with more.
    error CrossDomainMessengerGas(uint256 minGasLimit);
    /// @notice No message is being relayed.
    error CrossDomainMessengerNotRelaying();
    /// @notice The message failed while somebody estimated its gas (from address 1), so that the estimate counts the target.
    error CrossDomainMessengerEstimationFailed();
    /// @notice The contract was initialized before, or with a zero address.
    error CrossDomainMessengerInitialization();

    /// @notice Sends a message to the other layer.
    /// @param target Who is called there. Its call sees the other messenger as sender, and this caller as `xDomainMessageSender`.
    /// @param message Data of the call.
    /// @param minGasLimit Gas that the target gets at least.
    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable;

    /// @notice Delivers a message: by the other messenger once, and by anybody after it failed.
    /// @dev Called by the other messenger with too little gas, or while another message is relayed, it records the failure.
    /// @param nonce Nonce of the message.
    /// @param sender Who sent it on the other layer.
    /// @param target Who is called.
    /// @param value Wei of the call.
    /// @param minGasLimit Gas that the target gets at least.
    /// @param message Data of the call.
    function relayMessage(
        uint256 nonce,
        address sender,
        address target,
        uint256 value,
        uint256 minGasLimit,
        bytes calldata message
    ) external payable;

    /// @notice Who sent the message that is being relayed. Reverts outside.
    function xDomainMessageSender() external view returns (address);

    /// @notice True for messages that were delivered.
    function successfulMessages(bytes32 msgHash) external view returns (bool);

    /// @notice True for messages that failed at least once.
    function failedMessages(bytes32 msgHash) external view returns (bool);

    /// @notice The messenger of the other layer.
    function otherMessenger() external view returns (address);

    /// @notice Nonce of the next message, with its version.
    function messageNonce() external view returns (uint256);

    /// @notice Gas with which the other layer's transaction must run so that the target gets its minimum.
    /// @param message Data of the call.
    /// @param minGasLimit Gas that the target gets at least.
    function baseGas(bytes calldata message, uint32 minGasLimit) external pure returns (uint64);
}
