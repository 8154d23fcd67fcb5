// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteTree} from "./ByteTree.sol";
import {Rlp} from "./Rlp.sol";

/// @title BlockTrie
/// @notice Keys and nodes of the tries of a block, whose leaves come in the order of their keys.
/// @dev Nibbles are held from the most significant end of a word on. Where the protocol speaks of how many nibbles keys share,
///      or -1, these functions speak of one more.
/// @custom:source docs/protocol/machine.md#end-of-a-block
library BlockTrie {
    /// @notice Place of a leaf.
    struct Place {
        /// Index of the transaction.
        uint256 index;
        /// Key, and its number of nibbles.
        uint256 key;
        uint256 nibbles;
        /// One more than how many nibbles it shares with the key before and the key after; 0 without one.
        uint256 before;
        uint256 behind;
    }

    /// @notice Flag of the path of a leaf; that of an extension is 0.
    uint256 internal constant LEAF = 2;

    /// @dev Indices whose key is one byte below 0x80: all from 1 on.
    uint256 private constant SHORT_KEYS = 127;

    /// @notice Place of the rank among `count` leaves.
    function placeOf(uint256 rank, uint256 count) internal pure returns (Place memory p) {
        p.index = indexOf(rank, count);
        (p.key, p.nibbles) = _keyOf(p.index);
        if (rank != 0) p.before = 1 + _shared(p, indexOf(rank - 1, count));
        if (rank + 1 < count) p.behind = 1 + _shared(p, indexOf(rank + 1, count));
    }

    /// @notice Index of the transaction of this rank.
    function indexOf(uint256 rank, uint256 count) internal pure returns (uint256) {
        uint256 short = count - 1 < SHORT_KEYS ? count - 1 : SHORT_KEYS;
        if (rank < short) return rank + 1;
        return rank == short ? 0 : rank;
    }

    /// @notice Nibble of a key.
    function nibbleAt(uint256 key, uint256 position) internal pure returns (uint256) {
        return (key << (4 * position)) >> 252;
    }

    /// @notice Writes the string that stands for a path of few nibbles in a leaf or an extension. Returns the end.
    function writePath(uint256 dst, uint256 key, uint256 from, uint256 n, uint256 flag) internal pure returns (uint256) {
        uint256 path = n == 0 ? 0 : (key << (4 * from)) >> (256 - 4 * n);
        uint256 odd = n & 1;
        path |= (flag | odd) << (4 * (n + 1 - odd));
        uint256 len = n / 2 + 1;
        uint256 src = ByteTree.alloc(32);
        ByteTree.setWord(src, path << (256 - 8 * len));
        return Rlp.writeString(dst, src, len);
    }

    /// @notice Hash of an extension of `n` nibbles of the key.
    function extension(uint256 key, uint256 from, uint256 n, uint256 ref) internal pure returns (uint256) {
        uint256 node = ByteTree.alloc(128);
        // The list is shorter than 56 bytes.
        uint256 end = Rlp.writeWord(writePath(node + 1, key, from, n, 0), bytes32(ref));
        Rlp.writeListHeader(node, end - node - 1);
        return _hashOf(node, end);
    }

    /// @notice Hash of a branch without a value. Nodes of these tries are never shorter than a hash.
    /// @param refs Memory address of its 16 references, 0 where there is none.
    function branch(uint256 refs) internal pure returns (uint256) {
        uint256 node = ByteTree.alloc(640);
        // Two references make a list of 80 bytes at least: its prefix has 2 or 3 bytes.
        uint256 end = node + 3;
        for (uint256 i = 0; i < 16; i++) {
            uint256 ref = ByteTree.wordAt(refs + 32 * i);
            end = ref == 0 ? Rlp.writeUint(end, 0) : Rlp.writeWord(end, bytes32(ref));
        }
        end = Rlp.writeUint(end, 0);
        uint256 len = end - node - 3;
        uint256 start = node + 3 - Rlp.headerLength(len);
        uint256 rest = ByteTree.wordAt(node + 3);
        Rlp.writeListHeader(start, len);
        // The prefix is written as a whole word.
        ByteTree.setWord(node + 3, rest);
        return _hashOf(start, end);
    }

    function _hashOf(uint256 from, uint256 end) private pure returns (uint256) {
        return uint256(ByteTree.hash(from, end - from));
    }

    /// @dev Nibbles of rlp(index).
    function _keyOf(uint256 index) private pure returns (uint256 key, uint256 nibbles) {
        if (index == 0) return (0x80 << 248, 2);
        if (index < 0x80) return (index << 248, 2);
        if (index < 0x100) return ((0x8100 | index) << 240, 4);
        return ((0x820000 | index) << 232, 6);
    }

    /// @dev How many leading nibbles a key shares with that of another index. No key begins with another one.
    function _shared(Place memory p, uint256 other) private pure returns (uint256 n) {
        (uint256 key,) = _keyOf(other);
        uint256 diff = p.key ^ key;
        while (diff >> 252 == 0 && n < p.nibbles) {
            diff <<= 4;
            n++;
        }
    }
}
