// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {ByteTree} from "./ByteTree.sol";

/// @title BatchScan
/// @notice Walk over one block of a batch, a window of its bytes at a time.
/// @custom:source docs/protocol/machine.md#derivation
library BatchScan {
    /// @notice How far the walk is; positions count from the start of the batch.
    struct State {
        uint256 blockStart;
        uint256 pos;
        uint256 txsLeft;
        uint256 dt;
        uint256 originDelta;
        uint256 hintPos;
        uint256 nHints;
        uint256 nTx;
        uint256 phase;
    }

    /// @notice Results of `run`: the window ends, the block is there, there is no such block.
    uint256 internal constant MORE = 0;
    uint256 internal constant DONE = 1;
    uint256 internal constant NONE = 2;

    /// @dev Bytes of `dt, originDelta, nHints`, of a hint, of `nTx`, of a transaction's length.
    uint256 private constant HEAD_BYTES = 8;
    uint256 private constant HINT_BYTES = 4;
    uint256 private constant COUNT_BYTES = 2;
    uint256 private constant LENGTH_BYTES = 3;

    /// @notice Reads fields until the window or the block ends.
    /// @param window Memory address of the bytes from `s.pos` on.
    /// @param end Position where the window ends, at most `dataLength`.
    function run(State memory s, uint256 window, uint256 end, uint256 dataLength) internal pure returns (uint256) {
        // Positions are 32 bits wide, and a field and its skip are shorter than 2^25.
        unchecked {
            uint256 origin = window - s.pos;
            while (s.phase < 2 || s.txsLeft != 0) {
                uint256 size = s.phase == 0 ? HEAD_BYTES : s.phase == 1 ? COUNT_BYTES : LENGTH_BYTES;
                if (s.pos + size > dataLength) return NONE;
                if (s.pos + size > end) return MORE;
                uint256 field = ByteTree.wordAt(origin + s.pos);
                s.pos += size;
                if (s.phase == 0) {
                    s.dt = field >> 240;
                    s.originDelta = uint32(field >> 208);
                    s.nHints = uint16(field >> 192);
                    s.hintPos = s.pos;
                    s.pos += HINT_BYTES * s.nHints;
                    s.phase = 1;
                } else if (s.phase == 1) {
                    s.nTx = field >> 240;
                    s.txsLeft = s.nTx;
                    s.phase = 2;
                    if (s.nTx > T.LIMIT_TXS_PER_BLOCK) return NONE;
                } else {
                    s.pos += field >> 232;
                    s.txsLeft--;
                }
                if (s.pos > dataLength || s.pos - s.blockStart > T.LIMIT_BLOCK_BYTES) return NONE;
            }
            return DONE;
        }
    }

    /// @notice Reads the leaf `scan`.
    function unpack(uint256 word) internal pure returns (State memory s) {
        s.blockStart = word >> 224;
        s.pos = uint32(word >> 192);
        s.txsLeft = uint16(word >> 176);
        s.dt = uint16(word >> 160);
        s.originDelta = uint32(word >> 128);
        s.hintPos = uint32(word >> 96);
        s.nHints = uint16(word >> 80);
        s.nTx = uint16(word >> 64);
        s.phase = uint8(word >> 56);
    }

    /// @notice The leaf `scan`.
    function pack(State memory s) internal pure returns (uint256) {
        return (s.blockStart << 224) | (s.pos << 192) | (s.txsLeft << 176) | (s.dt << 160) | (s.originDelta << 128)
            | (s.hintPos << 96) | (s.nHints << 80) | (s.nTx << 64) | (s.phase << 56);
    }

    /// @notice The leaf 402 of a block that is wholly there: `hintPos u32, nHints u16, txPos u32, txsLeft u16, blockEnd u32`.
    function place(State memory s) internal pure returns (uint256) {
        uint256 txPos = s.hintPos + HINT_BYTES * s.nHints + COUNT_BYTES;
        return (s.hintPos << 224) | (s.nHints << 208) | (txPos << 176) | (s.nTx << 160) | (s.pos << 128);
    }
}
