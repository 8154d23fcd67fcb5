// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositPortal} from "../universal/interfaces/IDepositPortal.sol";

/// @title MessengerPortalMock
/// @notice Stands in for the portal in tests of the messengers: logs deposits, and makes the calls of withdrawals with exactly their gas.
contract MessengerPortalMock is IDepositPortal {
    event Deposited(address from, address to, uint256 value, uint64 gasLimit, bytes data);
    event Finalized(bool success);

    address public l2Sender;

    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool, bytes calldata data)
        external
        payable
    {
        require(msg.value == value, "value");
        emit Deposited(msg.sender, to, value, gasLimit, data);
    }

    function finalize(address sender, address target, uint256 gasLimit, bytes calldata data) external payable {
        l2Sender = sender;
        require((gasleft() * 63) / 64 > gasLimit + 50_000, "gas");
        (bool success,) = target.call{value: msg.value, gas: gasLimit}(data);
        l2Sender = address(0xdEaD);
        emit Finalized(success);
    }
}
