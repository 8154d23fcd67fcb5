// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MptNode} from "./MptNode.sol";
import {Wit} from "./Witness.sol";

/// @title MptTrie
/// @notice Reads, sets and deletes the value of one 32-byte key of a Merkle Patricia trie, from the nodes of a witness.
/// @dev Order of the nodes in the witness (normative): `load` consumes from the root downward the RLP of each node that is
///      referenced by its hash, the root included unless the trie is empty; nodes shorter than 32 bytes are read inside
///      their parent. `save` consumes nothing, with one exception: where a delete leaves a branch with one child and that
///      is referenced by its hash, it consumes that child, whatever its kind.
library MptTrie {
    // ---------------------------------------------------------------- types

    /// @notice The way from the root toward a key, and how it ends.
    struct Path {
        bytes32 root;
        uint256 key;
        /// Memory address of the lowest frame: {the frame above or 0, node, its length, reference, its length, kind}.
        uint256 frame;
        /// One of the END constants.
        uint256 end;
        /// Nibbles of the key above the place where the way ends.
        uint256 pos;
        /// Ends in a leaf or extension: its nibbles, their number, how many of them the key shares.
        uint256 path;
        uint256 n;
        uint256 common;
        /// Its value (leaf) or the reference to its child (extension).
        uint256 itemPtr;
        uint256 itemLen;
    }

    // ---------------------------------------------------------------- constants

    /// @notice Root of an empty trie: keccak256(0x80).
    bytes32 internal constant EMPTY_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

    /// @dev The trie is empty, or the branch has no child there.
    uint256 private constant END_NOTHING = 0;
    /// @dev The key's leaf.
    uint256 private constant END_FOUND = 1;
    /// @dev Another key's leaf.
    uint256 private constant END_LEAF = 2;
    /// @dev An extension that leads elsewhere.
    uint256 private constant END_EXTENSION = 3;

    // ---------------------------------------------------------------- errors

    /// @notice The next node of the witness is not the one that the trie refers to.
    error BadNodeHash(bytes32 got, bytes32 expected);

    // ---------------------------------------------------------------- reading

    /// @notice Looks the key up.
    /// @return p The way, for `save`.
    /// @return valuePtr Memory address of the value; it is valid until `save`.
    /// @return valueLen Its bytes, 0 if the key is absent.
    function load(Wit.Data memory w, bytes32 root, bytes32 key)
        internal
        pure
        returns (Path memory p, uint256 valuePtr, uint256 valueLen)
    {
        p.root = root;
        p.key = uint256(key);
        if (root == EMPTY_ROOT) return (p, 0, 0);
        // Positions are at most 64, addresses small.
        unchecked {
            (uint256 ptr, uint256 len) = _fetch(w, root);
            uint256 pos = 0;
            bool isBranchDue = false;
            while (true) {
                (uint256 kind, uint256 path, uint256 n, uint256 itemPtr, uint256 itemLen) =
                    MptNode.parse(ptr, len, 64 - pos);
                if (kind == MptNode.BRANCH) {
                    (itemPtr, itemLen) = MptNode.child(itemPtr, itemLen, (uint256(key) << (4 * pos)) >> 252);
                    pos++;
                } else {
                    // No short node stands below an extension.
                    if (isBranchDue) revert MptNode.BadNode();
                    uint256 common = _common(path ^ (uint256(key) << (4 * pos)), n);
                    if (kind == MptNode.LEAF || common != n) {
                        (p.path, p.n, p.common, p.itemPtr, p.itemLen) = (path, n, common, itemPtr, itemLen);
                        p.pos = pos;
                        if (kind == MptNode.EXTENSION) p.end = END_EXTENSION;
                        else if (common != n) p.end = END_LEAF;
                        else (p.end, valuePtr, valueLen) = (END_FOUND, itemPtr, itemLen);
                        return (p, valuePtr, valueLen);
                    }
                    pos += n;
                }
                isBranchDue = kind == MptNode.EXTENSION;
                _push(p, ptr, len, itemPtr, itemLen, kind);
                if (itemLen == 1) {
                    p.pos = pos;
                    return (p, 0, 0);
                }
                if (itemLen == MptNode.HASH_REF) {
                    (ptr, len) = _fetch(w, _hashAt(itemPtr));
                    if (len < 32) revert MptNode.BadNode();
                } else {
                    (ptr, len) = (itemPtr, itemLen);
                }
            }
        }
    }

    // ---------------------------------------------------------------- writing

    /// @notice Sets the value at the end of the way, or deletes it (valueLen 0; nothing happens if the key is absent).
    ///         Call it at most once for a path: it changes the nodes in place.
    /// @return newRoot Root of the trie after that.
    function save(Wit.Data memory w, Path memory p, uint256 valuePtr, uint256 valueLen)
        internal
        pure
        returns (bytes32 newRoot)
    {
        if (valueLen == 0 && p.end != END_FOUND) return p.root;
        uint256 ptr;
        uint256 len;
        uint256 frame = p.frame;
        uint256 refPtr;
        assembly ("memory-safe") {
            // Room for two references.
            refPtr := mload(0x40)
            mstore(0x40, add(refPtr, 0x80))
        }
        if (valueLen != 0) {
            (ptr, len) = _insert(p, valuePtr, valueLen, refPtr);
        } else {
            if (frame == 0) return EMPTY_ROOT;
            (frame, ptr, len) = _remove(w, p, refPtr);
        }
        while (frame != 0) {
            uint256 refLen = MptNode.refer(ptr, len, refPtr);
            (ptr, len) = _replace(frame, refPtr, refLen);
            frame = _above(frame);
        }
        assembly ("memory-safe") {
            newRoot := keccak256(ptr, len)
        }
    }

    // ---------------------------------------------------------------- private

    /// @dev The node that takes the place of the way's end when the key gets a value.
    function _insert(Path memory p, uint256 valuePtr, uint256 valueLen, uint256 refPtr)
        private
        pure
        returns (uint256 ptr, uint256 len)
    {
        unchecked {
            uint256 pos = p.pos;
            if (p.end < END_LEAF) return MptNode.leaf(p.key << (4 * pos), 64 - pos, valuePtr, valueLen);
            // A fork: the old node keeps the nibbles behind the first that differs.
            uint256 common = p.common;
            uint256 rest = p.n - common - 1;
            uint256 path = p.path << (4 * (common + 1));
            uint256 oldRef = p.itemPtr;
            uint256 oldLen = p.itemLen;
            if (p.end == END_LEAF || rest != 0) {
                (ptr, len) = p.end == END_LEAF
                    ? MptNode.leaf(path, rest, oldRef, oldLen)
                    : MptNode.extension(path, rest, oldRef, oldLen);
                oldRef = refPtr + 0x40;
                oldLen = MptNode.refer(ptr, len, oldRef);
            }
            uint256 fork = pos + common;
            (ptr, len) = MptNode.leaf(p.key << (4 * (fork + 1)), 63 - fork, valuePtr, valueLen);
            uint256 refLen = MptNode.refer(ptr, len, refPtr);
            (ptr, len) =
                MptNode.branch((p.key << (4 * fork)) >> 252, refPtr, refLen, (p.path << (4 * common)) >> 252, oldRef, oldLen);
            if (common != 0) {
                refLen = MptNode.refer(ptr, len, refPtr);
                (ptr, len) = MptNode.extension(p.path, common, refPtr, refLen);
            }
        }
    }

    /// @dev Takes the leaf out of the branch above it.
    /// @return frame The frame whose child the new node becomes, 0 for the root.
    /// @return ptr The new node.
    /// @return len Its length.
    function _remove(Wit.Data memory w, Path memory p, uint256 refPtr)
        private
        pure
        returns (uint256 frame, uint256 ptr, uint256 len)
    {
        unchecked {
            frame = p.frame;
            (ptr, len,) = _nodeOf(frame);
            uint256 pos = p.pos;
            (uint256 count, uint256 nibble, uint256 childPtr, uint256 childLen) =
                MptNode.others(MptNode.payloadOf(ptr, len), (p.key << (4 * (pos - 1))) >> 252);
            if (count > 1) {
                assembly ("memory-safe") {
                    mstore8(refPtr, 0x80)
                }
                (ptr, len) = _replace(frame, refPtr, 1);
                return (_above(frame), ptr, len);
            }
            // The branch is left with one child, and becomes a short node: the child's nibble, then what the child has.
            frame = _above(frame);
            (ptr, len) = (childPtr, childLen);
            if (childLen == MptNode.HASH_REF) {
                (ptr, len) = _fetch(w, _hashAt(childPtr));
                if (len < 32) revert MptNode.BadNode();
            }
            (uint256 kind, uint256 path, uint256 n, uint256 itemPtr, uint256 itemLen) = MptNode.parse(ptr, len, 64 - pos);
            if (kind == MptNode.BRANCH) {
                // Looked at only so that a malformed one is refused.
                MptNode.child(itemPtr, itemLen, 0);
                (path, n, itemPtr, itemLen) = (0, 0, childPtr, childLen);
            }
            path = (nibble << 252) | (path >> 4);
            n++;
            // It melts into an extension above.
            if (frame != 0) {
                (uint256 abovePtr, uint256 aboveLen, uint256 aboveKind) = _nodeOf(frame);
                if (aboveKind == MptNode.EXTENSION) {
                    frame = _above(frame);
                    (, uint256 upper, uint256 m,,) = MptNode.parse(abovePtr, aboveLen, 64);
                    path = ((upper >> (256 - 4 * m)) << (256 - 4 * m)) | (path >> (4 * m));
                    n += m;
                }
            }
            (ptr, len) = kind == MptNode.LEAF
                ? MptNode.leaf(path, n, itemPtr, itemLen)
                : MptNode.extension(path, n, itemPtr, itemLen);
        }
    }

    /// @dev The next node of the witness, which must have this hash.
    function _fetch(Wit.Data memory w, bytes32 expected) private pure returns (uint256 ptr, uint256 len) {
        (ptr, len) = Wit.nextNode(w);
        bytes32 got;
        assembly ("memory-safe") {
            got := keccak256(ptr, len)
        }
        if (got != expected) revert BadNodeHash(got, expected);
    }

    /// @dev Adds a frame below the lowest one.
    function _push(Path memory p, uint256 ptr, uint256 len, uint256 refPtr, uint256 refLen, uint256 kind) private pure {
        uint256 above = p.frame;
        uint256 frame;
        assembly ("memory-safe") {
            frame := mload(0x40)
            mstore(0x40, add(frame, 0xc0))
            mstore(frame, above)
            mstore(add(frame, 0x20), ptr)
            mstore(add(frame, 0x40), len)
            mstore(add(frame, 0x60), refPtr)
            mstore(add(frame, 0x80), refLen)
            mstore(add(frame, 0xa0), kind)
        }
        p.frame = frame;
    }

    function _above(uint256 frame) private pure returns (uint256 above) {
        assembly ("memory-safe") {
            above := mload(frame)
        }
    }

    function _nodeOf(uint256 frame) private pure returns (uint256 ptr, uint256 len, uint256 kind) {
        assembly ("memory-safe") {
            ptr := mload(add(frame, 0x20))
            len := mload(add(frame, 0x40))
            kind := mload(add(frame, 0xa0))
        }
    }

    /// @dev The frame's node with another reference.
    function _replace(uint256 frame, uint256 refPtr, uint256 refLen) private pure returns (uint256, uint256) {
        uint256 ptr;
        uint256 len;
        uint256 oldPtr;
        uint256 oldLen;
        assembly ("memory-safe") {
            ptr := mload(add(frame, 0x20))
            len := mload(add(frame, 0x40))
            oldPtr := mload(add(frame, 0x60))
            oldLen := mload(add(frame, 0x80))
        }
        return MptNode.replace(ptr, len, oldPtr, oldLen, refPtr, refLen);
    }

    /// @dev The hash in a reference by hash.
    function _hashAt(uint256 refPtr) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := mload(add(refPtr, 1))
        }
    }

    /// @dev How many of the first `n` nibbles of the difference of two paths are zero.
    function _common(uint256 diff, uint256 n) private pure returns (uint256 common) {
        assembly ("memory-safe") {
            // Nothing below the first n nibbles counts.
            let drop := sub(256, shl(2, n))
            diff := shl(drop, shr(drop, diff))
            switch diff
            case 0 { common := n }
            default {
                let half := shl(5, iszero(shr(128, diff)))
                common := half
                diff := shl(shl(2, half), diff)
                half := shl(4, iszero(shr(192, diff)))
                common := add(common, half)
                diff := shl(shl(2, half), diff)
                half := shl(3, iszero(shr(224, diff)))
                common := add(common, half)
                diff := shl(shl(2, half), diff)
                half := shl(2, iszero(shr(240, diff)))
                common := add(common, half)
                diff := shl(shl(2, half), diff)
                half := shl(1, iszero(shr(248, diff)))
                common := add(common, half)
                diff := shl(shl(2, half), diff)
                common := add(common, iszero(shr(252, diff)))
            }
        }
    }
}
