// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title FeedHeaders
/// @notice The packed headers whose keccak is what the feeds store.
/// @custom:source docs/protocol/feeds.md
library FeedHeaders {
    /// @notice Header of a DepositFeed record; 206 bytes when packed.
    struct RecordHeader {
        uint8 kind;
        uint64 index;
        uint64 l1Number;
        uint64 l1Time;
        address from;
        address to;
        bool isCreation;
        uint256 mint;
        uint256 value;
        uint64 gasLimit;
        uint32 dataLength;
        bytes32 dataHash;
        bytes32 prevRecordHash;
    }

    /// @notice Header of a SequencerFeed entry; 181 bytes when packed.
    struct EntryHeader {
        uint8 format;
        uint64 index;
        uint64 l1Number;
        uint64 l1Time;
        uint64 firstOrigin;
        uint64 lastOrigin;
        bytes32 originsHash;
        uint64 depTo;
        bytes32 depRecordHash;
        uint32 dataLength;
        bytes32 dataHash;
        bytes32 prevEntryHash;
    }

    /// @notice The 206 bytes of a record header: every field big-endian, in order, without padding.
    function pack(RecordHeader memory header) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(
                header.kind, header.index, header.l1Number, header.l1Time, header.from, header.to, header.isCreation
            ),
            abi.encodePacked(
                header.mint, header.value, header.gasLimit, header.dataLength, header.dataHash, header.prevRecordHash
            )
        );
    }

    /// @notice The 181 bytes of an entry header: every field big-endian, in order, without padding.
    function pack(EntryHeader memory header) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(
                header.format,
                header.index,
                header.l1Number,
                header.l1Time,
                header.firstOrigin,
                header.lastOrigin,
                header.originsHash
            ),
            abi.encodePacked(
                header.depTo, header.depRecordHash, header.dataLength, header.dataHash, header.prevEntryHash
            )
        );
    }
}
