// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepFamily} from "./StepFamily.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepSlices
/// @notice Base of the families that run precompiles: their input and answer, and the registers of those that take many steps.
/// @custom:source docs/protocol/machine.md#precompiles
abstract contract StepSlices is StepFamily {
    using Wit for Wit.Data;

    /// @dev R11: how far a precompile in slices is.
    uint256 private constant R_PROGRESS = T.R_BENEFICIARY;
    /// @dev Last register of running values.
    uint256 private constant R_SLICE_LAST = 24;

    /// @dev Bytes of the frame's input.
    function _inputLength(Wit.Data memory w) internal pure returns (uint256) {
        return uint32(w.loadUint(T.G_LENS) >> 192);
    }

    /// @dev Bytes [off, off + len) of the frame's input, of which all must be there.
    function _readInput(Wit.Data memory w, uint256 off, uint256 len) internal pure returns (uint256 ptr) {
        return _readPages(w, T.G_INPUT, T.D_BYTES, off, len);
    }

    /// @dev The precompile has answered with `len` bytes.
    function _answer(Wit.Data memory w, uint256 src, uint256 len) internal pure {
        // A copy, with zeros up to the end of its last word.
        uint256 ptr = ByteTree.alloc(len);
        ByteTree.copyBytes(ptr, src, len);
        _answerNode(w, ByteTree.root(ptr, (len + 31) / 32, T.D_BYTES), len);
    }

    /// @dev Like `_answer`, with one word.
    function _answerWord(Wit.Data memory w, bytes32 word) internal pure {
        uint256 ptr = ByteTree.alloc(32);
        ByteTree.setWord(ptr, uint256(word));
        _answer(w, ptr, 32);
    }

    /// @dev Like `_answer`, with the root of a byte string.
    function _answerNode(Wit.Data memory w, bytes32 node, uint256 len) internal pure {
        w.setNode(T.G_BUF_A, node);
        _setReg(w, T.R_OUTCOME, _outcome(T.OUTCOME_SUCCESS, 0, 0, 0, len));
        _goTo(w, T.MODE_EXIT);
    }

    /// @dev How many bytes, chunks, rounds or pairs are done.
    function _progress(Wit.Data memory w) internal pure returns (uint256) {
        return _reg(w, R_PROGRESS) >> 224;
    }

    function _setProgress(Wit.Data memory w, uint256 done) internal pure {
        _setReg(w, R_PROGRESS, done << 224);
    }

    /// @dev The running value: a copy of the words from R13 on.
    function _running(Wit.Data memory w, uint256 count) internal pure returns (uint256 ptr) {
        ptr = ByteTree.alloc(32 * count);
        for (uint256 i = 0; i < count; i++) {
            ByteTree.setWord(ptr + 32 * i, _reg(w, T.R_SLICE0 + i));
        }
    }

    function _setRunning(Wit.Data memory w, uint256 ptr, uint256 count) internal pure {
        for (uint256 i = 0; i < count; i++) {
            _setReg(w, T.R_SLICE0 + i, ByteTree.wordAt(ptr + 32 * i));
        }
    }

    /// @dev The slices are over: all of their registers become 0.
    function _clearSlices(Wit.Data memory w) internal pure {
        _setProgress(w, 0);
        for (uint256 i = T.R_SLICE0; i <= R_SLICE_LAST; i++) {
            _setReg(w, i, 0);
        }
    }
}
