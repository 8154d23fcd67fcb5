// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "../proof/lib/Account.sol";
import {ByteTree} from "../proof/lib/ByteTree.sol";
import {MptTrie} from "../proof/lib/MptTrie.sol";
import {Rlp} from "../proof/lib/Rlp.sol";
import {Wit} from "../proof/lib/Witness.sol";
import {Zero} from "../proof/lib/Zero.sol";

/// @title ProofLibHarness
/// @notice For tests: the libraries of the step verifier, callable, with the gas that their parts use.
contract ProofLibHarness {
    /// @notice One change of an item.
    struct Write {
        uint256 g;
        bytes32 value;
    }

    /// @notice Opens a witness, stores `writes`, replaces `nodes`, and folds it.
    function fold(bytes calldata packed, bytes32 preRoot, Write[] calldata writes, Write[] calldata nodes)
        external
        view
        returns (bytes32 postRoot, uint256 openGas, uint256 storeGas, uint256 finishGas)
    {
        uint256 gas0 = gasleft();
        Wit.Data memory w = Wit.open(packed);
        uint256 gas1 = gasleft();
        for (uint256 i = 0; i < writes.length; i++) Wit.store(w, writes[i].g, writes[i].value);
        for (uint256 i = 0; i < nodes.length; i++) Wit.setNode(w, nodes[i].g, nodes[i].value);
        uint256 gas2 = gasleft();
        postRoot = Wit.finish(w, preRoot);
        finishGas = gas2 - gasleft();
        (openGas, storeGas) = (gas0 - gas1, gas1 - gas2);
    }

    /// @notice Values of items, in the order asked for.
    function loadAll(bytes calldata packed, uint256[] calldata gs) external pure returns (bytes32[] memory values) {
        Wit.Data memory w = Wit.open(packed);
        values = new bytes32[](gs.length);
        for (uint256 i = 0; i < gs.length; i++) values[i] = Wit.load(w, gs[i]);
    }

    /// @notice The words of a range, the word behind them, and whether the second call gives the same memory.
    function words(bytes calldata packed, uint256 g, uint256 log2)
        external
        view
        returns (bytes32[] memory values, bytes32 behind, bool same, uint256 firstGas, uint256 secondGas)
    {
        Wit.Data memory w = Wit.open(packed);
        uint256 gas0 = gasleft();
        (uint256 ptr, uint256 n) = Wit.words(w, g, log2);
        firstGas = gas0 - gasleft();
        values = new bytes32[](n);
        for (uint256 i = 0; i < n; i++) values[i] = bytes32(ByteTree.wordAt(ptr + 32 * i));
        behind = bytes32(ByteTree.wordAt(ptr + 32 * n));
        gas0 = gasleft();
        (uint256 ptr2, uint256 n2) = Wit.words(w, g, log2);
        secondGas = gas0 - gasleft();
        same = ptr == ptr2 && n == n2;
    }

    /// @notice The first `take` nodes of a witness, its code and auxiliary bytes; `all` asserts that no node is left.
    function contents(bytes calldata packed, uint256 take, bool all)
        external
        pure
        returns (bytes[] memory nodes, bytes memory code, bytes memory aux)
    {
        Wit.Data memory w = Wit.open(packed);
        nodes = new bytes[](take);
        for (uint256 i = 0; i < take; i++) {
            (uint256 ptr, uint256 len) = Wit.nextNode(w);
            nodes[i] = _bytes(ptr, len);
        }
        if (all) Wit.assertAllUsed(w);
        (uint256 codePtr, uint256 codeLen) = Wit.codeBytes(w);
        (uint256 auxPtr, uint256 auxLen) = Wit.auxBytes(w);
        (code, aux) = (_bytes(codePtr, codeLen), _bytes(auxPtr, auxLen));
    }

    /// @notice Zero subtree.
    function zero(uint256 depth) external view returns (bytes32 node, uint256 used) {
        uint256 gas0 = gasleft();
        node = Zero.root(depth);
        used = gas0 - gasleft();
    }

    /// @notice Root of words, which must stay as they are.
    function byteTree(bytes32[] memory leaves, uint256 depth) external view returns (bytes32 node, uint256 used) {
        bytes32 before_ = keccak256(abi.encode(leaves));
        uint256 ptr;
        assembly ("memory-safe") {
            ptr := add(leaves, 0x20)
        }
        uint256 gas0 = gasleft();
        node = ByteTree.root(ptr, leaves.length, depth);
        used = gas0 - gasleft();
        assert(before_ == keccak256(abi.encode(leaves)));
    }

    /// @notice `base` after the copy of a window of `src` to `cur`.
    function copyWindow(bytes memory base, uint256 cur, bytes memory src, uint256 off, uint256 len)
        external
        pure
        returns (bytes memory)
    {
        ByteTree.copyWindow(_ptr(base) + cur, _ptr(src), src.length, off, len);
        return base;
    }

    /// @notice One RLP item at the start of the bytes.
    function rlpItem(bytes memory data) external pure returns (bool ok, bool isList, uint256 offset, uint256 len) {
        (ok, isList, offset, len) = Rlp.item(_ptr(data), _ptr(data) + data.length);
        if (ok) offset -= _ptr(data);
    }

    /// @notice A number of up to `maxBytes`, alone in the bytes.
    function rlpUint(bytes memory data, uint256 maxBytes) external pure returns (bool ok, uint256 value) {
        Rlp.Reader memory r = Rlp.reader(_ptr(data), data.length);
        value = Rlp.readUint(r, maxBytes);
        ok = Rlp.isDone(r);
    }

    /// @notice List of number, string, word, address, and the list's content as a string once more.
    function rlpWrite(uint256 number, bytes memory text, bytes32 word, address who)
        external
        pure
        returns (bytes memory)
    {
        uint256 size = Rlp.uintLength(number) + Rlp.stringLength(_ptr(text), text.length) + 33 + 21;
        uint256 ptr = ByteTree.alloc(Rlp.listLength(size) + 32);
        uint256 cur = Rlp.writeListHeader(ptr, size);
        cur = Rlp.writeUint(cur, number);
        cur = Rlp.writeString(cur, _ptr(text), text.length);
        cur = Rlp.writeWord(cur, word);
        cur = Rlp.writeAddress(cur, uint160(who));
        assert(cur - ptr == Rlp.listLength(size));
        return _bytes(ptr, cur - ptr);
    }

    /// @notice An account's fields and its value encoded again.
    function account(bytes memory value) external pure returns (Account.Info memory info, bytes memory again) {
        info = Account.decode(_ptr(value), value.length);
        (uint256 ptr, uint256 len) = Account.encode(info);
        again = _bytes(ptr, len);
    }

    /// @notice Looks a key up and, if `write`, sets it (or deletes it with no value).
    function trie(bytes calldata packed, bytes32 root, bytes32 key, bool write, bytes memory value)
        external
        view
        returns (bytes memory old, bytes32 newRoot, uint256 used)
    {
        Wit.Data memory w = Wit.open(packed);
        uint256 gas0 = gasleft();
        (MptTrie.Path memory p, uint256 ptr, uint256 len) = MptTrie.load(w, root, key);
        used = gas0 - gasleft();
        old = _bytes(ptr, len);
        newRoot = root;
        if (write) {
            gas0 = gasleft();
            newRoot = MptTrie.save(w, p, _ptr(value), value.length);
            used += gas0 - gasleft();
        }
        Wit.assertAllUsed(w);
    }

    function _ptr(bytes memory data) private pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := add(data, 0x20)
        }
    }

    function _bytes(uint256 ptr, uint256 len) private pure returns (bytes memory data) {
        data = new bytes(len);
        ByteTree.copyBytes(_ptr(data), ptr, len);
    }
}
