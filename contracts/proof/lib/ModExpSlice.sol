// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {PrecompileGas} from "./PrecompileGas.sol";

/// @title ModExpSlice
/// @notice MODEXP in slices of up to 88 bits of the exponent, from the top: acc := acc^(2^bits) * base^chunk mod m.
/// @dev Both powers are calls of L1's MODEXP. Their product x * y is reduced with a hint: the quotient q and the remainder r with
/// x * y = q * m + r and r < m, which exist once, so a wrong hint is always found. The accumulator starts as 1 mod m.
/// A zero modulus has no slices: the result is zeroes. Numbers are words, most significant first.
/// @custom:source EIP-198, EIP-7823
library ModExpSlice {
    /// @notice One slice. Every pointer is a memory address.
    struct Slice {
        /// Accumulator, `words` words, below the modulus.
        uint256 accPtr;
        /// Base: bytes, big-endian.
        uint256 basePtr;
        /// How many: 0 to 1,024.
        uint256 baseLength;
        /// Modulus, `words` words, not zero.
        uint256 modulusPtr;
        /// Words of accumulator, modulus, quotient and remainder: 1 to 32.
        uint256 words;
        /// The exponent's next bits, and how many.
        uint256 chunk;
        uint256 chunkBits;
        /// Quotient and remainder, `words` words each.
        uint256 hintPtr;
    }

    /// @notice Bytes of the exponent in a slice; the last one may have fewer.
    uint256 internal constant CHUNK_BYTES = 11;
    uint256 private constant _MAX_WORDS = 32;
    uint256 private constant _MODEXP = 5;

    /// @notice The numbers are longer than EIP-7823 allows, or empty, or the chunk does not fit its bits.
    error ModExpSliceBadShape(uint256 words, uint256 baseLength, uint256 chunk, uint256 chunkBits);
    /// @notice The remainder is not below the modulus (so never for a zero modulus).
    error ModExpSliceRemainderTooLarge();
    /// @notice Quotient and remainder are not those of the product.
    error ModExpSliceWrongHint();

    /// @notice The `index`-th chunk of an exponent.
    /// @param exponentPtr Memory address of its bytes.
    /// @param exponentLength How many.
    /// @param index From 0, at the top; below exponentLength / 11, rounded up.
    /// @return chunk The next bits.
    /// @return chunkBits How many: 88, or what is left.
    function chunkAt(uint256 exponentPtr, uint256 exponentLength, uint256 index)
        internal
        pure
        returns (uint256 chunk, uint256 chunkBits)
    {
        uint256 start = CHUNK_BYTES * index;
        uint256 length = exponentLength - start;
        if (length > CHUNK_BYTES) length = CHUNK_BYTES;
        chunkBits = 8 * length;
        if (length == 0) return (0, 0);
        assembly ("memory-safe") {
            chunk := shr(sub(256, chunkBits), mload(add(exponentPtr, start)))
        }
    }

    /// @notice Runs a slice and checks its hint.
    /// @return nextPtr Memory address of the new accumulator: the remainder inside the hint.
    function run(Slice memory slice) internal view returns (uint256 nextPtr) {
        uint256 words = slice.words;
        if (
            words == 0 || words > _MAX_WORDS || slice.baseLength > 32 * _MAX_WORDS || slice.chunkBits > 8 * CHUNK_BYTES
                || slice.chunk >> slice.chunkBits != 0
        ) revert ModExpSliceBadShape(words, slice.baseLength, slice.chunk, slice.chunkBits);
        nextPtr = slice.hintPtr + 32 * words;
        if (!_isBelow(nextPtr, slice.modulusPtr, words)) revert ModExpSliceRemainderTooLarge();

        uint256 x = _power(slice.accPtr, 32 * words, 1 << slice.chunkBits, slice.modulusPtr, words);
        uint256 y = _power(slice.basePtr, slice.baseLength, slice.chunk, slice.modulusPtr, words);
        uint256 zero = _allocate(32 * words);
        bytes32 left = _hashOfProduct(x, y, zero, 32 * words);
        bytes32 right = _hashOfProduct(slice.hintPtr, slice.modulusPtr, nextPtr, 32 * words);
        if (left != right) revert ModExpSliceWrongHint();
    }

    /// @dev L1's MODEXP; the exponent is given as 32 bytes, cut to those it needs.
    function _power(uint256 basePtr, uint256 baseLength, uint256 exponent, uint256 modulusPtr, uint256 words)
        private
        view
        returns (uint256 outPtr)
    {
        uint256 input = _allocate(96 + baseLength + 12 + 32 * words);
        outPtr = _allocate(32 * words);
        // Safe: fills the allocated input; exponents are at most 2^88, which takes 12 bytes.
        assembly ("memory-safe") {
            mstore(input, baseLength)
            mstore(add(input, 0x20), 12)
            mstore(add(input, 0x40), shl(5, words))
            let at := add(input, 0x60)
            mcopy(at, basePtr, baseLength)
            at := add(at, baseLength)
            mstore(at, shl(160, exponent))
            mcopy(add(at, 12), modulusPtr, shl(5, words))
        }
        uint256 length = 108 + baseLength + 32 * words;
        uint256 price = PrecompileGas.modExpGas(input, length);
        // All lengths are in bounds, so the call cannot fail.
        assert(PrecompileGas.callChecked(_MODEXP, input, length, outPtr, 32 * words, price));
    }

    /// @dev Hash of the 2 * size bytes of a * b + c, all three of `size` bytes.
    function _hashOfProduct(uint256 aPtr, uint256 bPtr, uint256 cPtr, uint256 size) private pure returns (bytes32 hash) {
        uint256 outPtr = _allocate(2 * size);
        // Safe: writes the 2 * size bytes just allocated, reads inside the three numbers. Column by column from the lowest; a
        // column's sum of at most 32 products, an addend and a carry fits three words.
        assembly ("memory-safe") {
            // The double word of a product.
            function multiply(u, v) -> low, high {
                low := mul(u, v)
                high := mulmod(u, v, not(0))
                high := sub(sub(high, low), lt(high, low))
            }
            // Adds `count` products to three words: of the words at `a` and downwards in memory with those at `b` and upwards.
            function addProducts(a, b, count, s0, s1, s2) -> t0, t1, t2 {
                t0 := s0
                t1 := s1
                t2 := s2
                for {} count { count := sub(count, 1) } {
                    let low, high := multiply(mload(a), mload(b))
                    t0 := add(t0, low)
                    high := add(high, lt(t0, low))
                    t1 := add(t1, high)
                    t2 := add(t2, lt(t1, high))
                    a := sub(a, 0x20)
                    b := add(b, 0x20)
                }
            }

            let s0 := 0
            let s1 := 0
            let s2 := 0
            for { let column := 0 } lt(column, shl(1, size)) { column := add(column, 0x20) } {
                // Lowest word of a in this column, in bytes from its lowest; the highest of b is `column` less that.
                let skipped := 0
                switch lt(column, size)
                case 1 {
                    let addend := mload(add(cPtr, sub(sub(size, 0x20), column)))
                    s0 := add(s0, addend)
                    addend := lt(s0, addend)
                    s1 := add(s1, addend)
                    s2 := add(s2, lt(s1, addend))
                }
                default { skipped := add(sub(column, size), 0x20) }
                let b := add(bPtr, sub(sub(size, 0x20), sub(column, skipped)))
                let a := add(aPtr, sub(sub(size, 0x20), skipped))
                skipped := shr(5, sub(add(column, 0x20), shl(1, skipped)))
                s0, s1, s2 := addProducts(a, b, skipped, s0, s1, s2)
                mstore(sub(add(outPtr, sub(shl(1, size), 0x20)), column), s0)
                s0 := s1
                s1 := s2
                s2 := 0
            }
            hash := keccak256(outPtr, shl(1, size))
        }
    }

    /// @dev Whether a < b, both of `words` words.
    function _isBelow(uint256 aPtr, uint256 bPtr, uint256 words) private pure returns (bool isBelow) {
        // Safe: only reads.
        assembly ("memory-safe") {
            for { let end := add(aPtr, shl(5, words)) } lt(aPtr, end) { aPtr := add(aPtr, 0x20) } {
                let a := mload(aPtr)
                let b := mload(bPtr)
                if xor(a, b) {
                    isBelow := lt(a, b)
                    break
                }
                bPtr := add(bPtr, 0x20)
            }
        }
    }

    /// @dev Zeroed memory, and a spare word behind it.
    function _allocate(uint256 size) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, and(add(add(pointer, size), 0x3f), not(0x1f)))
            calldatacopy(pointer, calldatasize(), add(size, 0x20))
        }
    }
}
