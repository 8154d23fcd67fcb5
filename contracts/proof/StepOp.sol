// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepOpcode} from "./StepOpcode.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {Rlp} from "./lib/Rlp.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepOp
/// @notice Opcodes that need nothing but the frame and what a block and a transaction are: arithmetic, bits, environment, stack,
///         memory, jumps, and the opcodes that do not exist.
/// @custom:source docs/protocol/machine.md#opcodes; Yellow Paper, appendix H; EIPs 145, 1344, 3198, 3855, 4399, 4844, 7516, 7939
contract StepOp is StepOpcode {
    using Wit for Wit.Data;

    uint256 private constant GAS_JUMPDEST = 1;
    uint256 private constant GAS_BASE = 2;
    uint256 private constant GAS_VERY_LOW = 3;
    uint256 private constant GAS_LOW = 5;
    uint256 private constant GAS_MID = 8;
    uint256 private constant GAS_HIGH = 10;
    uint256 private constant GAS_EXP = 10;
    uint256 private constant GAS_EXP_BYTE = 50;
    uint256 private constant GAS_BLOCKHASH = 20;

    uint256 private constant BLOCK_HASHES = 256;

    /// @notice The code in the witness is not the one that runs.
    error BadCode();

    /// @inheritdoc StepOpcode
    function _opcode(Wit.Data memory w, Regs memory r, uint256 op) internal pure override {
        if (_isForeign(op)) revert ForeignOpcode(op);
        if (op < 0x0c) _arithmetic(w, r, op);
        else if (op >= 0x10 && op < 0x1f) _bitwise(w, r, op);
        else if (op >= 0x30 && op < 0x4b) _environment(w, r, op);
        else if (op >= 0x50 && op < 0x60) _flow(w, r, op);
        else if (op >= 0x60 && op < 0x80) _pushBytes(w, r, op - 0x5f);
        else if (op >= 0x80 && op < 0x90) _dup(w, r, op - 0x7f);
        else if (op >= 0x90 && op < 0xa0) _swap(w, r, op - 0x8f);
        else _halt(w);
    }

    /// @dev Opcodes of the other families; all that is left belongs here, defined or not.
    function _isForeign(uint256 op) private pure returns (bool) {
        // STOP, KECCAK256, BALANCE, CALLDATACOPY, CODECOPY, EXTCODESIZE, EXTCODECOPY, RETURNDATACOPY, EXTCODEHASH, SELFBALANCE,
        // SLOAD, SSTORE, TLOAD, TSTORE, MCOPY, LOG0 to LOG4, CREATE to CREATE2, STATICCALL, REVERT, SELFDESTRUCT.
        uint256 set = (1 << 0x00) | (1 << 0x20) | (1 << 0x31) | (1 << 0x37) | (1 << 0x39) | (1 << 0x3b) | (1 << 0x3c)
            | (1 << 0x3e) | (1 << 0x3f) | (1 << 0x47) | (3 << 0x54) | (7 << 0x5c) | (0x1f << 0xa0) | (0x3f << 0xf0)
            | (1 << 0xfa) | (1 << 0xfd) | (1 << 0xff);
        return (set >> op) & 1 != 0;
    }

    // ---------------------------------------------------------------- arithmetic and bits

    /// @dev ADD to SIGNEXTEND.
    function _arithmetic(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        uint256 pops = op == 0x08 || op == 0x09 ? 3 : 2;
        uint256 gas = GAS_LOW;
        if (op == 0x01 || op == 0x03) gas = GAS_VERY_LOW;
        else if (pops == 3) gas = GAS_MID;
        else if (op == 0x0a) gas = GAS_EXP;
        if (!_enter(w, r, pops, 1, gas)) return;
        uint256 c = pops == 3 ? _peek(w, r, 2) : 0;
        uint256 b = _peek(w, r, 1);
        uint256 a = _peek(w, r, 0);
        if (op == 0x0a && !_charge(w, r, GAS_EXP_BYTE * Rlp.byteLength(b))) return;
        uint256 z;
        assembly ("memory-safe") {
            switch op
            case 0x01 { z := add(a, b) }
            case 0x02 { z := mul(a, b) }
            case 0x03 { z := sub(a, b) }
            case 0x04 { z := div(a, b) }
            case 0x05 { z := sdiv(a, b) }
            case 0x06 { z := mod(a, b) }
            case 0x07 { z := smod(a, b) }
            case 0x08 { z := addmod(a, b, c) }
            case 0x09 { z := mulmod(a, b, c) }
            case 0x0a { z := exp(a, b) }
            default { z := signextend(a, b) }
        }
        _give(w, r, pops, z);
    }

    /// @dev LT to CLZ.
    function _bitwise(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        uint256 pops = op == 0x15 || op == 0x19 || op == 0x1e ? 1 : 2;
        if (!_enter(w, r, pops, 1, op == 0x1e ? GAS_LOW : GAS_VERY_LOW)) return;
        uint256 b = pops == 2 ? _peek(w, r, 1) : 0;
        uint256 a = _peek(w, r, 0);
        uint256 z;
        assembly ("memory-safe") {
            switch op
            case 0x10 { z := lt(a, b) }
            case 0x11 { z := gt(a, b) }
            case 0x12 { z := slt(a, b) }
            case 0x13 { z := sgt(a, b) }
            case 0x14 { z := eq(a, b) }
            case 0x15 { z := iszero(a) }
            case 0x16 { z := and(a, b) }
            case 0x17 { z := or(a, b) }
            case 0x18 { z := xor(a, b) }
            case 0x19 { z := not(a) }
            case 0x1a { z := byte(a, b) }
            case 0x1b { z := shl(a, b) }
            case 0x1c { z := shr(a, b) }
            case 0x1d { z := sar(a, b) }
            default {
                // Leading zero bits: halves the width that can hold the first one; 256 if there is none.
                z := mul(iszero(a), 256)
                if a {
                    for { let half := 128 } half { half := shr(1, half) } {
                        if iszero(shr(sub(256, half), a)) {
                            z := add(z, half)
                            a := shl(half, a)
                        }
                    }
                }
            }
        }
        _give(w, r, pops, z);
    }

    // ---------------------------------------------------------------- environment

    /// @dev ADDRESS to BLOBBASEFEE.
    function _environment(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        if (op == 0x35) return _callDataLoad(w, r);
        if (op == 0x40) return _blockHash(w, r);
        if (op == 0x49) {
            // BLOBHASH: there are no blobs.
            if (_enter(w, r, 1, 1, GAS_VERY_LOW)) _give(w, r, 1, 0);
            return;
        }
        if (_enter(w, r, 0, 1, GAS_BASE)) _give(w, r, 0, _fact(w, op));
    }

    /// @dev What an opcode without operands pushes.
    function _fact(Wit.Data memory w, uint256 op) private pure returns (uint256) {
        if (op == 0x30) return w.loadUint(T.G_SELF);
        if (op == 0x32) return w.loadUint(T.G_SENDER);
        if (op == 0x33) return w.loadUint(T.G_CALLER);
        if (op == 0x34) return w.loadUint(T.G_VALUE);
        if (op == 0x36) return uint32(w.loadUint(T.G_LENS) >> 192);
        if (op == 0x38) return w.loadUint(T.G_LENS) >> 224;
        if (op == 0x3a) return w.loadUint(T.G_PRICE);
        if (op == 0x3d) return uint32(w.loadUint(T.G_LENS) >> 160);
        if (op == 0x41) return w.loadUint(T.G_COINBASE);
        if (op == 0x42) return uint64(w.loadUint(T.G_BLK_SCALARS) >> 128);
        if (op == 0x43) return w.loadUint(T.G_BLK_SCALARS) >> 192;
        if (op == 0x44) return w.loadUint(T.G_PREV_RANDAO);
        if (op == 0x45) return uint64(w.loadUint(T.G_BLK_SCALARS) >> 64);
        if (op == 0x46) return uint64(w.loadUint(T.G_MACHINE_INFO) >> 176);
        if (op == 0x48) return w.loadUint(T.G_BASE_FEE);
        if (op == 0x4a) return w.loadUint(T.G_BLOB_BASE_FEE);
        revert ForeignOpcode(op);
    }

    function _callDataLoad(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 1, 1, GAS_VERY_LOW)) return;
        uint256 off = _peek(w, r, 0);
        uint256 inputLen = uint32(w.loadUint(T.G_LENS) >> 192);
        uint256 value = 0;
        // Behind the input its tree is zero; what begins there need not be read.
        if (off < inputLen) {
            uint256 g = (T.G_INPUT << T.D_BYTES) + off / 32;
            uint256 skip = 8 * (off % 32);
            value = w.loadUint(g) << skip;
            if (skip != 0 && off - off % 32 + 32 < inputLen) value |= w.loadUint(g + 1) >> (256 - skip);
        }
        _give(w, r, 1, value);
    }

    function _blockHash(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 1, 1, GAS_BLOCKHASH)) return;
        uint256 wanted = _peek(w, r, 0);
        uint256 number = w.loadUint(T.G_BLK_SCALARS) >> 192;
        uint256 value = 0;
        if (wanted < number && number - wanted <= BLOCK_HASHES) {
            value = w.loadUint((T.G_HIST << T.D_HIST) | (wanted % BLOCK_HASHES));
        }
        _give(w, r, 1, value);
    }

    // ---------------------------------------------------------------- stack, memory and flow

    /// @dev POP to PUSH0, without the opcodes of other families.
    function _flow(Wit.Data memory w, Regs memory r, uint256 op) private pure {
        if (op == 0x50) {
            if (!_enter(w, r, 1, 0, GAS_BASE)) return;
            _drop(w, r, 1);
            _advance(w, r);
        } else if (op == 0x51) {
            _mload(w, r);
        } else if (op == 0x52) {
            _mstore(w, r);
        } else if (op == 0x53) {
            _mstore8(w, r);
        } else if (op == 0x56) {
            if (_enter(w, r, 1, 0, GAS_MID)) _jump(w, r, 1);
        } else if (op == 0x57) {
            if (!_enter(w, r, 2, 0, GAS_HIGH)) return;
            if (_peek(w, r, 1) != 0) return _jump(w, r, 2);
            _drop(w, r, 2);
            _advance(w, r);
        } else if (op == 0x5b) {
            if (_enter(w, r, 0, 0, GAS_JUMPDEST)) _advance(w, r);
        } else {
            // PC, MSIZE, GAS (behind this opcode), PUSH0.
            if (!_enter(w, r, 0, 1, GAS_BASE)) return;
            uint256 value = 0;
            if (op == 0x58) value = r.pc;
            else if (op == 0x59) value = 32 * r.memWords;
            else if (op == 0x5a) value = r.gas;
            _give(w, r, 0, value);
        }
    }

    function _pushBytes(Wit.Data memory w, Regs memory r, uint256 size) private pure {
        if (!_enter(w, r, 0, 1, GAS_VERY_LOW)) return;
        _push(w, r, _pushData(w, r, size));
        r.pc += size;
        _advance(w, r);
    }

    function _dup(Wit.Data memory w, Regs memory r, uint256 depth) private pure {
        if (_enter(w, r, depth, depth + 1, GAS_VERY_LOW)) _give(w, r, 0, _peek(w, r, depth - 1));
    }

    function _swap(Wit.Data memory w, Regs memory r, uint256 depth) private pure {
        if (!_enter(w, r, depth + 1, depth + 1, GAS_VERY_LOW)) return;
        uint256 gTop = (T.G_STACK << T.D_STACK) + r.sp - 1;
        bytes32 other = w.load(gTop - depth);
        bytes32 top = w.load(gTop);
        w.store(gTop - depth, top);
        w.store(gTop, other);
        _advance(w, r);
    }

    function _mload(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 1, 1, GAS_VERY_LOW)) return;
        uint256 off = _peek(w, r, 0);
        if (!_chargeMemory(w, r, off, 32, 0)) return;
        uint256 g = _gMemory(off);
        uint256 skip = 8 * (off % 32);
        uint256 value = w.loadUint(g) << skip;
        if (skip != 0) value |= w.loadUint(g + 1) >> (256 - skip);
        _give(w, r, 1, value);
    }

    function _mstore(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 2, 0, GAS_VERY_LOW)) return;
        uint256 value = _peek(w, r, 1);
        uint256 off = _peek(w, r, 0);
        if (!_chargeMemory(w, r, off, 32, 0)) return;
        uint256 g = _gMemory(off);
        uint256 skip = 8 * (off % 32);
        if (skip == 0) {
            w.storeUint(g, value);
        } else {
            uint256 tail = type(uint256).max >> skip;
            w.storeUint(g, (w.loadUint(g) & ~tail) | (value >> skip));
            w.storeUint(g + 1, (w.loadUint(g + 1) & tail) | (value << (256 - skip)));
        }
        _drop(w, r, 2);
        _advance(w, r);
    }

    function _mstore8(Wit.Data memory w, Regs memory r) private pure {
        if (!_enter(w, r, 2, 0, GAS_VERY_LOW)) return;
        uint256 value = _peek(w, r, 1) & 0xff;
        uint256 off = _peek(w, r, 0);
        if (!_chargeMemory(w, r, off, 1, 0)) return;
        uint256 g = _gMemory(off);
        uint256 shift = 248 - 8 * (off % 32);
        w.storeUint(g, (w.loadUint(g) & ~(0xff << shift)) | (value << shift));
        _drop(w, r, 2);
        _advance(w, r);
    }

    /// @dev Generalized index of the word of memory that holds a byte.
    function _gMemory(uint256 off) private pure returns (uint256) {
        return (T.G_MEM << T.D_BYTES) + off / 32;
    }

    /// @dev Goes to the place on top of the stack, if an instruction starts there and is a JUMPDEST; halts if not.
    function _jump(Wit.Data memory w, Regs memory r, uint256 pops) private pure {
        uint256 to = _peek(w, r, 0);
        uint256 codeLen = w.loadUint(T.G_LENS) >> 224;
        if (to >= codeLen || !_isJumpDest(w, to, codeLen)) return _halt(w);
        _drop(w, r, pops);
        r.pc = to;
        _storeRegs(w, r);
    }

    /// @dev Whether an instruction of the running code starts at `to`, which is in it, and is a JUMPDEST.
    function _isJumpDest(Wit.Data memory w, uint256 to, uint256 codeLen) private pure returns (bool isValid) {
        (uint256 code, uint256 len) = w.codeBytes();
        if (len != codeLen || ByteTree.hash(code, len) != w.load(T.G_CODE_HASH)) revert BadCode();
        assembly ("memory-safe") {
            let place := add(code, to)
            if eq(byte(0, mload(place)), 0x5b) {
                // From instruction to instruction, over the bytes that PUSH1 to PUSH32 (0x60 to 0x7f) push.
                for {} lt(code, place) {} {
                    let op := byte(0, mload(code))
                    code := add(add(code, 1), mul(lt(sub(op, 0x60), 0x20), sub(op, 0x5f)))
                }
                isValid := eq(code, place)
            }
        }
    }
}
