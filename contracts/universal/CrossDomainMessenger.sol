// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {GuardedCall} from "./GuardedCall.sol";
import {ICrossDomainMessenger} from "./interfaces/ICrossDomainMessenger.sol";

/// @title CrossDomainMessenger
/// @notice What the messengers of both layers have in common.
/// @dev A message is never lost: with the gas of `baseGas` its first delivery does not revert, whatever the target does, and a message
/// that was not delivered stays replayable. No first delivery can be made to fail for good by others.
/// @custom:source docs/protocol/execution.md#withdrawals
abstract contract CrossDomainMessenger is ICrossDomainMessenger {
    // ---------------------------------------------------------------- constants

    /// @notice Version in the nonces of messages.
    uint16 public constant MESSAGE_VERSION = 1;

    /// @notice Gas of `relayMessage` itself, before its call.
    uint64 public constant RELAY_CONSTANT_OVERHEAD = 200_000;
    /// @notice Gas of the CALL instruction.
    uint64 public constant RELAY_CALL_OVERHEAD = 40_000;
    /// @notice Gas kept for recording the outcome.
    uint64 public constant RELAY_RESERVED_GAS = 40_000;
    /// @notice Gas for the instructions between the gas check and the call.
    uint64 public constant RELAY_GAS_CHECK_BUFFER = 5_000;
    /// @notice With the denominator: what must be left so that a call gets its minimum.
    uint64 public constant MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR = 64;
    /// @notice See the numerator.
    uint64 public constant MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR = 63;
    /// @notice Gas of a byte of calldata.
    uint64 public constant MIN_GAS_CALLDATA_OVERHEAD = 16;
    /// @notice Least gas of a byte of calldata (EIP-7623).
    uint64 public constant FLOOR_CALLDATA_OVERHEAD = 40;
    /// @notice Gas of a transaction.
    uint64 public constant TX_BASE_GAS = 21_000;
    /// @notice Bytes that the call to `relayMessage` adds to a message, padding included.
    uint64 public constant ENCODING_OVERHEAD = 260;

    /// @dev Sender of transactions that only estimate gas.
    address private constant _ESTIMATION_ORIGIN = address(1);

    /// @dev Where the message starts in the calldata of `relayMessage`: selector, six words, length.
    uint256 private constant _MESSAGE_OFFSET = 4 + 7 * 32;

    // ---------------------------------------------------------------- storage

    /// @inheritdoc ICrossDomainMessenger
    mapping(bytes32 msgHash => bool) public successfulMessages;

    /// @inheritdoc ICrossDomainMessenger
    mapping(bytes32 msgHash => bool) public failedMessages;

    /// @dev Messages sent so far.
    uint240 private _counter;

    /// @inheritdoc ICrossDomainMessenger
    address public otherMessenger;

    /// @dev Sender of the message that is being relayed; zero outside.
    address private transient _sender;

    // ---------------------------------------------------------------- external

    /// @inheritdoc ICrossDomainMessenger
    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable {
        // Saves the ETH of a message that the other messenger would never deliver.
        if (target == otherMessenger) revert CrossDomainMessengerTargetBlocked(target);
        uint256 nonce = messageNonce();
        // Safe: 2^240 messages do not happen.
        unchecked {
            _counter++;
        }
        bytes memory call_ =
            abi.encodeCall(this.relayMessage, (nonce, msg.sender, target, msg.value, minGasLimit, message));
        _send(baseGas(message, minGasLimit), call_);
        emit SentMessage(target, msg.sender, message, nonce, minGasLimit);
        emit SentMessageExtension1(msg.sender, msg.value);
    }

    /// @inheritdoc ICrossDomainMessenger
    function relayMessage(
        uint256 nonce,
        address sender,
        address target,
        uint256 value,
        uint256 minGasLimit,
        bytes calldata message
    ) external payable {
        if (nonce >> 240 != MESSAGE_VERSION) revert CrossDomainMessengerVersion(nonce >> 240);
        bytes memory call_ = abi.encodeCall(this.relayMessage, (nonce, sender, target, value, minGasLimit, message));
        bytes32 msgHash = keccak256(call_);
        bool isReplay = _checkDelivery(msgHash, value);
        if (_isBlockedTarget(target)) revert CrossDomainMessengerTargetBlocked(target);

        if (_sender != address(0)) {
            if (isReplay) revert CrossDomainMessengerReentrant();
            _recordFailure(msgHash);
            return;
        }

        _sender = sender;
        (bool enough, bool success) = GuardedCall.callPart(
            target, minGasLimit, RELAY_RESERVED_GAS, value, call_, _MESSAGE_OFFSET, message.length
        );
        _sender = address(0);

        if (success) {
            successfulMessages[msgHash] = true;
            emit RelayedMessage(msgHash);
        } else {
            // A replay costs nothing but its gas, so it says what is missing.
            if (isReplay && !enough) revert CrossDomainMessengerGas(minGasLimit);
            _recordFailure(msgHash);
        }
    }

    /// @inheritdoc ICrossDomainMessenger
    function xDomainMessageSender() external view returns (address) {
        if (_sender == address(0)) revert CrossDomainMessengerNotRelaying();
        return _sender;
    }

    /// @notice The messenger of the other layer; another name for `otherMessenger`.
    function OTHER_MESSENGER() external view returns (address) {
        return otherMessenger;
    }

    /// @notice False: nobody can pause messages.
    function paused() external pure returns (bool) {
        return false;
    }

    // ---------------------------------------------------------------- public

    /// @inheritdoc ICrossDomainMessenger
    function messageNonce() public view returns (uint256) {
        return (uint256(MESSAGE_VERSION) << 240) | _counter;
    }

    /// @inheritdoc ICrossDomainMessenger
    function baseGas(bytes calldata message, uint32 minGasLimit) public pure returns (uint64) {
        uint64 execution = RELAY_CONSTANT_OVERHEAD + RELAY_CALL_OVERHEAD + RELAY_RESERVED_GAS + RELAY_GAS_CHECK_BUFFER
            + (uint64(minGasLimit) * MIN_GAS_DYNAMIC_OVERHEAD_NUMERATOR) / MIN_GAS_DYNAMIC_OVERHEAD_DENOMINATOR;
        uint64 size = uint64(message.length) + ENCODING_OVERHEAD;
        uint64 metered = execution + size * MIN_GAS_CALLDATA_OVERHEAD;
        uint64 floor = size * FLOOR_CALLDATA_OVERHEAD;
        return TX_BASE_GAS + (metered > floor ? metered : floor);
    }

    // ---------------------------------------------------------------- internal

    /// @dev Hands a call of the other messenger, with all of `msg.value`, to the layer's way out.
    function _send(uint64 gasLimit, bytes memory data) internal virtual;

    /// @dev True if the caller speaks for the other messenger.
    function _isOtherMessenger() internal view virtual returns (bool);

    /// @dev True for contracts that trust the messenger, or that move its ETH.
    function _isBlockedTarget(address target) internal view virtual returns (bool);

    /// @dev Sets the counterpart once.
    function _initializeMessenger(address otherMessenger_) internal {
        if (otherMessenger != address(0) || otherMessenger_ == address(0)) revert CrossDomainMessengerInitialization();
        otherMessenger = otherMessenger_;
    }

    // ---------------------------------------------------------------- private

    /// @dev Who may deliver, and with which value. Answers whether it is a replay.
    function _checkDelivery(bytes32 msgHash, uint256 value) private view returns (bool isReplay) {
        isReplay = !_isOtherMessenger();
        if (isReplay) {
            if (msg.value != 0) revert CrossDomainMessengerReplayValue(msg.value);
            if (!failedMessages[msgHash]) revert CrossDomainMessengerNotReplayable(msgHash);
        } else if (msg.value != value) {
            revert CrossDomainMessengerValue(msg.value, value);
        }
        if (successfulMessages[msgHash]) revert CrossDomainMessengerAlreadyRelayed(msgHash);
    }

    function _recordFailure(bytes32 msgHash) private {
        if (tx.origin == _ESTIMATION_ORIGIN) revert CrossDomainMessengerEstimationFailed();
        failedMessages[msgHash] = true;
        emit FailedRelayedMessage(msgHash);
    }
}
