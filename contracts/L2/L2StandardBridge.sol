// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MintableToken} from "../universal/MintableToken.sol";
import {StandardBridge} from "../universal/StandardBridge.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title L2StandardBridge
/// @notice Predeploy 0x10. Sends ETH and tokens to L1, and pays out what comes from there. The functions and events that call it
/// withdrawal and deposit are kept for tools that know only those.
/// @dev Messenger and counterpart are in the genesis state.
contract L2StandardBridge is StandardBridge {
    // ---------------------------------------------------------------- types

    /// @notice Comes with each event of the kind Initiated. `l1Token` is zero, and `l2Token` 0xDeadDeAd..., for ETH.
    event WithdrawalInitiated(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice Comes with each event of the kind Finalized. `l1Token` is zero, and `l2Token` 0xDeadDeAd..., for ETH.
    event DepositFinalized(
        address indexed l1Token,
        address indexed l2Token,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice The legacy functions do not know the L1 token of a token that is not mintable; use `bridgeERC20`.
    error L2StandardBridgeNotMintable(address l2Token);

    // ---------------------------------------------------------------- constants

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    // ---------------------------------------------------------------- external

    /// @notice Legacy form of `bridgeETH` (token 0xDeadDeAd..., amount = `msg.value`) and of `bridgeERC20`.
    function withdraw(address l2Token, uint256 amount, uint32 minGasLimit, bytes calldata extraData)
        external
        payable
        onlyKeyed
    {
        _initiateWithdrawal(l2Token, msg.sender, amount, minGasLimit, extraData);
    }

    /// @notice Legacy form of `bridgeETHTo` (token 0xDeadDeAd..., amount = `msg.value`) and of `bridgeERC20To`.
    function withdrawTo(address l2Token, address to, uint256 amount, uint32 minGasLimit, bytes calldata extraData)
        external
        payable
    {
        _initiateWithdrawal(l2Token, to, amount, minGasLimit, extraData);
    }

    /// @notice The bridge on L1; another name for `otherBridge`.
    function l1TokenBridge() external view returns (address) {
        return otherBridge;
    }

    // ---------------------------------------------------------------- internal

    /// @inheritdoc StandardBridge
    function _emitETHInitiated(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit WithdrawalInitiated(address(0), Predeploys.LEGACY_ERC20_ETH, from, to, amount, extraData);
        super._emitETHInitiated(from, to, amount, extraData);
    }

    /// @inheritdoc StandardBridge
    function _emitETHFinalized(address from, address to, uint256 amount, bytes memory extraData) internal override {
        emit DepositFinalized(address(0), Predeploys.LEGACY_ERC20_ETH, from, to, amount, extraData);
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
        emit WithdrawalInitiated(remoteToken, localToken, from, to, amount, extraData);
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
        emit DepositFinalized(remoteToken, localToken, from, to, amount, extraData);
        super._emitERC20Finalized(localToken, remoteToken, from, to, amount, extraData);
    }

    // ---------------------------------------------------------------- private

    function _initiateWithdrawal(
        address l2Token,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) private {
        if (l2Token == Predeploys.LEGACY_ERC20_ETH) {
            if (msg.value != amount) revert StandardBridgeValue(msg.value, amount);
            _initiateETH(to, minGasLimit, extraData);
        } else {
            if (!MintableToken.isMintable(l2Token)) revert L2StandardBridgeNotMintable(l2Token);
            _initiateERC20(l2Token, MintableToken.counterpart(l2Token), to, amount, minGasLimit, extraData);
        }
    }
}
