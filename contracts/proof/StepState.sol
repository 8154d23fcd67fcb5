// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepOpcode} from "./StepOpcode.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {TxMaps} from "./lib/TxMaps.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepState
/// @notice Opcodes that read or write accounts and slots: BALANCE, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH, SELFBALANCE, SLOAD,
///         SSTORE, TLOAD, TSTORE, SELFDESTRUCT; and DESTROY, which ends the last.
/// @dev Tries are read in the order account, slot, map of the transaction; a halt for want of gas comes behind that.
/// @custom:source docs/protocol/machine.md#opcodes; EIPs 1052, 1153, 1884, 2200, 2929, 3529, 6780
contract StepState is StepOpcode {
    using Wit for Wit.Data;

    uint256 private constant GAS_LOW = 5;
    uint256 private constant GAS_WARM = 100;
    uint256 private constant GAS_COLD_ACCOUNT = 2_600;
    uint256 private constant GAS_COLD_SLOT = 2_100;
    uint256 private constant GAS_COPY_WORD = 3;
    uint256 private constant GAS_SLOT_SET = 20_000;
    uint256 private constant GAS_SLOT_RESET = 2_900;
    /// @dev SSTORE halts with this much or less.
    uint256 private constant GAS_SLOT_SENTRY = 2_300;
    uint256 private constant GAS_DESTROY = 5_000;
    uint256 private constant GAS_NEW_ACCOUNT = 25_000;
    uint256 private constant REFUND_CLEAR = 4_800;
    uint256 private constant REFUND_SET_BACK = 19_900;
    uint256 private constant REFUND_RESET_BACK = 2_800;

    /// @inheritdoc StepOpcode
    function _opcode(Wit.Data memory w, Regs memory r, uint256 op) internal pure override {
        if (op == 0x54) _sload(w, r);
        else if (op == 0x55) _sstore(w, r);
        else if (op == 0x31 || op == 0x3b || op == 0x3f) _lookUp(w, r, op);
        else if (op == 0x3c) _extCodeCopy(w, r);
        else if (op == 0x47) _selfBalance(w, r);
        else if (op == 0x5c) _tload(w, r);
        else if (op == 0x5d) _tstore(w, r);
        else if (op == 0xff) _selfDestruct(w, r);
        else revert ForeignOpcode(op);
    }

    /// @inheritdoc StepOpcode
    function _otherMode(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        if (_mode(ctl) != T.MODE_DESTROY) revert ForeignMode(_mode(ctl));
        if (_sub(ctl) == 0) _destroy(w);
        else _credit(w);
    }

    // ---------------------------------------------------------------- accounts

    /// @dev BALANCE, EXTCODESIZE, EXTCODEHASH.
    function _lookUp(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        if (!_enter(w, r, 1, 1, GAS_WARM)) return;
        uint256 target = uint160(_peek(w, r, 0));
        World.Entry memory account = World.load(w, target);
        if (!_touch(w, r, target, 0)) return;
        uint256 result;
        if (op == 0x31) result = account.info.balance;
        else if (op == 0x3b) (, result) = World.codeOf(w, account.info.codeHash);
        else if (account.exists) result = uint256(account.info.codeHash);
        _give(w, r, 1, result);
    }

    function _selfBalance(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 0, 1, GAS_LOW)) return;
        _give(w, r, 0, World.load(w, w.loadUint(T.G_SELF)).info.balance);
    }

    function _extCodeCopy(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 4, 0, GAS_WARM)) return;
        uint256 target = uint160(_peek(w, r, 0));
        uint256 dst = _peek(w, r, 1);
        uint256 src = _peek(w, r, 2);
        uint256 len = _peek(w, r, 3);
        (bool ok, uint256 memWords) = _grown(r.memWords, dst, len);
        if (!ok) return _halt(w);
        World.Entry memory account = World.load(w, target);
        uint256 gas = _memoryPrice(memWords) - _memoryPrice(r.memWords) + GAS_COPY_WORD * _wordsOf(len);
        if (!_touch(w, r, target, gas)) return;
        r.memWords = memWords;
        _drop(w, r, 4);
        _advance(w, r);
        if (len == 0) return;
        (uint256 ptr, uint256 size) = World.codeOf(w, account.info.codeHash);
        w.store(T.G_BUF_B, World.codeRoot(ptr, size));
        // Behind the code's end all is 0.
        if (src > size) src = size;
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_BUF_B, T.BUFFER_MEM, 0, src, size, dst, len));
        _goTo(w, T.MODE_COPY, 0, T.MODE_OP, 0);
    }

    /// @dev Takes `gas`, and what an address costs above GAS_WARM, and warms it. False after a halt.
    function _touch(Wit.Data memory w, Regs memory r, uint256 target, uint256 gas) private pure returns (bool) {
        (bool isWarm, MptTrie.Path memory path) = TxMaps.loadWarm(w, target);
        if (!_charge(w, r, isWarm ? gas : gas + GAS_COLD_ACCOUNT - GAS_WARM)) return false;
        if (!isWarm) TxMaps.makeWarm(w, path);
        return true;
    }

    // ---------------------------------------------------------------- slots

    function _sload(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 1, 1, GAS_WARM)) return;
        uint256 self = w.loadUint(T.G_SELF);
        uint256 slot = _peek(w, r, 0);
        World.Entry memory account = World.load(w, self);
        (, uint256 value) = World.loadSlot(w, account.info, slot);
        TxMaps.Slot memory known = TxMaps.loadSlot(w, self, slot);
        if (known.isCold && !_charge(w, r, GAS_COLD_SLOT - GAS_WARM)) return;
        if (!known.isLoaded) TxMaps.makeLoaded(w, known.path, value);
        _give(w, r, 1, value);
    }

    function _sstore(Wit.Data memory w, Regs memory r) private pure {
        if (!_enterWriting(w, r, 2, 0, 0)) return;
        if (r.gas <= GAS_SLOT_SENTRY) return _halt(w);
        uint256 self = w.loadUint(T.G_SELF);
        uint256 slot = _peek(w, r, 0);
        uint256 value = _peek(w, r, 1);
        World.Entry memory account = World.load(w, self);
        (MptTrie.Path memory path, uint256 current) = World.loadSlot(w, account.info, slot);
        TxMaps.Slot memory known = TxMaps.loadSlot(w, self, slot);
        uint256 original = known.isLoaded ? known.original : current;
        uint256 gas = _writeGas(original, current, value);
        if (!_charge(w, r, known.isCold ? gas + GAS_COLD_SLOT : gas)) return;

        if (value != current) {
            World.saveSlot(w, account.info, path, value);
            World.save(w, account);
            _refund(w, original, current, value);
        }
        if (!known.isLoaded) TxMaps.makeLoaded(w, known.path, current);
        _drop(w, r, 2);
        _advance(w, r);
    }

    /// @dev EIP-2200's price of a write, with the slot warm.
    function _writeGas(uint256 original, uint256 current, uint256 value) private pure returns (uint256) {
        if (value == current || current != original) return GAS_WARM;
        return original == 0 ? GAS_SLOT_SET : GAS_SLOT_RESET;
    }

    /// @dev EIP-3529's change of the refund, for a write that changes the slot.
    function _refund(Wit.Data memory w, uint256 original, uint256 current, uint256 value) private pure {
        uint256 plus;
        uint256 minus;
        if (original != 0) {
            if (value == 0) plus = REFUND_CLEAR;
            // Then it has been cleared in this transaction.
            else if (current == 0) minus = REFUND_CLEAR;
        }
        if (value == original) plus += original == 0 ? REFUND_SET_BACK : REFUND_RESET_BACK;
        // What is taken away was given earlier; the fields below the refund stay.
        if (plus != minus) {
            w.storeUint(T.G_REV_PACKED, w.loadUint(T.G_REV_PACKED) + (plus << 192) - (minus << 192));
        }
    }

    // ---------------------------------------------------------------- transient storage

    function _tload(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 1, 1, GAS_WARM)) return;
        (, uint256 value) = TxMaps.loadTransient(w, w.loadUint(T.G_SELF), _peek(w, r, 0));
        _give(w, r, 1, value);
    }

    function _tstore(Wit.Data memory w, Regs memory r) private pure {
        if (!_enterWriting(w, r, 2, 0, GAS_WARM)) return;
        uint256 value = _peek(w, r, 1);
        (MptTrie.Path memory path, uint256 current) = TxMaps.loadTransient(w, w.loadUint(T.G_SELF), _peek(w, r, 0));
        if (value != current) TxMaps.saveTransient(w, path, value);
        _drop(w, r, 2);
        _advance(w, r);
    }

    // ---------------------------------------------------------------- SELFDESTRUCT

    function _selfDestruct(Wit.Data memory w, Regs memory r) private pure {
        if (!_enterWriting(w, r, 1, 0, GAS_DESTROY)) return;
        uint256 beneficiary = uint160(_peek(w, r, 0));
        uint256 balance = World.load(w, w.loadUint(T.G_SELF)).info.balance;
        bool isNew = !World.load(w, beneficiary).exists;
        (bool isWarm, MptTrie.Path memory path) = TxMaps.loadWarm(w, beneficiary);
        uint256 gas = isWarm ? 0 : GAS_COLD_ACCOUNT;
        if (isNew && balance != 0) gas += GAS_NEW_ACCOUNT;
        if (!_charge(w, r, gas)) return;
        if (!isWarm) TxMaps.makeWarm(w, path);
        _drop(w, r, 1);
        _advance(w, r);
        _setReg(w, T.R_BENEFICIARY, beneficiary);
        _goTo(w, T.MODE_DESTROY);
    }

    /// @dev DESTROY, sub 0: marks an account that was created in this transaction, and takes the balance away.
    function _destroy(Wit.Data memory w) private pure {
        uint256 self = w.loadUint(T.G_SELF);
        bool isOther = _reg(w, T.R_BENEFICIARY) != self;
        World.Entry memory account = World.load(w, self);
        (bool isCreated,) = TxMaps.loadCreated(w, self);
        if (isCreated) {
            uint256 rev = w.loadUint(T.G_REV_PACKED);
            w.storeUint((T.G_DESTRUCTS << T.D_DESTRUCTS) + uint32(rev >> 96), self);
            w.storeUint(T.G_REV_PACKED, rev + (1 << 96));
        }
        uint256 balance = account.info.balance;
        if (balance != 0 && (isOther || isCreated)) {
            account.info.balance = 0;
            World.save(w, account);
            if (isOther) {
                _setReg(w, T.R_MOVED, balance);
                return _goTo(w, T.MODE_DESTROY, 1, 0, 0);
            }
        }
        _endDestroyed(w);
    }

    /// @dev DESTROY, sub 1: the balance comes to the beneficiary.
    function _credit(Wit.Data memory w) private pure {
        World.Entry memory account = World.load(w, _reg(w, T.R_BENEFICIARY));
        unchecked {
            account.info.balance += _reg(w, T.R_MOVED);
        }
        World.save(w, account);
        _setReg(w, T.R_MOVED, 0);
        _endDestroyed(w);
    }

    function _endDestroyed(Wit.Data memory w) private pure {
        _setReg(w, T.R_BENEFICIARY, 0);
        _setReg(w, T.R_OUTCOME, _outcome(T.OUTCOME_SUCCESS, 0, 0, 0, 0));
        _goTo(w, T.MODE_EXIT);
    }
}
