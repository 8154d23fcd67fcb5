// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {ByteTree} from "./ByteTree.sol";
import {Rlp} from "./Rlp.sol";
import {Wit} from "./Witness.sol";

/// @title BlockHeader
/// @notice Hash of the L2 block that the machine has executed.
/// @custom:source docs/protocol/execution.md#header
library BlockHeader {
    using Wit for Wit.Data;

    /// @dev keccak of the RLP of an empty list.
    bytes32 private constant NO_OMMERS = 0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347;
    /// @dev sha256 of nothing.
    bytes32 private constant NO_REQUESTS = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;
    uint256 private constant BLOOM_BYTES = 256;
    uint256 private constant EXTRA_BYTES = 17;
    uint256 private constant EXTRA_VERSION = 1;
    uint256 private constant NONCE_BYTES = 8;

    /// @notice Hash of the header of the block in `blk`, with `rev.stateRoot` and `chain.440`.
    function hashOf(Wit.Data memory w) internal pure returns (bytes32) {
        uint256 header = ByteTree.alloc(1024);
        // The bloom alone is longer than 255 bytes, and all is shorter than 65,536: the prefix has 3 bytes.
        uint256 cur = Rlp.writeWord(header + 3, w.load(T.G_PARENT_HASH));
        cur = Rlp.writeWord(cur, NO_OMMERS);
        cur = Rlp.writeAddress(cur, w.loadUint(T.G_COINBASE));
        cur = Rlp.writeWord(cur, w.load(T.G_STATE_ROOT));
        cur = Rlp.writeWord(cur, w.load(T.G_TX_ROOT));
        cur = Rlp.writeWord(cur, w.load(T.G_RECEIPT_ROOT));
        cur = _writeBloom(w, cur);
        cur = Rlp.writeUint(cur, 0);
        cur = _writeScalars(cur, w.loadUint(T.G_BLK_SCALARS), w.loadUint(T.G_EXTRA_DATA));
        cur = Rlp.writeWord(cur, w.load(T.G_PREV_RANDAO));
        cur = Rlp.writeStringHeader(cur, NONCE_BYTES);
        ByteTree.zeroBytes(cur, NONCE_BYTES);
        cur = Rlp.writeUint(cur + NONCE_BYTES, w.loadUint(T.G_BASE_FEE));
        cur = Rlp.writeWord(cur, w.load(T.G_PASSER_ROOT));
        cur = Rlp.writeUint(cur, w.loadUint(T.G_DA_FOOTPRINT) >> 192);
        cur = Rlp.writeUint(cur, 0);
        cur = Rlp.writeWord(cur, w.load(T.G_BEACON_ROOT));
        cur = Rlp.writeWord(cur, NO_REQUESTS);
        uint256 len = cur - header - 3;
        ByteTree.setByte(header, 0xf9);
        ByteTree.setByte(header + 1, len >> 8);
        ByteTree.setByte(header + 2, len & 0xff);
        return ByteTree.hash(header, len + 3);
    }

    function _writeBloom(Wit.Data memory w, uint256 cur) private pure returns (uint256) {
        cur = Rlp.writeStringHeader(cur, BLOOM_BYTES);
        for (uint256 i = 0; i < 8; i++) {
            ByteTree.setWord(cur + 32 * i, w.loadUint((T.G_BLK_BLOOM << T.D_BLOOM) + i));
        }
        return cur + BLOOM_BYTES;
    }

    /// @dev Number, gas limit, gas used, timestamp, extraData.
    function _writeScalars(uint256 cur, uint256 scalars, uint256 extra) private pure returns (uint256) {
        cur = Rlp.writeUint(cur, scalars >> 192);
        cur = Rlp.writeUint(cur, uint64(scalars >> 64));
        cur = Rlp.writeUint(cur, uint64(scalars));
        cur = Rlp.writeUint(cur, uint64(scalars >> 128));
        cur = Rlp.writeStringHeader(cur, EXTRA_BYTES);
        ByteTree.setWord(cur, (EXTRA_VERSION << 248) | (extra >> 8));
        return cur + EXTRA_BYTES;
    }
}
