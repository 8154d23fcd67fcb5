// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Rlp} from "./Rlp.sol";

/// @title MptNode
/// @notice Reads and builds single nodes of a Merkle Patricia trie with keys of 32 bytes, in memory.
/// @dev Paths are words whose highest nibbles count; what lies below those is anything. A reference is the encoded item
///      that stands in the parent: 0xa0 and a hash (33 bytes), the child itself if it is shorter than 32 bytes, or 0x80.
///      Nodes are built above the free memory pointer, without taking that memory: what is built last is what counts.
library MptNode {
    // ---------------------------------------------------------------- constants

    /// @notice Kinds of nodes.
    uint256 internal constant BRANCH = 1;
    uint256 internal constant EXTENSION = 2;
    uint256 internal constant LEAF = 3;

    /// @notice Bytes of a reference by hash.
    uint256 internal constant HASH_REF = 33;
    /// @dev Bytes of the items of a branch with sixteen references by hash: most nodes of a large trie.
    uint256 private constant FULL_BRANCH = 529;

    // ---------------------------------------------------------------- errors

    /// @notice A trie node is no canonical node of such a trie.
    error BadNode();

    // ---------------------------------------------------------------- reading

    /// @notice Reads the node of `len` bytes at `ptr`, above which `left` of the key's 64 nibbles are open.
    /// @return kind BRANCH, EXTENSION or LEAF.
    /// @return path Nibbles of an extension or leaf.
    /// @return n Their number.
    /// @return itemPtr Branch: its first child; extension: the reference to its child; leaf: its value without prefix.
    /// @return itemLen Bytes of that; branch: bytes of all its items.
    function parse(uint256 ptr, uint256 len, uint256 left)
        internal
        pure
        returns (uint256 kind, uint256 path, uint256 n, uint256 itemPtr, uint256 itemLen)
    {
        // Addresses are small numbers, lengths are below 2^16 here.
        unchecked {
            uint256 cur = payloadOf(ptr, len);
            uint256 end = ptr + len;
            uint256 first = _byte(cur);
            uint256 second;
            // A path is one byte below 0x40, or 2 to 33 bytes.
            if (first < 0x40) {
                second = cur + 1;
            } else if (first < 0xa2 && first > 0x81) {
                second = cur + first - 0x7f;
                // A path of 32 bytes looks like the first child of a branch, but in that 16 items follow.
                if (first == 0xa0 && !_isLast(second, end)) kind = BRANCH;
                else cur++;
            } else {
                kind = BRANCH;
            }
            if (kind == BRANCH) {
                if (left == 0) revert BadNode();
                return (kind, 0, 0, cur, end - cur);
            }
            n = 2 * (second - cur);
            uint256 flag = _byte(cur);
            kind = flag < 0x20 ? EXTENSION : LEAF;
            if (flag & 0x10 != 0) {
                n -= 1;
                path = _word(cur) << 4;
            } else {
                n -= 2;
                path = _word(cur + 1);
                if (flag & 0x0f != 0) revert BadNode();
            }
            if (flag > 0x3f || second >= end) revert BadNode();
            if (kind == LEAF) {
                bool ok;
                bool isList;
                (ok, isList, itemPtr, itemLen) = Rlp.item(second, end);
                if (!ok || isList || itemLen == 0 || itemPtr + itemLen != end || n != left) revert BadNode();
            } else {
                itemPtr = second;
                itemLen = end - second;
                // Below an extension is a branch, which has a nibble of its own.
                if (n == 0 || n >= left || !_isReference(second, itemLen)) revert BadNode();
            }
        }
    }

    /// @notice The child of a branch at a nibble.
    /// @param cur The branch's items.
    /// @param len Bytes of those.
    /// @return childPtr The reference to the child, 0x80 for none.
    /// @return childLen Its bytes.
    function child(uint256 cur, uint256 len, uint256 nibble) internal pure returns (uint256 childPtr, uint256 childLen) {
        unchecked {
            if (len == FULL_BRANCH) {
                // Its sixteen children can only be hashes.
                _requireFull(cur);
                return (cur + HASH_REF * nibble, HASH_REF);
            }
            uint256 children;
            uint256 found;
            (childPtr, found) = _skip(cur, nibble);
            children = found;
            (childLen, found) = _skip(childPtr, 1);
            children += found;
            uint256 end = childLen;
            (end, found) = _skip(end, 15 - nibble);
            // With keys of one length no branch has a value, and none has fewer than two children.
            if (_byte(end) != 0x80 || end + 1 != cur + len || children + found < 2) revert BadNode();
            childLen -= childPtr;
        }
    }

    /// @notice What a branch has besides the child at `nibble`.
    /// @return count Number of other children.
    /// @return nibble2 Nibble of the last of them.
    /// @return childPtr The reference to that one.
    /// @return childLen Its bytes.
    function others(uint256 cur, uint256 nibble)
        internal
        pure
        returns (uint256 count, uint256 nibble2, uint256 childPtr, uint256 childLen)
    {
        unchecked {
            for (uint256 i = 0; i < 16; i++) {
                (uint256 next, uint256 found) = _skip(cur, 1);
                if (found != 0 && i != nibble) {
                    count++;
                    nibble2 = i;
                    childPtr = cur;
                    childLen = next - cur;
                }
                cur = next;
            }
        }
    }

    /// @notice Where the items of a node begin; its list must fill the `len` bytes at `ptr` exactly.
    function payloadOf(uint256 ptr, uint256 len) internal pure returns (uint256) {
        unchecked {
            uint256 prefix = _byte(ptr);
            // A node of two or more items, and below 2^16 bytes.
            if (len < 3) revert BadNode();
            if (prefix < 0xf8) {
                if (prefix != 0xbf + len) revert BadNode();
                return ptr + 1;
            }
            if (prefix == 0xf8) {
                uint256 size = _byte(ptr + 1);
                if (size < 56 || size + 2 != len) revert BadNode();
                return ptr + 2;
            }
            if (prefix == 0xf9) {
                uint256 size = _word(ptr + 1) >> 240;
                if (size < 256 || size + 3 != len) revert BadNode();
                return ptr + 3;
            }
            revert BadNode();
        }
    }

    // ---------------------------------------------------------------- building

    /// @notice Builds a leaf.
    function leaf(uint256 path, uint256 n, uint256 valuePtr, uint256 valueLen)
        internal
        pure
        returns (uint256 ptr, uint256 len)
    {
        unchecked {
            uint256 end;
            (ptr, end) = _short(path, n, 0x20, Rlp.stringLength(valuePtr, valueLen));
            len = Rlp.writeString(end, valuePtr, valueLen) - ptr;
        }
    }

    /// @notice Builds an extension to a child with this reference.
    function extension(uint256 path, uint256 n, uint256 refPtr, uint256 refLen)
        internal
        pure
        returns (uint256 ptr, uint256 len)
    {
        unchecked {
            uint256 end;
            (ptr, end) = _short(path, n, 0, refLen);
            assembly ("memory-safe") {
                mcopy(end, refPtr, refLen)
            }
            len = end + refLen - ptr;
        }
    }

    /// @notice Builds a branch with two children, references `ref1` at nibble `n1` and `ref2` at `n2`.
    function branch(uint256 n1, uint256 ref1, uint256 len1, uint256 n2, uint256 ref2, uint256 len2)
        internal
        pure
        returns (uint256 ptr, uint256 len)
    {
        if (n1 > n2) return branch(n2, ref2, len2, n1, ref1, len1);
        unchecked {
            uint256 size = 15 + len1 + len2;
            ptr = _free();
            uint256 cur = Rlp.writeListHeader(ptr, size);
            len = cur - ptr + size;
            assembly ("memory-safe") {
                let none := 0x8080808080808080808080808080808080808080808080808080808080808080
                mstore(cur, none)
                cur := add(cur, n1)
                mcopy(cur, ref1, len1)
                cur := add(cur, len1)
                mstore(cur, none)
                cur := add(cur, sub(sub(n2, n1), 1))
                mcopy(cur, ref2, len2)
                cur := add(cur, len2)
                mstore(cur, none)
            }
        }
    }

    /// @notice The node of `len` bytes at `ptr` with the `oldLen` bytes at `oldPtr` replaced by a reference. Where the
    ///         length stays it is changed in place, else built anew.
    function replace(uint256 ptr, uint256 len, uint256 oldPtr, uint256 oldLen, uint256 refPtr, uint256 refLen)
        internal
        pure
        returns (uint256 newPtr, uint256 newLen)
    {
        if (oldLen == refLen) {
            assembly ("memory-safe") {
                mcopy(oldPtr, refPtr, refLen)
            }
            return (ptr, len);
        }
        unchecked {
            uint256 cur = payloadOf(ptr, len);
            uint256 size = ptr + len - cur - oldLen + refLen;
            newPtr = _free();
            uint256 to = Rlp.writeListHeader(newPtr, size);
            newLen = to - newPtr + size;
            assembly ("memory-safe") {
                mcopy(to, cur, sub(oldPtr, cur))
                to := add(to, sub(oldPtr, cur))
                mcopy(to, refPtr, refLen)
                let rest := add(oldPtr, oldLen)
                mcopy(add(to, refLen), rest, sub(add(ptr, len), rest))
            }
        }
    }

    /// @notice Writes the reference to a node into the 64 bytes at `refPtr`; returns its length.
    function refer(uint256 ptr, uint256 len, uint256 refPtr) internal pure returns (uint256 refLen) {
        assembly ("memory-safe") {
            switch lt(len, 0x20)
            case 1 {
                mcopy(refPtr, ptr, len)
                refLen := len
            }
            default {
                mstore8(refPtr, 0xa0)
                mstore(add(refPtr, 1), keccak256(ptr, len))
                refLen := 33
            }
        }
    }

    // ---------------------------------------------------------------- private

    /// @dev Writes the list header and the path of a node of two items; `second` is the length of the other one.
    function _short(uint256 path, uint256 n, uint256 flag, uint256 second)
        private
        pure
        returns (uint256 ptr, uint256 cur)
    {
        unchecked {
            uint256 width = (n >> 1) + 1;
            ptr = _free();
            cur = Rlp.writeListHeader(ptr, (width == 1 ? 1 : width + 1) + second);
            assembly ("memory-safe") {
                if gt(width, 1) {
                    mstore8(cur, add(0x80, width))
                    cur := add(cur, 1)
                }
                switch and(n, 1)
                case 1 { mstore(cur, or(shl(248, or(flag, 0x10)), shr(4, path))) }
                default {
                    mstore8(cur, flag)
                    mstore(add(cur, 1), path)
                }
                cur := add(cur, width)
            }
        }
    }

    /// @dev The sixteen references of a full branch begin as hashes do, and it has no value.
    function _requireFull(uint256 cur) private pure {
        uint256 wrong;
        assembly ("memory-safe") {
            let end := add(cur, 528)
            wrong := xor(byte(0, mload(end)), 0x80)
            for {} lt(cur, end) { cur := add(cur, 132) } {
                let a := or(xor(byte(0, mload(cur)), 0xa0), xor(byte(0, mload(add(cur, 33))), 0xa0))
                let b := or(xor(byte(0, mload(add(cur, 66))), 0xa0), xor(byte(0, mload(add(cur, 99))), 0xa0))
                wrong := or(wrong, or(a, b))
            }
        }
        if (wrong != 0) revert BadNode();
    }

    /// @dev Steps over `count` references; `found` counts those that are no 0x80.
    function _skip(uint256 cur, uint256 count) private pure returns (uint256 next, uint256 found) {
        bool bad;
        assembly ("memory-safe") {
            found := count
            for {} count { count := sub(count, 1) } {
                let prefix := byte(0, mload(cur))
                if eq(prefix, 0xa0) {
                    cur := add(cur, 33)
                    continue
                }
                if eq(prefix, 0x80) {
                    cur := add(cur, 1)
                    found := sub(found, 1)
                    continue
                }
                // A list of less than 32 bytes in all, not empty.
                if gt(sub(prefix, 0xc1), 0x1d) {
                    bad := 1
                    break
                }
                cur := add(cur, sub(prefix, 0xbf))
            }
            next := cur
        }
        if (bad) revert BadNode();
    }

    /// @dev A reference to a child of exactly this length.
    function _isReference(uint256 cur, uint256 len) private pure returns (bool) {
        uint256 prefix = _byte(cur);
        unchecked {
            return prefix == 0xa0 ? len == HASH_REF : prefix > 0xc0 && prefix < 0xdf && len == prefix - 0xbf;
        }
    }

    /// @dev One item at `cur` fills the slice.
    function _isLast(uint256 cur, uint256 end) private pure returns (bool) {
        (bool ok,, uint256 payload, uint256 len) = Rlp.item(cur, end);
        unchecked {
            return ok && payload + len == end;
        }
    }

    function _free() private pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := mload(0x40)
        }
    }

    function _byte(uint256 cur) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(cur))
        }
    }

    function _word(uint256 cur) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(cur)
        }
    }
}
