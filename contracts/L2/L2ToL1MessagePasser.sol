// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Burner} from "./Burner.sol";
import {IL2ToL1MessagePasser} from "./interfaces/IL2ToL1MessagePasser.sol";

/// @title L2ToL1MessagePasser
/// @notice Predeploy 0x16. Its storage root is a part of the output root, so slot 0 and nothing else proves a withdrawal.
/// @custom:source docs/protocol/execution.md#withdrawals
contract L2ToL1MessagePasser is IL2ToL1MessagePasser {
    // ---------------------------------------------------------------- constants

    /// @notice Version in the nonces of withdrawals.
    uint16 public constant MESSAGE_VERSION = 1;

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    /// @dev L1 gas of a withdrawal that is a plain transfer to this contract.
    uint256 private constant _RECEIVE_GAS_LIMIT = 100_000;

    // ---------------------------------------------------------------- storage

    /// @inheritdoc IL2ToL1MessagePasser
    mapping(bytes32 withdrawalHash => bool) public sentMessages;

    /// @dev Withdrawals so far.
    uint240 private _counter;

    // ---------------------------------------------------------------- external

    /// @notice Withdraws the ETH sent to the sender's own address on L1.
    receive() external payable {
        _initiate(msg.sender, _RECEIVE_GAS_LIMIT, "");
    }

    /// @inheritdoc IL2ToL1MessagePasser
    function initiateWithdrawal(address target, uint256 gasLimit, bytes calldata data) external payable {
        _initiate(target, gasLimit, data);
    }

    /// @inheritdoc IL2ToL1MessagePasser
    function burn() external {
        uint256 amount = address(this).balance;
        emit WithdrawerBalanceBurnt(amount);
        new Burner{value: amount}();
    }

    // ---------------------------------------------------------------- public

    /// @inheritdoc IL2ToL1MessagePasser
    function messageNonce() public view returns (uint256) {
        return (uint256(MESSAGE_VERSION) << 240) | _counter;
    }

    // ---------------------------------------------------------------- private

    function _initiate(address target, uint256 gasLimit, bytes memory data) private {
        uint256 nonce = messageNonce();
        bytes32 withdrawalHash = keccak256(abi.encode(nonce, msg.sender, target, msg.value, gasLimit, data));
        sentMessages[withdrawalHash] = true;
        // Safe: 2^240 withdrawals do not happen.
        unchecked {
            _counter++;
        }
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, withdrawalHash);
    }
}
