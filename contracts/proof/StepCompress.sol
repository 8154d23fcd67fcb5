// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepSlices} from "./StepSlices.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {Blake2Rounds} from "./lib/Blake2Rounds.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {Ripemd160Blocks} from "./lib/Ripemd160Blocks.sol";
import {Sha256Blocks} from "./lib/Sha256Blocks.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepCompress
/// @notice Slices of the precompiles that L1's own cannot continue: SHA256_I, RIPEMD_I and BLAKE2_I.
/// @custom:source docs/protocol/machine.md#precompiles
contract StepCompress is StepSlices {
    using Wit for Wit.Data;

    /// @dev Bytes of a block of SHA-256 and of RIPEMD-160.
    uint256 private constant BLOCK = 64;
    uint256 private constant BLAKE2_WORDS = 4;

    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_SHA256_I || mode == T.MODE_RIPEMD_I) _blocks(w, mode == T.MODE_SHA256_I);
        else if (mode == T.MODE_BLAKE2_I) _blake2(w);
        else revert ForeignMode(mode);
    }

    function _blocks(Wit.Data memory w, bool isSha256) private pure {
        uint256 length = _inputLength(w);
        uint256 done = _progress(w);
        uint256 count = (length - done) / BLOCK;
        if (count > T.LIMIT_COMPRESS_BLOCKS) count = T.LIMIT_COMPRESS_BLOCKS;
        uint256 stop = done + count * BLOCK;
        bool isLast = length - stop < BLOCK;
        uint256 data = _readInput(w, done, (isLast ? length : stop) - done);

        uint256 state = _reg(w, T.R_SLICE0);
        state = isSha256
            ? Sha256Blocks.compress(state, data, count)
            : Ripemd160Blocks.compress(state, data, count);
        if (!isLast) {
            _setProgress(w, stop);
            return _setReg(w, T.R_SLICE0, state);
        }
        uint256 tail = data + stop - done;
        bytes32 digest = isSha256
            ? Sha256Blocks.finish(state, tail, length - stop, length)
            : Ripemd160Blocks.finish(state, tail, length - stop, length);
        _clearSlices(w);
        _answerWord(w, digest);
    }

    function _blake2(Wit.Data memory w) private pure {
        uint256 input = _readInput(w, 0, Blake2Rounds.INPUT_BYTES);
        uint256 rounds = ByteTree.wordAt(input) >> 224;
        uint256 done = _progress(w);
        uint256 stop = done + T.LIMIT_BLAKE_ROUNDS;
        if (stop > rounds) stop = rounds;
        uint256 message = ByteTree.alloc(32 * BLAKE2_WORDS);
        // The state in front of the first round is not needed again.
        Blake2Rounds.start(input, ByteTree.alloc(32 * BLAKE2_WORDS), message);
        uint256 vector = _running(w, BLAKE2_WORDS);
        Blake2Rounds.run(vector, message, done, stop);
        if (stop < rounds) {
            _setProgress(w, stop);
            return _setRunning(w, vector, BLAKE2_WORDS);
        }
        uint256 out = ByteTree.alloc(64);
        (bytes32 low, bytes32 high) = Blake2Rounds.finish(input, vector);
        ByteTree.setWord(out, uint256(low));
        ByteTree.setWord(out + 32, uint256(high));
        _clearSlices(w);
        _answer(w, out, 64);
    }
}
