// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StandardBridge} from "../universal/StandardBridge.sol";

/// @title L1StandardBridge
/// @notice Sends ETH and tokens to L2, and pays out what comes back. The functions and events with L1 in their names are kept for
/// tools that know only those.
contract L1StandardBridge is StandardBridge {
    // ---------------------------------------------------------------- types

    /// @notice Arguments of the initializer.
    struct Initialization {
        address messenger;
        address otherBridge;
    }

    /// @notice Comes with each ETHBridgeInitiated.
    event ETHDepositInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);

    /// @notice Comes with each ETHBridgeFinalized.
    event ETHWithdrawalFinalized(address indexed from, address indexed to, uint256 amount, bytes extraData);

    /// @notice Comes with each ERC20BridgeInitiated.
    event ERC20DepositInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice Comes with each ERC20BridgeFinalized.
    event ERC20WithdrawalFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    // ---------------------------------------------------------------- constants

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    // ---------------------------------------------------------------- external

    /// @notice Sets the counterparts, once, in the transaction of the deployment.
    /// @param arguments The messenger on L1, and the bridge on L2.
    function initialize(Initialization calldata arguments) external {
        _initializeBridge(arguments.messenger, arguments.otherBridge);
    }

    /// @notice Legacy form of `bridgeETH`.
    function depositETH(uint32 minGasLimit, bytes calldata extraData) external payable onlyKeyed {
        _initiateETH(msg.sender, minGasLimit, extraData);
    }

    /// @notice Legacy form of `bridgeETHTo`.
    function depositETHTo(address to, uint32 minGasLimit, bytes calldata extraData) external payable {
        _initiateETH(to, minGasLimit, extraData);
    }

    /// @notice Legacy form of `bridgeERC20`.
    function depositERC20(
        address l1Token,
        address l2Token,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external onlyKeyed {
        _initiateERC20(l1Token, l2Token, msg.sender, amount, minGasLimit, extraData);
    }

    /// @notice Legacy form of `bridgeERC20To`.
    function depositERC20To(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external {
        _initiateERC20(l1Token, l2Token, to, amount, minGasLimit, extraData);
    }

    /// @notice Legacy form of `finalizeBridgeETH`.
    function finalizeETHWithdrawal(address from, address to, uint256 amount, bytes calldata extraData)
        external
        payable
    {
        finalizeBridgeETH(from, to, amount, extraData);
    }

    /// @notice Legacy form of `finalizeBridgeERC20`.
    function finalizeERC20Withdrawal(
        address l1Token,
        address l2Token,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external {
        finalizeBridgeERC20(l1Token, l2Token, from, to, amount, extraData);
    }

    /// @notice The bridge on L2; another name for `otherBridge`.
    function l2TokenBridge() external view returns (address) {
        return otherBridge;
    }

    // ---------------------------------------------------------------- internal

    /// @inheritdoc StandardBridge
    function _emitETHInitiated(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit ETHDepositInitiated(from, to, amount, extraData);
        super._emitETHInitiated(from, to, amount, extraData);
    }

    /// @inheritdoc StandardBridge
    function _emitETHFinalized(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit ETHWithdrawalFinalized(from, to, amount, extraData);
        super._emitETHFinalized(from, to, amount, extraData);
    }

    /// @inheritdoc StandardBridge
    function _emitERC20Initiated(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal override {
        emit ERC20DepositInitiated(localToken, remoteToken, from, to, amount, extraData);
        super._emitERC20Initiated(localToken, remoteToken, from, to, amount, extraData);
    }

    /// @inheritdoc StandardBridge
    function _emitERC20Finalized(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal override {
        emit ERC20WithdrawalFinalized(localToken, remoteToken, from, to, amount, extraData);
        super._emitERC20Finalized(localToken, remoteToken, from, to, amount, extraData);
    }
}
