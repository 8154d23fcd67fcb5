// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IStandardBridge
/// @notice Moves ETH and ERC-20 tokens between the layers. A token is locked where it comes from, and minted on the other layer.
/// @custom:source docs/protocol/execution.md#withdrawals
interface IStandardBridge {
    /// @notice ETH was sent to the other layer.
    event ETHBridgeInitiated(address indexed from, address indexed to, uint256 amount, bytes extraData);

    /// @notice ETH arrived from the other layer.
    event ETHBridgeFinalized(address indexed from, address indexed to, uint256 amount, bytes extraData);

    /// @notice Tokens were sent to the other layer.
    event ERC20BridgeInitiated(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice Tokens arrived from the other layer.
    event ERC20BridgeFinalized(
        address indexed localToken,
        address indexed remoteToken,
        address indexed from,
        address to,
        uint256 amount,
        bytes extraData
    );

    /// @notice Only accounts with a key may use the functions without a recipient: a contract may not exist on the other layer.
    error StandardBridgeCallerIsContract(address caller);
    /// @notice Only the other bridge finalizes, through the messenger.
    error StandardBridgeNotOtherBridge(address caller);
    /// @notice Another amount of ETH was sent than the arguments say.
    error StandardBridgeValue(uint256 actual, uint256 expected);
    /// @notice The ETH cannot go to the bridge itself or to the messenger.
    error StandardBridgeRecipient(address to);
    /// @notice The recipient refused the ETH.
    error StandardBridgeTransferFailed(address to);
    /// @notice The mintable token stands for another token than the one named.
    error StandardBridgeTokenPair(address localToken, address remoteToken, address expected);
    /// @notice The token moved another amount than asked for; such tokens cannot be bridged.
    error StandardBridgeTokenAmount(uint256 actual, uint256 expected);
    /// @notice More tokens arrive than are locked for the pair.
    error StandardBridgeEscrow(uint256 locked, uint256 amount);
    /// @notice The contract was initialized before, or with a zero address.
    error StandardBridgeInitialization();

    /// @notice Sends `msg.value` wei to the caller's address on the other layer. Not for contracts.
    /// @param minGasLimit Gas that the arrival gets at least.
    /// @param extraData Is only logged.
    function bridgeETH(uint32 minGasLimit, bytes calldata extraData) external payable;

    /// @notice Sends `msg.value` wei to an address on the other layer.
    /// @param to Recipient; if it refuses the ETH, the message can be replayed.
    /// @param minGasLimit Gas that the arrival gets at least.
    /// @param extraData Is only logged.
    function bridgeETHTo(address to, uint32 minGasLimit, bytes calldata extraData) external payable;

    /// @notice Sends tokens to the caller's address on the other layer. Not for contracts.
    /// @param localToken Token on this layer; the bridge must be allowed to take the amount if it is not mintable.
    /// @param remoteToken Token on the other layer.
    /// @param amount In the token's smallest unit.
    /// @param minGasLimit Gas that the arrival gets at least.
    /// @param extraData Is only logged.
    function bridgeERC20(
        address localToken,
        address remoteToken,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;

    /// @notice Sends tokens to an address on the other layer. Arguments as for `bridgeERC20`.
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;

    /// @notice Pays out ETH that the other bridge sent. Other bridge only.
    function finalizeBridgeETH(address from, address to, uint256 amount, bytes calldata extraData) external payable;

    /// @notice Mints or unlocks tokens that the other bridge sent. Other bridge only. `localToken` is on this layer.
    function finalizeBridgeERC20(
        address localToken,
        address remoteToken,
        address from,
        address to,
        uint256 amount,
        bytes calldata extraData
    ) external;

    /// @notice Tokens locked for a pair.
    function deposits(address localToken, address remoteToken) external view returns (uint256);

    /// @notice The messenger of this layer.
    function messenger() external view returns (address);

    /// @notice The bridge of the other layer.
    function otherBridge() external view returns (address);
}
