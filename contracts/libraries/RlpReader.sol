// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title RlpReader
/// @notice Reads canonical RLP in place. Total: bad bytes revert with a named error, never with a panic.
/// @custom:source docs/protocol/proposals.md#withdrawals-on-l1
library RlpReader {
    /// @notice One item: its payload is `buffer[payloadStart..end)`.
    struct Item {
        bool isList;
        uint256 payloadStart;
        uint256 end;
    }

    /// @notice The bytes at this position are no canonical RLP item that ends within its region.
    error RlpReaderMalformed(uint256 position);

    /// @notice Reads the item that begins at `start`.
    /// @param buffer Bytes.
    /// @param start Position of its first byte.
    /// @param limit End of the region it must fit into, at most `buffer.length`.
    function readItem(bytes memory buffer, uint256 start, uint256 limit) internal pure returns (Item memory) {
        if (start >= limit || limit > buffer.length) revert RlpReaderMalformed(start);
        uint256 prefix = uint8(buffer[start]);
        if (prefix < 0x80) return Item(false, start, start + 1);
        bool isList = prefix >= 0xc0;
        uint256 size = prefix - (isList ? 0xc0 : 0x80);
        uint256 payloadStart = start + 1;
        if (size > 55) {
            uint256 lengthBytes = size - 55;
            payloadStart += lengthBytes;
            if (payloadStart > limit) revert RlpReaderMalformed(start);
            size = 0;
            for (uint256 i = start + 1; i < payloadStart; i++) {
                // At most eight bytes: no overflow.
                size = size << 8 | uint8(buffer[i]);
            }
            // The long form is for sizes that need it, without leading zeros.
            if (size < 56 || buffer[start + 1] == 0) revert RlpReaderMalformed(start);
        }
        uint256 end = payloadStart + size;
        if (end > limit) revert RlpReaderMalformed(start);
        // A single byte below 0x80 is its own encoding.
        if (!isList && size == 1 && uint8(buffer[payloadStart]) < 0x80) revert RlpReaderMalformed(start);
        return Item(isList, payloadStart, end);
    }
}
