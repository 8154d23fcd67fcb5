// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title SignedEnvelope
/// @notice Tells a signed transaction from an unsigned one by the shape of its RLP, without checking the signature.
/// @dev Total: whatever does not have the exact shape of a signed transaction is called unsigned.
/// @custom:source docs/decisions/0004-gas-price-oracle-takes-signed-and-unsigned.md
library SignedEnvelope {
    /// @dev More items than any transaction has; counting stops there.
    uint256 private constant _MAX_ITEMS = 14;

    /// @notice True if the bytes have the shape of a signed transaction.
    /// @param envelope `type || rlp(list)` for types 1, 2 and 4, or the RLP list of a legacy transaction.
    /// @return True for 11, 12 or 13 items (types 1, 2, 4), and for 9 items of which the last two are not both empty (legacy).
    function isSigned(bytes memory envelope) internal pure returns (bool) {
        if (envelope.length < 2) return false;
        uint8 first = uint8(envelope[0]);
        bool isLegacy = first >= 0xc0;
        (bool isList, uint256 items, bool endsEmpty) = _countItems(envelope, isLegacy ? 0 : 1);
        if (!isList) return false;
        if (isLegacy) return items == 9 && !endsEmpty;
        if (first == 1) return items == 11;
        if (first == 2) return items == 12;
        return first == 4 && items == 13;
    }

    /// @dev Items of the RLP list that starts at `offset` and must end with the bytes; `endsEmpty`: its last two items are empty strings.
    function _countItems(bytes memory data, uint256 offset) private pure returns (bool isList, uint256 items, bool endsEmpty) {
        if (uint8(data[offset]) < 0xc0) return (false, 0, false);
        (uint256 header, uint256 payload) = _lengths(data, offset);
        uint256 position = offset + header;
        if (position > data.length || payload != data.length - position) return (false, 0, false);
        uint256 emptyRun = 0;
        while (position < data.length) {
            if (items == _MAX_ITEMS) return (false, 0, false);
            emptyRun = data[position] == 0x80 ? emptyRun + 1 : 0;
            (header, payload) = _lengths(data, position);
            if (header + payload > data.length - position) return (false, 0, false);
            position += header + payload;
            items++;
        }
        return (true, items, emptyRun >= 2);
    }

    /// @dev Header and payload length of the item at `offset`. A long length that leaves the data gives a payload that does, too.
    function _lengths(bytes memory data, uint256 offset) private pure returns (uint256 header, uint256 payload) {
        uint256 prefix = uint8(data[offset]);
        if (prefix < 0x80) return (0, 1);
        uint256 base = prefix < 0xc0 ? 0x80 : 0xc0;
        if (prefix <= base + 55) return (1, prefix - base);
        uint256 lengthBytes = prefix - base - 55;
        for (uint256 i = 1; i <= lengthBytes; i++) {
            if (offset + i >= data.length) return (1, data.length);
            payload = (payload << 8) | uint8(data[offset + i]);
        }
        return (1 + lengthBytes, payload);
    }
}
