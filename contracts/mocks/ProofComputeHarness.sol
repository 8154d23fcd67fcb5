// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Blake2Rounds} from "../proof/lib/Blake2Rounds.sol";
import {FastLzRun} from "../proof/lib/FastLzRun.sol";
import {KeccakSponge} from "../proof/lib/KeccakSponge.sol";
import {ModExpSlice} from "../proof/lib/ModExpSlice.sol";
import {MsmSlice} from "../proof/lib/MsmSlice.sol";
import {PrecompileGas} from "../proof/lib/PrecompileGas.sol";
import {Ripemd160Blocks} from "../proof/lib/Ripemd160Blocks.sol";
import {Sha256Blocks} from "../proof/lib/Sha256Blocks.sol";

/// @title ProofComputeHarness
/// @notice For tests: the chunked computations of the step machine, callable; `gasUsed` is the library's alone.
contract ProofComputeHarness {
    function keccakAbsorb(bytes memory state, bytes memory blocks)
        external
        view
        returns (bytes memory stateAfter, uint256 gasUsed)
    {
        gasUsed = gasleft();
        KeccakSponge.absorb(_contents(state), _contents(blocks), blocks.length / KeccakSponge.RATE);
        gasUsed -= gasleft();
        stateAfter = state;
    }

    function keccakFinish(bytes memory state, bytes memory tail) external pure returns (bytes32 digest, bytes memory kept) {
        digest = KeccakSponge.finish(_contents(state), _contents(tail), tail.length);
        kept = state;
    }

    function fastLzRun(
        uint256 state,
        bytes memory table,
        bytes memory window,
        uint256 windowStart,
        uint256 totalLength,
        uint256 until
    ) external view returns (uint256 stateAfter, bytes memory tableAfter, uint256 gasUsed) {
        uint256 windowEnd = windowStart + window.length;
        (uint256 tablePtr, uint256 windowPtr) = (_contents(table), _contents(window));
        gasUsed = gasleft();
        stateAfter = FastLzRun.run(state, tablePtr, windowPtr, windowStart, windowEnd, totalLength, until);
        gasUsed -= gasleft();
        tableAfter = table;
    }

    function fastLzWindow(uint256 state, uint256 totalLength, uint256 until) external pure returns (uint256, uint256) {
        return FastLzRun.windowOf(state, totalLength, until);
    }

    function fastLzResult(uint256 state, uint256 totalLength) external pure returns (uint256) {
        return FastLzRun.result(state, totalLength);
    }

    function precompileGas(uint256 target, bytes memory input) external pure returns (uint256) {
        return PrecompileGas.requiredGas(target, _contents(input), input.length);
    }

    function precompileRules(uint256 target, bool isProvable) external pure returns (bool, uint256) {
        return (PrecompileGas.isPrecompile(target), PrecompileGas.maxInputLength(target, isProvable));
    }

    /// @notice The starvation rule with `outLength` bytes of output.
    function precompileCall(uint256 target, bytes memory input, uint256 outLength)
        external
        view
        returns (bool isSuccess, bytes memory output)
    {
        output = new bytes(outLength);
        uint256 required = PrecompileGas.requiredGas(target, _contents(input), input.length);
        isSuccess = PrecompileGas.callChecked(
            target, _contents(input), input.length, _contents(output), outLength, required
        );
    }

    function sha256Compress(uint256 state, bytes memory blocks) external view returns (uint256 after_, uint256 gasUsed) {
        uint256 pointer = _contents(blocks);
        gasUsed = gasleft();
        after_ = Sha256Blocks.compress(state, pointer, blocks.length / Sha256Blocks.BLOCK);
        gasUsed -= gasleft();
    }

    function sha256Finish(uint256 state, bytes memory tail, uint256 totalLength) external pure returns (bytes32) {
        return Sha256Blocks.finish(state, _contents(tail), tail.length, totalLength);
    }

    function ripemd160Compress(uint256 state, bytes memory blocks) external view returns (uint256 after_, uint256 gasUsed) {
        uint256 pointer = _contents(blocks);
        gasUsed = gasleft();
        after_ = Ripemd160Blocks.compress(state, pointer, blocks.length / Ripemd160Blocks.BLOCK);
        gasUsed -= gasleft();
    }

    function ripemd160Finish(uint256 state, bytes memory tail, uint256 totalLength) external pure returns (bytes32) {
        return Ripemd160Blocks.finish(state, _contents(tail), tail.length, totalLength);
    }

    function modExpChunk(bytes memory exponent, uint256 index) external pure returns (uint256, uint256) {
        return ModExpSlice.chunkAt(_contents(exponent), exponent.length, index);
    }

    function modExpSlice(
        bytes memory acc,
        bytes memory base,
        bytes memory modulus,
        uint256 chunk,
        uint256 chunkBits,
        bytes memory hint
    ) external view returns (bytes memory next, uint256 gasUsed) {
        ModExpSlice.Slice memory slice = ModExpSlice.Slice(
            _contents(acc),
            _contents(base),
            base.length,
            _contents(modulus),
            modulus.length / 32,
            chunk,
            chunkBits,
            _contents(hint)
        );
        gasUsed = gasleft();
        uint256 nextPtr = ModExpSlice.run(slice);
        gasUsed -= gasleft();
        next = _copy(nextPtr, modulus.length);
    }

    function msmSlice(bool isG2, bytes memory acc, bytes memory pairs)
        external
        view
        returns (bool isSuccess, bytes memory next, uint256 gasUsed)
    {
        (uint256 accPtr, uint256 pairsPtr) = (_contents(acc), _contents(pairs));
        gasUsed = gasleft();
        isSuccess = isG2
            ? MsmSlice.runG2(accPtr, pairsPtr, pairs.length / MsmSlice.G2_PAIR)
            : MsmSlice.runG1(accPtr, pairsPtr, pairs.length / MsmSlice.G1_PAIR);
        gasUsed -= gasleft();
        next = acc;
    }

    /// @notice State and message of an input, 4 words each.
    function blake2Start(bytes memory input) external pure returns (bytes memory v, bytes memory m) {
        (v, m) = (new bytes(128), new bytes(128));
        Blake2Rounds.start(_contents(input), _contents(v), _contents(m));
    }

    function blake2Run(bytes memory v, bytes memory m, uint256 first, uint256 end)
        external
        view
        returns (bytes memory next, uint256 gasUsed)
    {
        (uint256 vPtr, uint256 mPtr) = (_contents(v), _contents(m));
        gasUsed = gasleft();
        Blake2Rounds.run(vPtr, mPtr, first, end);
        gasUsed -= gasleft();
        next = v;
    }

    function blake2Finish(bytes memory input, bytes memory v) external pure returns (bytes32, bytes32) {
        return Blake2Rounds.finish(_contents(input), _contents(v));
    }

    function _copy(uint256 pointer, uint256 length) private pure returns (bytes memory copy) {
        copy = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(copy, 0x20), pointer, length)
        }
    }

    /// @dev Memory address of the first byte.
    function _contents(bytes memory data) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(data, 0x20)
        }
    }
}
