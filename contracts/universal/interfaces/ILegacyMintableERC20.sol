// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ILegacyMintableERC20
/// @notice The older form of a token that the bridge mints and burns. ERC-165 id 0x1d1d8b63.
interface ILegacyMintableERC20 {
    /// @notice The token on L1.
    function l1Token() external view returns (address);

    /// @notice Creates tokens. Bridge only.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys tokens. Bridge only.
    function burn(address from, uint256 amount) external;
}
