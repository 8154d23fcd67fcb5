// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AddressAliasing} from "../libraries/AddressAliasing.sol";
import {CrossDomainMessenger} from "../universal/CrossDomainMessenger.sol";
import {Predeploys} from "./Predeploys.sol";
import {IL2ToL1MessagePasser} from "./interfaces/IL2ToL1MessagePasser.sol";

/// @title L2CrossDomainMessenger
/// @notice Predeploy 0x07. Sends messages to L1 as withdrawals, and relays those that deposits bring.
/// @dev The counterpart is in the genesis state.
/// @custom:source docs/protocol/execution.md#withdrawals
contract L2CrossDomainMessenger is CrossDomainMessenger {
    // ---------------------------------------------------------------- constants

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    // ---------------------------------------------------------------- external

    /// @notice The messenger on L1; another name for `otherMessenger`.
    function l1CrossDomainMessenger() external view returns (address) {
        return otherMessenger;
    }

    // ---------------------------------------------------------------- internal

    /// @inheritdoc CrossDomainMessenger
    function _send(uint64 gasLimit, bytes memory data) internal override {
        IL2ToL1MessagePasser(Predeploys.L2_TO_L1_MESSAGE_PASSER).initiateWithdrawal{value: msg.value}(
            otherMessenger, gasLimit, data
        );
    }

    /// @inheritdoc CrossDomainMessenger
    function _isOtherMessenger() internal view override returns (bool) {
        return AddressAliasing.undo(msg.sender) == otherMessenger;
    }

    /// @inheritdoc CrossDomainMessenger
    function _isBlockedTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == Predeploys.L2_TO_L1_MESSAGE_PASSER;
    }
}
