// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CrossDomainMessenger} from "../universal/CrossDomainMessenger.sol";
import {IDepositPortal} from "../universal/interfaces/IDepositPortal.sol";

/// @title L1CrossDomainMessenger
/// @notice Sends messages to L2 as deposits, and relays those that withdrawals bring.
/// @custom:source docs/protocol/execution.md#withdrawals
contract L1CrossDomainMessenger is CrossDomainMessenger {
    // ---------------------------------------------------------------- types

    /// @notice Arguments of the initializer.
    struct Initialization {
        address portal;
        address otherMessenger;
    }

    // ---------------------------------------------------------------- constants

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    // ---------------------------------------------------------------- storage

    /// @notice Takes deposits, and finalizes withdrawals.
    IDepositPortal public portal;

    // ---------------------------------------------------------------- external

    /// @notice Sets the counterparts, once, in the transaction of the deployment.
    /// @param arguments The portal, and the messenger on L2.
    function initialize(Initialization calldata arguments) external {
        _initializeMessenger(arguments.otherMessenger);
        if (arguments.portal == address(0)) revert CrossDomainMessengerInitialization();
        portal = IDepositPortal(arguments.portal);
    }

    /// @notice Takes deposits, and finalizes withdrawals; another name for `portal`.
    function PORTAL() external view returns (IDepositPortal) {
        return portal;
    }

    // ---------------------------------------------------------------- internal

    /// @inheritdoc CrossDomainMessenger
    function _send(uint64 gasLimit, bytes memory data) internal override {
        portal.depositTransaction{value: msg.value}(otherMessenger, msg.value, gasLimit, false, data);
    }

    /// @inheritdoc CrossDomainMessenger
    function _isOtherMessenger() internal view override returns (bool) {
        return msg.sender == address(portal) && portal.l2Sender() == otherMessenger;
    }

    /// @inheritdoc CrossDomainMessenger
    function _isBlockedTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == address(portal);
    }
}
