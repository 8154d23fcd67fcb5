// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {ByteTree} from "./ByteTree.sol";

/// @title PagedData
/// @notice Some pages of data of which only the hash of its page hashes is known.
/// @custom:source docs/protocol/feeds.md#chunk-hash
library PagedData {
    /// @notice Pages that have been checked.
    struct Slice {
        /// Memory address of their bytes.
        uint256 ptr;
        /// Bytes: whole pages, but for the last page of the data.
        uint256 len;
        /// Pages.
        uint256 pages;
        /// No page of the data follows.
        bool isLast;
    }

    /// @notice The given bytes are not the data.
    error BadData(bytes32 expected);

    /// @notice Checks the pages from `first` on, as many as one step takes. The bytes at `ptr` are the hashes of all pages of the
    ///         data, then the bytes of these.
    /// @param available Bytes at `ptr`.
    /// @param dataLength Bytes of the whole data.
    /// @param expected Chunk hash of the data.
    function open(uint256 ptr, uint256 available, uint256 dataLength, bytes32 expected, uint256 first)
        internal
        pure
        returns (Slice memory part)
    {
        uint256 total = (dataLength + T.LIMIT_PAGE - 1) / T.LIMIT_PAGE;
        if (available < 32 * total || first >= total) revert BadData(expected);
        if (ByteTree.hash(ptr, 32 * total) != expected) revert BadData(expected);
        part.ptr = ptr + 32 * total;
        part.pages = total - first;
        part.isLast = part.pages <= T.LIMIT_WINDOW_PAGES;
        if (!part.isLast) part.pages = T.LIMIT_WINDOW_PAGES;
        part.len = part.isLast ? dataLength - first * T.LIMIT_PAGE : part.pages * T.LIMIT_PAGE;
        if (available - 32 * total < part.len) revert BadData(expected);
        for (uint256 page = 0; page < part.pages; page++) {
            bytes32 got = ByteTree.hash(part.ptr + page * T.LIMIT_PAGE, _length(part, page));
            if (uint256(got) != ByteTree.wordAt(ptr + 32 * (first + page))) revert BadData(expected);
        }
    }

    /// @notice Root of a page of the slice as a subtree of words.
    function pageRoot(Slice memory part, uint256 page) internal pure returns (bytes32) {
        uint256 len = _length(part, page);
        uint256 from = part.ptr + page * T.LIMIT_PAGE;
        if (len == T.LIMIT_PAGE) return ByteTree.root(from, len / 32, T.D_PAGE);
        // What follows the data is not part of its last word.
        uint256 copy = ByteTree.alloc(len);
        ByteTree.copyBytes(copy, from, len);
        return ByteTree.root(copy, (len + 31) / 32, T.D_PAGE);
    }

    function _length(Slice memory part, uint256 page) private pure returns (uint256 len) {
        len = part.len - page * T.LIMIT_PAGE;
        if (len > T.LIMIT_PAGE) len = T.LIMIT_PAGE;
    }
}
