// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {BlockTrie} from "./lib/BlockTrie.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {KeccakSponge} from "./lib/KeccakSponge.sol";
import {Rlp} from "./lib/Rlp.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepLeaves
/// @notice Executes the steps that make the tries of a block's transactions and receipts: LEAF, LEAFHASH and FOLD.
/// @custom:source docs/protocol/machine.md#end-of-a-block
contract StepLeaves is StepFamily {
    using Wit for Wit.Data;

    uint256 private constant TRANSACTIONS = 0;
    uint256 private constant DEPOSIT_TYPE = 0x7e;
    uint256 private constant DEPOSIT_RECEIPT_VERSION = 1;
    uint256 private constant BLOOM_BYTES = 256;
    /// @dev Word of work.trie with the set of open levels.
    uint256 private constant OPEN_LEVELS = 96;

    /// @dev What stands around the bytes of a transaction or of logs in a leaf.
    struct Frame {
        uint256 prefix;
        uint256 prefixLen;
        uint256 rangeLen;
        uint256 suffix;
        uint256 suffixLen;
    }

    /// @inheritdoc StepFamily
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        uint256 count = w.loadUint(T.G_BLK_COUNTERS) >> 224;
        if (mode == T.MODE_LEAF) _leaf(w, _sub(ctl), _cnt(ctl), count);
        else if (mode == T.MODE_LEAFHASH) _leafhash(w, _sub(ctl), _cnt(ctl), count);
        else if (mode == T.MODE_FOLD) _fold(w, _sub(ctl), _cnt(ctl), count);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- LEAF

    /// @dev Loads the content of the next leaf.
    function _leaf(Wit.Data memory w, uint256 sub, uint256 cnt, uint256 count) private pure {
        uint256 index = BlockTrie.indexOf(cnt, count);
        uint256 len;
        if (sub == TRANSACTIONS) {
            uint256 g = (T.G_TXS << T.D_TXS) + 2 * index;
            len = w.loadUint(g);
            w.store(T.G_BUF_B, w.load(g + 1));
        } else {
            uint256 g = (T.G_RECEIPTS << T.D_RECEIPTS) + 4 * index;
            uint256 entry = w.loadUint(g);
            len = uint32(entry >> 144);
            _setReg(w, T.R_LEAF_RECEIPT, entry);
            w.store(T.G_WORK_BLOOM, w.load(g + 1));
            w.store(T.G_BUF_A, w.load(g + 2));
        }
        _setReg(w, T.R_LEAF, (index << 224) | (len << 192));
        _goTo(w, T.MODE_LEAFHASH, sub, 0, cnt);
    }

    // ---------------------------------------------------------------- LEAFHASH

    /// @dev Hashes the leaf in work, at once or in slices, and puts it where it belongs.
    function _leafhash(Wit.Data memory w, uint256 sub, uint256 cnt, uint256 count) private pure {
        BlockTrie.Place memory p = BlockTrie.placeOf(cnt, count);
        uint256 leaf = _reg(w, T.R_LEAF);
        uint256 pos = uint32(leaf >> 160);
        Frame memory f = _frame(w, p, sub, count, uint32(leaf >> 192));
        uint256 total = f.prefixLen + f.rangeLen + f.suffixLen;
        bytes32 hash;
        if (total <= T.LIMIT_DIRECT_HASH && pos == 0) {
            hash = ByteTree.hash(_bytesOf(w, f, sub, 0, total), total);
        } else {
            uint256 blocks = (total - pos) / KeccakSponge.RATE;
            if (blocks > T.LIMIT_SPONGE_BLOCKS) blocks = T.LIMIT_SPONGE_BLOCKS;
            uint256 end = pos + blocks * KeccakSponge.RATE;
            bool isLast = total - end < KeccakSponge.RATE;
            uint256 data = _bytesOf(w, f, sub, pos, isLast ? total : end);
            uint256 sponge = _sponge(w);
            KeccakSponge.absorb(sponge, data, blocks);
            if (!isLast) {
                for (uint256 i = 0; i < 7; i++) {
                    w.storeUint((T.G_SPONGE << T.D_SPONGE) + i, ByteTree.wordAt(sponge + 32 * i));
                }
                _setReg(w, T.R_LEAF, ((leaf >> 192) << 192) | (end << 160));
                return;
            }
            hash = KeccakSponge.finish(sponge, data + end - pos, total - end);
        }
        _clear(w, sub);
        if (count == 1) {
            _finishTrie(w, sub, uint256(hash));
            return;
        }
        uint256 level = (p.before > p.behind ? p.before : p.behind) - 1;
        _setRef(w, level, BlockTrie.nibbleAt(p.key, level), uint256(hash));
        _goTo(w, T.MODE_FOLD, sub, 0, cnt);
    }

    /// @dev State of the sponge, 7 words in new memory.
    function _sponge(Wit.Data memory w) private pure returns (uint256 sponge) {
        sponge = ByteTree.alloc(224);
        for (uint256 i = 0; i < 7; i++) {
            ByteTree.setWord(sponge + 32 * i, w.loadUint((T.G_SPONGE << T.D_SPONGE) + i));
        }
    }

    /// @dev What stands around `len` bytes of a transaction or of logs.
    function _frame(Wit.Data memory w, BlockTrie.Place memory p, uint256 sub, uint256 count, uint256 len)
        private
        pure
        returns (Frame memory f)
    {
        f.rangeLen = len;
        uint256 inner;
        uint256 innerLen;
        if (sub != TRANSACTIONS) (inner, innerLen) = _receiptHead(w, f, len);
        uint256 valueLen = innerLen + len + f.suffixLen;
        uint256 skip = p.before > p.behind ? p.before : p.behind;
        if (count == 1) skip = 0;
        uint256 path = ByteTree.alloc(64);
        uint256 pathLen = BlockTrie.writePath(path, p.key, skip, p.nibbles - skip, BlockTrie.LEAF) - path;
        uint256 prefix = ByteTree.alloc(innerLen + 96);
        uint256 cur = Rlp.writeListHeader(prefix, pathLen + Rlp.headerLength(valueLen) + valueLen);
        ByteTree.copyBytes(cur, path, pathLen);
        cur = Rlp.writeStringHeader(cur + pathLen, valueLen);
        ByteTree.copyBytes(cur, inner, innerLen);
        f.prefix = prefix;
        f.prefixLen = cur + innerLen - prefix;
    }

    /// @dev A receipt's bytes in front of its logs; sets the suffix behind them.
    function _receiptHead(Wit.Data memory w, Frame memory f, uint256 logsLen)
        private
        pure
        returns (uint256 head, uint256 headLen)
    {
        uint256 entry = _reg(w, T.R_LEAF_RECEIPT);
        uint256 kind = entry >> 248;
        uint256 items = ByteTree.alloc(448);
        uint256 cur = Rlp.writeUint(items, uint8(entry >> 240));
        cur = Rlp.writeUint(cur, uint64(entry >> 176));
        cur = Rlp.writeStringHeader(cur, BLOOM_BYTES);
        for (uint256 i = 0; i < 8; i++) {
            ByteTree.setWord(cur + 32 * i, w.loadUint((T.G_WORK_BLOOM << T.D_BLOOM) + i));
        }
        cur = Rlp.writeListHeader(cur + BLOOM_BYTES, logsLen);
        uint256 itemsLen = cur - items;
        if (kind == DEPOSIT_TYPE) {
            f.suffix = ByteTree.alloc(64);
            cur = Rlp.writeUint(f.suffix, uint64(entry >> 80));
            f.suffixLen = Rlp.writeUint(cur, DEPOSIT_RECEIPT_VERSION) - f.suffix;
        }
        head = ByteTree.alloc(itemsLen + 64);
        cur = head;
        if (kind != 0) {
            ByteTree.setByte(cur, kind);
            cur++;
        }
        cur = Rlp.writeListHeader(cur, itemsLen + logsLen + f.suffixLen);
        ByteTree.copyBytes(cur, items, itemsLen);
        headLen = cur + itemsLen - head;
    }

    /// @dev Bytes [from, to) of the whole leaf, in new memory.
    function _bytesOf(Wit.Data memory w, Frame memory f, uint256 sub, uint256 from, uint256 to)
        private
        pure
        returns (uint256 out)
    {
        out = ByteTree.alloc(to - from);
        uint256 rangeEnd = f.prefixLen + f.rangeLen;
        if (from < f.prefixLen) {
            uint256 stop = to < f.prefixLen ? to : f.prefixLen;
            ByteTree.copyBytes(out, f.prefix + from, stop - from);
        }
        uint256 start = from > f.prefixLen ? from : f.prefixLen;
        uint256 end = to < rangeEnd ? to : rangeEnd;
        if (start < end) {
            (uint256 g, uint256 depth) = sub == TRANSACTIONS ? (T.G_BUF_B, T.D_BUF_B) : (T.G_BUF_A, T.D_BYTES);
            uint256 bytes_ = _readPages(w, g, depth, start - f.prefixLen, end - start);
            ByteTree.copyBytes(out + start - from, bytes_, end - start);
        }
        if (to > rangeEnd) {
            start = from > rangeEnd ? from : rangeEnd;
            ByteTree.copyBytes(out + start - from, f.suffix + start - rangeEnd, to - start);
        }
    }

    /// @dev The leaf is hashed: what was in work for it becomes empty.
    function _clear(Wit.Data memory w, uint256 sub) private pure {
        _setReg(w, T.R_LEAF, 0);
        if (sub == TRANSACTIONS) {
            w.setNode(T.G_BUF_B, T.Z12);
        } else {
            _setReg(w, T.R_LEAF_RECEIPT, 0);
            w.setNode(T.G_BUF_A, T.Z22);
            w.setNode(T.G_WORK_BLOOM, T.DEFAULT_BLOOM);
        }
        for (uint256 i = 0; i < 7; i++) w.storeUint((T.G_SPONGE << T.D_SPONGE) + i, 0);
    }

    // ---------------------------------------------------------------- FOLD

    /// @dev Closes the branch behind which no further key lies, or goes on to the next leaf.
    function _fold(Wit.Data memory w, uint256 sub, uint256 cnt, uint256 count) private pure {
        BlockTrie.Place memory p = BlockTrie.placeOf(cnt, count);
        uint256 open = w.loadUint(_trieWord(OPEN_LEVELS));
        // Like p.behind these are one more than a level, 0 for none.
        uint256 top = _highest(open);
        if (top <= p.behind) {
            _goTo(w, T.MODE_LEAF, sub, 0, cnt + 1);
            return;
        }
        uint256 refs = ByteTree.alloc(512);
        for (uint256 i = 0; i < 16; i++) {
            uint256 g = _trieWord(16 * (top - 1) + i);
            ByteTree.setWord(refs + 32 * i, w.loadUint(g));
            w.storeUint(g, 0);
        }
        open ^= 1 << (top - 1);
        w.storeUint(_trieWord(OPEN_LEVELS), open);
        uint256 ref = BlockTrie.branch(refs);
        uint256 up = _highest(open);
        if (up < p.behind) up = p.behind;
        if (top > up + 1) ref = BlockTrie.extension(p.key, up, top - 1 - up, ref);
        if (up == 0) _finishTrie(w, sub, ref);
        else _setRef(w, up - 1, BlockTrie.nibbleAt(p.key, up - 1), ref);
    }

    /// @dev One more than the highest level of a set, 0 for an empty set. Levels are few.
    function _highest(uint256 open) private pure returns (uint256 n) {
        for (; open != 0 && n < 256; open >>= 1) n++;
    }

    /// @dev Puts a reference into a level, which is open from now on.
    function _setRef(Wit.Data memory w, uint256 level, uint256 nibble, uint256 ref) private pure {
        w.storeUint(_trieWord(16 * level + nibble), ref);
        uint256 g = _trieWord(OPEN_LEVELS);
        w.storeUint(g, w.loadUint(g) | (1 << level));
    }

    function _trieWord(uint256 index) private pure returns (uint256) {
        return (T.G_TRIE << T.D_TRIE) + index;
    }

    /// @dev A trie's root is known.
    function _finishTrie(Wit.Data memory w, uint256 sub, uint256 root) private pure {
        if (sub == TRANSACTIONS) {
            w.storeUint(T.G_TX_ROOT, root);
            _goTo(w, T.MODE_LEAF, 1, 0, 0);
        } else {
            w.storeUint(T.G_RECEIPT_ROOT, root);
            _goTo(w, T.MODE_MPROOT);
        }
    }
}
