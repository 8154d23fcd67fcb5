// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IDepositPortal
/// @notice What the L1 messenger needs of the portal.
/// @custom:source docs/protocol/deposits.md#portal-rules
interface IDepositPortal {
    /// @notice Records a deposit.
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes calldata data)
        external
        payable;

    /// @notice Sender on L2 of the withdrawal that is being finalized.
    function l2Sender() external view returns (address);
}
