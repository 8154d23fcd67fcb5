// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepSlices} from "./StepSlices.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {Blake2Rounds} from "./lib/Blake2Rounds.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {ModExpSlice} from "./lib/ModExpSlice.sol";
import {MsmSlice} from "./lib/MsmSlice.sol";
import {PrecompileGas} from "./lib/PrecompileGas.sol";
import {Ripemd160Blocks} from "./lib/Ripemd160Blocks.sol";
import {Sha256Blocks} from "./lib/Sha256Blocks.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepPrecompile
/// @notice PRECOMP, and the slices that are made of calls of L1's precompiles: MODEXP_I and MSM_I.
/// @dev L1's precompiles are called by PrecompileGas.callChecked alone, which reverts when the caller left too little gas: a
///      failure that a step proves is one of the input.
/// @custom:source docs/protocol/machine.md#precompiles
contract StepPrecompile is StepSlices {
    using Wit for Wit.Data;

    uint256 private constant ECRECOVER = 1;
    uint256 private constant SHA256 = 2;
    uint256 private constant RIPEMD160 = 3;
    uint256 private constant IDENTITY = 4;
    uint256 private constant MODEXP = 5;
    uint256 private constant BN_ADD = 6;
    uint256 private constant BN_MUL = 7;
    uint256 private constant BN_PAIRING = 8;
    uint256 private constant BLAKE2F = 9;
    uint256 private constant POINT_EVALUATION = 0x0a;
    uint256 private constant BLS_G1_ADD = 0x0b;
    uint256 private constant BLS_G1_MSM = 0x0c;
    uint256 private constant BLS_G2_ADD = 0x0d;
    uint256 private constant BLS_G2_MSM = 0x0e;
    uint256 private constant BLS_PAIRING = 0x0f;
    uint256 private constant BLS_MAP_FP = 0x10;
    uint256 private constant BLS_MAP_FP2 = 0x11;
    uint256 private constant P256VERIFY = 0x100;

    uint256 private constant P256VERIFY_BYTES = 160;
    uint256 private constant BLAKE2_WORDS = 4;
    /// @dev The three lengths in front of a MODEXP's numbers, and the most that such an input can say.
    uint256 private constant MODEXP_HEAD = 96;
    uint256 private constant MODEXP_BYTES = MODEXP_HEAD + 3 * 1_024;
    /// @dev Longest output of a precompile but identity: that of MODEXP.
    uint256 private constant OUTPUT_BYTES = 1_024;

    /// @notice Base, exponent and modulus of a MODEXP input: memory addresses, and bytes.
    struct ModExpInput {
        uint256 base;
        uint256 baseLength;
        uint256 exponent;
        uint256 exponentLength;
        /// Whole words, zeros in front.
        uint256 modulus;
        uint256 modulusLength;
        uint256 words;
    }

    /// @notice The auxiliary bytes are not a quotient and a remainder of as many words as the modulus.
    error BadHintLength(uint256 length, uint256 words);

    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal view override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_PRECOMP) _precomp(w);
        else if (mode == T.MODE_MODEXP_I) _modExpSlice(w);
        else if (mode == T.MODE_MSM_I) _msmSlice(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- PRECOMP

    function _precomp(Wit.Data memory w) private view {
        Regs memory r = _loadRegs(w);
        uint256 target = w.loadUint(T.G_NEW_ADDR);
        uint256 length = _inputLength(w);
        // Whoever fails loses all gas, so that the price of such a length does not matter.
        if (_failsByLength(target, length)) return _halt(w);
        uint256 size = _bytesRead(target, length);
        uint256 input = _readInput(w, 0, size);
        uint256 price = PrecompileGas.requiredGas(target, input, target == MODEXP ? size : length);
        if (price > r.gas) return _halt(w);
        // From here on the step either halts, with nothing stored, or has taken its price.
        r.gas -= price;
        if (!_run(w, target, input, size, length, price)) return _halt(w);
        _storeRegs(w, r);
    }

    /// @dev Answers or begins slices; false, and nothing stored, if the precompile fails.
    function _run(Wit.Data memory w, uint256 target, uint256 input, uint256 size, uint256 length, uint256 price)
        private
        view
        returns (bool)
    {
        if (target == IDENTITY) {
            _answerNode(w, w.load(T.G_INPUT), length);
        } else if (target == P256VERIFY && length != P256VERIFY_BYTES) {
            // Not a failure: such an input is answered with nothing.
            _answer(w, input, 0);
        } else if (_isSliced(target, length)) {
            _beginByLength(w, target);
        } else if (target == MODEXP && price > T.LIMIT_MODEXP_L1_GAS) {
            _beginModExp(w, input, size);
        } else if (target == BLAKE2F && price > T.LIMIT_BLAKE_L1_ROUNDS) {
            if (ByteTree.byteAt(input + Blake2Rounds.INPUT_BYTES - 1) > 1) return false;
            _beginBlake2(w, input);
        } else {
            return _callL1(w, target, input, size, price);
        }
        return true;
    }

    function _callL1(Wit.Data memory w, uint256 target, uint256 input, uint256 size, uint256 price)
        private
        view
        returns (bool)
    {
        uint256 output = ByteTree.alloc(OUTPUT_BYTES);
        if (!PrecompileGas.callChecked(target, input, size, output, OUTPUT_BYTES, price)) return false;
        uint256 given;
        assembly ("memory-safe") {
            given := returndatasize()
        }
        _answer(w, output, given);
        return true;
    }

    /// @dev Whether an input of this length makes the precompile fail, whatever its bytes.
    function _failsByLength(uint256 target, uint256 length) private pure returns (bool) {
        if (length > PrecompileGas.maxInputLength(target, true)) return true;
        if (target == BN_PAIRING) return length % 192 != 0;
        if (target == BLAKE2F) return length != Blake2Rounds.INPUT_BYTES;
        if (target == POINT_EVALUATION) return length != 192;
        if (target == BLS_G1_ADD) return length != 256;
        if (target == BLS_G1_MSM) return length == 0 || length % MsmSlice.G1_PAIR != 0;
        if (target == BLS_G2_ADD) return length != 512;
        if (target == BLS_G2_MSM) return length == 0 || length % MsmSlice.G2_PAIR != 0;
        if (target == BLS_PAIRING) return length == 0 || length % 384 != 0;
        if (target == BLS_MAP_FP) return length != 64;
        if (target == BLS_MAP_FP2) return length != 128;
        return false;
    }

    /// @dev Bytes of the input that the step reads: some precompiles see only a prefix, and some lengths say enough.
    function _bytesRead(uint256 target, uint256 length) private pure returns (uint256 size) {
        if (target == IDENTITY || _isSliced(target, length)) return 0;
        if (target == P256VERIFY) return length == P256VERIFY_BYTES ? length : 0;
        size = type(uint256).max;
        if (target == ECRECOVER || target == BN_ADD) size = 128;
        if (target == BN_MUL) size = 96;
        if (target == MODEXP) size = MODEXP_BYTES;
        if (size > length) size = length;
    }

    // ---------------------------------------------------------------- first of many steps

    /// @dev Whether the length alone says that slices follow.
    function _isSliced(uint256 target, uint256 length) private pure returns (bool) {
        if (target == SHA256 || target == RIPEMD160) return length > T.LIMIT_PRECOMPILE_BYTES;
        if (target == BLS_G1_MSM) return length > T.LIMIT_MSM_PAIRS * MsmSlice.G1_PAIR;
        return target == BLS_G2_MSM && length > T.LIMIT_MSM_PAIRS * MsmSlice.G2_PAIR;
    }

    /// @dev Begins the slices of a hash or of a multi-scalar multiplication, of which no byte is needed yet.
    function _beginByLength(Wit.Data memory w, uint256 target) private pure {
        _setProgress(w, 0);
        if (target == SHA256) {
            _setReg(w, T.R_SLICE0, Sha256Blocks.START);
            _goTo(w, T.MODE_SHA256_I);
        } else if (target == RIPEMD160) {
            _setReg(w, T.R_SLICE0, Ripemd160Blocks.START);
            _goTo(w, T.MODE_RIPEMD_I);
        } else {
            // The point at infinity is all zero.
            uint256 words = _pointBytes(target) / 32;
            _setRunning(w, ByteTree.alloc(32 * words), words);
            _goTo(w, T.MODE_MSM_I);
        }
    }

    function _beginModExp(Wit.Data memory w, uint256 input, uint256 size) private pure {
        ModExpInput memory x = _parseModExp(input, size);
        bool isZero = true;
        bool isOne = x.words != 0;
        for (uint256 i = 0; i < x.words; i++) {
            uint256 word = ByteTree.wordAt(x.modulus + 32 * i);
            isZero = isZero && word == 0;
            isOne = isOne && word == (i + 1 == x.words ? 1 : 0);
        }
        uint256 out = ByteTree.alloc(32 * x.words);
        if (isZero) return _answer(w, out, x.modulusLength);
        // 1 mod m.
        if (!isOne) ByteTree.setWord(out + 32 * (x.words - 1), 1);
        w.setNode(T.G_BUF_A, ByteTree.root(out, x.words, T.D_BYTES));
        _setProgress(w, 0);
        _goTo(w, T.MODE_MODEXP_I);
    }

    function _beginBlake2(Wit.Data memory w, uint256 input) private pure {
        uint256 vector = ByteTree.alloc(32 * BLAKE2_WORDS);
        Blake2Rounds.start(input, vector, ByteTree.alloc(32 * BLAKE2_WORDS));
        _setProgress(w, 0);
        _setRunning(w, vector, BLAKE2_WORDS);
        _goTo(w, T.MODE_BLAKE2_I);
    }

    // ---------------------------------------------------------------- slices

    /// @dev The numbers of a MODEXP input whose lengths are within their bounds; what is missing is 0.
    function _parseModExp(uint256 input, uint256 size) private pure returns (ModExpInput memory x) {
        (x.baseLength, x.exponentLength, x.modulusLength) = PrecompileGas.modExpLengths(input, size);
        // Always, in a state that is reached; else the addresses below would mean nothing.
        assert(PrecompileGas.isModExpInBounds(x.baseLength, x.exponentLength, x.modulusLength));
        uint256 all = ByteTree.alloc(MODEXP_BYTES);
        ByteTree.copyBytes(all, input, size);
        x.base = all + MODEXP_HEAD;
        x.exponent = x.base + x.baseLength;
        x.words = (x.modulusLength + 31) / 32;
        x.modulus = ByteTree.alloc(32 * x.words);
        ByteTree.copyBytes(x.modulus + 32 * x.words - x.modulusLength, x.exponent + x.exponentLength, x.modulusLength);
    }

    function _modExpSlice(Wit.Data memory w) private view {
        uint256 size = _inputLength(w);
        if (size > MODEXP_BYTES) size = MODEXP_BYTES;
        ModExpInput memory x = _parseModExp(_readInput(w, 0, size), size);
        (uint256 hint, uint256 hintLength) = w.auxBytes();
        if (hintLength != 64 * x.words) revert BadHintLength(hintLength, x.words);

        uint256 done = _progress(w);
        (uint256 chunk, uint256 chunkBits) = ModExpSlice.chunkAt(x.exponent, x.exponentLength, done);
        uint256 next = ModExpSlice.run(
            ModExpSlice.Slice({
                accPtr: _readPages(w, T.G_BUF_A, T.D_BYTES, 0, 32 * x.words),
                basePtr: x.base,
                baseLength: x.baseLength,
                modulusPtr: x.modulus,
                words: x.words,
                chunk: chunk,
                chunkBits: chunkBits,
                hintPtr: hint
            })
        );
        done++;
        if (ModExpSlice.CHUNK_BYTES * done < x.exponentLength) {
            _setProgress(w, done);
            w.store(_page(T.G_BUF_A, T.D_BYTES, 0), ByteTree.root(next, x.words, T.D_PAGE));
            return;
        }
        _clearSlices(w);
        _answer(w, next + 32 * x.words - x.modulusLength, x.modulusLength);
    }

    function _msmSlice(Wit.Data memory w) private view {
        uint256 target = w.loadUint(T.G_NEW_ADDR);
        uint256 pairBytes = target == BLS_G1_MSM ? MsmSlice.G1_PAIR : MsmSlice.G2_PAIR;
        uint256 pointBytes = _pointBytes(target);
        uint256 done = _progress(w);
        uint256 left = _inputLength(w) / pairBytes - done;
        uint256 count = left > T.LIMIT_MSM_PAIRS ? T.LIMIT_MSM_PAIRS : left;
        uint256 pairs = _readInput(w, done * pairBytes, count * pairBytes);
        uint256 sum = _running(w, pointBytes / 32);
        bool isSuccess =
            target == BLS_G1_MSM ? MsmSlice.runG1(sum, pairs, count) : MsmSlice.runG2(sum, pairs, count);
        if (isSuccess && count < left) {
            _setProgress(w, done + count);
            return _setRunning(w, sum, pointBytes / 32);
        }
        _clearSlices(w);
        if (isSuccess) _answer(w, sum, pointBytes);
        else _halt(w);
    }

    /// @dev Bytes of a point in the group of a multi-scalar multiplication.
    function _pointBytes(uint256 target) private pure returns (uint256) {
        return target == BLS_G1_MSM ? MsmSlice.G1_POINT : MsmSlice.G2_POINT;
    }
}
