// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Recover
/// @notice Signers of secp256k1 signatures.
library Recover {
    /// @notice Half of the curve's order: the largest `s` of a signature in its one accepted form.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice The step was not given enough gas for the precompile.
    error Starved();

    /// @notice Address that signed a hash, 0 if the signature is not valid: r, s in 1..n-1, s at most n/2, parity 0 or 1.
    /// @dev The precompile answers nothing for an r that is 0 or n or more, or no point; a call that fails had too little gas,
    ///      and must not be taken for that.
    function signer(bytes32 digest, uint256 parity, uint256 r, uint256 s) internal view returns (uint256 account) {
        if (parity > 1 || s == 0 || s > HALF_ORDER) return 0;
        bool ok;
        assembly ("memory-safe") {
            let ptr := mload(0x40)
            mstore(ptr, digest)
            mstore(add(ptr, 0x20), add(parity, 27))
            mstore(add(ptr, 0x40), r)
            mstore(add(ptr, 0x60), s)
            mstore(0x00, 0)
            ok := staticcall(gas(), 1, ptr, 0x80, 0x00, 0x20)
            account := mul(mload(0x00), eq(returndatasize(), 0x20))
        }
        if (!ok) revert Starved();
    }
}
