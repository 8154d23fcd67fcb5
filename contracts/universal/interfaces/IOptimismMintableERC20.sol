// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IOptimismMintableERC20
/// @notice A token that the bridge mints and burns for one that is locked on the other layer. ERC-165 id 0xec4fc8e3.
interface IOptimismMintableERC20 {
    /// @notice The token on the other layer.
    function remoteToken() external view returns (address);

    /// @notice The bridge that mints and burns.
    function bridge() external view returns (address);

    /// @notice Creates tokens. Bridge only.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys tokens. Bridge only.
    function burn(address from, uint256 amount) external;
}
