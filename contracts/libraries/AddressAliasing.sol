// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title AddressAliasing
/// @notice Maps the address of an L1 contract to the address it speaks with on L2, and back.
/// @custom:source docs/protocol/deposits.md#portal-rules
library AddressAliasing {
    uint160 private constant _OFFSET = uint160(0x1111000000000000000000000000000000001111);

    /// @notice Alias of an L1 contract on L2.
    /// @param l1Address Address on L1.
    /// @return Alias, modulo 2^160.
    function apply_(address l1Address) internal pure returns (address) {
        // Safe: wrapping around 2^160 is the rule.
        unchecked {
            return address(uint160(l1Address) + _OFFSET);
        }
    }

    /// @notice L1 address behind an alias.
    /// @param l2Alias Address on L2.
    /// @return Address on L1, modulo 2^160.
    function undo(address l2Alias) internal pure returns (address) {
        // Safe: wrapping around 2^160 is the rule.
        unchecked {
            return address(uint160(l2Alias) - _OFFSET);
        }
    }
}
