// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IStepVerifier, StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepFamily
/// @notice Base of the contracts that each execute some modes of the machine, with what they share.
/// @dev Pure or view, without storage, owner or proxy. A family checks that the mode is one of its own, so that whoever picks
///      the family can only make the step fail.
/// @custom:source docs/protocol/machine.md
abstract contract StepFamily is IStepVerifier {
    using Wit for Wit.Data;

    /// @notice Registers of a frame (leaf `regs`).
    struct Regs {
        uint256 pc;
        uint256 gas;
        uint256 sp;
        uint256 memWords;
        uint256 depth;
        uint256 kind;
        uint256 isStatic;
    }

    /// @notice The control word names a mode that this family does not execute.
    error ForeignMode(uint256 mode);

    /// @inheritdoc IStepVerifier
    function step(StepContext calldata ctx, bytes32 preRoot, bytes calldata witness)
        external
        view
        returns (bytes32 postRoot)
    {
        Wit.Data memory w = Wit.open(witness);
        _step(ctx, w, w.loadUint(T.G_CTL));
        w.assertAllUsed();
        return w.finish(preRoot);
    }

    /// @dev One step: reads and changes the items of `w`. `ctl` is the control word before it.
    function _step(StepContext calldata ctx, Wit.Data memory w, uint256 ctl) internal view virtual;

    // ---------------------------------------------------------------- control

    function _mode(uint256 ctl) internal pure returns (uint256) {
        return ctl >> 248;
    }

    function _sub(uint256 ctl) internal pure returns (uint256) {
        return (ctl >> 240) & 0xff;
    }

    function _ret(uint256 ctl) internal pure returns (uint256) {
        return (ctl >> 232) & 0xff;
    }

    function _cnt(uint256 ctl) internal pure returns (uint256) {
        return (ctl >> 192) & 0xffffffff;
    }

    function _a(uint256 ctl) internal pure returns (uint256) {
        return (ctl >> 128) & 0xffffffffffffffff;
    }

    /// @dev Sets the control word to a mode, everything else 0.
    function _goTo(Wit.Data memory w, uint256 mode) internal pure {
        w.storeUint(T.G_CTL, mode << 248);
    }

    /// @dev Sets the control word.
    function _goTo(Wit.Data memory w, uint256 mode, uint256 sub, uint256 ret, uint256 cnt) internal pure {
        w.storeUint(T.G_CTL, (mode << 248) | (sub << 240) | (ret << 232) | (cnt << 192));
    }

    /// @dev The running frame ends without gas: R4 says halt, EXIT follows. Nothing else may have been stored before.
    function _halt(Wit.Data memory w) internal pure {
        _setReg(w, T.R_OUTCOME, T.OUTCOME_HALT << 248);
        _goTo(w, T.MODE_EXIT);
    }

    /// @dev R4 of a frame that ends with `outLen` bytes in bufA.
    function _outcome(uint256 outcome, uint256 kind, uint256 isTop, uint256 gasLeft, uint256 outLen)
        internal
        pure
        returns (uint256)
    {
        return (outcome << 248) | (kind << 240) | (isTop << 232) | (gasLeft << 168) | (outLen << 136);
    }

    // ---------------------------------------------------------------- frame and stack

    function _loadRegs(Wit.Data memory w) internal pure returns (Regs memory r) {
        uint256 word = w.loadUint(T.G_REGS);
        r.pc = word >> 224;
        r.gas = (word >> 160) & 0xffffffffffffffff;
        r.sp = (word >> 144) & 0xffff;
        r.memWords = (word >> 112) & 0xffffffff;
        r.depth = (word >> 96) & 0xffff;
        r.kind = (word >> 88) & 0xff;
        r.isStatic = (word >> 80) & 0xff;
    }

    function _packRegs(Regs memory r) internal pure returns (uint256) {
        return (r.pc << 224) | (r.gas << 160) | (r.sp << 144) | (r.memWords << 112) | (r.depth << 96) | (r.kind << 88)
            | (r.isStatic << 80);
    }

    function _storeRegs(Wit.Data memory w, Regs memory r) internal pure {
        w.storeUint(T.G_REGS, _packRegs(r));
    }

    /// @dev The word `index` below the top of the stack.
    function _peek(Wit.Data memory w, Regs memory r, uint256 index) internal pure returns (uint256) {
        return w.loadUint((T.G_STACK << T.D_STACK) + r.sp - 1 - index);
    }

    /// @dev Takes the top word; its slot becomes 0.
    function _pop(Wit.Data memory w, Regs memory r) internal pure returns (uint256 value) {
        uint256 g = (T.G_STACK << T.D_STACK) + r.sp - 1;
        value = w.loadUint(g);
        w.storeUint(g, 0);
        r.sp--;
    }

    /// @dev Puts a word on the stack.
    function _push(Wit.Data memory w, Regs memory r, uint256 value) internal pure {
        w.storeUint((T.G_STACK << T.D_STACK) + r.sp, value);
        r.sp++;
    }

    // ---------------------------------------------------------------- work

    function _reg(Wit.Data memory w, uint256 index) internal pure returns (uint256) {
        return w.loadUint((T.G_WORK_REGS << T.D_WORK_REGS) | index);
    }

    function _setReg(Wit.Data memory w, uint256 index, uint256 value) internal pure {
        w.storeUint((T.G_WORK_REGS << T.D_WORK_REGS) | index, value);
    }

    function _call(Wit.Data memory w, uint256 index) internal pure returns (uint256) {
        return w.loadUint((T.G_CALL << T.D_CALL) | index);
    }

    function _setCall(Wit.Data memory w, uint256 index, uint256 value) internal pure {
        w.storeUint((T.G_CALL << T.D_CALL) | index, value);
    }

    /// @dev R0 of a copy.
    function _copyWord(
        uint256 src,
        uint256 dst,
        uint256 isDown,
        uint256 srcOff,
        uint256 srcLen,
        uint256 dstOff,
        uint256 left
    ) internal pure returns (uint256) {
        return (src << 248) | (dst << 240) | (isDown << 232) | (srcOff << 192) | (srcLen << 160) | (dstOff << 128)
            | (left << 96);
    }

    // ---------------------------------------------------------------- bytes

    /// @dev Price of growing memory to the end of a window. `ok` is false if the window ends above 2^27.
    /// @return ok Whether there can be such memory.
    /// @return words Words of memory with the window.
    function _grown(uint256 memWords, uint256 off, uint256 len) internal pure returns (bool ok, uint256 words) {
        if (len == 0) return (true, memWords);
        if (off > T.LIMIT_MEMORY_END || len > T.LIMIT_MEMORY_END || off + len > T.LIMIT_MEMORY_END) {
            return (false, memWords);
        }
        words = (off + len + 31) / 32;
        if (words < memWords) words = memWords;
        return (true, words);
    }

    /// @dev Gas that memory of so many words costs in all.
    function _memoryPrice(uint256 words) internal pure returns (uint256) {
        return 3 * words + words * words / 512;
    }

    /// @dev Generalized index of a page of a byte tree at `g` of depth `depth`.
    function _page(uint256 g, uint256 depth, uint256 page) internal pure returns (uint256) {
        return (g << (depth - T.D_PAGE)) + page;
    }

    /// @dev The bytes [off, off + len) of a byte tree, from the ranges of the pages that they lie in.
    /// @return ptr Memory address; a zero word follows.
    function _readPages(Wit.Data memory w, uint256 g, uint256 depth, uint256 off, uint256 len)
        internal
        pure
        returns (uint256 ptr)
    {
        ptr = ByteTree.alloc(len);
        uint256 end = off + len;
        for (uint256 cur = off; cur < end;) {
            uint256 page = cur / T.LIMIT_PAGE;
            uint256 stop = (page + 1) * T.LIMIT_PAGE;
            if (stop > end) stop = end;
            (uint256 words, uint256 nWords) = w.words(_page(g, depth, page), T.D_PAGE);
            ByteTree.copyWindow(ptr + cur - off, words, nWords * 32, cur - page * T.LIMIT_PAGE, stop - cur);
            cur = stop;
        }
    }

    /// @dev Writes `len` bytes to a byte tree at `off`. Pages that keep some of their bytes need a range, the others an item.
    function _writePages(Wit.Data memory w, uint256 g, uint256 depth, uint256 off, uint256 src, uint256 len) internal pure {
        uint256 end = off + len;
        for (uint256 cur = off; cur < end;) {
            uint256 page = cur / T.LIMIT_PAGE;
            uint256 start = page * T.LIMIT_PAGE;
            uint256 stop = start + T.LIMIT_PAGE;
            if (stop > end) stop = end;
            uint256 gPage = _page(g, depth, page);
            uint256 buffer;
            if (cur == start && stop == start + T.LIMIT_PAGE) {
                buffer = src + cur - off;
            } else {
                buffer = ByteTree.alloc(T.LIMIT_PAGE);
                (uint256 words, uint256 nWords) = w.words(gPage, T.D_PAGE);
                ByteTree.copyBytes(buffer, words, nWords * 32);
                ByteTree.copyBytes(buffer + cur - start, src + cur - off, stop - cur);
            }
            w.store(gPage, ByteTree.root(buffer, T.LIMIT_PAGE / 32, T.D_PAGE));
            cur = stop;
        }
    }

    /// @dev A number of `len` bytes, at most 32, in the batch; its words are items.
    function _batchBytes(Wit.Data memory w, uint256 off, uint256 len) internal pure returns (uint256) {
        uint256 g = (T.G_BATCH << T.D_BATCH) + off / 32;
        uint256 skip = 8 * (off % 32);
        uint256 word = w.loadUint(g) << skip;
        if (off % 32 + len > 32) word |= w.loadUint(g + 1) >> (256 - skip);
        return word >> (256 - 8 * len);
    }
}
