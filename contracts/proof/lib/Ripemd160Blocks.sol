// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Ripemd160Blocks
/// @notice RIPEMD-160, block by block: for inputs that are too long for one call of L1's precompile.
/// @dev The state is the five 32-bit words h0..h4 in the low 160 bits of one word, h0 highest.
/// @custom:source Dobbertin, Bosselaers, Preneel: RIPEMD-160, a strengthened version of RIPEMD (1996), appendix A
library Ripemd160Blocks {
    /// @notice State in front of a message.
    uint256 internal constant START = 0x0067452301efcdab8998badcfe10325476c3d2e1f0;
    /// @notice Bytes of a block.
    uint256 internal constant BLOCK = 64;

    /// @notice The tail is not what is left of a message of that length.
    error Ripemd160BlocksBadTail(uint256 tailLength, uint256 totalLength);

    /// @notice Compresses whole blocks.
    /// @param state State before.
    /// @param dataPtr Memory address of `nBlocks` times 64 bytes.
    /// @param nBlocks Blocks, 0 or more.
    /// @return state_ State after them.
    function compress(uint256 state, uint256 dataPtr, uint256 nBlocks) internal pure returns (uint256 state_) {
        // Each step of a line is two statements in which the five variables have turned by one: a := rol(a + f + X + K, s) + e, and
        // c := rol(c, 10). Bits above the low 32 of a sum are dropped by the mask that follows.
        // Safe: scratch in free memory, dropped: the 16 message words, 4 bytes each, behind 32 bytes of anything.
        assembly ("memory-safe") {
            // The eight 4-byte groups of a word, each with its bytes in reverse order.
            function swapGroups(word) -> swapped {
                swapped := or(
                    shl(8, and(word, 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff)),
                    and(shr(8, word), 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff)
                )
                swapped := or(
                    shl(16, and(swapped, 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff)),
                    and(shr(16, swapped), 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff)
                )
            }
            // Word `index` of a state, counted from the lowest, with garbage above its 32 bits.
            function part(packed, index) -> value {
                value := shr(shl(5, index), packed)
            }
            // The left line: state and message words to a state of its own.
            function left(before, words) -> after_ {
                let a := and(shr(128, before), 0xffffffff)
                let b := and(shr(96, before), 0xffffffff)
                let c := and(shr(64, before), 0xffffffff)
                let d := and(shr(32, before), 0xffffffff)
                let e := and(before, 0xffffffff)
                // Round 1.
                a := and(add(add(a, xor(b, xor(c, d))), mload(words)), 0xffffffff)
                a := and(add(e, or(shl(11, a), shr(21, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(add(words, 0x04))), 0xffffffff)
                e := and(add(d, or(shl(14, e), shr(18, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x08))), 0xffffffff)
                d := and(add(c, or(shl(15, d), shr(17, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x0c))), 0xffffffff)
                c := and(add(b, or(shl(12, c), shr(20, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x10))), 0xffffffff)
                b := and(add(a, or(shl(5, b), shr(27, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x14))), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(add(words, 0x18))), 0xffffffff)
                e := and(add(d, or(shl(7, e), shr(25, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x1c))), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x20))), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x24))), 0xffffffff)
                b := and(add(a, or(shl(13, b), shr(19, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x28))), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(add(words, 0x2c))), 0xffffffff)
                e := and(add(d, or(shl(15, e), shr(17, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x30))), 0xffffffff)
                d := and(add(c, or(shl(6, d), shr(26, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x34))), 0xffffffff)
                c := and(add(b, or(shl(7, c), shr(25, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x38))), 0xffffffff)
                b := and(add(a, or(shl(9, b), shr(23, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x3c))), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                // Round 2.
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x1c)), 0x5a827999)), 0xffffffff)
                e := and(add(d, or(shl(7, e), shr(25, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x10)), 0x5a827999)), 0xffffffff)
                d := and(add(c, or(shl(6, d), shr(26, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x34)), 0x5a827999)), 0xffffffff)
                c := and(add(b, or(shl(8, c), shr(24, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x04)), 0x5a827999)), 0xffffffff)
                b := and(add(a, or(shl(13, b), shr(19, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(add(words, 0x28)), 0x5a827999)), 0xffffffff)
                a := and(add(e, or(shl(11, a), shr(21, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x18)), 0x5a827999)), 0xffffffff)
                e := and(add(d, or(shl(9, e), shr(23, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x3c)), 0x5a827999)), 0xffffffff)
                d := and(add(c, or(shl(7, d), shr(25, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x0c)), 0x5a827999)), 0xffffffff)
                c := and(add(b, or(shl(15, c), shr(17, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x30)), 0x5a827999)), 0xffffffff)
                b := and(add(a, or(shl(7, b), shr(25, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(words), 0x5a827999)), 0xffffffff)
                a := and(add(e, or(shl(12, a), shr(20, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x24)), 0x5a827999)), 0xffffffff)
                e := and(add(d, or(shl(15, e), shr(17, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x14)), 0x5a827999)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x08)), 0x5a827999)), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x38)), 0x5a827999)), 0xffffffff)
                b := and(add(a, or(shl(7, b), shr(25, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(add(words, 0x2c)), 0x5a827999)), 0xffffffff)
                a := and(add(e, or(shl(13, a), shr(19, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x20)), 0x5a827999)), 0xffffffff)
                e := and(add(d, or(shl(12, e), shr(20, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                // Round 3.
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x0c)), 0x6ed9eba1)), 0xffffffff)
                d := and(add(c, or(shl(11, d), shr(21, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x28)), 0x6ed9eba1)), 0xffffffff)
                c := and(add(b, or(shl(13, c), shr(19, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x38)), 0x6ed9eba1)), 0xffffffff)
                b := and(add(a, or(shl(6, b), shr(26, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(add(words, 0x10)), 0x6ed9eba1)), 0xffffffff)
                a := and(add(e, or(shl(7, a), shr(25, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x24)), 0x6ed9eba1)), 0xffffffff)
                e := and(add(d, or(shl(14, e), shr(18, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x3c)), 0x6ed9eba1)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x20)), 0x6ed9eba1)), 0xffffffff)
                c := and(add(b, or(shl(13, c), shr(19, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x04)), 0x6ed9eba1)), 0xffffffff)
                b := and(add(a, or(shl(15, b), shr(17, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(add(words, 0x08)), 0x6ed9eba1)), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x1c)), 0x6ed9eba1)), 0xffffffff)
                e := and(add(d, or(shl(8, e), shr(24, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(words), 0x6ed9eba1)), 0xffffffff)
                d := and(add(c, or(shl(13, d), shr(19, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x18)), 0x6ed9eba1)), 0xffffffff)
                c := and(add(b, or(shl(6, c), shr(26, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x34)), 0x6ed9eba1)), 0xffffffff)
                b := and(add(a, or(shl(5, b), shr(27, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(add(words, 0x2c)), 0x6ed9eba1)), 0xffffffff)
                a := and(add(e, or(shl(12, a), shr(20, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x14)), 0x6ed9eba1)), 0xffffffff)
                e := and(add(d, or(shl(7, e), shr(25, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x30)), 0x6ed9eba1)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                // Round 4.
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x04)), 0x8f1bbcdc)), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x24)), 0x8f1bbcdc)), 0xffffffff)
                b := and(add(a, or(shl(12, b), shr(20, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(add(words, 0x2c)), 0x8f1bbcdc)), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x28)), 0x8f1bbcdc)), 0xffffffff)
                e := and(add(d, or(shl(15, e), shr(17, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(words), 0x8f1bbcdc)), 0xffffffff)
                d := and(add(c, or(shl(14, d), shr(18, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x20)), 0x8f1bbcdc)), 0xffffffff)
                c := and(add(b, or(shl(15, c), shr(17, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x30)), 0x8f1bbcdc)), 0xffffffff)
                b := and(add(a, or(shl(9, b), shr(23, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(add(words, 0x10)), 0x8f1bbcdc)), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x34)), 0x8f1bbcdc)), 0xffffffff)
                e := and(add(d, or(shl(9, e), shr(23, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(add(words, 0x0c)), 0x8f1bbcdc)), 0xffffffff)
                d := and(add(c, or(shl(14, d), shr(18, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x1c)), 0x8f1bbcdc)), 0xffffffff)
                c := and(add(b, or(shl(5, c), shr(27, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x3c)), 0x8f1bbcdc)), 0xffffffff)
                b := and(add(a, or(shl(6, b), shr(26, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(add(words, 0x38)), 0x8f1bbcdc)), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x14)), 0x8f1bbcdc)), 0xffffffff)
                e := and(add(d, or(shl(6, e), shr(26, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(add(words, 0x18)), 0x8f1bbcdc)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x08)), 0x8f1bbcdc)), 0xffffffff)
                c := and(add(b, or(shl(12, c), shr(20, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                // Round 5.
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x10)), 0xa953fd4e)), 0xffffffff)
                b := and(add(a, or(shl(9, b), shr(23, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(words), 0xa953fd4e)), 0xffffffff)
                a := and(add(e, or(shl(15, a), shr(17, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x14)), 0xa953fd4e)), 0xffffffff)
                e := and(add(d, or(shl(5, e), shr(27, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x24)), 0xa953fd4e)), 0xffffffff)
                d := and(add(c, or(shl(11, d), shr(21, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(add(words, 0x1c)), 0xa953fd4e)), 0xffffffff)
                c := and(add(b, or(shl(6, c), shr(26, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x30)), 0xa953fd4e)), 0xffffffff)
                b := and(add(a, or(shl(8, b), shr(24, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x08)), 0xa953fd4e)), 0xffffffff)
                a := and(add(e, or(shl(13, a), shr(19, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x28)), 0xa953fd4e)), 0xffffffff)
                e := and(add(d, or(shl(12, e), shr(20, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x38)), 0xa953fd4e)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(add(words, 0x04)), 0xa953fd4e)), 0xffffffff)
                c := and(add(b, or(shl(12, c), shr(20, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x0c)), 0xa953fd4e)), 0xffffffff)
                b := and(add(a, or(shl(13, b), shr(19, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x20)), 0xa953fd4e)), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x2c)), 0xa953fd4e)), 0xffffffff)
                e := and(add(d, or(shl(11, e), shr(21, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x18)), 0xa953fd4e)), 0xffffffff)
                d := and(add(c, or(shl(8, d), shr(24, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(add(words, 0x3c)), 0xa953fd4e)), 0xffffffff)
                c := and(add(b, or(shl(5, c), shr(27, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x34)), 0xa953fd4e)), 0xffffffff)
                b := and(add(a, or(shl(6, b), shr(26, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                after_ := or(or(or(shl(128, a), shl(96, b)), or(shl(64, c), shl(32, d))), e)
            }
            // The right line.
            function right(before, words) -> after_ {
                let a := and(shr(128, before), 0xffffffff)
                let b := and(shr(96, before), 0xffffffff)
                let c := and(shr(64, before), 0xffffffff)
                let d := and(shr(32, before), 0xffffffff)
                let e := and(before, 0xffffffff)
                // Round 1.
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x14)), 0x50a28be6)), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x38)), 0x50a28be6)), 0xffffffff)
                e := and(add(d, or(shl(9, e), shr(23, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x1c)), 0x50a28be6)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(words), 0x50a28be6)), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x24)), 0x50a28be6)), 0xffffffff)
                b := and(add(a, or(shl(13, b), shr(19, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x08)), 0x50a28be6)), 0xffffffff)
                a := and(add(e, or(shl(15, a), shr(17, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x2c)), 0x50a28be6)), 0xffffffff)
                e := and(add(d, or(shl(15, e), shr(17, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x10)), 0x50a28be6)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(add(words, 0x34)), 0x50a28be6)), 0xffffffff)
                c := and(add(b, or(shl(7, c), shr(25, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x18)), 0x50a28be6)), 0xffffffff)
                b := and(add(a, or(shl(7, b), shr(25, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x3c)), 0x50a28be6)), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, or(b, not(c)))), add(mload(add(words, 0x20)), 0x50a28be6)), 0xffffffff)
                e := and(add(d, or(shl(11, e), shr(21, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, or(a, not(b)))), add(mload(add(words, 0x04)), 0x50a28be6)), 0xffffffff)
                d := and(add(c, or(shl(14, d), shr(18, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, or(e, not(a)))), add(mload(add(words, 0x28)), 0x50a28be6)), 0xffffffff)
                c := and(add(b, or(shl(14, c), shr(18, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, or(d, not(e)))), add(mload(add(words, 0x0c)), 0x50a28be6)), 0xffffffff)
                b := and(add(a, or(shl(12, b), shr(20, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, or(c, not(d)))), add(mload(add(words, 0x30)), 0x50a28be6)), 0xffffffff)
                a := and(add(e, or(shl(6, a), shr(26, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                // Round 2.
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x18)), 0x5c4dd124)), 0xffffffff)
                e := and(add(d, or(shl(9, e), shr(23, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(add(words, 0x2c)), 0x5c4dd124)), 0xffffffff)
                d := and(add(c, or(shl(13, d), shr(19, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x0c)), 0x5c4dd124)), 0xffffffff)
                c := and(add(b, or(shl(15, c), shr(17, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x1c)), 0x5c4dd124)), 0xffffffff)
                b := and(add(a, or(shl(7, b), shr(25, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(words), 0x5c4dd124)), 0xffffffff)
                a := and(add(e, or(shl(12, a), shr(20, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x34)), 0x5c4dd124)), 0xffffffff)
                e := and(add(d, or(shl(8, e), shr(24, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(add(words, 0x14)), 0x5c4dd124)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x28)), 0x5c4dd124)), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x38)), 0x5c4dd124)), 0xffffffff)
                b := and(add(a, or(shl(7, b), shr(25, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(add(words, 0x3c)), 0x5c4dd124)), 0xffffffff)
                a := and(add(e, or(shl(7, a), shr(25, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x20)), 0x5c4dd124)), 0xffffffff)
                e := and(add(d, or(shl(12, e), shr(20, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(a, and(b, xor(e, a)))), add(mload(add(words, 0x30)), 0x5c4dd124)), 0xffffffff)
                d := and(add(c, or(shl(7, d), shr(25, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(e, and(a, xor(d, e)))), add(mload(add(words, 0x10)), 0x5c4dd124)), 0xffffffff)
                c := and(add(b, or(shl(6, c), shr(26, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(d, and(e, xor(c, d)))), add(mload(add(words, 0x24)), 0x5c4dd124)), 0xffffffff)
                b := and(add(a, or(shl(15, b), shr(17, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(c, and(d, xor(b, c)))), add(mload(add(words, 0x04)), 0x5c4dd124)), 0xffffffff)
                a := and(add(e, or(shl(13, a), shr(19, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(b, and(c, xor(a, b)))), add(mload(add(words, 0x08)), 0x5c4dd124)), 0xffffffff)
                e := and(add(d, or(shl(11, e), shr(21, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                // Round 3.
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x3c)), 0x6d703ef3)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x14)), 0x6d703ef3)), 0xffffffff)
                c := and(add(b, or(shl(7, c), shr(25, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x04)), 0x6d703ef3)), 0xffffffff)
                b := and(add(a, or(shl(15, b), shr(17, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(add(words, 0x0c)), 0x6d703ef3)), 0xffffffff)
                a := and(add(e, or(shl(11, a), shr(21, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x1c)), 0x6d703ef3)), 0xffffffff)
                e := and(add(d, or(shl(8, e), shr(24, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x38)), 0x6d703ef3)), 0xffffffff)
                d := and(add(c, or(shl(6, d), shr(26, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x18)), 0x6d703ef3)), 0xffffffff)
                c := and(add(b, or(shl(6, c), shr(26, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x24)), 0x6d703ef3)), 0xffffffff)
                b := and(add(a, or(shl(14, b), shr(18, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(add(words, 0x2c)), 0x6d703ef3)), 0xffffffff)
                a := and(add(e, or(shl(12, a), shr(20, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x20)), 0x6d703ef3)), 0xffffffff)
                e := and(add(d, or(shl(13, e), shr(19, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x30)), 0x6d703ef3)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(or(d, not(e)), a)), add(mload(add(words, 0x08)), 0x6d703ef3)), 0xffffffff)
                c := and(add(b, or(shl(14, c), shr(18, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(or(c, not(d)), e)), add(mload(add(words, 0x28)), 0x6d703ef3)), 0xffffffff)
                b := and(add(a, or(shl(13, b), shr(19, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(or(b, not(c)), d)), add(mload(words), 0x6d703ef3)), 0xffffffff)
                a := and(add(e, or(shl(13, a), shr(19, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(or(a, not(b)), c)), add(mload(add(words, 0x10)), 0x6d703ef3)), 0xffffffff)
                e := and(add(d, or(shl(7, e), shr(25, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(or(e, not(a)), b)), add(mload(add(words, 0x34)), 0x6d703ef3)), 0xffffffff)
                d := and(add(c, or(shl(5, d), shr(27, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                // Round 4.
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x20)), 0x7a6d76e9)), 0xffffffff)
                c := and(add(b, or(shl(15, c), shr(17, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x18)), 0x7a6d76e9)), 0xffffffff)
                b := and(add(a, or(shl(5, b), shr(27, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(add(words, 0x10)), 0x7a6d76e9)), 0xffffffff)
                a := and(add(e, or(shl(8, a), shr(24, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x04)), 0x7a6d76e9)), 0xffffffff)
                e := and(add(d, or(shl(11, e), shr(21, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x0c)), 0x7a6d76e9)), 0xffffffff)
                d := and(add(c, or(shl(14, d), shr(18, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x2c)), 0x7a6d76e9)), 0xffffffff)
                c := and(add(b, or(shl(14, c), shr(18, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x3c)), 0x7a6d76e9)), 0xffffffff)
                b := and(add(a, or(shl(6, b), shr(26, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(words), 0x7a6d76e9)), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x14)), 0x7a6d76e9)), 0xffffffff)
                e := and(add(d, or(shl(6, e), shr(26, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x30)), 0x7a6d76e9)), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x08)), 0x7a6d76e9)), 0xffffffff)
                c := and(add(b, or(shl(12, c), shr(20, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x34)), 0x7a6d76e9)), 0xffffffff)
                b := and(add(a, or(shl(9, b), shr(23, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(d, and(b, xor(c, d)))), add(mload(add(words, 0x24)), 0x7a6d76e9)), 0xffffffff)
                a := and(add(e, or(shl(12, a), shr(20, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x1c)), 0x7a6d76e9)), 0xffffffff)
                e := and(add(d, or(shl(5, e), shr(27, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(b, and(e, xor(a, b)))), add(mload(add(words, 0x28)), 0x7a6d76e9)), 0xffffffff)
                d := and(add(c, or(shl(15, d), shr(17, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(a, and(d, xor(e, a)))), add(mload(add(words, 0x38)), 0x7a6d76e9)), 0xffffffff)
                c := and(add(b, or(shl(8, c), shr(24, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                // Round 5.
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x30))), 0xffffffff)
                b := and(add(a, or(shl(8, b), shr(24, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x3c))), 0xffffffff)
                a := and(add(e, or(shl(5, a), shr(27, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(add(words, 0x28))), 0xffffffff)
                e := and(add(d, or(shl(12, e), shr(20, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x10))), 0xffffffff)
                d := and(add(c, or(shl(9, d), shr(23, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x04))), 0xffffffff)
                c := and(add(b, or(shl(12, c), shr(20, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x14))), 0xffffffff)
                b := and(add(a, or(shl(5, b), shr(27, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x20))), 0xffffffff)
                a := and(add(e, or(shl(14, a), shr(18, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(add(words, 0x1c))), 0xffffffff)
                e := and(add(d, or(shl(6, e), shr(26, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x18))), 0xffffffff)
                d := and(add(c, or(shl(8, d), shr(24, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x08))), 0xffffffff)
                c := and(add(b, or(shl(13, c), shr(19, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x34))), 0xffffffff)
                b := and(add(a, or(shl(6, b), shr(26, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                a := and(add(add(a, xor(b, xor(c, d))), mload(add(words, 0x38))), 0xffffffff)
                a := and(add(e, or(shl(5, a), shr(27, a))), 0xffffffff)  c := or(and(shl(10, c), 0xffffffff), shr(22, c))
                e := and(add(add(e, xor(a, xor(b, c))), mload(words)), 0xffffffff)
                e := and(add(d, or(shl(15, e), shr(17, e))), 0xffffffff)  b := or(and(shl(10, b), 0xffffffff), shr(22, b))
                d := and(add(add(d, xor(e, xor(a, b))), mload(add(words, 0x0c))), 0xffffffff)
                d := and(add(c, or(shl(13, d), shr(19, d))), 0xffffffff)  a := or(and(shl(10, a), 0xffffffff), shr(22, a))
                c := and(add(add(c, xor(d, xor(e, a))), mload(add(words, 0x24))), 0xffffffff)
                c := and(add(b, or(shl(11, c), shr(21, c))), 0xffffffff)  e := or(and(shl(10, e), 0xffffffff), shr(22, e))
                b := and(add(add(b, xor(c, xor(d, e))), mload(add(words, 0x2c))), 0xffffffff)
                b := and(add(a, or(shl(11, b), shr(21, b))), 0xffffffff)  d := or(and(shl(10, d), 0xffffffff), shr(22, d))
                after_ := or(or(or(shl(128, a), shl(96, b)), or(shl(64, c), shl(32, d))), e)
            }

            state_ := state
            let words := mload(0x40)
            for {} nBlocks { nBlocks := sub(nBlocks, 1) } {
                mstore(add(words, 0x20), swapGroups(mload(dataPtr)))
                mstore(add(words, 0x40), swapGroups(mload(add(dataPtr, 0x20))))
                // The low 32 bits of the word at +4 are message word 0.
                let l := left(state_, add(words, 4))
                let r := right(state_, add(words, 4))
                // h0..h4 of the next state: h1 + c + d', h2 + d + e', h3 + e + a', h4 + a + b', h0 + b + c'.
                let next := 0
                for { let i := 0 } lt(i, 5) { i := add(i, 1) } {
                    let sum := add(part(state_, mod(sub(8, i), 5)), part(l, mod(sub(7, i), 5)))
                    sum := add(sum, part(r, mod(sub(6, i), 5)))
                    next := or(shl(32, next), and(sum, 0xffffffff))
                }
                state_ := next
                dataPtr := add(dataPtr, 64)
            }
        }
    }

    /// @notice Output of the precompile for a message, given the state after its whole blocks and the rest of it.
    /// @param state State after totalLength / 64 blocks.
    /// @param tailPtr Memory address of the bytes after the last whole block.
    /// @param tailLength How many: totalLength mod 64.
    /// @param totalLength Bytes of the message, below 2^61.
    /// @return digest 12 zero bytes and the 20 bytes of RIPEMD-160.
    function finish(uint256 state, uint256 tailPtr, uint256 tailLength, uint256 totalLength)
        internal
        pure
        returns (bytes32 digest)
    {
        if (tailLength != totalLength % BLOCK || totalLength >> 61 != 0) {
            revert Ripemd160BlocksBadTail(tailLength, totalLength);
        }
        uint256 nBlocks = tailLength < 56 ? 1 : 2;
        uint256 padded;
        // Safe: allocates two blocks; the length in bits, little-endian, fills the last 8 bytes of the last one.
        assembly ("memory-safe") {
            padded := mload(0x40)
            mstore(0x40, add(padded, 0x80))
            calldatacopy(padded, calldatasize(), 0x80)
            mcopy(padded, tailPtr, tailLength)
            mstore8(add(padded, tailLength), 0x80)
            let bits := shl(3, totalLength)
            for { let at := add(padded, sub(mul(nBlocks, 64), 8)) } bits { at := add(at, 1) } {
                mstore8(at, bits)
                bits := shr(8, bits)
            }
        }
        return _output(compress(state, padded, nBlocks));
    }

    /// @dev The five words little-endian, one after the other.
    function _output(uint256 state) private pure returns (bytes32) {
        uint256 output;
        for (uint256 i = 0; i < 20; i++) {
            output |= ((state >> (8 * i)) & 0xff) << (8 * (i ^ 3));
        }
        return bytes32(output);
    }
}
