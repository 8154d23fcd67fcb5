// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Blake2Rounds
/// @notice The compression function F of BLAKE2b in slices of rounds: for more rounds than one call of L1's precompile can run.
/// @dev The state is v[0..15] in four words, four 64-bit numbers each, v[0] highest; so are the 16 message numbers. The four
/// columns, and then the four diagonals, of a round are computed side by side in the lanes of a word.
/// @custom:source RFC 7693 sections 2 and 3; EIP-152 for the 213 bytes of input
library Blake2Rounds {
    /// @notice Bytes of the precompile's input.
    uint256 internal constant INPUT_BYTES = 213;

    uint256 private constant _IV_LOW = 0x6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1;
    uint256 private constant _IV_HIGH = 0x510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179;
    uint256 private constant _LANE = 0xffffffffffffffff;

    /// @notice The input's last byte is neither 0 nor 1: such a call fails, and has no state.
    error Blake2RoundsBadFlag(uint256 flag);

    /// @notice State in front of the first round, and the message.
    /// @param inputPtr Memory address of the 213 bytes: rounds, h, m, t, f.
    /// @param vPtr Memory address of the state's 4 words, written.
    /// @param mPtr Memory address of the message's 4 words, written.
    function start(uint256 inputPtr, uint256 vPtr, uint256 mPtr) internal pure {
        uint256 flag;
        uint256 counter;
        assembly ("memory-safe") {
            flag := byte(0, mload(add(inputPtr, 212)))
            counter := mload(add(inputPtr, 196))
        }
        if (flag > 1) revert Blake2RoundsBadFlag(flag);
        // t0 and t1 in the first two lanes; the flag inverts the third.
        uint256 last = _IV_HIGH ^ (_swap(counter) & ~uint256(type(uint128).max));
        if (flag == 1) last ^= _LANE << 64;
        _store(vPtr, 0, _swap(_load(inputPtr + 4, 0)));
        _store(vPtr, 1, _swap(_load(inputPtr + 4, 1)));
        _store(vPtr, 2, _IV_LOW);
        _store(vPtr, 3, last);
        for (uint256 i = 0; i < 4; i++) _store(mPtr, i, _swap(_load(inputPtr + 68, i)));
    }

    /// @notice Runs the rounds first..end-1.
    /// @param vPtr Memory address of the state's 4 words, rewritten in place.
    /// @param mPtr Memory address of the message's 4 words.
    /// @param first Rounds run so far.
    /// @param end Round behind the last one of the slice.
    function run(uint256 vPtr, uint256 mPtr, uint256 first, uint256 end) internal pure {
        // Safe: scratch in free memory, dropped: the message schedule, one word a round, as byte offsets into the message; the only
        // other write is to the caller's 4 words. 24 bytes behind the message are read and dropped.
        assembly ("memory-safe") {
            // Sums of four lanes, each modulo 2^64: the top bits apart, so that nothing carries into the next lane.
            function sum(x, y) -> z {
                z := xor(
                    add(and(x, 0x7fffffffffffffff7fffffffffffffff7fffffffffffffff7fffffffffffffff), and(y, 0x7fffffffffffffff7fffffffffffffff7fffffffffffffff7fffffffffffffff)),
                    and(xor(x, y), 0x8000000000000000800000000000000080000000000000008000000000000000)
                )
            }
            // The message numbers at the offsets in bytes 0, 2, 4 and 6 of `schedule`.
            function pick(message, schedule) -> lanes {
                lanes := shl(192, shr(192, mload(add(message, byte(0, schedule)))))
                lanes := or(lanes, shl(128, shr(192, mload(add(message, byte(2, schedule))))))
                lanes := or(lanes, shl(64, shr(192, mload(add(message, byte(4, schedule))))))
                lanes := or(lanes, shr(192, mload(add(message, byte(6, schedule)))))
            }
            // G of RFC 7693 on four lanes.
            function mix(a, b, c, d, x, y) -> ra, rb, rc, rd {
                ra := sum(sum(a, b), x)
                rd := xor(d, ra)
                rd := or(and(shr(32, rd), 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff), and(shl(32, rd), 0xffffffff00000000ffffffff00000000ffffffff00000000ffffffff00000000))
                rc := sum(c, rd)
                rb := xor(b, rc)
                rb := or(and(shr(24, rb), 0x000000ffffffffff000000ffffffffff000000ffffffffff000000ffffffffff), and(shl(40, rb), 0xffffff0000000000ffffff0000000000ffffff0000000000ffffff0000000000))
                ra := sum(sum(ra, rb), y)
                rd := xor(rd, ra)
                rd := or(and(shr(16, rd), 0x0000ffffffffffff0000ffffffffffff0000ffffffffffff0000ffffffffffff), and(shl(48, rd), 0xffff000000000000ffff000000000000ffff000000000000ffff000000000000))
                rc := sum(rc, rd)
                rb := xor(rb, rc)
                rb := or(and(shr(63, rb), 0x0000000000000001000000000000000100000000000000010000000000000001), and(shl(1, rb), 0xfffffffffffffffefffffffffffffffefffffffffffffffefffffffffffffffe))
            }

            let table := mload(0x40)
            mstore(add(table, 0x000), 0x0008101820283038404850586068707800000000000000000000000000000000)
            mstore(add(table, 0x020), 0x7050204048786830086000105838281800000000000000000000000000000000)
            mstore(add(table, 0x040), 0x5840600028107868507018303808482000000000000000000000000000000000)
            mstore(add(table, 0x060), 0x3848180868605870103028502000784000000000000000000000000000000000)
            mstore(add(table, 0x080), 0x4800283810205078700858603040186800000000000000000000000000000000)
            mstore(add(table, 0x0a0), 0x1060305000584018206838287870084800000000000000000000000000000000)
            mstore(add(table, 0x0c0), 0x6028087870682050003830184810405800000000000000000000000000000000)
            mstore(add(table, 0x0e0), 0x6858387060081848280078204030105000000000000000000000000000000000)
            mstore(add(table, 0x100), 0x3078704858180040601068380820502800000000000000000000000000000000)
            mstore(add(table, 0x120), 0x5010402038300828785848701860680000000000000000000000000000000000)
            for {} lt(first, end) { first := add(first, 1) } {
                let schedule := mload(add(table, shl(5, mod(first, 10))))
                let a, b, c, d := mix(
                    mload(vPtr), mload(add(vPtr, 0x20)), mload(add(vPtr, 0x40)), mload(add(vPtr, 0x60)),
                    pick(mPtr, schedule), pick(mPtr, shl(8, schedule))
                )
                // Lanes turned so that the diagonals stand in columns, and back.
                a, b, c, d := mix(
                    a, or(shl(64, b), shr(192, b)), or(shl(128, c), shr(128, c)), or(shl(192, d), shr(64, d)),
                    pick(mPtr, shl(64, schedule)), pick(mPtr, shl(72, schedule))
                )
                mstore(vPtr, a)
                mstore(add(vPtr, 0x20), or(shl(192, b), shr(64, b)))
                mstore(add(vPtr, 0x40), or(shl(128, c), shr(128, c)))
                mstore(add(vPtr, 0x60), or(shl(64, d), shr(192, d)))
            }
        }
    }

    /// @notice The precompile's output, from the state after the last round.
    /// @param inputPtr Memory address of the 213 bytes of input.
    /// @param vPtr Memory address of the state's 4 words.
    /// @return low First 32 bytes.
    /// @return high Last 32 bytes.
    function finish(uint256 inputPtr, uint256 vPtr) internal pure returns (bytes32 low, bytes32 high) {
        low = bytes32(_load(inputPtr + 4, 0) ^ _swap(_load(vPtr, 0) ^ _load(vPtr, 2)));
        high = bytes32(_load(inputPtr + 4, 1) ^ _swap(_load(vPtr, 1) ^ _load(vPtr, 3)));
    }

    /// @dev The four 8-byte groups of a word, each with its bytes in reverse order.
    function _swap(uint256 word) private pure returns (uint256) {
        uint256 mask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        word = ((word & mask) << 8) | ((word >> 8) & mask);
        mask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        word = ((word & mask) << 16) | ((word >> 16) & mask);
        mask = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        return ((word & mask) << 32) | ((word >> 32) & mask);
    }

    function _load(uint256 pointer, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(pointer, shl(5, index)))
        }
    }

    function _store(uint256 pointer, uint256 index, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(pointer, shl(5, index)), word)
        }
    }
}
