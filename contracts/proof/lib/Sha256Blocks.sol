// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Sha256Blocks
/// @notice SHA-256, block by block: for inputs that are too long for one call of L1's precompile.
/// @dev The state is the eight 32-bit words H0..H7 in one word, H0 first; after the padded message it is the digest.
/// @custom:source FIPS 180-4 sections 4.1.2, 4.2.2, 5.1.1, 5.3.3, 6.2.2
library Sha256Blocks {
    /// @notice State in front of a message.
    uint256 internal constant START = 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19;
    /// @notice Bytes of a block.
    uint256 internal constant BLOCK = 64;

    /// @notice The tail is not what is left of a message of that length.
    error Sha256BlocksBadTail(uint256 tailLength, uint256 totalLength);

    /// @notice Compresses whole blocks.
    /// @param state State before.
    /// @param dataPtr Memory address of `nBlocks` times 64 bytes.
    /// @param nBlocks Blocks, 0 or more.
    /// @return after_ State after them.
    function compress(uint256 state, uint256 dataPtr, uint256 nBlocks) internal pure returns (uint256 after_) {
        // Inside, a 32-bit value x stands twice, as x * (2^32 + 1): then a shift to the right by n leaves x rotated by n in the
        // low 32 bits, a shift by 32 + n leaves x >> n, and what is above is dropped by the next mask.
        // Safe: scratch in free memory, dropped: the schedule at +0x010, 16 bytes a word, so that one mload gives two neighbours
        // in separate halves; the round constants at +0x440, 4 bytes each, and a zero behind them.
        assembly ("memory-safe") {
            // Fills the schedule of a block: 16 words from the message, then two at a time.
            function schedule(words, block_) {
                let end := add(words, 0x100)
                for {} lt(words, end) { words := add(words, 0x20) } {
                    let pair := shr(192, mload(block_))
                    pair := or(shl(128, shr(32, pair)), and(pair, 0xffffffff))
                    mstore(words, mul(pair, 0x100000001))
                    block_ := add(block_, 8)
                }
                end := add(words, 0x300)
                // Masking one of two summands drops what a shift has brought from the upper half to the top of the lower one, so
                // that no sum carries back into the upper half.
                for {} lt(words, end) { words := add(words, 0x80) } {
                    {
                        let y := mload(sub(words, 0x20))
                        y := and(xor(xor(shr(17, y), shr(19, y)), shr(42, y)), 0x000000000000000000000000ffffffff000000000000000000000000ffffffff)
                        let x := mload(sub(words, 0xf0))
                        x := add(xor(xor(shr(7, x), shr(18, x)), shr(35, x)), y)
                        x := add(x, add(mload(sub(words, 0x100)), mload(sub(words, 0x70))))
                        mstore(words, mul(and(x, 0x000000000000000000000000ffffffff000000000000000000000000ffffffff), 0x100000001))
                    }
                    {
                        let y := mload(words)
                        y := and(xor(xor(shr(17, y), shr(19, y)), shr(42, y)), 0x000000000000000000000000ffffffff000000000000000000000000ffffffff)
                        let x := mload(sub(words, 0xd0))
                        x := add(xor(xor(shr(7, x), shr(18, x)), shr(35, x)), y)
                        x := add(x, add(mload(sub(words, 0xe0)), mload(sub(words, 0x50))))
                        mstore(add(words, 0x20), mul(and(x, 0x000000000000000000000000ffffffff000000000000000000000000ffffffff), 0x100000001))
                    }
                    {
                        let y := mload(add(words, 0x20))
                        y := and(xor(xor(shr(17, y), shr(19, y)), shr(42, y)), 0x000000000000000000000000ffffffff000000000000000000000000ffffffff)
                        let x := mload(sub(words, 0xb0))
                        x := add(xor(xor(shr(7, x), shr(18, x)), shr(35, x)), y)
                        x := add(x, add(mload(sub(words, 0xc0)), mload(sub(words, 0x30))))
                        mstore(add(words, 0x40), mul(and(x, 0x000000000000000000000000ffffffff000000000000000000000000ffffffff), 0x100000001))
                    }
                    {
                        let y := mload(add(words, 0x40))
                        y := and(xor(xor(shr(17, y), shr(19, y)), shr(42, y)), 0x000000000000000000000000ffffffff000000000000000000000000ffffffff)
                        let x := mload(sub(words, 0x90))
                        x := add(xor(xor(shr(7, x), shr(18, x)), shr(35, x)), y)
                        x := add(x, add(mload(sub(words, 0xa0)), mload(sub(words, 0x10))))
                        mstore(add(words, 0x60), mul(and(x, 0x000000000000000000000000ffffffff000000000000000000000000ffffffff), 0x100000001))
                    }
                }
            }
            // 64 rounds. The low 32 bits of mload(words) and mload(constants) are those of the first round.
            function rounds(before, words, constants) -> result {
                let a := mul(and(shr(224, before), 0xffffffff), 0x100000001)
                let b := mul(and(shr(192, before), 0xffffffff), 0x100000001)
                let c := mul(and(shr(160, before), 0xffffffff), 0x100000001)
                let d := mul(and(shr(128, before), 0xffffffff), 0x100000001)
                let e := mul(and(shr(96, before), 0xffffffff), 0x100000001)
                let f := mul(and(shr(64, before), 0xffffffff), 0x100000001)
                let g := mul(and(shr(32, before), 0xffffffff), 0x100000001)
                let h := mul(and(before, 0xffffffff), 0x100000001)
                for {} and(mload(constants), 0xffffffff) { constants := add(constants, 0x20) } {
                    {
                        let t := add(add(add(h, xor(g, and(e, xor(f, g)))), add(mload(words), mload(constants))), xor(xor(shr(6, e), shr(11, e)), shr(25, e)))
                        d := mul(and(add(d, t), 0xffffffff), 0x100000001)
                        h := add(add(t, or(and(a, b), and(c, or(a, b)))), xor(xor(shr(2, a), shr(13, a)), shr(22, a)))
                        h := mul(and(h, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(g, xor(f, and(d, xor(e, f)))), add(mload(add(words, 0x10)), mload(add(constants, 0x04)))), xor(xor(shr(6, d), shr(11, d)), shr(25, d)))
                        c := mul(and(add(c, t), 0xffffffff), 0x100000001)
                        g := add(add(t, or(and(h, a), and(b, or(h, a)))), xor(xor(shr(2, h), shr(13, h)), shr(22, h)))
                        g := mul(and(g, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(f, xor(e, and(c, xor(d, e)))), add(mload(add(words, 0x20)), mload(add(constants, 0x08)))), xor(xor(shr(6, c), shr(11, c)), shr(25, c)))
                        b := mul(and(add(b, t), 0xffffffff), 0x100000001)
                        f := add(add(t, or(and(g, h), and(a, or(g, h)))), xor(xor(shr(2, g), shr(13, g)), shr(22, g)))
                        f := mul(and(f, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(e, xor(d, and(b, xor(c, d)))), add(mload(add(words, 0x30)), mload(add(constants, 0x0c)))), xor(xor(shr(6, b), shr(11, b)), shr(25, b)))
                        a := mul(and(add(a, t), 0xffffffff), 0x100000001)
                        e := add(add(t, or(and(f, g), and(h, or(f, g)))), xor(xor(shr(2, f), shr(13, f)), shr(22, f)))
                        e := mul(and(e, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(d, xor(c, and(a, xor(b, c)))), add(mload(add(words, 0x40)), mload(add(constants, 0x10)))), xor(xor(shr(6, a), shr(11, a)), shr(25, a)))
                        h := mul(and(add(h, t), 0xffffffff), 0x100000001)
                        d := add(add(t, or(and(e, f), and(g, or(e, f)))), xor(xor(shr(2, e), shr(13, e)), shr(22, e)))
                        d := mul(and(d, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(c, xor(b, and(h, xor(a, b)))), add(mload(add(words, 0x50)), mload(add(constants, 0x14)))), xor(xor(shr(6, h), shr(11, h)), shr(25, h)))
                        g := mul(and(add(g, t), 0xffffffff), 0x100000001)
                        c := add(add(t, or(and(d, e), and(f, or(d, e)))), xor(xor(shr(2, d), shr(13, d)), shr(22, d)))
                        c := mul(and(c, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(b, xor(a, and(g, xor(h, a)))), add(mload(add(words, 0x60)), mload(add(constants, 0x18)))), xor(xor(shr(6, g), shr(11, g)), shr(25, g)))
                        f := mul(and(add(f, t), 0xffffffff), 0x100000001)
                        b := add(add(t, or(and(c, d), and(e, or(c, d)))), xor(xor(shr(2, c), shr(13, c)), shr(22, c)))
                        b := mul(and(b, 0xffffffff), 0x100000001)
                    }
                    {
                        let t := add(add(add(a, xor(h, and(f, xor(g, h)))), add(mload(add(words, 0x70)), mload(add(constants, 0x1c)))), xor(xor(shr(6, f), shr(11, f)), shr(25, f)))
                        e := mul(and(add(e, t), 0xffffffff), 0x100000001)
                        a := add(add(t, or(and(b, c), and(d, or(b, c)))), xor(xor(shr(2, b), shr(13, b)), shr(22, b)))
                        a := mul(and(a, 0xffffffff), 0x100000001)
                    }
                    words := add(words, 0x80)
                }
                result := or(result, shl(224, and(add(a, shr(224, before)), 0xffffffff)))
                result := or(result, shl(192, and(add(b, shr(192, before)), 0xffffffff)))
                result := or(result, shl(160, and(add(c, shr(160, before)), 0xffffffff)))
                result := or(result, shl(128, and(add(d, shr(128, before)), 0xffffffff)))
                result := or(result, shl(96, and(add(e, shr(96, before)), 0xffffffff)))
                result := or(result, shl(64, and(add(f, shr(64, before)), 0xffffffff)))
                result := or(result, shl(32, and(add(g, shr(32, before)), 0xffffffff)))
                result := or(result, and(add(h, before), 0xffffffff))
            }

            let free := mload(0x40)
            mstore(add(free, 0x440), 0x428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5)
            mstore(add(free, 0x460), 0xd807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174)
            mstore(add(free, 0x480), 0xe49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da)
            mstore(add(free, 0x4a0), 0x983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967)
            mstore(add(free, 0x4c0), 0x27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85)
            mstore(add(free, 0x4e0), 0xa2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070)
            mstore(add(free, 0x500), 0x19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3)
            mstore(add(free, 0x520), 0x748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2)
            mstore(add(free, 0x540), 0)
            for {} nBlocks { nBlocks := sub(nBlocks, 1) } {
                schedule(add(free, 0x10), dataPtr)
                state := rounds(state, free, add(free, 0x424))
                dataPtr := add(dataPtr, 64)
            }
            after_ := state
        }
    }

    /// @notice Digest of a message, given the state after its whole blocks and the rest of it.
    /// @param state State after totalLength / 64 blocks.
    /// @param tailPtr Memory address of the bytes after the last whole block.
    /// @param tailLength How many: totalLength mod 64.
    /// @param totalLength Bytes of the message, below 2^61.
    /// @return digest SHA-256 of the message.
    function finish(uint256 state, uint256 tailPtr, uint256 tailLength, uint256 totalLength)
        internal
        pure
        returns (bytes32 digest)
    {
        if (tailLength != totalLength % BLOCK || totalLength >> 61 != 0) {
            revert Sha256BlocksBadTail(tailLength, totalLength);
        }
        uint256 nBlocks = tailLength < 56 ? 1 : 2;
        uint256 padded;
        // Safe: allocates two blocks; the length in bits fills the last 8 bytes of the last one.
        assembly ("memory-safe") {
            padded := mload(0x40)
            mstore(0x40, add(padded, 0x80))
            calldatacopy(padded, calldatasize(), 0x80)
            mcopy(padded, tailPtr, tailLength)
            mstore8(add(padded, tailLength), 0x80)
            let last := add(padded, sub(mul(nBlocks, 64), 32))
            mstore(last, or(mload(last), shl(3, totalLength)))
        }
        return bytes32(compress(state, padded, nBlocks));
    }
}
