// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ChunkHash
/// @notice Commitment to bytes that lets a single 4,096-byte chunk be opened later.
/// @custom:source docs/protocol/feeds.md#chunk-hash
library ChunkHash {
    uint256 internal constant CHUNK_BYTES = 4096;

    /// @notice `keccak(keccak(chunk_0) || keccak(chunk_1) || ...)` of calldata.
    /// @param data Any bytes; empty data has no chunk.
    /// @return result The commitment; `keccak("")` for empty data.
    function hashData(bytes calldata data) internal pure returns (bytes32 result) {
        // Memory-safe: works above the free memory pointer only. The hashes go to [free, free + 32n), the
        // chunk at hand to the place behind them; nothing is kept, so the pointer stays where it is.
        assembly ("memory-safe") {
            let hashes := mload(0x40)
            let count := shr(12, add(data.length, 4095))
            let chunk := add(hashes, shl(5, count))
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let start := shl(12, i)
                let size := sub(data.length, start)
                if gt(size, 4096) { size := 4096 }
                calldatacopy(chunk, add(data.offset, start), size)
                mstore(add(hashes, shl(5, i)), keccak256(chunk, size))
            }
            result := keccak256(hashes, shl(5, count))
        }
    }

    /// @notice The same for bytes in memory that fill at most one chunk.
    /// @param data 1 to 4,096 bytes.
    function hashShort(bytes memory data) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(data)));
    }
}
