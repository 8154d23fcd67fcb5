// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepFrames} from "./StepFrames.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {InnerNode} from "./lib/InnerNode.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {PrecompileGas} from "./lib/PrecompileGas.sol";
import {TxMaps} from "./lib/TxMaps.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepCall
/// @notice Steps between the opcode of a call and the first opcode of the callee, and those from the end of a frame back to its
///         caller: EXIT, RESUME, CALLEE, DELEGATE, GAS63, SNAP, XFER, PUSH.
/// @custom:source docs/protocol/machine.md#calls-and-creations; EIPs 150, 161, 2929, 7702
contract StepCall is StepFrames {
    using Wit for Wit.Data;

    uint256 private constant GAS_WARM = 100;
    uint256 private constant GAS_COLD_ACCOUNT = 2_600;
    uint256 private constant GAS_NEW_ACCOUNT = 25_000;
    uint256 private constant GAS_STIPEND = 2_300;
    /// @dev A caller keeps one part in this many.
    uint256 private constant KEPT_PART = 64;

    /// @dev Code of EIP-7702: 0xef0100 and an address.
    uint256 private constant DELEGATION_LENGTH = 23;
    uint256 private constant DELEGATION_PREFIX = 0xef0100;

    /// @dev One step of a mode of this family.
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_EXIT) _exit(w);
        else if (mode == T.MODE_RESUME) _resume(w);
        else if (mode == T.MODE_CALLEE) _callee(w);
        else if (mode == T.MODE_DELEGATE) _delegate(w);
        else if (mode == T.MODE_GAS63) _gas63(w);
        else if (mode == T.MODE_SNAP) _snap(w);
        else if (mode == T.MODE_XFER) _xfer(w, _cnt(ctl));
        else if (mode == T.MODE_PUSH) _enterFrame(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- the end of a frame

    /// @dev EXIT: what the frame did stays or is undone, and the caller's frame is back.
    function _exit(Wit.Data memory w) private pure {
        Regs memory r = _loadRegs(w);
        bytes32 parent = w.load(T.G_PARENT);
        uint256 newAddr = w.loadUint(T.G_NEW_ADDR);
        uint256 ended = _reg(w, T.R_OUTCOME);
        uint256 outcome = ended >> 248;
        uint256 isTop = parent == 0 ? 1 : 0;
        if (outcome != T.OUTCOME_SUCCESS) w.setNode(T.G_REV, w.load(T.G_SNAP_REV));
        if (outcome == T.OUTCOME_HALT) {
            w.store(T.G_BUF_A, T.Z22);
            _setReg(w, T.R_OUTCOME, _outcome(outcome, r.kind, isTop, 0, 0));
        } else {
            _setReg(w, T.R_OUTCOME, _outcome(outcome, r.kind, isTop, r.gas, _outLen(ended)));
        }
        _setReg(w, T.R_NEW_ADDR, newAddr);
        w.setNode(T.G_FRAME, isTop == 1 ? T.DEFAULT_FRAME : parent);
        _goTo(w, isTop == 1 ? T.MODE_SETTLE : T.MODE_RESUME);
    }

    /// @dev RESUME: the caller goes on with what its call or creation gave.
    function _resume(Wit.Data memory w) private pure {
        Regs memory r = _loadRegs(w);
        uint256 ended = _reg(w, T.R_OUTCOME);
        bool isSuccess = ended >> 248 == T.OUTCOME_SUCCESS;
        bool isCreation = uint8(ended >> 240) >= T.KIND_CREATE;
        uint256 outLen = _outLen(ended);

        r.gas += uint64(ended >> 168);
        r.pc++;
        uint256 result;
        if (isSuccess) result = isCreation ? _reg(w, T.R_NEW_ADDR) : 1;
        _push(w, r, result);
        _storeRegs(w, r);

        uint256 outWin = w.loadUint(T.G_OUT_WIN);
        bool isEmpty = isCreation && isSuccess;
        uint256 retLen = isEmpty ? 0 : outLen;
        w.store(T.G_RET, isEmpty ? T.Z22 : w.load(T.G_BUF_A));
        w.storeUint(T.G_LENS, _withRetLen(w.loadUint(T.G_LENS), retLen));
        w.store(T.G_OUT_WIN, 0);
        w.store(T.G_BUF_A, T.Z22);
        _setReg(w, T.R_OUTCOME, 0);
        _setReg(w, T.R_NEW_ADDR, 0);

        uint256 size = uint32(outWin >> 192);
        if (size > outLen) size = outLen;
        if (isCreation || size == 0) return _goTo(w, T.MODE_OP);
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_RET, T.BUFFER_MEM, 0, 0, retLen, outWin >> 224, size));
        _goTo(w, T.MODE_COPY, 0, T.MODE_OP, 0);
    }

    // ---------------------------------------------------------------- the callee

    /// @dev CALLEE: the code that a call runs.
    function _callee(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        uint256 target = _call(w, T.C_CODE_ADDR);
        World.Entry memory account = World.load(w, target);
        bool isNew = !account.exists && flags.kind == T.KIND_CALL && _call(w, T.C_VALUE) != 0;
        if (isNew && flags.isTop == 0 && !_take(w, GAS_NEW_ACCOUNT)) return;
        if (PrecompileGas.isPrecompile(target)) {
            flags.isPrecompile = 1;
            _storeFlags(w, flags);
            _setCode(w, T.EMPTY_CODE_HASH, 0, 0);
            return _goTo(w, T.MODE_GAS63);
        }
        (uint256 ptr, uint256 len) = World.codeOf(w, account.info.codeHash);
        if (len == DELEGATION_LENGTH && ByteTree.wordAt(ptr) >> 232 == DELEGATION_PREFIX) {
            _setCall(w, T.C_DELEGATE, uint160(ByteTree.wordAt(ptr) >> 72));
            return _goTo(w, T.MODE_DELEGATE);
        }
        _setCode(w, account.info.codeHash, ptr, len);
        _goTo(w, T.MODE_GAS63);
    }

    /// @dev DELEGATE: the code that a delegation names, one hop.
    function _delegate(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        uint256 target = _call(w, T.C_DELEGATE);
        World.Entry memory account = World.load(w, target);
        (bool isWarm, MptTrie.Path memory path) = TxMaps.loadWarm(w, target);
        if (flags.isTop == 0 && !_take(w, isWarm ? GAS_WARM : GAS_COLD_ACCOUNT)) return;
        if (!isWarm) TxMaps.makeWarm(w, path);
        flags.isDelegated = 1;
        _storeFlags(w, flags);
        (uint256 ptr, uint256 len) = World.codeOf(w, account.info.codeHash);
        _setCode(w, account.info.codeHash, ptr, len);
        _goTo(w, T.MODE_GAS63);
    }

    /// @dev Takes gas from the running frame. False after a halt, before which the call's words become the default.
    function _take(Wit.Data memory w, uint256 gas) private pure returns (bool) {
        Regs memory r = _loadRegs(w);
        if (r.gas < gas) {
            w.setNode(T.G_CALL, T.DEFAULT_CALL);
            _halt(w);
            return false;
        }
        r.gas -= gas;
        _storeRegs(w, r);
        return true;
    }

    /// @dev C6, C7, C8.
    function _setCode(Wit.Data memory w, bytes32 codeHash, uint256 ptr, uint256 len) private pure {
        _setCall(w, T.C_CODE_HASH, uint256(codeHash));
        _setCall(w, T.C_CODE_LEN, len << 224);
        _setCall(w, T.C_CODE_ROOT, uint256(World.codeRoot(ptr, len)));
    }

    // ---------------------------------------------------------------- gas, value

    /// @dev GAS63: gas of the callee, and its input.
    function _gas63(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        if (flags.isTop != 0) return _goTo(w, T.MODE_SNAP);
        Regs memory r = _loadRegs(w);
        uint256 requested = _call(w, T.C_GAS) >> 192;
        uint256 windows = _call(w, T.C_WINDOWS);
        uint256 childGas = r.gas - r.gas / KEPT_PART;
        if (childGas > requested) childGas = requested;
        r.gas -= childGas;
        _storeRegs(w, r);
        if (flags.kind <= T.KIND_CALLCODE && _call(w, T.C_VALUE) != 0) childGas += GAS_STIPEND;
        w.storeUint(T.G_OUT_WIN, windows << 64 & ~uint256(type(uint192).max));
        if (r.depth >= T.LIMIT_CALL_DEPTH) return _fail(w, flags.kind, childGas);
        _setCall(w, T.C_GAS, (requested << 192) | (childGas << 128));

        uint256 inSize = uint32(windows >> 192);
        if (inSize == 0) return _goTo(w, T.MODE_SNAP);
        _setReg(
            w, T.R_COPY, _copyWord(T.BUFFER_MEM, T.BUFFER_BUF_A, 0, windows >> 224, 32 * r.memWords, 0, inSize)
        );
        _goTo(w, T.MODE_COPY, 0, T.MODE_SNAP, 0);
    }

    /// @dev SNAP: keeps what a revert of the callee goes back to.
    function _snap(Wit.Data memory w) private pure {
        uint256 kind = _loadFlags(w).kind;
        _setCall(w, T.C_SNAPSHOT, w.loadUint(T.G_REV));
        if (kind >= T.KIND_CREATE) return _goTo(w, T.MODE_CREATECHK);
        bool isPaid = kind <= T.KIND_CALLCODE && _call(w, T.C_VALUE) != 0;
        _goTo(w, isPaid ? T.MODE_XFER : T.MODE_PUSH);
    }

    /// @dev XFER: the value leaves the payer (count 0) and comes to the callee (count 1).
    function _xfer(Wit.Data memory w, uint256 count) private pure {
        CallFlags memory flags = _loadFlags(w);
        uint256 value = _call(w, T.C_VALUE);
        World.Entry memory account;
        if (count != 0) {
            account = World.load(w, _call(w, T.C_TO));
            unchecked {
                account.info.balance += value;
            }
            World.save(w, account);
            return _goTo(w, T.MODE_PUSH);
        }
        account = World.load(w, w.loadUint(flags.isTop != 0 ? T.G_SENDER : T.G_SELF));
        if (account.info.balance < value) return _fail(w, flags.kind, uint64(_call(w, T.C_GAS) >> 128));
        // CALLCODE pays to itself.
        if (flags.kind == T.KIND_CALLCODE) return _goTo(w, T.MODE_PUSH);
        account.info.balance -= value;
        World.save(w, account);
        _goTo(w, T.MODE_XFER, 0, 0, 1);
    }

    // ---------------------------------------------------------------- the callee's frame

    /// @dev PUSH: the callee's frame takes the place of the caller's, which waits as a root.
    function _enterFrame(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        bool isCreation = flags.kind >= T.KIND_CREATE;
        Regs memory r;
        r.gas = uint64(_call(w, T.C_GAS) >> 128);
        r.kind = flags.kind;
        r.isStatic = flags.isStatic;

        bytes32[16] memory frame;
        if (flags.isTop != 0) {
            frame[T.G_CALLER & 15] = w.load(T.G_SENDER);
        } else {
            r.depth = _loadRegs(w).depth + 1;
            frame[T.G_CALLER & 15] = w.load(flags.kind == T.KIND_DELEGATECALL ? T.G_CALLER : T.G_SELF);
            w.store(T.G_RET, T.Z22);
            w.storeUint(T.G_LENS, _withRetLen(w.loadUint(T.G_LENS), 0));
            frame[T.G_PARENT & 15] = InnerNode.valueOf(w, T.G_FRAME);
        }
        uint256 inSize = isCreation ? 0 : uint32(_call(w, T.C_WINDOWS) >> 192);
        frame[T.G_REGS & 15] = bytes32(_packRegs(r));
        frame[T.G_SELF & 15] = bytes32(_call(w, T.C_TO));
        frame[T.G_VALUE & 15] = bytes32(_call(w, T.C_VALUE));
        frame[T.G_CODE_HASH & 15] = bytes32(_call(w, T.C_CODE_HASH));
        frame[T.G_CODE & 15] = isCreation ? w.load(T.G_BUF_B) : bytes32(_call(w, T.C_CODE_ROOT));
        frame[T.G_LENS & 15] = bytes32(_call(w, T.C_CODE_LEN) | (inSize << 192));
        frame[T.G_INPUT & 15] = isCreation ? T.Z22 : w.load(T.G_BUF_A);
        frame[T.G_RET & 15] = T.Z22;
        frame[T.G_MEM & 15] = T.Z22;
        frame[T.G_STACK & 15] = T.Z10;
        frame[T.G_SNAP_REV & 15] = bytes32(_call(w, T.C_SNAPSHOT));
        if (isCreation) frame[T.G_NEW_ADDR & 15] = bytes32(_call(w, T.C_NEW_ADDR));
        else if (flags.isPrecompile != 0) frame[T.G_NEW_ADDR & 15] = bytes32(_call(w, T.C_CODE_ADDR));
        uint256 ptr;
        assembly ("memory-safe") {
            ptr := frame
        }
        w.setNode(T.G_FRAME, ByteTree.root16(ptr));
        w.store(T.G_BUF_A, T.Z22);
        w.store(T.G_BUF_B, T.Z12);
        w.setNode(T.G_CALL, T.DEFAULT_CALL);
        _goTo(w, flags.isPrecompile != 0 ? T.MODE_PRECOMP : T.MODE_OP);
    }

    /// @dev The leaf `lens` with another retLen.
    function _withRetLen(uint256 lens, uint256 retLen) private pure returns (uint256) {
        return (lens >> 192 << 192) | (retLen << 160);
    }
}
