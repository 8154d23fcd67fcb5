// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title FastLz
/// @notice Length of the FastLZ level-1 compression of some bytes: the measure of a transaction's data in the L1 fee.
/// @dev Only the length is computed. The window is 8,191 bytes and the hash table of positions has 8,192 entries.
/// @custom:source docs/protocol/execution.md#fees-of-a-non-deposit-transaction
library FastLz {
    /// @notice Length after compression.
    /// @param data Bytes to measure, below 2^32 of them.
    /// @return length_ Compressed bytes: literal runs of up to 32 cost their size plus 1, matches 2 or 3 bytes each.
    function compressedLength(bytes memory data) internal pure returns (uint256 length_) {
        // Safe: the hash table lies in free memory behind `data` and is dropped on return; every read of `data` stays below
        // its end because positions stop 13 bytes before it and a match ends at least 4 bytes before it.
        assembly ("memory-safe") {
            // Cost of `count` literal bytes.
            function literalCost(count) -> cost {
                cost := add(mul(0x21, shr(5, count)), mul(iszero(iszero(and(count, 31))), add(and(count, 31), 1)))
            }
            // The 3 bytes at `pointer`, little-endian.
            function read24(pointer) -> value {
                let word := mload(pointer)
                value := or(shl(16, byte(2, word)), or(shl(8, byte(1, word)), byte(0, word)))
            }
            // Table entry of 3 bytes: 4 bytes each, at the top of the word that starts there.
            function entryOf(table, value) -> pointer {
                pointer := add(table, shl(2, and(shr(19, mul(2654435769, value)), 0x1fff)))
            }
            function store(pointer, position) {
                mstore(pointer, or(shl(224, position), shr(32, shl(32, mload(pointer)))))
            }

            let size := mload(data)
            let start := add(data, 0x20)
            let anchor := 0
            if gt(size, 13) {
                let limit := sub(size, 13)
                let table := mload(0x40)
                // Zeroes the table and the word behind its last entry.
                calldatacopy(table, calldatasize(), 0x8020)

                let position := 2
                for {} lt(position, limit) {} {
                    let candidate := 0
                    let found := 0
                    for {} 1 {} {
                        let value := read24(add(start, position))
                        let entry := entryOf(table, value)
                        candidate := shr(224, mload(entry))
                        store(entry, position)
                        if iszero(lt(position, limit)) { break }
                        let distance := sub(position, candidate)
                        position := add(position, 1)
                        if lt(distance, 0x2000) {
                            if eq(value, read24(add(start, candidate))) {
                                found := 1
                                break
                            }
                        }
                    }
                    // A match that starts at the last position is not taken.
                    if or(iszero(found), iszero(lt(position, limit))) { break }
                    position := sub(position, 1)
                    length_ := add(length_, literalCost(sub(position, anchor)))

                    // Counts equal bytes behind the first three, up to 4 bytes before the end; the first unequal one counts too.
                    let end := add(limit, 9)
                    let from := add(start, add(candidate, 3))
                    let here := add(start, add(position, 3))
                    let room := sub(end, add(position, 3))
                    let run := 0
                    for {} lt(run, room) {} {
                        let difference := xor(mload(add(from, run)), mload(add(here, run)))
                        if difference {
                            // Skips the equal bytes of this word.
                            for {} iszero(byte(0, difference)) { difference := shl(8, difference) } { run := add(run, 1) }
                            run := add(run, 1)
                            break
                        }
                        run := add(run, 32)
                    }
                    if gt(run, room) { run := room }

                    // A match token covers 3 to 264 bytes; up to 8 fit the short form.
                    let rest := sub(run, 1)
                    length_ := add(length_, add(mul(3, div(rest, 262)), add(2, gt(mod(rest, 262), 5))))

                    position := add(position, run)
                    store(entryOf(table, read24(add(start, position))), position)
                    position := add(position, 1)
                    store(entryOf(table, read24(add(start, position))), position)
                    position := add(position, 1)
                    anchor := position
                }
            }
            length_ := add(length_, literalCost(sub(size, anchor)))
        }
    }
}
