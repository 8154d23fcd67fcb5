// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {PrecompileGas} from "./lib/PrecompileGas.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepOpcode
/// @notice Base of the families that execute opcodes: fetches the opcode, refuses those of other families, and has what all
///         opcodes do: checks of the stack, gas, memory growth, and the way on.
/// @dev An opcode first checks everything on `r`, which is memory, and only then stores: a halt leaves the frame as it was, and
///      a step that halts reads no more of the witness than it had to.
/// @custom:source docs/protocol/machine.md#opcodes
abstract contract StepOpcode is StepFamily {
    using Wit for Wit.Data;

    /// @notice The opcode at pc is not one of this family: the witness came to the wrong contract.
    error ForeignOpcode(uint256 opcode);

    /// @inheritdoc StepFamily
    function _step(StepContext calldata ctx, Wit.Data memory w, uint256 ctl) internal view virtual override {
        if (_mode(ctl) == T.MODE_OP) {
            Regs memory r = _loadRegs(w);
            _opcode(w, r, _fetch(w, r));
        } else {
            _otherMode(ctx, w, ctl);
        }
    }

    /// @dev Executes an opcode: ends with `_halt`, `_advance` or a step into another mode. Must revert with ForeignOpcode for all
    ///      opcodes that are not this family's.
    function _opcode(Wit.Data memory w, Regs memory r, uint256 opcode) internal view virtual;

    /// @dev A step of another mode than OP. Families that have one override it.
    function _otherMode(StepContext calldata, Wit.Data memory, uint256 ctl) internal view virtual {
        revert ForeignMode(_mode(ctl));
    }

    // ---------------------------------------------------------------- fetch

    /// @dev The opcode at pc, STOP behind the code's end.
    function _fetch(Wit.Data memory w, Regs memory r) internal pure returns (uint256 opcode) {
        // No code reaches so far; what a witness shows of a tree ends here.
        if (r.pc >> 5 >= 1 << T.D_CODE) return 0;
        uint256 word = w.loadUint(_gCode(r.pc));
        // Behind the code's end its tree is zero, and STOP is 0.
        opcode = (word >> (248 - 8 * (r.pc % 32))) & 0xff;
    }

    /// @dev The `size` bytes behind the opcode as a number, 1 to 32 of them; those behind the code's end are 0.
    function _pushData(Wit.Data memory w, Regs memory r, uint256 size) internal pure returns (uint256 value) {
        uint256 first = (r.pc + 1) % 32;
        uint256 g = _gCode(r.pc + 1);
        value = (w.loadUint(g) << (8 * first)) >> (8 * (32 - size));
        if (first + size > 32) value |= w.loadUint(g + 1) >> (8 * (64 - first - size));
    }

    /// @dev Generalized index of the word of the running code that holds a byte.
    function _gCode(uint256 pc) private pure returns (uint256) {
        return (T.G_CODE << T.D_CODE) + pc / 32;
    }

    // ---------------------------------------------------------------- checks

    /// @dev Checks the stack and takes gas from `r`. False after a halt: the opcode is over.
    /// @param pops Words that must be on the stack.
    /// @param pushes Words that take their place.
    function _enter(Wit.Data memory w, Regs memory r, uint256 pops, uint256 pushes, uint256 gas)
        internal
        pure
        returns (bool)
    {
        if (r.sp < pops || r.sp - pops + pushes > T.LIMIT_STACK_WORDS) {
            _halt(w);
            return false;
        }
        return _charge(w, r, gas);
    }

    /// @dev As `_enter`, for an opcode that halts in a static call.
    function _enterWriting(Wit.Data memory w, Regs memory r, uint256 pops, uint256 pushes, uint256 gas)
        internal
        pure
        returns (bool)
    {
        if (r.isStatic != 0) {
            _halt(w);
            return false;
        }
        return _enter(w, r, pops, pushes, gas);
    }

    /// @dev Takes gas from `r`. False after a halt, which needs that nothing has been stored yet.
    function _charge(Wit.Data memory w, Regs memory r, uint256 gas) internal pure returns (bool) {
        if (r.gas < gas) {
            _halt(w);
            return false;
        }
        r.gas -= gas;
        return true;
    }

    /// @dev Takes the gas of memory up to the end of a window, and of `extra`, from `r`, and lets `r.memWords` grow. False after
    ///      a halt: too little gas, or a window that is not empty and ends above 2^27.
    function _chargeMemory(Wit.Data memory w, Regs memory r, uint256 off, uint256 len, uint256 extra)
        internal
        pure
        returns (bool)
    {
        return _chargeWindows(w, r, off, len, 0, 0, extra);
    }

    /// @dev As `_chargeMemory`, for two windows.
    function _chargeWindows(
        Wit.Data memory w,
        Regs memory r,
        uint256 off,
        uint256 len,
        uint256 off2,
        uint256 len2,
        uint256 extra
    ) internal pure returns (bool) {
        (bool ok, uint256 words) = _grown(r.memWords, off, len);
        bool ok2;
        (ok2, words) = _grown(words, off2, len2);
        if (!ok || !ok2) {
            _halt(w);
            return false;
        }
        // A window within memory's bounds has a price far below 2^64, and so must `extra`.
        if (!_charge(w, r, _memoryPrice(words) - _memoryPrice(r.memWords) + extra)) return false;
        r.memWords = words;
        return true;
    }

    /// @dev A length as a price may use it before the window has been checked: what cannot be a window is one byte more than what
    ///      can, so that no price overflows.
    function _length(uint256 len) internal pure returns (uint256) {
        return len > T.LIMIT_MEMORY_END ? T.LIMIT_MEMORY_END + 1 : len;
    }

    /// @dev Words that so many bytes fill, for a price; see `_length`.
    function _wordsOf(uint256 len) internal pure returns (uint256) {
        return (_length(len) + 31) / 32;
    }

    // ---------------------------------------------------------------- warm addresses

    /// @dev Whether an address has been touched in this transaction, from the nodes of the witness. Precompiles are always warm.
    /// @return isWarm Whether it is.
    /// @return path Its way in the trie, for `_makeWarm`; of no use if it is warm.
    function _isWarm(Wit.Data memory w, uint256 target) internal pure returns (bool isWarm, MptTrie.Path memory path) {
        if (PrecompileGas.isPrecompile(target)) return (true, path);
        bytes32 key = keccak256(abi.encodePacked(address(uint160(target))));
        uint256 len;
        (path,, len) = MptTrie.load(w, w.load(T.G_WARM_ADDR), key);
        isWarm = len != 0;
    }

    /// @dev Marks a cold address as touched.
    function _makeWarm(Wit.Data memory w, MptTrie.Path memory path) internal pure {
        uint256 one = ByteTree.alloc(1);
        ByteTree.setByte(one, 1);
        w.store(T.G_WARM_ADDR, MptTrie.save(w, path, one, 1));
    }

    // ---------------------------------------------------------------- results

    /// @dev Takes `count` words from the stack; their slots become 0.
    function _drop(Wit.Data memory w, Regs memory r, uint256 count) internal pure {
        // Only what was found to be on the stack is taken.
        unchecked {
            uint256 g = (T.G_STACK << T.D_STACK) + r.sp;
            r.sp -= count;
            for (; count != 0; count--) {
                w.store(g - count, 0);
            }
        }
    }

    /// @dev The `pops` top words give way to one result; pc moves on.
    function _give(Wit.Data memory w, Regs memory r, uint256 pops, uint256 value) internal pure {
        // From left to right, as the witness has them.
        unchecked {
            uint256 g = (T.G_STACK << T.D_STACK) + r.sp - pops;
            w.storeUint(g, value);
            for (uint256 i = 1; i < pops; i++) {
                w.store(g + i, 0);
            }
            r.sp = r.sp + 1 - pops;
        }
        _advance(w, r);
    }

    /// @dev pc moves on by one and the registers are stored: what ends every opcode that does not halt or jump.
    function _advance(Wit.Data memory w, Regs memory r) internal pure {
        r.pc++;
        _storeRegs(w, r);
    }
}
