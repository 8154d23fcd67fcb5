// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepOpcode} from "./StepOpcode.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepCallOp
/// @notice Opcodes that other modes finish: what ends a frame, hashes, copies, logs, calls and creations. Here they are checked
///         and paid, and their operands leave the stack.
/// @custom:source docs/protocol/machine.md#opcodes; Yellow Paper, appendix H; EIPs 7, 140, 150, 211, 214, 1014, 2929, 3860, 5656
contract StepCallOp is StepOpcode {
    using Wit for Wit.Data;

    uint256 private constant GAS_VERY_LOW = 3;
    uint256 private constant GAS_COPY_WORD = 3;
    uint256 private constant GAS_KECCAK = 30;
    uint256 private constant GAS_KECCAK_WORD = 6;
    uint256 private constant GAS_LOG = 375;
    uint256 private constant GAS_LOG_TOPIC = 375;
    uint256 private constant GAS_LOG_BYTE = 8;
    uint256 private constant GAS_WARM = 100;
    uint256 private constant GAS_COLD_ACCOUNT = 2_600;
    uint256 private constant GAS_CALL_VALUE = 9_000;
    uint256 private constant GAS_CREATE = 32_000;
    uint256 private constant GAS_INIT_CODE_WORD = 2;

    /// @inheritdoc StepOpcode
    function _opcode(Wit.Data memory w, Regs memory r, uint256 op) internal pure override {
        if (op == 0x00) _end(w, r, T.OUTCOME_SUCCESS, 0, 0);
        else if (op == 0x20) _keccak(w, r);
        else if (op == 0x37 || op == 0x39 || op == 0x3e) _copyToMemory(w, r, op);
        else if (op == 0x5e) _mcopy(w, r);
        else if (op >= 0xa0 && op <= 0xa4) _log(w, r, op - 0xa0);
        else if (op == 0xf0) _createOp(w, r, T.KIND_CREATE);
        else if (op == 0xf1) _callOp(w, r, T.KIND_CALL);
        else if (op == 0xf2) _callOp(w, r, T.KIND_CALLCODE);
        else if (op == 0xf3) _leave(w, r, T.OUTCOME_SUCCESS);
        else if (op == 0xf4) _callOp(w, r, T.KIND_DELEGATECALL);
        else if (op == 0xf5) _createOp(w, r, T.KIND_CREATE2);
        else if (op == 0xfa) _callOp(w, r, T.KIND_STATICCALL);
        else if (op == 0xfd) _leave(w, r, T.OUTCOME_REVERT);
        else revert ForeignOpcode(op);
    }

    // ---------------------------------------------------------------- ends of frames

    /// @dev RETURN and REVERT.
    function _leave(Wit.Data memory w, Regs memory r, uint256 outcome) private pure {
        if (!_enter(w, r, 2, 0, 0)) return;
        uint256 off = _peek(w, r, 0);
        uint256 len = _peek(w, r, 1);
        if (!_chargeMemory(w, r, off, len, 0)) return;
        _drop(w, r, 2);
        _advance(w, r);
        _end(w, r, outcome, off, len);
    }

    /// @dev The frame ends by its own will; what it returns goes to bufA first.
    function _end(Wit.Data memory w, Regs memory r, uint256 outcome, uint256 off, uint256 len) private pure {
        bool isDeployed = outcome == T.OUTCOME_SUCCESS && r.kind >= T.KIND_CREATE;
        uint256 next = isDeployed ? T.MODE_DEPLOY : T.MODE_EXIT;
        _setReg(w, T.R_OUTCOME, _outcome(outcome, 0, 0, 0, len));
        if (len == 0) return _goTo(w, next);
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_MEM, T.BUFFER_BUF_A, 0, off, 32 * r.memWords, 0, len));
        _goTo(w, T.MODE_COPY, 0, next, 0);
    }

    // ---------------------------------------------------------------- hashes, copies, logs

    function _keccak(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 2, 1, GAS_KECCAK)) return;
        uint256 off = _peek(w, r, 0);
        uint256 len = _peek(w, r, 1);
        if (!_chargeMemory(w, r, off, len, GAS_KECCAK_WORD * _wordsOf(len))) return;
        _drop(w, r, 2);
        _advance(w, r);
        _setReg(w, T.R_HASH, (_start(off, len) << 224) | (len << 192));
        _goTo(w, T.MODE_HASH);
    }

    /// @dev CALLDATACOPY, CODECOPY, RETURNDATACOPY.
    function _copyToMemory(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        if (!_enter(w, r, 3, 0, GAS_VERY_LOW)) return;
        uint256 dst = _peek(w, r, 0);
        uint256 src = _peek(w, r, 1);
        uint256 len = _peek(w, r, 2);
        uint256 lens = w.loadUint(T.G_LENS);
        uint256 buffer = T.BUFFER_INPUT;
        uint256 srcLen = uint32(lens >> 192);
        if (op == 0x39) {
            buffer = T.BUFFER_CODE;
            srcLen = lens >> 224;
        } else if (op == 0x3e) {
            buffer = T.BUFFER_RET;
            srcLen = uint32(lens >> 160);
            // Nobody may read behind returned data, not even nothing (EIP-211).
            if (src > srcLen || len > srcLen - src) return _halt(w);
        }
        if (!_chargeMemory(w, r, dst, len, GAS_COPY_WORD * _wordsOf(len))) return;
        // Behind the source's end all is 0.
        if (src > srcLen) src = srcLen;
        _startCopy(w, r, _copyWord(buffer, T.BUFFER_MEM, 0, src, srcLen, dst, len), len);
    }

    function _mcopy(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 3, 0, GAS_VERY_LOW)) return;
        uint256 dst = _peek(w, r, 0);
        uint256 src = _peek(w, r, 1);
        uint256 len = _peek(w, r, 2);
        if (!_chargeWindows(w, r, dst, len, src, len, GAS_COPY_WORD * _wordsOf(len))) return;
        uint256 job;
        // Upward moves go from the end on, so that no byte is written before it has been read.
        if (len != 0) {
            job = _copyWord(T.BUFFER_MEM, T.BUFFER_MEM, dst > src ? 1 : 0, src, 32 * r.memWords, dst, len);
        }
        _startCopy(w, r, job, len);
    }

    /// @dev Ends the OP step of a copy of three operands.
    function _startCopy(Wit.Data memory w, Regs memory r, uint256 job, uint256 len) private pure {
        _drop(w, r, 3);
        _advance(w, r);
        if (len == 0) return;
        _setReg(w, T.R_COPY, job);
        _goTo(w, T.MODE_COPY, 0, T.MODE_OP, 0);
    }

    function _log(Wit.Data memory w, Regs memory r, uint256 topics) private pure {
        if (!_enterWriting(w, r, 2 + topics, 0, GAS_LOG + GAS_LOG_TOPIC * topics)) return;
        uint256 off = _peek(w, r, 0);
        uint256 len = _peek(w, r, 1);
        if (!_chargeMemory(w, r, off, len, GAS_LOG_BYTE * _length(len))) return;
        for (uint256 i = 0; i < topics; i++) {
            _setReg(w, T.R_TOPIC0 + i, _peek(w, r, 2 + i));
        }
        _drop(w, r, 2 + topics);
        _advance(w, r);
        _setReg(w, T.R_LOG, (_start(off, len) << 224) | (len << 192) | (topics << 184));
        _goTo(w, T.MODE_LOG);
    }

    // ---------------------------------------------------------------- calls and creations

    /// @dev CALL, CALLCODE, DELEGATECALL, STATICCALL: the price of the callee's account, of value and of memory; pc stays.
    function _callOp(Wit.Data memory w, Regs memory r, uint256 kind) private pure {
        bool hasValue = kind == T.KIND_CALL || kind == T.KIND_CALLCODE;
        uint256 pops = hasValue ? 7 : 6;
        if (!_enter(w, r, pops, 1, GAS_WARM)) return;
        uint256 target = uint160(_peek(w, r, 1));
        uint256 value = hasValue ? _peek(w, r, 2) : 0;
        if (kind == T.KIND_CALL && value != 0 && r.isStatic != 0) return _halt(w);
        (bool ok, uint256 memWords, uint256 windows) = _windows(w, r, pops);
        if (!ok) return _halt(w);
        (bool isWarm, MptTrie.Path memory path) = _isWarm(w, target);
        uint256 gas = _memoryPrice(memWords) - _memoryPrice(r.memWords);
        if (!isWarm) gas += GAS_COLD_ACCOUNT - GAS_WARM;
        if (value != 0) gas += GAS_CALL_VALUE;
        if (!_charge(w, r, gas)) return;
        r.memWords = memWords;
        if (!isWarm) _makeWarm(w, path);

        uint256 isStatic = kind == T.KIND_STATICCALL ? 1 : r.isStatic;
        _setCall(w, T.C_FLAGS, (kind << 248) | (isStatic << 224));
        _setCall(w, T.C_CODE_ADDR, target);
        bool isOwn = kind == T.KIND_CALLCODE || kind == T.KIND_DELEGATECALL;
        _setCall(w, T.C_TO, isOwn ? w.loadUint(T.G_SELF) : target);
        _setCall(w, T.C_VALUE, kind == T.KIND_DELEGATECALL ? w.loadUint(T.G_VALUE) : value);
        uint256 requested = _peek(w, r, 0);
        if (requested > T.LIMIT_REQUESTED_GAS) requested = T.LIMIT_REQUESTED_GAS;
        _setCall(w, T.C_GAS, requested << 192);
        _setCall(w, T.C_WINDOWS, windows);
        _drop(w, r, pops);
        _storeRegs(w, r);
        _goTo(w, T.MODE_CALLEE);
    }

    /// @dev The four lowest operands of a call: where its input is, and where its output goes.
    /// @return ok False if one of the windows ends above 2^27.
    /// @return memWords Words of memory with both.
    /// @return packed C5.
    function _windows(Wit.Data memory w, Regs memory r, uint256 pops)
        private
        pure
        returns (bool ok, uint256 memWords, uint256 packed)
    {
        uint256 inOff = _peek(w, r, pops - 4);
        uint256 inSize = _peek(w, r, pops - 3);
        uint256 outOff = _peek(w, r, pops - 2);
        uint256 outSize = _peek(w, r, pops - 1);
        (ok, memWords) = _grown(r.memWords, inOff, inSize);
        if (!ok) return (false, 0, 0);
        (ok, memWords) = _grown(memWords, outOff, outSize);
        if (!ok) return (false, 0, 0);
        packed = (_start(inOff, inSize) << 224) | (inSize << 192) | (_start(outOff, outSize) << 160) | (outSize << 128);
    }

    /// @dev CREATE and CREATE2: the price, all the gas but a 64th part for the child, and the init code on its way to bufB; pc stays.
    function _createOp(Wit.Data memory w, Regs memory r, uint256 kind) private pure {
        bool isSalted = kind == T.KIND_CREATE2;
        if (!_enterWriting(w, r, isSalted ? 4 : 3, 1, GAS_CREATE)) return;
        uint256 off = _peek(w, r, 1);
        uint256 len = _peek(w, r, 2);
        if (len > T.LIMIT_INIT_CODE) return _halt(w);
        uint256 wordGas = isSalted ? GAS_INIT_CODE_WORD + GAS_KECCAK_WORD : GAS_INIT_CODE_WORD;
        if (!_chargeMemory(w, r, off, len, wordGas * _wordsOf(len))) return;
        uint256 childGas = r.gas - r.gas / 64;
        r.gas -= childGas;

        _setCall(w, T.C_FLAGS, kind << 248);
        _setCall(w, T.C_VALUE, _peek(w, r, 0));
        _setCall(w, T.C_GAS, childGas << 128);
        _setCall(w, T.C_WINDOWS, (_start(off, len) << 224) | (len << 192));
        if (isSalted) _setCall(w, T.C_SALT, _peek(w, r, 3));
        _drop(w, r, isSalted ? 4 : 3);
        _storeRegs(w, r);
        _setReg(w, T.R_HASH, len << 192);
        if (len == 0) return _goTo(w, T.MODE_HASH, 1, 0, 0);
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_MEM, T.BUFFER_BUF_B, 0, off, 32 * r.memWords, 0, len));
        _goTo(w, T.MODE_COPY, 1, T.MODE_HASH, 0);
    }

    /// @dev Offset of a window as registers hold it: 0 if it is empty.
    function _start(uint256 off, uint256 len) private pure returns (uint256) {
        return len == 0 ? 0 : off;
    }
}
