// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title KeccakSponge
/// @notice The sponge of KECCAK256, block by block: for inputs that are too long to be hashed by the KECCAK256 opcode in one step.
/// @dev The state is FIPS 202's byte string S: 200 bytes, lane i little-endian at bytes 8i..8i+7, held as 7 words whose last
/// 24 bytes are zero. The first 32 bytes after the last block are the digest.
/// @custom:source FIPS 202 sections 3.2 and 4; rate 1,088 bits and padding 0x01 as Ethereum uses them
library KeccakSponge {
    /// @notice Bytes absorbed by one permutation.
    uint256 internal constant RATE = 136;

    /// @notice The tail does not fit one block.
    error KeccakSpongeTailTooLong(uint256 length, uint256 limit);

    /// @notice Absorbs whole blocks: for each, the block is xored into the first 136 bytes and keccak-f[1600] applied.
    /// @param statePtr Memory address of the 7 words of the state, rewritten in place; 7 zero words at the start of a message.
    /// @param dataPtr Memory address of `nBlocks` times 136 bytes.
    /// @param nBlocks Blocks, 0 or more.
    function absorb(uint256 statePtr, uint256 dataPtr, uint256 nBlocks) internal pure {
        if (nBlocks == 0) return;
        // Safe: scratch lies in free memory (lanes at +0x000 and +0x320, 8-byte round constants at +0x640, a zero word behind
        // them) and is dropped; the only other write is to the caller's 7 words.
        assembly ("memory-safe") {
            // The four 8-byte groups of a word, each with its bytes in reverse order.
            function swapGroups(word) -> swapped {
                swapped := or(
                    shl(8, and(word, 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff)),
                    and(shr(8, word), 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff)
                )
                swapped := or(
                    shl(16, and(swapped, 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff)),
                    and(shr(16, swapped), 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff)
                )
                swapped := or(
                    shl(32, and(swapped, 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff)),
                    and(shr(32, swapped), 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff)
                )
            }
            // Xors the four lanes of a word of bytes into four lanes of one word each.
            function xorLanes(lanes, word) {
                word := swapGroups(word)
                mstore(lanes, xor(mload(lanes), shr(192, word)))
                lanes := add(lanes, 0x20)
                mstore(lanes, xor(mload(lanes), and(shr(128, word), 0xffffffffffffffff)))
                lanes := add(lanes, 0x20)
                mstore(lanes, xor(mload(lanes), and(shr(64, word), 0xffffffffffffffff)))
                lanes := add(lanes, 0x20)
                mstore(lanes, xor(mload(lanes), and(word, 0xffffffffffffffff)))
            }
            // keccak-f[1600] on the 25 lanes at `a`, with 25 words of scratch at `b`. Each round reads one and writes the other;
            // after 24 rounds the result is at the first `a`. Row by row: theta, rho, pi and chi need five rotated lanes at a time.
            function permute(a, b, constants) {
                for {} shr(192, mload(constants)) { constants := add(constants, 8) } {
                    let d0
                    let d1
                    let d2
                    let d3
                    let d4
                    {
                        let c0 := xor(xor(xor(xor(mload(a), mload(add(a, 0x0a0))), mload(add(a, 0x140))), mload(add(a, 0x1e0))), mload(add(a, 0x280)))
                        let c1 := xor(xor(xor(xor(mload(add(a, 0x020)), mload(add(a, 0x0c0))), mload(add(a, 0x160))), mload(add(a, 0x200))), mload(add(a, 0x2a0)))
                        let c2 := xor(xor(xor(xor(mload(add(a, 0x040)), mload(add(a, 0x0e0))), mload(add(a, 0x180))), mload(add(a, 0x220))), mload(add(a, 0x2c0)))
                        let c3 := xor(xor(xor(xor(mload(add(a, 0x060)), mload(add(a, 0x100))), mload(add(a, 0x1a0))), mload(add(a, 0x240))), mload(add(a, 0x2e0)))
                        let c4 := xor(xor(xor(xor(mload(add(a, 0x080)), mload(add(a, 0x120))), mload(add(a, 0x1c0))), mload(add(a, 0x260))), mload(add(a, 0x300)))
                        d0 := xor(c4, or(and(shl(1, c1), 0xffffffffffffffff), shr(63, c1)))
                        d1 := xor(c0, or(and(shl(1, c2), 0xffffffffffffffff), shr(63, c2)))
                        d2 := xor(c1, or(and(shl(1, c3), 0xffffffffffffffff), shr(63, c3)))
                        d3 := xor(c2, or(and(shl(1, c4), 0xffffffffffffffff), shr(63, c4)))
                        d4 := xor(c3, or(and(shl(1, c0), 0xffffffffffffffff), shr(63, c0)))
                    }
                    {
                        let b0 := xor(mload(a), d0)
                        let b1 := xor(mload(add(a, 0x0c0)), d1)
                        b1 := or(and(shl(44, b1), 0xffffffffffffffff), shr(20, b1))
                        let b2 := xor(mload(add(a, 0x180)), d2)
                        b2 := or(and(shl(43, b2), 0xffffffffffffffff), shr(21, b2))
                        let b3 := xor(mload(add(a, 0x240)), d3)
                        b3 := or(and(shl(21, b3), 0xffffffffffffffff), shr(43, b3))
                        let b4 := xor(mload(add(a, 0x300)), d4)
                        b4 := or(and(shl(14, b4), 0xffffffffffffffff), shr(50, b4))
                        mstore(b, xor(shr(192, mload(constants)), xor(b0, and(not(b1), b2))))
                        mstore(add(b, 0x020), xor(b1, and(not(b2), b3)))
                        mstore(add(b, 0x040), xor(b2, and(not(b3), b4)))
                        mstore(add(b, 0x060), xor(b3, and(not(b4), b0)))
                        mstore(add(b, 0x080), xor(b4, and(not(b0), b1)))
                    }
                    {
                        let b0 := xor(mload(add(a, 0x060)), d3)
                        b0 := or(and(shl(28, b0), 0xffffffffffffffff), shr(36, b0))
                        let b1 := xor(mload(add(a, 0x120)), d4)
                        b1 := or(and(shl(20, b1), 0xffffffffffffffff), shr(44, b1))
                        let b2 := xor(mload(add(a, 0x140)), d0)
                        b2 := or(and(shl(3, b2), 0xffffffffffffffff), shr(61, b2))
                        let b3 := xor(mload(add(a, 0x200)), d1)
                        b3 := or(and(shl(45, b3), 0xffffffffffffffff), shr(19, b3))
                        let b4 := xor(mload(add(a, 0x2c0)), d2)
                        b4 := or(and(shl(61, b4), 0xffffffffffffffff), shr(3, b4))
                        mstore(add(b, 0x0a0), xor(b0, and(not(b1), b2)))
                        mstore(add(b, 0x0c0), xor(b1, and(not(b2), b3)))
                        mstore(add(b, 0x0e0), xor(b2, and(not(b3), b4)))
                        mstore(add(b, 0x100), xor(b3, and(not(b4), b0)))
                        mstore(add(b, 0x120), xor(b4, and(not(b0), b1)))
                    }
                    {
                        let b0 := xor(mload(add(a, 0x020)), d1)
                        b0 := or(and(shl(1, b0), 0xffffffffffffffff), shr(63, b0))
                        let b1 := xor(mload(add(a, 0x0e0)), d2)
                        b1 := or(and(shl(6, b1), 0xffffffffffffffff), shr(58, b1))
                        let b2 := xor(mload(add(a, 0x1a0)), d3)
                        b2 := or(and(shl(25, b2), 0xffffffffffffffff), shr(39, b2))
                        let b3 := xor(mload(add(a, 0x260)), d4)
                        b3 := or(and(shl(8, b3), 0xffffffffffffffff), shr(56, b3))
                        let b4 := xor(mload(add(a, 0x280)), d0)
                        b4 := or(and(shl(18, b4), 0xffffffffffffffff), shr(46, b4))
                        mstore(add(b, 0x140), xor(b0, and(not(b1), b2)))
                        mstore(add(b, 0x160), xor(b1, and(not(b2), b3)))
                        mstore(add(b, 0x180), xor(b2, and(not(b3), b4)))
                        mstore(add(b, 0x1a0), xor(b3, and(not(b4), b0)))
                        mstore(add(b, 0x1c0), xor(b4, and(not(b0), b1)))
                    }
                    {
                        let b0 := xor(mload(add(a, 0x080)), d4)
                        b0 := or(and(shl(27, b0), 0xffffffffffffffff), shr(37, b0))
                        let b1 := xor(mload(add(a, 0x0a0)), d0)
                        b1 := or(and(shl(36, b1), 0xffffffffffffffff), shr(28, b1))
                        let b2 := xor(mload(add(a, 0x160)), d1)
                        b2 := or(and(shl(10, b2), 0xffffffffffffffff), shr(54, b2))
                        let b3 := xor(mload(add(a, 0x220)), d2)
                        b3 := or(and(shl(15, b3), 0xffffffffffffffff), shr(49, b3))
                        let b4 := xor(mload(add(a, 0x2e0)), d3)
                        b4 := or(and(shl(56, b4), 0xffffffffffffffff), shr(8, b4))
                        mstore(add(b, 0x1e0), xor(b0, and(not(b1), b2)))
                        mstore(add(b, 0x200), xor(b1, and(not(b2), b3)))
                        mstore(add(b, 0x220), xor(b2, and(not(b3), b4)))
                        mstore(add(b, 0x240), xor(b3, and(not(b4), b0)))
                        mstore(add(b, 0x260), xor(b4, and(not(b0), b1)))
                    }
                    {
                        let b0 := xor(mload(add(a, 0x040)), d2)
                        b0 := or(and(shl(62, b0), 0xffffffffffffffff), shr(2, b0))
                        let b1 := xor(mload(add(a, 0x100)), d3)
                        b1 := or(and(shl(55, b1), 0xffffffffffffffff), shr(9, b1))
                        let b2 := xor(mload(add(a, 0x1c0)), d4)
                        b2 := or(and(shl(39, b2), 0xffffffffffffffff), shr(25, b2))
                        let b3 := xor(mload(add(a, 0x1e0)), d0)
                        b3 := or(and(shl(41, b3), 0xffffffffffffffff), shr(23, b3))
                        let b4 := xor(mload(add(a, 0x2a0)), d1)
                        b4 := or(and(shl(2, b4), 0xffffffffffffffff), shr(62, b4))
                        mstore(add(b, 0x280), xor(b0, and(not(b1), b2)))
                        mstore(add(b, 0x2a0), xor(b1, and(not(b2), b3)))
                        mstore(add(b, 0x2c0), xor(b2, and(not(b3), b4)))
                        mstore(add(b, 0x2e0), xor(b3, and(not(b4), b0)))
                        mstore(add(b, 0x300), xor(b4, and(not(b0), b1)))
                    }
                    let other := a
                    a := b
                    b := other
                }
            }

            let free := mload(0x40)
            mstore(add(free, 0x640), 0x00000000000000010000000000008082800000000000808a8000000080008000)
            mstore(add(free, 0x660), 0x000000000000808b000000008000000180000000800080818000000000008009)
            mstore(add(free, 0x680), 0x000000000000008a00000000000000880000000080008009000000008000000a)
            mstore(add(free, 0x6a0), 0x000000008000808b800000000000008b80000000000080898000000000008003)
            mstore(add(free, 0x6c0), 0x80000000000080028000000000000080000000000000800a800000008000000a)
            mstore(add(free, 0x6e0), 0x8000000080008081800000000000808000000000800000018000000080008008)
            mstore(add(free, 0x700), 0)
            calldatacopy(free, calldatasize(), 0x320)
            for { let i := 0 } lt(i, 6) { i := add(i, 1) } {
                xorLanes(add(free, shl(7, i)), mload(add(statePtr, shl(5, i))))
            }
            mstore(add(free, 0x300), shr(192, swapGroups(mload(add(statePtr, 0xc0)))))

            for {} nBlocks { nBlocks := sub(nBlocks, 1) } {
                for { let i := 0 } lt(i, 4) { i := add(i, 1) } {
                    xorLanes(add(free, shl(7, i)), mload(add(dataPtr, shl(5, i))))
                }
                let last := add(free, 0x200)
                mstore(last, xor(mload(last), shr(192, swapGroups(mload(add(dataPtr, 0x80))))))
                permute(free, add(free, 0x320), add(free, 0x640))
                dataPtr := add(dataPtr, 136)
            }

            for { let i := 0 } lt(i, 6) { i := add(i, 1) } {
                let lanes := add(free, shl(7, i))
                let word := or(shl(192, mload(lanes)), shl(128, mload(add(lanes, 0x20))))
                word := or(word, or(shl(64, mload(add(lanes, 0x40))), mload(add(lanes, 0x60))))
                mstore(add(statePtr, shl(5, i)), swapGroups(word))
            }
            mstore(add(statePtr, 0xc0), swapGroups(shl(192, mload(add(free, 0x300)))))
        }
    }

    /// @notice Digest of the message whose whole blocks are in the state, given the rest of it.
    /// @param statePtr Memory address of the 7 words of the state; left as they are.
    /// @param tailPtr Memory address of the bytes after the last whole block.
    /// @param tailLength How many: 0 to 135.
    /// @return digest KECCAK256 of the message.
    function finish(uint256 statePtr, uint256 tailPtr, uint256 tailLength) internal pure returns (bytes32 digest) {
        if (tailLength >= RATE) revert KeccakSpongeTailTooLong(tailLength, RATE - 1);
        uint256 free;
        // Safe: allocates 7 words for a copy of the state and 160 bytes for the padded block.
        assembly ("memory-safe") {
            free := mload(0x40)
            mstore(0x40, add(free, 0x180))
            mcopy(free, statePtr, 0xe0)
            let block_ := add(free, 0xe0)
            calldatacopy(block_, calldatasize(), 0xa0)
            mcopy(block_, tailPtr, tailLength)
            mstore8(add(block_, tailLength), 0x01)
            let end := add(block_, 135)
            mstore8(end, or(byte(0, mload(end)), 0x80))
        }
        absorb(free, free + 0xe0, 1);
        assembly ("memory-safe") {
            digest := mload(free)
        }
    }
}
