// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Rlp
/// @notice Strict RLP in memory: reading that never reverts on bad bytes, and writing into buffers of the caller.
/// @dev Only the canonical encoding of each item is accepted. Addresses are memory addresses; a slice is [cur, end).
///      A reader's `ok` falls to false at the first fault and stays so: whoever reads a sequence looks at it once, at the
///      end. Values read after a fault are zero.
library Rlp {
    // ---------------------------------------------------------------- types

    /// @notice Reads the items of one slice one after another.
    struct Reader {
        /// Memory address of the next item.
        uint256 cur;
        /// End of the slice.
        uint256 end;
        /// No fault so far.
        bool ok;
    }

    // ---------------------------------------------------------------- reading

    /// @notice The item at `cur` in a slice that ends at `end`.
    /// @return ok It is canonical and lies within the slice.
    /// @return isList List or string.
    /// @return payload Memory address of its content; the next item is at `payload + len`. 0 if not ok.
    /// @return len Bytes of its content. 0 if not ok.
    function item(uint256 cur, uint256 end) internal pure returns (bool ok, bool isList, uint256 payload, uint256 len) {
        // Memory addresses are small; a length of eight bytes added to one does not overflow.
        unchecked {
            if (cur >= end) return (false, false, 0, 0);
            uint256 word = _word(cur);
            uint256 prefix = word >> 248;
            if (prefix < 0x80) return (true, false, cur, 1);
            isList = prefix >= 0xc0;
            len = prefix - (isList ? 0xc0 : 0x80);
            payload = cur + 1;
            if (len > 55) {
                uint256 lengthBytes = len - 55;
                // The bytes after the prefix as a number; the long form is for sizes that need it, without leading zeros.
                len = (word << 8) >> (256 - 8 * lengthBytes);
                payload += lengthBytes;
                if (len < 56 || (word << 8) >> 248 == 0) return (false, false, 0, 0);
            } else if (len == 1 && !isList && (word << 8) >> 248 < 0x80) {
                // A single byte below 0x80 is its own encoding.
                return (false, false, 0, 0);
            }
            if (payload + len > end) return (false, false, 0, 0);
            ok = true;
        }
    }

    /// @notice A reader of the items in [cur, cur + len).
    function reader(uint256 cur, uint256 len) internal pure returns (Reader memory) {
        return Reader(cur, cur + len, true);
    }

    /// @notice Reads a string: address and length of its content.
    function readString(Reader memory r) internal pure returns (uint256 payload, uint256 len) {
        bool isList;
        bool ok;
        (ok, isList, payload, len) = item(r.cur, r.end);
        if (!ok || isList || !r.ok) return (fail(r), 0);
        r.cur = payload + len;
    }

    /// @notice Reads a list and steps over it: address and length of its items.
    function readList(Reader memory r) internal pure returns (uint256 payload, uint256 len) {
        bool isList;
        bool ok;
        (ok, isList, payload, len) = item(r.cur, r.end);
        if (!ok || !isList || !r.ok) return (fail(r), 0);
        r.cur = payload + len;
    }

    /// @notice Reads a list and goes into it: the items come next, and the slice is now the list.
    /// @return after_ Where the outer slice goes on.
    function enterList(Reader memory r) internal pure returns (uint256 after_) {
        (uint256 payload, uint256 len) = readList(r);
        if (!r.ok) return 0;
        after_ = payload + len;
        r.cur = payload;
        r.end = after_;
    }

    /// @notice Reads a number of at most `maxBytes` bytes (up to 32), without leading zeros.
    function readUint(Reader memory r, uint256 maxBytes) internal pure returns (uint256 value) {
        (uint256 payload, uint256 len) = readString(r);
        if (len == 0) return 0;
        if (len > maxBytes || len > 32) return fail(r);
        unchecked {
            value = _word(payload) >> (256 - 8 * len);
        }
        // A zero first byte is a leading zero, or the number zero, which is the empty string.
        if (value >> (8 * len - 8) == 0) return fail(r);
    }

    /// @notice Reads a string of exactly `size` bytes (1 to 32), as the low bytes of a number.
    function readFixed(Reader memory r, uint256 size) internal pure returns (uint256 value) {
        (uint256 payload, uint256 len) = readString(r);
        if (!r.ok) return 0;
        if (len != size) return fail(r);
        unchecked {
            value = _word(payload) >> (256 - 8 * len);
        }
    }

    /// @notice Reads a field `to`: an address, or the empty string.
    function readOptionalAddress(Reader memory r) internal pure returns (bool isEmpty, uint256 value) {
        (uint256 payload, uint256 len) = readString(r);
        if (!r.ok) return (false, 0);
        if (len == 0) return (true, 0);
        if (len != 20) return (false, fail(r));
        value = _word(payload) >> 96;
    }

    /// @notice No fault so far, and nothing is left.
    function isDone(Reader memory r) internal pure returns (bool) {
        return r.ok && r.cur == r.end;
    }

    /// @notice Notes a fault: nothing can be read any more. Returns 0.
    function fail(Reader memory r) internal pure returns (uint256) {
        r.ok = false;
        r.cur = r.end;
        return 0;
    }

    // ---------------------------------------------------------------- lengths

    /// @notice Bytes of the prefix of a list, or of a string of other than one byte, with `len` bytes of content.
    function headerLength(uint256 len) internal pure returns (uint256) {
        return len < 56 ? 1 : 1 + byteLength(len);
    }

    /// @notice Bytes of the number without leading zeros; 0 for 0.
    function byteLength(uint256 value) internal pure returns (uint256 n) {
        assembly ("memory-safe") {
            // Halving: 128, 64, 32, 16, 8 bits.
            n := shl(4, lt(0xffffffffffffffffffffffffffffffff, value))
            n := or(n, shl(3, lt(0xffffffffffffffff, shr(shl(3, n), value))))
            n := or(n, shl(2, lt(0xffffffff, shr(shl(3, n), value))))
            n := or(n, shl(1, lt(0xffff, shr(shl(3, n), value))))
            n := or(n, lt(0xff, shr(shl(3, n), value)))
            n := add(n, iszero(iszero(value)))
        }
    }

    /// @notice Bytes of an encoded number.
    function uintLength(uint256 value) internal pure returns (uint256) {
        return value < 0x80 ? 1 : 1 + byteLength(value);
    }

    /// @notice Bytes of an encoded string.
    function stringLength(uint256 src, uint256 len) internal pure returns (uint256) {
        if (len == 1 && _word(src) >> 248 < 0x80) return 1;
        return headerLength(len) + len;
    }

    /// @notice Bytes of an encoded list with `len` bytes of items.
    function listLength(uint256 len) internal pure returns (uint256) {
        return headerLength(len) + len;
    }

    // ---------------------------------------------------------------- writing
    // All return the address behind what they wrote. The buffer must have 32 bytes of room behind that.

    /// @notice Writes a number.
    function writeUint(uint256 dst, uint256 value) internal pure returns (uint256) {
        unchecked {
            if (value - 1 < 0x7f) return _byte(dst, value);
            uint256 n = byteLength(value);
            _byte(dst, 0x80 + n);
            // For 0 the shift is by 256 bits, which leaves nothing.
            return _bytes(dst + 1, value << (256 - 8 * n), n);
        }
    }

    /// @notice Writes a 32-byte string.
    function writeWord(uint256 dst, bytes32 value) internal pure returns (uint256) {
        unchecked {
            _byte(dst, 0xa0);
            return _bytes(dst + 1, uint256(value), 32);
        }
    }

    /// @notice Writes a 20-byte string.
    function writeAddress(uint256 dst, uint256 value) internal pure returns (uint256) {
        unchecked {
            _byte(dst, 0x94);
            return _bytes(dst + 1, value << 96, 20);
        }
    }

    /// @notice Writes a string.
    function writeString(uint256 dst, uint256 src, uint256 len) internal pure returns (uint256) {
        unchecked {
            if (len == 1 && _word(src) >> 248 < 0x80) return _byte(dst, _word(src) >> 248);
            dst = writeStringHeader(dst, len);
            assembly ("memory-safe") {
                mcopy(dst, src, len)
            }
            return dst + len;
        }
    }

    /// @notice Writes the prefix of a string of `len` bytes; not for a single byte below 0x80.
    function writeStringHeader(uint256 dst, uint256 len) internal pure returns (uint256) {
        return _header(dst, 0x80, len);
    }

    /// @notice Writes the prefix of a list with `len` bytes of items.
    function writeListHeader(uint256 dst, uint256 len) internal pure returns (uint256) {
        return _header(dst, 0xc0, len);
    }

    // ---------------------------------------------------------------- private

    function _header(uint256 dst, uint256 base, uint256 len) private pure returns (uint256) {
        unchecked {
            if (len < 56) return _byte(dst, base + len);
            uint256 n = byteLength(len);
            _byte(dst, base + 55 + n);
            return _bytes(dst + 1, len << (256 - 8 * n), n);
        }
    }

    function _byte(uint256 dst, uint256 value) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore8(dst, value)
        }
        unchecked {
            return dst + 1;
        }
    }

    /// @dev Writes the first `n` bytes of `value`, and zeros or the rest of it behind them.
    function _bytes(uint256 dst, uint256 value, uint256 n) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(dst, value)
        }
        unchecked {
            return dst + n;
        }
    }

    function _word(uint256 cur) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(cur)
        }
    }
}
