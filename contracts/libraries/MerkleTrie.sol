// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {RlpReader} from "./RlpReader.sol";

/// @title MerkleTrie
/// @notice Shows that a hexary Merkle Patricia trie holds a value. Total: a bad proof reverts with a named error, never with a panic.
/// @dev A node below 32 bytes stands inside its parent. The proof may list it once more (as some clients do) or not;
/// if anything is listed after the last hashed node it must be these inline nodes, in order, byte for byte.
/// @custom:source docs/protocol/proposals.md#withdrawals-on-l1
library MerkleTrie {
    /// @dev Where the walk is: the node `buffer[start..end)`, nibbles of the key used, proof elements used.
    struct Walk {
        bytes buffer;
        uint256 start;
        uint256 end;
        uint256 nibble;
        uint256 used;
        bool isAfterExtension;
    }

    uint256 private constant _BRANCH_ITEMS = 17;
    uint256 private constant _PATH_ITEMS = 2;
    uint256 private constant _HASH_BYTES = 32;

    /// @notice The proof has no element.
    error MerkleTrieEmptyProof();
    /// @notice A proof element is not the node that its parent (or the root) names.
    error MerkleTrieWrongNode(uint256 element);
    /// @notice The proof ends before the value.
    error MerkleTrieProofTooShort(uint256 elements);
    /// @notice Elements are left over after the value.
    error MerkleTrieProofTooLong(uint256 used, uint256 elements);
    /// @notice A node does not have the form of a branch, an extension or a leaf where it stands.
    error MerkleTrieBadNode(uint256 element);
    /// @notice The trie does not hold the key: the path ends or forks off.
    error MerkleTrieKeyAbsent(uint256 nibble);

    /// @notice Value under a key.
    /// @param root Root of the trie.
    /// @param key Key as the trie has it (in a secure trie: the keccak).
    /// @param proof Nodes from the root down.
    /// @return value Never empty.
    function get(bytes32 root, bytes memory key, bytes[] memory proof) internal pure returns (bytes memory value) {
        if (proof.length == 0) revert MerkleTrieEmptyProof();
        if (keccak256(proof[0]) != root) revert MerkleTrieWrongNode(0);
        Walk memory walk = Walk(proof[0], 0, proof[0].length, 0, 1, false);
        // Ends: every turn uses at least one nibble of the key, or returns.
        while (true) {
            (uint256[] memory starts, uint256 count) = _itemStarts(walk);
            bool isFinal;
            uint256 itemStart;
            if (count == _BRANCH_ITEMS) (isFinal, itemStart) = _enterBranch(walk, key, starts);
            else (isFinal, itemStart) = _enterPath(walk, key, starts);
            if (isFinal) {
                value = _value(walk, itemStart);
                if (walk.used != proof.length) revert MerkleTrieProofTooLong(walk.used, proof.length);
                return value;
            }
            _descend(walk, itemStart, proof);
        }
    }

    /// @dev Positions of the node's items; 2 or 17 of them fill the node exactly.
    function _itemStarts(Walk memory walk) private pure returns (uint256[] memory starts, uint256 count) {
        RlpReader.Item memory node = RlpReader.readItem(walk.buffer, walk.start, walk.end);
        if (!node.isList || node.end != walk.end) revert MerkleTrieBadNode(walk.used - 1);
        starts = new uint256[](_BRANCH_ITEMS);
        uint256 position = node.payloadStart;
        while (position < node.end) {
            if (count == _BRANCH_ITEMS) revert MerkleTrieBadNode(walk.used - 1);
            starts[count++] = position;
            position = RlpReader.readItem(walk.buffer, position, node.end).end;
        }
        if (count != _BRANCH_ITEMS && count != _PATH_ITEMS) revert MerkleTrieBadNode(walk.used - 1);
    }

    function _enterBranch(Walk memory walk, bytes memory key, uint256[] memory starts)
        private
        pure
        returns (bool isFinal, uint256 itemStart)
    {
        walk.isAfterExtension = false;
        if (walk.nibble == key.length * 2) return (true, starts[_BRANCH_ITEMS - 1]);
        itemStart = starts[_nibbleOf(key, walk.nibble)];
        walk.nibble++;
    }

    /// @dev Leaf or extension: flag nibble 0 or 1 extension, 2 or 3 leaf; odd flags carry the first nibble of the path.
    function _enterPath(Walk memory walk, bytes memory key, uint256[] memory starts)
        private
        pure
        returns (bool isFinal, uint256 itemStart)
    {
        RlpReader.Item memory path = RlpReader.readItem(walk.buffer, starts[0], walk.end);
        if (path.isList || path.end == path.payloadStart) revert MerkleTrieBadNode(walk.used - 1);
        uint256 first = uint8(walk.buffer[path.payloadStart]);
        uint256 flag = first >> 4;
        bool isOdd = flag & 1 == 1;
        isFinal = flag & 2 == 2;
        // An even path has a zero nibble after its flag; only a branch stands below an extension.
        if (flag > 3 || (!isOdd && first & 0x0f != 0) || walk.isAfterExtension) {
            revert MerkleTrieBadNode(walk.used - 1);
        }
        // Nibble positions count from the payload's first byte.
        uint256 from = isOdd ? 1 : 2;
        uint256 to = (path.end - path.payloadStart) * 2;
        if (!isFinal && from == to) revert MerkleTrieBadNode(walk.used - 1);
        uint256 left = key.length * 2 - walk.nibble;
        if (to - from > left || (isFinal && to - from != left)) revert MerkleTrieKeyAbsent(walk.nibble);
        _matchPath(walk, key, path.payloadStart, from, to);
        walk.isAfterExtension = !isFinal;
        itemStart = starts[1];
    }

    /// @dev Uses up nibbles of the key: they must be those of the path, from..to counted from its first byte.
    function _matchPath(Walk memory walk, bytes memory key, uint256 payloadStart, uint256 from, uint256 to)
        private
        pure
    {
        for (uint256 i = from; i < to; i++) {
            uint256 pair = uint8(walk.buffer[payloadStart + i / 2]);
            uint256 nibble = i & 1 == 0 ? pair >> 4 : pair & 0x0f;
            if (nibble != _nibbleOf(key, walk.nibble)) revert MerkleTrieKeyAbsent(walk.nibble);
            walk.nibble++;
        }
    }

    /// @dev Goes to the child that the item names by hash or holds inline.
    function _descend(Walk memory walk, uint256 itemStart, bytes[] memory proof) private pure {
        RlpReader.Item memory child = RlpReader.readItem(walk.buffer, itemStart, walk.end);
        if (child.isList) {
            uint256 size = child.end - itemStart;
            if (size >= _HASH_BYTES) revert MerkleTrieBadNode(walk.used - 1);
            walk.start = itemStart;
            walk.end = child.end;
            if (walk.used == proof.length) return;
            bytes memory listed = proof[walk.used];
            if (listed.length != size || keccak256(listed) != _hashRegion(walk.buffer, itemStart, size)) {
                revert MerkleTrieWrongNode(walk.used);
            }
            walk.used++;
            return;
        }
        uint256 length = child.end - child.payloadStart;
        if (length == 0) revert MerkleTrieKeyAbsent(walk.nibble);
        if (length != _HASH_BYTES) revert MerkleTrieBadNode(walk.used - 1);
        if (walk.used == proof.length) revert MerkleTrieProofTooShort(proof.length);
        bytes memory node = proof[walk.used];
        // A node that is named by its hash is too long to stand inline.
        if (node.length < _HASH_BYTES || keccak256(node) != _word(walk.buffer, child.payloadStart)) {
            revert MerkleTrieWrongNode(walk.used);
        }
        walk.buffer = node;
        walk.start = 0;
        walk.end = node.length;
        walk.used++;
    }

    function _value(Walk memory walk, uint256 itemStart) private pure returns (bytes memory value) {
        RlpReader.Item memory item = RlpReader.readItem(walk.buffer, itemStart, walk.end);
        uint256 length = item.end - item.payloadStart;
        if (item.isList) revert MerkleTrieBadNode(walk.used - 1);
        if (length == 0) revert MerkleTrieKeyAbsent(walk.nibble);
        value = new bytes(length);
        bytes memory buffer = walk.buffer;
        uint256 from = item.payloadStart;
        // Safe: readItem bounded the payload by the buffer, and `value` has exactly `length` bytes.
        assembly ("memory-safe") {
            mcopy(add(value, 0x20), add(add(buffer, 0x20), from), length)
        }
    }

    function _nibbleOf(bytes memory key, uint256 index) private pure returns (uint256) {
        uint256 pair = uint8(key[index / 2]);
        return index & 1 == 0 ? pair >> 4 : pair & 0x0f;
    }

    function _word(bytes memory buffer, uint256 position) private pure returns (bytes32 word) {
        // Safe: the caller read a 32-byte payload at this position.
        assembly ("memory-safe") {
            word := mload(add(add(buffer, 0x20), position))
        }
    }

    function _hashRegion(bytes memory buffer, uint256 position, uint256 size) private pure returns (bytes32 hash) {
        // Safe: the caller read an item of this size at this position.
        assembly ("memory-safe") {
            hash := keccak256(add(add(buffer, 0x20), position), size)
        }
    }
}
