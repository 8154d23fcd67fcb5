// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {AccountKind} from "./AccountKind.sol";
import {MintableToken} from "./MintableToken.sol";
import {TokenTransfer} from "./TokenTransfer.sol";
import {ICrossDomainMessenger} from "./interfaces/ICrossDomainMessenger.sol";
import {IOptimismMintableERC20} from "./interfaces/IOptimismMintableERC20.sol";
import {IStandardBridge} from "./interfaces/IStandardBridge.sol";

/// @title StandardBridge
/// @notice What the bridges of both layers have in common.
/// @dev Locked tokens are counted per pair, so a token that lies about its counterpart can only take out what was locked for it.
/// @custom:source docs/protocol/execution.md#withdrawals
abstract contract StandardBridge is IStandardBridge {
    // ---------------------------------------------------------------- constants

    /// @dev Gas for the arrival of ETH that was sent to the bridge without a function.
    uint32 internal constant _RECEIVE_GAS_LIMIT = 200_000;

    // ---------------------------------------------------------------- storage

    /// @inheritdoc IStandardBridge
    address public messenger;

    /// @inheritdoc IStandardBridge
    address public otherBridge;

    /// @inheritdoc IStandardBridge
    mapping(address localToken => mapping(address remoteToken => uint256)) public deposits;

    // ---------------------------------------------------------------- modifiers

    /// @dev See StandardBridgeCallerIsContract.
    modifier onlyKeyed() {
        if (!AccountKind.isCallerKeyed()) revert StandardBridgeCallerIsContract(msg.sender);
        _;
    }

    /// @dev See StandardBridgeNotOtherBridge.
    modifier onlyOtherBridge() {
        if (msg.sender != messenger || ICrossDomainMessenger(messenger).xDomainMessageSender() != otherBridge) {
            revert StandardBridgeNotOtherBridge(msg.sender);
        }
        _;
    }

    // ---------------------------------------------------------------- external

    /// @notice Sends ETH to the sender's own address on the other layer. Not for contracts.
    receive() external payable onlyKeyed {
        _initiateETH(msg.sender, _RECEIVE_GAS_LIMIT, "");
    }

    /// @inheritdoc IStandardBridge
    function bridgeETH(uint32 minGasLimit, bytes calldata extraData) external payable onlyKeyed {
        _initiateETH(msg.sender, minGasLimit, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeETHTo(address to, uint32 minGasLimit, bytes calldata extraData) external payable {
        _initiateETH(to, minGasLimit, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external onlyKeyed {
        _initiateERC20(localToken, remoteToken, msg.sender, amount, minGasLimit, extraData);
    }

    /// @inheritdoc IStandardBridge
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external {
        _initiateERC20(localToken, remoteToken, to, amount, minGasLimit, extraData);
    }

    /// @notice The messenger of this layer; another name for `messenger`.
    function MESSENGER() external view returns (address) {
        return messenger;
    }

    /// @notice The bridge of the other layer; another name for `otherBridge`.
    function OTHER_BRIDGE() external view returns (address) {
        return otherBridge;
    }

    /// @notice False: nobody can pause the bridge.
    function paused() external pure returns (bool) {
        return false;
    }

    // ---------------------------------------------------------------- public

    /// @inheritdoc IStandardBridge
    function finalizeBridgeETH(address from, address to, uint256 amount, bytes calldata extraData)
        public
        payable
        onlyOtherBridge
    {
        if (msg.value != amount) revert StandardBridgeValue(msg.value, amount);
        if (to == address(this) || to == messenger) revert StandardBridgeRecipient(to);
        _emitETHFinalized(from, to, amount, extraData);
        (bool success,) = to.call{value: amount}("");
        if (!success) revert StandardBridgeTransferFailed(to);
    }

    /// @inheritdoc IStandardBridge
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) public onlyOtherBridge {
        if (MintableToken.isMintable(localToken)) {
            _checkPair(localToken, remoteToken);
            IOptimismMintableERC20(localToken).mint(to, amount);
        } else {
            uint256 locked = deposits[localToken][remoteToken];
            if (locked < amount) revert StandardBridgeEscrow(locked, amount);
            deposits[localToken][remoteToken] = locked - amount;
            TokenTransfer.send(localToken, to, amount);
        }
        _emitERC20Finalized(localToken, remoteToken, from, to, amount, extraData);
    }

    // ---------------------------------------------------------------- internal

    /// @dev Sets the counterparts once.
    function _initializeBridge(address messenger_, address otherBridge_) internal {
        if (messenger != address(0) || messenger_ == address(0) || otherBridge_ == address(0)) {
            revert StandardBridgeInitialization();
        }
        messenger = messenger_;
        otherBridge = otherBridge_;
    }

    /// @dev Sends `msg.value` wei of the caller.
    function _initiateETH(address to, uint32 minGasLimit, bytes memory extraData) internal {
        _emitETHInitiated(msg.sender, to, msg.value, extraData);
        ICrossDomainMessenger(messenger).sendMessage{value: msg.value}(
            otherBridge,
            abi.encodeCall(this.finalizeBridgeETH, (msg.sender, to, msg.value, extraData)),
            minGasLimit
        );
    }

    /// @dev Burns or locks tokens of the caller, and sends word of it.
    function _initiateERC20(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes memory extraData
    ) internal {
        if (msg.value != 0) revert StandardBridgeValue(msg.value, 0);
        if (MintableToken.isMintable(localToken)) {
            _checkPair(localToken, remoteToken);
            IOptimismMintableERC20(localToken).burn(msg.sender, amount);
        } else {
            _lock(localToken, amount);
            deposits[localToken][remoteToken] += amount;
        }
        _emitERC20Initiated(localToken, remoteToken, msg.sender, to, amount, extraData);
        ICrossDomainMessenger(messenger).sendMessage(
            otherBridge,
            abi.encodeCall(
                this.finalizeBridgeERC20, (remoteToken, localToken, msg.sender, to, amount, extraData)
            ),
            minGasLimit
        );
    }

    /// @dev The layers add their legacy events.
    function _emitETHInitiated(address from, address to, uint256 amount, bytes memory extraData) internal virtual {
        emit ETHBridgeInitiated(from, to, amount, extraData);
    }

    /// @dev The layers add their legacy events.
    function _emitETHFinalized(address from, address to, uint256 amount, bytes memory extraData) internal virtual {
        emit ETHBridgeFinalized(from, to, amount, extraData);
    }

    /// @dev The layers add their legacy events.
    function _emitERC20Initiated(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal virtual {
        emit ERC20BridgeInitiated(localToken, remoteToken, from, to, amount, extraData);
    }

    /// @dev The layers add their legacy events.
    function _emitERC20Finalized(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes memory extraData
    ) internal virtual {
        emit ERC20BridgeFinalized(localToken, remoteToken, from, to, amount, extraData);
    }

    // ---------------------------------------------------------------- private

    /// @dev Takes tokens of the caller. A token that moves another amount would leave other people's claims without cover.
    function _lock(address token, uint256 amount) private {
        uint256 before = TokenTransfer.balance(token);
        TokenTransfer.take(token, msg.sender, amount);
        uint256 afterwards = TokenTransfer.balance(token);
        uint256 moved = afterwards < before ? 0 : afterwards - before;
        if (moved != amount) revert StandardBridgeTokenAmount(moved, amount);
    }

    function _checkPair(address localToken, address remoteToken) private view {
        address expected = MintableToken.counterpart(localToken);
        if (expected != remoteToken) revert StandardBridgeTokenPair(localToken, remoteToken, expected);
    }
}
