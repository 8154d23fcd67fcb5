// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {Account} from "./Account.sol";
import {ByteTree} from "./ByteTree.sol";
import {MptTrie} from "./MptTrie.sol";
import {Rlp} from "./Rlp.sol";
import {Wit} from "./Witness.sol";

/// @title World
/// @notice Accounts, their slots and their code, in the state trie of a step's witness.
/// @dev A step reads all that it needs first, from the trie as it was, and then saves an account at most once.
/// @custom:source docs/protocol/machine.md#witness
library World {
    using Wit for Wit.Data;

    /// @notice An account that has been read.
    struct Entry {
        /// Its way in the state trie.
        MptTrie.Path path;
        /// The empty account if there is none.
        Account.Info info;
        /// Whether there is one.
        bool exists;
    }

    /// @notice The code in the witness is not that of the account.
    error BadCode(bytes32 got, bytes32 expected);
    /// @notice The trie has something at a slot's key that is no number.
    error BadWord();

    // ---------------------------------------------------------------- accounts

    /// @notice Reads an account; its path is the next in the witness.
    /// @param who Address as a number.
    function load(Wit.Data memory w, uint256 who) internal pure returns (Entry memory e) {
        uint256 ptr;
        uint256 len;
        (e.path, ptr, len) = MptTrie.load(w, w.load(T.G_STATE_ROOT), addressKey(who));
        e.info = Account.decode(ptr, len);
        e.exists = len != 0;
    }

    /// @notice Writes `e.info`; an account that is empty is removed.
    function save(Wit.Data memory w, Entry memory e) internal pure {
        (uint256 ptr, uint256 len) = Account.encode(e.info);
        w.store(T.G_STATE_ROOT, MptTrie.save(w, e.path, ptr, len));
    }

    /// @notice Key of an address in the state trie and in the maps of a transaction: keccak of its 20 bytes.
    function addressKey(uint256 who) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            mstore(0x00, who)
            key := keccak256(0x0c, 20)
        }
    }

    // ---------------------------------------------------------------- slots

    /// @notice Reads a slot of an account; its path is the next in the witness.
    /// @return path Its way in the storage trie, for `saveSlot`.
    /// @return value What it holds.
    function loadSlot(Wit.Data memory w, Account.Info memory info, uint256 slot)
        internal
        pure
        returns (MptTrie.Path memory path, uint256 value)
    {
        bytes32 key;
        assembly ("memory-safe") {
            mstore(0x00, slot)
            key := keccak256(0x00, 0x20)
        }
        uint256 ptr;
        uint256 len;
        (path, ptr, len) = MptTrie.load(w, info.storageRoot, key);
        value = decodeWord(ptr, len);
    }

    /// @notice Changes a slot: `info` gets the new storage root, and is not saved yet.
    function saveSlot(Wit.Data memory w, Account.Info memory info, MptTrie.Path memory path, uint256 value) internal pure {
        (uint256 ptr, uint256 len) = encodeWord(value);
        info.storageRoot = MptTrie.save(w, path, ptr, len);
    }

    /// @notice The number that a trie value of a slot stands for; no value is 0.
    function decodeWord(uint256 ptr, uint256 len) internal pure returns (uint256 value) {
        if (len == 0) return 0;
        Rlp.Reader memory r = Rlp.reader(ptr, len);
        value = Rlp.readUint(r, 32);
        if (!Rlp.isDone(r) || value == 0) revert BadWord();
    }

    /// @notice The trie value of a number, in new memory; 0 has none (len 0), which deletes it.
    function encodeWord(uint256 value) internal pure returns (uint256 ptr, uint256 len) {
        if (value == 0) return (0, 0);
        assembly ("memory-safe") {
            ptr := mload(0x40)
            mstore(0x40, add(ptr, 0x60))
        }
        unchecked {
            len = Rlp.writeUint(ptr, value) - ptr;
        }
    }

    // ---------------------------------------------------------------- code

    /// @notice The code with this hash: that of the witness, or none if it is the hash of no code.
    /// @return ptr Memory address; zero bytes follow to a full word.
    /// @return len Its bytes.
    function codeOf(Wit.Data memory w, bytes32 codeHash) internal pure returns (uint256 ptr, uint256 len) {
        if (codeHash == T.EMPTY_CODE_HASH) return (0, 0);
        (ptr, len) = w.codeBytes();
        bytes32 got = ByteTree.hash(ptr, len);
        if (got != codeHash) revert BadCode(got, codeHash);
    }

    /// @notice Root of code as a byte tree.
    function codeRoot(uint256 ptr, uint256 len) internal pure returns (bytes32) {
        unchecked {
            return ByteTree.root(ptr, (len + 31) / 32, T.D_CODE);
        }
    }
}
