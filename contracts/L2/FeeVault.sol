// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Predeploys} from "./Predeploys.sol";
import {IL2ToL1MessagePasser} from "./interfaces/IL2ToL1MessagePasser.sol";

/// @title FeeVault
/// @notice Collects one kind of fee, and sends it to its recipient on L1 when anybody asks.
/// @dev The recipient is in the genesis state; nobody can change it.
/// @custom:source docs/protocol/execution.md#fees-of-a-non-deposit-transaction
abstract contract FeeVault {
    // ---------------------------------------------------------------- types

    /// @notice Where the recipient is. Only L1 is used.
    enum WithdrawalNetwork {
        L1,
        L2
    }

    /// @notice The fees were sent.
    /// @param value Wei.
    /// @param to Recipient on L1.
    /// @param from Who asked.
    event Withdrawal(uint256 value, address to, address from);

    /// @notice The fees were sent; names the network, too.
    event Withdrawal(uint256 value, address to, address from, WithdrawalNetwork withdrawalNetwork);

    /// @notice Sending so little is not worth an L1 transaction.
    error FeeVaultBelowMinimum(uint256 balance, uint256 minimum);

    // ---------------------------------------------------------------- constants

    /// @notice Least balance that is sent, in wei.
    uint256 public constant MIN_WITHDRAWAL_AMOUNT = 0.1 ether;

    /// @notice Where the recipient is.
    WithdrawalNetwork public constant WITHDRAWAL_NETWORK = WithdrawalNetwork.L1;

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    /// @dev L1 gas for the recipient: enough for a multisig's receive function.
    uint256 private constant _L1_GAS_LIMIT = 400_000;

    // ---------------------------------------------------------------- storage

    /// @notice Wei sent so far.
    uint256 public totalProcessed;

    /// @notice Recipient on L1.
    address public recipient;

    // ---------------------------------------------------------------- external

    /// @notice Takes ETH from anybody. Fees arrive without a call.
    receive() external payable {}

    /// @notice Sends all fees to the recipient by a withdrawal.
    /// @return value Wei sent.
    function withdraw() external returns (uint256 value) {
        value = address(this).balance;
        if (value < MIN_WITHDRAWAL_AMOUNT) revert FeeVaultBelowMinimum(value, MIN_WITHDRAWAL_AMOUNT);
        totalProcessed += value;
        emit Withdrawal(value, recipient, msg.sender);
        emit Withdrawal(value, recipient, msg.sender, WITHDRAWAL_NETWORK);
        IL2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER).initiateWithdrawal{value: value}(
            recipient, _L1_GAS_LIMIT, ""
        );
    }

    /// @notice Least balance that is sent, in wei.
    function minWithdrawalAmount() external pure returns (uint256) {
        return MIN_WITHDRAWAL_AMOUNT;
    }

    /// @notice Where the recipient is: 0, L1.
    function withdrawalNetwork() external pure returns (WithdrawalNetwork) {
        return WITHDRAWAL_NETWORK;
    }

    /// @notice Recipient on L1; another name for `recipient`.
    function RECIPIENT() external view returns (address) {
        return recipient;
    }
}
