// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Zero} from "./Zero.sol";

/// @title ByteTree
/// @notice Roots of words in memory as a binary tree, and exact copies between byte ranges in memory.
/// @dev Addresses are plain memory addresses. Scratch space lies above the free memory pointer and is not kept.
library ByteTree {
    /// @notice Deepest subtree: that of which Zero knows the root.
    uint256 internal constant MAX_DEPTH = 30;

    /// @notice A subtree of 2^depth leaves was asked for with more words, or deeper than MAX_DEPTH.
    error ByteTreeDepth(uint256 nWords, uint256 depth);

    /// @notice Root of the subtree of 2^depth leaves that are the `nWords` words at `ptr` and zeros after them.
    ///         The words stay as they are.
    function root(uint256 ptr, uint256 nWords, uint256 depth) internal pure returns (bytes32 node) {
        if (depth > MAX_DEPTH || nWords > 1 << depth) revert ByteTreeDepth(nWords, depth);
        if (nWords == 0) return Zero.root(depth);
        assembly ("memory-safe") {
            // Each turn hashes the pairs of one level from `from` into the scratch space; in place from the second on,
            // because a pair is read before the word of its first half is written over.
            let to := mload(0x40)
            let from := ptr
            let zero := 0
            let n := nWords
            for {} depth { depth := sub(depth, 1) } {
                if lt(n, 2) { break }
                let q := to
                // Four pairs a turn, then the rest.
                let end := add(from, shl(8, shr(3, n)))
                for {} lt(from, end) { from := add(from, 0x100) } {
                    mstore(q, keccak256(from, 0x40))
                    mstore(add(q, 0x20), keccak256(add(from, 0x40), 0x40))
                    mstore(add(q, 0x40), keccak256(add(from, 0x80), 0x40))
                    mstore(add(q, 0x60), keccak256(add(from, 0xc0), 0x40))
                    q := add(q, 0x80)
                }
                end := add(from, shl(6, and(shr(1, n), 3)))
                for {} lt(from, end) { from := add(from, 0x40) } {
                    mstore(q, keccak256(from, 0x40))
                    q := add(q, 0x20)
                }
                if and(n, 1) {
                    mstore(0x00, mload(from))
                    mstore(0x20, zero)
                    mstore(q, keccak256(0x00, 0x40))
                    q := add(q, 0x20)
                }
                n := shr(5, sub(q, to))
                from := to
                // The zero subtree grows with the level: cheaper than a table, and only trees with missing words use it.
                if sub(n, shl(sub(depth, 1), 1)) {
                    mstore(0x00, zero)
                    mstore(0x20, zero)
                    zero := keccak256(0x00, 0x40)
                }
            }
            node := mload(from)
            for {} depth { depth := sub(depth, 1) } {
                mstore(0x00, node)
                mstore(0x20, zero)
                node := keccak256(0x00, 0x40)
                mstore(0x00, zero)
                zero := keccak256(0x00, 0x40)
            }
        }
    }

    /// @notice Root of a container of 8 words at `ptr`.
    function root8(uint256 ptr) internal pure returns (bytes32) {
        return root(ptr, 8, 3);
    }

    /// @notice Root of a container of 16 words at `ptr`.
    function root16(uint256 ptr) internal pure returns (bytes32) {
        return root(ptr, 16, 4);
    }

    /// @notice Root of a container of 32 words at `ptr`.
    function root32(uint256 ptr) internal pure returns (bytes32) {
        return root(ptr, 32, 5);
    }

    /// @notice Hash of an inner node.
    function hash2(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            node := keccak256(0x00, 0x40)
        }
    }

    /// @notice New memory of `size` zero bytes, followed by a zero word; its address is not rounded down or up.
    function alloc(uint256 size) internal pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := mload(0x40)
            let padded := and(add(size, 0x3f), not(0x1f))
            // Behind the calldata there are only zeros.
            calldatacopy(ptr, calldatasize(), padded)
            mstore(0x40, add(ptr, padded))
        }
    }

    /// @notice Copies exactly `len` bytes, as if over a buffer: the ranges may overlap.
    /// @dev The destination must be memory that the caller has allocated.
    function copyBytes(uint256 dst, uint256 src, uint256 len) internal pure {
        assembly ("memory-safe") {
            mcopy(dst, src, len)
        }
    }

    /// @notice Sets exactly `len` bytes to zero.
    function zeroBytes(uint256 dst, uint256 len) internal pure {
        assembly ("memory-safe") {
            calldatacopy(dst, calldatasize(), len)
        }
    }

    /// @notice Copies the `len` bytes from offset `off` of a source of `srcLen` bytes; those beyond its end are zero.
    function copyWindow(uint256 dst, uint256 src, uint256 srcLen, uint256 off, uint256 len) internal pure {
        // `given` is at most `len`, and `off` below `srcLen` where it is added.
        unchecked {
            uint256 given = off < srcLen ? srcLen - off : 0;
            if (given > len) given = len;
            if (given != 0) copyBytes(dst, src + off, given);
            zeroBytes(dst + given, len - given);
        }
    }

    /// @notice The word at a byte address with only its first `len` bytes, the rest zero; len up to 32.
    function headBytes(uint256 ptr, uint256 len) internal pure returns (bytes32 word) {
        assembly ("memory-safe") {
            let drop := shl(3, sub(32, len))
            word := shl(drop, shr(drop, mload(ptr)))
        }
    }

    /// @notice keccak256 of `len` bytes at `ptr`.
    function hash(uint256 ptr, uint256 len) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(ptr, len)
        }
    }

    /// @notice Byte at a memory address.
    function byteAt(uint256 ptr) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(ptr))
        }
    }

    /// @notice Sets the byte at a memory address to the lowest byte of `value`.
    function setByte(uint256 ptr, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore8(ptr, value)
        }
    }

    /// @notice Word at a memory address, which need not be aligned.
    function wordAt(uint256 ptr) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(ptr)
        }
    }

    /// @notice Sets the word at a memory address, which need not be aligned.
    function setWord(uint256 ptr, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(ptr, value)
        }
    }
}
