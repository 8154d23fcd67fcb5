// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {ByteTree} from "./ByteTree.sol";
import {MptTrie} from "./MptTrie.sol";
import {PrecompileGas} from "./PrecompileGas.sol";
import {Wit} from "./Witness.sol";
import {World} from "./World.sol";

/// @title TxMaps
/// @notice What a transaction remembers in tries: warm addresses and slots, transient storage, created accounts.
/// @dev To look something up consumes its path from the witness; to set it consumes nothing, but where a word of transient
///      storage goes away.
/// @custom:source docs/protocol/machine.md#rev-160175; EIPs 1153, 2200, 2929, 6780
library TxMaps {
    using Wit for Wit.Data;

    /// @notice What is known of a slot.
    struct Slot {
        MptTrie.Path path;
        /// Neither in an access list nor touched.
        bool isCold;
        /// Its value has been read in this transaction.
        bool isLoaded;
        /// Its value then.
        uint256 original;
    }

    uint256 private constant LISTED = 1;
    uint256 private constant LOADED = 2;

    /// @notice warmSlot has something that is neither a listed nor a loaded slot.
    error BadSlotEntry();

    // ---------------------------------------------------------------- addresses

    /// @notice Whether an address has been touched. Precompiles are always warm, and not looked up.
    /// @return isWarm Whether it is.
    /// @return path Its way, for `makeWarm`; of no use if it is warm.
    function loadWarm(Wit.Data memory w, uint256 who) internal pure returns (bool isWarm, MptTrie.Path memory path) {
        if (PrecompileGas.isPrecompile(who)) return (true, path);
        return _has(w, T.G_WARM_ADDR, World.addressKey(who));
    }

    /// @notice Marks a cold address as touched.
    function makeWarm(Wit.Data memory w, MptTrie.Path memory path) internal pure {
        _mark(w, T.G_WARM_ADDR, path);
    }

    /// @notice Whether an account has been created in this transaction.
    function loadCreated(Wit.Data memory w, uint256 who) internal pure returns (bool, MptTrie.Path memory) {
        return _has(w, T.G_CREATED, World.addressKey(who));
    }

    /// @notice Marks an account as created.
    function makeCreated(Wit.Data memory w, MptTrie.Path memory path) internal pure {
        _mark(w, T.G_CREATED, path);
    }

    // ---------------------------------------------------------------- slots

    /// @notice Looks a slot up.
    function loadSlot(Wit.Data memory w, uint256 who, uint256 slot) internal pure returns (Slot memory s) {
        uint256 ptr;
        uint256 len;
        (s.path, ptr, len) = MptTrie.load(w, w.load(T.G_WARM_SLOT), _slotKey(who, slot));
        if (len == 0) {
            s.isCold = true;
        } else if (len == 33 && ByteTree.byteAt(ptr) == LOADED) {
            s.isLoaded = true;
            s.original = ByteTree.wordAt(ptr + 1);
        } else if (len != 1 || ByteTree.byteAt(ptr) != LISTED) {
            revert BadSlotEntry();
        }
    }

    /// @notice Marks a cold slot as listed.
    function makeListed(Wit.Data memory w, MptTrie.Path memory path) internal pure {
        _mark(w, T.G_WARM_SLOT, path);
    }

    /// @notice Remembers the value of a slot at its first load.
    function makeLoaded(Wit.Data memory w, MptTrie.Path memory path, uint256 original) internal pure {
        uint256 ptr = ByteTree.alloc(33);
        ByteTree.setByte(ptr, LOADED);
        ByteTree.setWord(ptr + 1, original);
        w.store(T.G_WARM_SLOT, MptTrie.save(w, path, ptr, 33));
    }

    /// @notice A word of transient storage.
    function loadTransient(Wit.Data memory w, uint256 who, uint256 slot)
        internal
        pure
        returns (MptTrie.Path memory path, uint256 value)
    {
        uint256 ptr;
        uint256 len;
        (path, ptr, len) = MptTrie.load(w, w.load(T.G_TRANSIENT), _slotKey(who, slot));
        value = World.decodeWord(ptr, len);
    }

    /// @notice Changes a word of transient storage.
    function saveTransient(Wit.Data memory w, MptTrie.Path memory path, uint256 value) internal pure {
        (uint256 ptr, uint256 len) = World.encodeWord(value);
        w.store(T.G_TRANSIENT, MptTrie.save(w, path, ptr, len));
    }

    // ---------------------------------------------------------------- private

    function _has(Wit.Data memory w, uint256 g, bytes32 key)
        private
        pure
        returns (bool isThere, MptTrie.Path memory path)
    {
        uint256 len;
        (path,, len) = MptTrie.load(w, w.load(g), key);
        isThere = len != 0;
    }

    function _mark(Wit.Data memory w, uint256 g, MptTrie.Path memory path) private pure {
        uint256 one = ByteTree.alloc(1);
        ByteTree.setByte(one, 1);
        w.store(g, MptTrie.save(w, path, one, 1));
    }

    /// @dev Key of an account's slot: keccak of the address and the slot, 52 bytes.
    function _slotKey(uint256 who, uint256 slot) private pure returns (bytes32 key) {
        assembly ("memory-safe") {
            mstore(0x00, who)
            mstore(0x20, slot)
            key := keccak256(0x0c, 52)
        }
    }
}
