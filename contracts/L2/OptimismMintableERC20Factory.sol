// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OptimismMintableERC20} from "../universal/OptimismMintableERC20.sol";
import {Predeploys} from "./Predeploys.sol";

/// @title OptimismMintableERC20Factory
/// @notice Predeploy 0x12. Creates the L2 tokens that stand for L1 tokens. Anybody may create them, with any name.
contract OptimismMintableERC20Factory {
    // ---------------------------------------------------------------- types

    /// @notice A token was created; legacy form.
    event StandardL2TokenCreated(address indexed remoteToken, address indexed localToken);

    /// @notice A token was created.
    event OptimismMintableERC20Created(address indexed localToken, address indexed remoteToken, address deployer);

    /// @notice A token must stand for another one.
    error OptimismMintableERC20FactoryRemoteToken();

    // ---------------------------------------------------------------- constants

    /// @notice The bridge of the tokens.
    address public constant BRIDGE = Predeploys.L2_STANDARD_BRIDGE;

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    // ---------------------------------------------------------------- storage

    /// @notice L1 token of a token made here; zero for others.
    mapping(address localToken => address remoteToken) public deployments;

    // ---------------------------------------------------------------- external

    /// @notice Legacy form of `createOptimismMintableERC20`.
    function createStandardL2Token(address remoteToken, string calldata name, string calldata symbol)
        external
        returns (address)
    {
        return createOptimismMintableERC20WithDecimals(remoteToken, name, symbol, 18);
    }

    /// @notice Creates a token with 18 decimals. The address follows from the arguments, so the same cannot be created twice.
    /// @param remoteToken Token on L1.
    /// @param name Name of the new token.
    /// @param symbol Symbol of the new token.
    /// @return Address of the new token.
    function createOptimismMintableERC20(address remoteToken, string calldata name, string calldata symbol)
        external
        returns (address)
    {
        return createOptimismMintableERC20WithDecimals(remoteToken, name, symbol, 18);
    }

    /// @notice The bridge of the tokens.
    function bridge() external pure returns (address) {
        return BRIDGE;
    }

    // ---------------------------------------------------------------- public

    /// @notice Creates a token.
    /// @param remoteToken Token on L1.
    /// @param name Name of the new token.
    /// @param symbol Symbol of the new token.
    /// @param decimals Decimals of the L1 token.
    /// @return localToken Address of the new token.
    function createOptimismMintableERC20WithDecimals(
        address remoteToken,
        string calldata name,
        string calldata symbol,
        uint8 decimals
    ) public returns (address localToken) {
        if (remoteToken == address(0)) revert OptimismMintableERC20FactoryRemoteToken();
        bytes32 salt = keccak256(abi.encode(remoteToken, name, symbol, decimals));
        localToken = address(new OptimismMintableERC20{salt: salt}(BRIDGE, remoteToken, name, symbol, decimals));
        deployments[localToken] = remoteToken;
        emit StandardL2TokenCreated(remoteToken, localToken);
        emit OptimismMintableERC20Created(localToken, remoteToken, msg.sender);
    }
}
