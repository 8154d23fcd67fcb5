// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Rlp} from "./Rlp.sol";

/// @title Account
/// @notice The value of an account in the state trie: the RLP list of nonce, balance, storage root, code hash.
library Account {
    /// @notice One account. The empty one is {0, 0, EMPTY_ROOT, EMPTY_CODE} and is not in the trie.
    struct Info {
        uint64 nonce;
        uint256 balance;
        bytes32 storageRoot;
        bytes32 codeHash;
    }

    /// @notice Root of an empty trie: keccak256(0x80).
    bytes32 internal constant EMPTY_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;
    /// @notice Hash of no code: keccak256("").
    bytes32 internal constant EMPTY_CODE = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;

    /// @notice The trie has something at an account's key that is no account.
    error BadAccount();

    /// @notice The account of a trie value; no value (len 0) is the empty account.
    /// @param ptr Memory address of the value.
    /// @param len Its bytes.
    function decode(uint256 ptr, uint256 len) internal pure returns (Info memory info) {
        if (len == 0) {
            info.storageRoot = EMPTY_ROOT;
            info.codeHash = EMPTY_CODE;
            return info;
        }
        Rlp.Reader memory r = Rlp.reader(ptr, len);
        uint256 end = Rlp.enterList(r);
        info.nonce = uint64(Rlp.readUint(r, 8));
        info.balance = Rlp.readUint(r, 32);
        info.storageRoot = bytes32(Rlp.readFixed(r, 32));
        info.codeHash = bytes32(Rlp.readFixed(r, 32));
        // The list is the whole value, and has these items alone.
        if (!Rlp.isDone(r) || end != ptr + len) revert BadAccount();
    }

    /// @notice The trie value of an account, in new memory; the empty account has none (len 0), which deletes it.
    function encode(Info memory info) internal pure returns (uint256 ptr, uint256 len) {
        if (isEmpty(info) && info.storageRoot == EMPTY_ROOT) return (0, 0);
        uint256 end;
        // At most 2 + 9 + 33 + 33 + 33 = 110 bytes.
        assembly ("memory-safe") {
            ptr := mload(0x40)
            mstore(0x40, add(ptr, 0xa0))
        }
        unchecked {
            // Two hashes alone are longer than 55 bytes: the prefix has two bytes.
            end = Rlp.writeUint(ptr + 2, info.nonce);
            end = Rlp.writeUint(end, info.balance);
            end = Rlp.writeWord(end, info.storageRoot);
            end = Rlp.writeWord(end, info.codeHash);
            len = end - ptr;
            assembly ("memory-safe") {
                mstore8(ptr, 0xf8)
                mstore8(add(ptr, 1), sub(len, 2))
            }
        }
    }

    /// @notice Empty as EIP-161 says: no nonce, no balance, no code.
    function isEmpty(Info memory info) internal pure returns (bool) {
        return info.nonce == 0 && info.balance == 0 && info.codeHash == EMPTY_CODE;
    }
}
