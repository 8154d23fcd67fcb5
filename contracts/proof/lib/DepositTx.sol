// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteTree} from "./ByteTree.sol";
import {Rlp} from "./Rlp.sol";

/// @title DepositTx
/// @notice Envelope, source hashes and gas of deposits.
/// @custom:source docs/protocol/deposits.md
library DepositTx {
    /// @notice What a deposit says, its data aside.
    struct Fields {
        bytes32 sourceHash;
        uint256 sender;
        uint256 to;
        bool isCreate;
        uint256 mint;
        uint256 value;
        uint256 gasLimit;
    }

    /// @notice Type of the envelope.
    uint256 internal constant TYPE = 0x7e;
    /// @notice Intrinsic gas and floor without data.
    uint256 internal constant TX_GAS = 21_000;
    /// @notice Prices of a token of data: intrinsic gas, floor. A zero byte is one token, another byte four.
    uint256 internal constant TOKEN_GAS = 4;
    uint256 internal constant FLOOR_TOKEN_GAS = 10;

    uint256 private constant DOMAIN_USER = 0;
    uint256 private constant DOMAIN_ATTRIBUTES = 1;
    uint256 private constant DOMAIN_FALLBACK = 0xf0fea0;
    uint256 private constant CREATION_GAS = 32_000;
    uint256 private constant INIT_CODE_WORD_GAS = 2;

    // ---------------------------------------------------------------- envelope

    /// @notice Writes the envelope's bytes in front of its data, the prefix of the data included.
    /// @param dst Memory of zeros with room for 256 bytes.
    /// @param dataLen Bytes of data.
    /// @param firstByte First of them, which counts if it is the only one.
    /// @return len Bytes written.
    function writeHead(uint256 dst, Fields memory f, uint256 dataLen, uint256 firstByte)
        internal
        pure
        returns (uint256 len)
    {
        bool isBare = dataLen == 1 && firstByte < 0x80;
        unchecked {
            // Source hash, sender, recipient, isSystemTx, data.
            uint256 payload = 33 + 21 + (f.isCreate ? 1 : 21) + 1 + (isBare ? 0 : Rlp.headerLength(dataLen)) + dataLen;
            payload += Rlp.uintLength(f.mint) + Rlp.uintLength(f.value) + Rlp.uintLength(f.gasLimit);
            ByteTree.setByte(dst, TYPE);
            uint256 cur = Rlp.writeListHeader(dst + 1, payload);
            cur = Rlp.writeWord(cur, f.sourceHash);
            cur = Rlp.writeAddress(cur, f.sender);
            cur = f.isCreate ? Rlp.writeUint(cur, 0) : Rlp.writeAddress(cur, f.to);
            cur = Rlp.writeUint(cur, f.mint);
            cur = Rlp.writeUint(cur, f.value);
            cur = Rlp.writeUint(cur, f.gasLimit);
            cur = Rlp.writeUint(cur, 0);
            if (!isBare) cur = Rlp.writeStringHeader(cur, dataLen);
            return cur - dst;
        }
    }

    // ---------------------------------------------------------------- source hashes

    /// @notice Source hash of a deposit whose log is known.
    function userSource(bytes32 originHash, uint256 logIndex) internal pure returns (bytes32) {
        return ByteTree.hash2(bytes32(DOMAIN_USER), ByteTree.hash2(originHash, bytes32(logIndex)));
    }

    /// @notice Source hash of a block's first transaction.
    function attributesSource(bytes32 originHash, uint256 sequenceNumber) internal pure returns (bytes32) {
        return ByteTree.hash2(bytes32(DOMAIN_ATTRIBUTES), ByteTree.hash2(originHash, bytes32(sequenceNumber)));
    }

    /// @notice Source hash of any other deposit.
    function fallbackSource(uint256 recordIndex) internal pure returns (bytes32) {
        bytes32 inner;
        assembly ("memory-safe") {
            mstore(0x00, recordIndex)
            inner := keccak256(0x00, 0x20)
        }
        return ByteTree.hash2(bytes32(DOMAIN_FALLBACK), inner);
    }

    // ---------------------------------------------------------------- gas

    /// @notice What a creation costs beside the price of its init code as data.
    function creationGas(uint256 initCodeLen) internal pure returns (uint256) {
        return CREATION_GAS + INIT_CODE_WORD_GAS * ((initCodeLen + 31) / 32);
    }

    /// @notice Tokens of data.
    function tokensOf(uint256 ptr, uint256 len) internal pure returns (uint256 tokens) {
        uint256 used;
        unchecked {
            uint256 end = ptr + (len & ~uint256(31));
            for (; ptr < end; ptr += 32) used += _nonZero(ByteTree.wordAt(ptr));
            used += _nonZero(uint256(ByteTree.headBytes(ptr, len & 31)));
            return len + 3 * used;
        }
    }

    /// @dev Bytes of a word that are not 0.
    function _nonZero(uint256 word) private pure returns (uint256 n) {
        uint256 ones = 0x0101010101010101010101010101010101010101010101010101010101010101;
        unchecked {
            // The lowest bit of each byte becomes whether any bit of the byte is set.
            word |= word >> 4;
            word |= word >> 2;
            word |= word >> 1;
            return ((word & ones) * ones) >> 248;
        }
    }
}
