// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title FastLzRun
/// @notice Length of the FastLZ level-1 compression of some bytes, computed in slices.
/// @dev A run is a sequence of transitions, each from one position: a search there, or, inside a match, the comparison of one
/// byte. A slice stops in front of the first transition whose position is not below `until`, so any slicing passes the same states.
/// State word: position << 96 | anchor << 64 | length << 32 | distance, 32 bits each. Searching: distance = 0, `anchor` is where
/// the pending literals start. Inside a match: `distance` to its twin (1 to 8,191), `anchor` the match's fourth byte, and
/// `position` the next byte to compare. The table has 8,192 positions of 32 bits, 8 a word, all 0 at first.
/// @custom:source docs/protocol/execution.md#fees-of-a-non-deposit-transaction
library FastLzRun {
    /// @notice State in front of the first byte: position 2.
    uint256 internal constant START = 2 << 96;
    /// @notice Bytes of the table.
    uint256 internal constant TABLE_BYTES = 0x8000;

    /// @notice The window does not hold the bytes that the slice may read.
    error FastLzRunWindowTooSmall(uint256 start, uint256 end, uint256 neededStart, uint256 neededEnd);
    /// @notice The run is not done.
    error FastLzRunNotDone(uint256 position, uint256 totalLength);

    /// @notice Whether nothing is left to run.
    /// @param state State word.
    /// @param totalLength Bytes of the data, below 2^32 - 16.
    function isDone(uint256 state, uint256 totalLength) internal pure returns (bool) {
        return uint32(state) == 0 && (state >> 96) + 13 >= totalLength;
    }

    /// @notice Bytes of the data that a slice may read: [start, end).
    /// @param state State word.
    /// @param totalLength Bytes of the data.
    /// @param until Position in front of which the slice stops.
    function windowOf(uint256 state, uint256 totalLength, uint256 until)
        internal
        pure
        returns (uint256 start, uint256 end)
    {
        uint256 position = state >> 96;
        start = position > 8_191 ? position - 8_191 : 0;
        end = until + 2 < totalLength ? until + 2 : totalLength;
        if (end < start) end = start;
    }

    /// @notice The compressed length.
    /// @param state State word of a run that is done.
    /// @param totalLength Bytes of the data.
    /// @return length_ Pending literals included.
    function result(uint256 state, uint256 totalLength) internal pure returns (uint256 length_) {
        if (!isDone(state, totalLength)) revert FastLzRunNotDone(state >> 96, totalLength);
        uint256 pending = totalLength - uint32(state >> 64);
        return uint32(state >> 32) + pending + (pending + 31) / 32;
    }

    /// @notice Runs one slice.
    /// @param state State word.
    /// @param tablePtr Memory address of the table's 1,024 words, rewritten in place. 28 more bytes behind it are read and written back.
    /// @param windowPtr Memory address of the data's byte `windowStart`.
    /// @param windowStart First byte of the window.
    /// @param windowEnd Byte behind the window.
    /// @param totalLength Bytes of the data, below 2^32 - 16.
    /// @param until Position in front of which the slice stops.
    /// @return state_ State word after the slice.
    function run(
        uint256 state,
        uint256 tablePtr,
        uint256 windowPtr,
        uint256 windowStart,
        uint256 windowEnd,
        uint256 totalLength,
        uint256 until
    ) internal pure returns (uint256 state_) {
        (uint256 neededStart, uint256 neededEnd) = windowOf(state, totalLength, until);
        if (windowStart > neededStart || windowEnd < neededEnd) {
            revert FastLzRunWindowTooSmall(windowStart, windowEnd, neededStart, neededEnd);
        }
        if (isDone(state, totalLength)) return state;
        unchecked {
            // May wrap; only the sum with a position in the window is ever used.
            return _run(state, tablePtr, windowPtr - windowStart, totalLength, until);
        }
    }

    /// @dev `base` plus a position is the memory address of that byte.
    function _run(uint256 state, uint256 tablePtr, uint256 base, uint256 totalLength, uint256 until)
        private
        pure
        returns (uint256 state_)
    {
        // Safe: reads words that begin in the window; writes the caller's table, where a word that reaches over its end keeps
        // the bytes behind it. A match begins below totalLength - 14, so totalLength - 4 is never below a compared position.
        assembly ("memory-safe") {
            // Remembers `position` and the one behind it under the three bytes there; `word` begins at `position`.
            // The three bytes are reversed by three copies of them at bits 0, 24 and 56, one byte kept of each (8..15, 40..47,
            // 56..63), and a sum of the three modulo 2^40 - 1, which puts them at 8, 0 and 16.
            // Spelt out where it is used, because these are the loops that a slice pays for.
            function rememberTwo(table, word, position) {
                let value := mod(and(mul(shr(232, word), 0x100000001000001), 0xff00ff000000ff00), 0xffffffffff)
                let entry := add(table, and(shr(17, mul(2654435769, value)), 0x7ffc))
                mstore(entry, or(shl(224, position), shr(32, shl(32, mload(entry)))))
                value := or(shr(8, value), shl(16, byte(3, word)))
                entry := add(table, and(shr(17, mul(2654435769, value)), 0x7ffc))
                mstore(entry, or(shl(224, add(position, 1)), shr(32, shl(32, mload(entry)))))
            }
            // Searches up to `bound`. Stops behind the first position that repeats three bytes, `back` before it; else back = 0.
            function search(table, start, position, bound) -> reached, back {
                for {} lt(position, bound) {} {
                    let here := add(start, position)
                    let word := mload(here)
                    let entry := mod(and(mul(shr(232, word), 0x100000001000001), 0xff00ff000000ff00), 0xffffffffff)
                    entry := add(table, and(shr(17, mul(2654435769, entry)), 0x7ffc))
                    let old := mload(entry)
                    let before := shr(224, old)
                    mstore(entry, xor(old, shl(224, xor(position, before))))
                    back := sub(position, before)
                    position := add(position, 1)
                    // Farther than the window nothing may be read.
                    if lt(back, 8192) {
                        if iszero(shr(232, xor(word, mload(sub(here, back))))) { break }
                    }
                    back := 0
                }
                reached := position
            }

            let position := shr(96, state)
            let anchor := and(shr(64, state), 0xffffffff)
            let total := and(shr(32, state), 0xffffffff)
            let distance := and(state, 0xffffffff)

            for {} lt(position, until) {} {
                if iszero(distance) {
                    // The search ends 13 bytes before the end; the position before that can only be a literal.
                    let bound := sub(totalLength, 13)
                    if lt(until, bound) { bound := until }
                    position, distance := search(tablePtr, base, position, bound)
                    if iszero(distance) { break }
                    if iszero(lt(add(position, 13), totalLength)) {
                        distance := 0
                        break
                    }
                    let literals := sub(sub(position, 1), anchor)
                    total := add(total, add(literals, shr(5, add(literals, 31))))
                    position := add(position, 2)
                    anchor := position
                    if iszero(lt(position, until)) { break }
                }

                // Inside a match: word by word up to the stop or 4 bytes before the end.
                let bound := sub(totalLength, 4)
                if lt(until, bound) { bound := until }
                let isOver := 0
                for {} lt(position, bound) { position := add(position, 32) } {
                    let here := add(base, position)
                    let difference := xor(mload(here), mload(sub(here, distance)))
                    if difference {
                        for {} iszero(shr(248, difference)) { difference := shl(8, difference) } { position := add(position, 1) }
                        // The byte that differs is counted as compared, if it is one of those to be compared.
                        isOver := lt(position, bound)
                        position := add(position, isOver)
                        break
                    }
                }
                if iszero(isOver) {
                    position := bound
                    if iszero(lt(bound, until)) { break }
                }
                let rest := sub(sub(position, anchor), 1)
                if gt(rest, 261) {
                    total := add(total, mul(3, div(rest, 262)))
                    rest := mod(rest, 262)
                }
                total := add(total, add(2, gt(rest, 5)))
                rememberTwo(tablePtr, mload(add(base, sub(position, 3))), sub(position, 3))
                position := sub(position, 1)
                anchor := position
                distance := 0
            }
            state_ := or(or(shl(96, position), shl(64, anchor)), or(shl(32, total), distance))
        }
    }
}
