// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title FeedsMock
/// @notice Answers for both feeds with hashes that a test gives: for replays of steps without an L1.
contract FeedsMock {
    bytes32[] private entries;
    bytes32[] private records;

    /// @param entries_ Hashes of the entries from index 0 on.
    /// @param records_ Hashes of the records from index 0 on.
    constructor(bytes32[] memory entries_, bytes32[] memory records_) {
        entries = entries_;
        records = records_;
    }

    /// @notice Hash of an entry, 0 if there is none.
    function entryHash(uint64 index) external view returns (bytes32) {
        return index < entries.length ? entries[index] : bytes32(0);
    }

    /// @notice Hash of a record, 0 if there is none.
    function recordHash(uint64 index) external view returns (bytes32) {
        return index < records.length ? records[index] : bytes32(0);
    }
}
