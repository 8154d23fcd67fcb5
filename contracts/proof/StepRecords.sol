// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDepositFeed} from "../L1/interfaces/IDepositFeed.sol";
import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {ConfigRecord} from "./lib/ConfigRecord.sol";
import {DepositTx} from "./lib/DepositTx.sol";
import {PagedData} from "./lib/PagedData.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepRecords
/// @notice Executes the steps that make deposits: ATTR, RECORD and DEPDATA.
/// @custom:source docs/protocol/machine.md#derivation
contract StepRecords is StepFamily {
    using Wit for Wit.Data;

    uint256 private constant DEPOSITOR = uint160(0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001);
    uint256 private constant L1_BLOCK = uint160(0x4200000000000000000000000000000000000015);
    uint256 private constant ATTRIBUTES_GAS = 1_000_000;
    uint256 private constant ATTRIBUTES_BYTES = 178;
    uint256 private constant ATTRIBUTES_SELECTOR = 0x3db6be2b;
    uint256 private constant BLOB_BASE_FEE = 1;
    uint256 private constant DEFAULT_FOOTPRINT_SCALAR = 400;
    uint256 private constant RECORD_BYTES = 206;
    uint256 private constant KIND_DEPOSIT = 0;
    uint256 private constant KIND_CONFIG = 1;
    uint256 private constant CONFIG_BYTES = 33;
    uint256 private constant HINT_BYTES = 4;

    /// @notice The auxiliary bytes are not this record's.
    error BadRecord(uint256 index);

    /// @inheritdoc StepFamily
    function _step(StepContext calldata ctx, Wit.Data memory w, uint256 ctl) internal view override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_ATTR) _attr(w);
        else if (mode == T.MODE_RECORD) _record(ctx, w);
        else if (mode == T.MODE_DEPDATA) _depdata(ctx, w, _a(ctl), _cnt(ctl));
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- ATTR

    /// @dev Makes the first transaction of a block.
    function _attr(Wit.Data memory w) private pure {
        bytes32 originHash = w.load(T.G_ORIGIN_HASH);
        uint256 sequenceNumber = uint64(w.loadUint(T.G_CURSOR) >> 64);
        DepositTx.Fields memory f;
        f.sourceHash = DepositTx.attributesSource(originHash, sequenceNumber);
        f.sender = DEPOSITOR;
        f.to = L1_BLOCK;
        f.gasLimit = ATTRIBUTES_GAS;
        uint256 raw = ByteTree.alloc(T.LIMIT_PAGE);
        uint256 dataOff = DepositTx.writeHead(raw, f, ATTRIBUTES_BYTES, 0);
        uint256 data = raw + dataOff;

        uint256 fees = w.loadUint(T.G_FEE_CONFIG);
        uint256 origin = w.loadUint(T.G_ORIGIN);
        // Each word is written over what the one before has left behind its end.
        ByteTree.setWord(
            data,
            (ATTRIBUTES_SELECTOR << 224) | ((fees >> 192) << 160) | (sequenceNumber << 96) | (uint64(origin >> 128) << 32)
        );
        ByteTree.setWord(data + 28, origin & (uint256(type(uint64).max) << 192));
        ByteTree.setWord(data + 36, w.loadUint(T.G_ORIGIN_BASE_FEE));
        ByteTree.setWord(data + 68, BLOB_BASE_FEE);
        ByteTree.setWord(data + 100, uint256(originHash));
        ByteTree.setWord(data + 132, w.loadUint(T.G_BATCHER_HASH));
        uint256 scalar = uint16(fees >> 80);
        if (scalar == 0) scalar = DEFAULT_FOOTPRINT_SCALAR;
        ByteTree.setWord(data + 164, ((fees << 64) & ~(type(uint256).max >> 96)) | (scalar << 144));

        uint256 tokens = DepositTx.tokensOf(data, ATTRIBUTES_BYTES);
        _setDeposit(w, f, raw, dataOff, ATTRIBUTES_BYTES);
        _setGas(w, DepositTx.TX_GAS + DepositTx.TOKEN_GAS * tokens, DepositTx.TX_GAS + DepositTx.FLOOR_TOKEN_GAS * tokens);
        _goTo(w, T.MODE_CHECK);
    }

    // ---------------------------------------------------------------- RECORD

    /// @dev Takes the next record, if it belongs to the block.
    function _record(StepContext calldata ctx, Wit.Data memory w) private view {
        uint256 cursor = w.loadUint(T.G_CURSOR);
        uint256 index = uint64(cursor >> 128);
        (uint256 header, uint256 data, uint256 dataLen) = _openRecord(ctx, w, index);
        uint256 counters = w.loadUint(T.G_BLK_COUNTERS);
        uint256 originNumber = w.loadUint(T.G_ORIGIN) >> 192;
        if (ByteTree.wordAt(header + 9) >> 192 > originNumber) {
            w.storeUint(T.G_BLK_COUNTERS, counters | (1 << 120));
            _goTo(w, T.MODE_TXNEXT);
            return;
        }
        uint256 kind = ByteTree.byteAt(header);
        if (kind == KIND_DEPOSIT) {
            uint256 gas = uint64(counters >> 128) + (ByteTree.wordAt(header + 130) >> 192) + ATTRIBUTES_GAS;
            if (gas > uint64(w.loadUint(T.G_BLK_SCALARS) >> 64)) {
                // It waits for the next block, and with it whatever comes behind it.
                w.storeUint(T.G_BLK_COUNTERS, counters | (1 << 120) | (1 << 112));
                _goTo(w, T.MODE_TXNEXT);
                return;
            }
            w.storeUint(T.G_CURSOR, cursor + (1 << 128));
            _takeDeposit(w, header, data, dataLen, index);
            return;
        }
        w.storeUint(T.G_CURSOR, cursor + (1 << 128));
        if (kind == KIND_CONFIG && ByteTree.wordAt(header + 138) >> 224 == CONFIG_BYTES) {
            if (dataLen < CONFIG_BYTES || !_isPage(header, data, CONFIG_BYTES)) revert BadRecord(index);
            _applyConfig(w, data);
        }
        _goTo(w, T.MODE_TXNEXT);
    }

    /// @dev The auxiliary bytes as the header of a record and what follows it.
    function _openRecord(StepContext calldata ctx, Wit.Data memory w, uint256 index)
        private
        view
        returns (uint256 header, uint256 rest, uint256 restLen)
    {
        uint256 len;
        (header, len) = w.auxBytes();
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes32 expected = IDepositFeed(ctx.depositFeed).recordHash(uint64(index));
        if (len < RECORD_BYTES || ByteTree.hash(header, RECORD_BYTES) != expected) revert BadRecord(index);
        return (header, header + RECORD_BYTES, len - RECORD_BYTES);
    }

    /// @dev Whether the bytes are the whole data of a record of one page.
    function _isPage(uint256 header, uint256 data, uint256 len) private pure returns (bool) {
        bytes32 hash = ByteTree.hash(data, len);
        assembly ("memory-safe") {
            mstore(0x00, hash)
            hash := keccak256(0x00, 0x20)
        }
        return uint256(hash) == ByteTree.wordAt(header + 142);
    }

    /// @dev Makes the transaction of a deposit, up to its data.
    function _takeDeposit(Wit.Data memory w, uint256 header, uint256 data, uint256 dataLen, uint256 index) private pure {
        DepositTx.Fields memory f;
        f.sourceHash = _source(w, header, index);
        f.sender = ByteTree.wordAt(header + 25) >> 96;
        f.isCreate = ByteTree.byteAt(header + 65) != 0;
        if (!f.isCreate) f.to = ByteTree.wordAt(header + 45) >> 96;
        f.mint = ByteTree.wordAt(header + 66);
        f.value = ByteTree.wordAt(header + 98);
        f.gasLimit = ByteTree.wordAt(header + 130) >> 192;
        w.storeUint(T.G_BLK_COUNTERS, w.loadUint(T.G_BLK_COUNTERS) + (1 << 192) + (f.gasLimit << 128));

        uint256 length = ByteTree.wordAt(header + 138) >> 224;
        uint256 firstByte;
        if (length == 1) {
            if (dataLen == 0 || !_isPage(header, data, 1)) revert BadRecord(index);
            firstByte = ByteTree.byteAt(data);
        }
        uint256 raw = ByteTree.alloc(T.LIMIT_PAGE);
        _setDeposit(w, f, raw, DepositTx.writeHead(raw, f, length, firstByte), length);
        _setGas(w, DepositTx.TX_GAS + (f.isCreate ? DepositTx.creationGas(length) : 0), DepositTx.TX_GAS);
        if (length == 0) _goTo(w, T.MODE_CHECK);
        else w.storeUint(T.G_CTL, (T.MODE_DEPDATA << 248) | (index << 128));
    }

    /// @dev Source hash of a deposit: by the batch's hint, if it has one that can be right.
    function _source(Wit.Data memory w, uint256 header, uint256 index) private pure returns (bytes32) {
        uint256 count = uint32(w.loadUint(T.G_BLK_COUNTERS) >> 192);
        uint256 place = w.loadUint(T.G_BATCH_PLACE);
        uint256 originNumber = w.loadUint(T.G_ORIGIN) >> 192;
        if (count >= uint16(place >> 208) || ByteTree.wordAt(header + 9) >> 192 != originNumber) {
            return DepositTx.fallbackSource(index);
        }
        uint256 hint = _batchBytes(w, (place >> 224) + HINT_BYTES * count, HINT_BYTES);
        uint256 last = w.loadUint(T.G_LAST_HINT);
        bool isSameBlock = last >> 248 != 0 && uint64(last >> 184) == originNumber;
        if (isSameBlock && uint32(last >> 152) >= hint) return DepositTx.fallbackSource(index);
        w.storeUint(T.G_LAST_HINT, (1 << 248) | (originNumber << 184) | (hint << 152));
        return DepositTx.userSource(w.load(T.G_ORIGIN_HASH), hint);
    }

    /// @dev A config record: from the next block on its value holds.
    function _applyConfig(Wit.Data memory w, uint256 data) private pure {
        ConfigRecord.Config memory c;
        c.batcherHash = w.loadUint(T.G_BATCHER_HASH);
        c.fees = w.loadUint(T.G_FEE_CONFIG);
        c.gas = w.loadUint(T.G_GAS_CONFIG);
        ConfigRecord.apply_(c, ByteTree.byteAt(data), ByteTree.wordAt(data + 1));
        w.storeUint(T.G_BATCHER_HASH, c.batcherHash);
        w.storeUint(T.G_FEE_CONFIG, c.fees);
        w.storeUint(T.G_GAS_CONFIG, c.gas);
    }

    // ---------------------------------------------------------------- DEPDATA

    /// @dev Writes pages of a deposit's data behind the head of its envelope.
    function _depdata(StepContext calldata ctx, Wit.Data memory w, uint256 index, uint256 cnt) private view {
        (uint256 header, uint256 rest, uint256 restLen) = _openRecord(ctx, w, index);
        uint256 length = ByteTree.wordAt(header + 138) >> 224;
        PagedData.Slice memory part = PagedData.open(rest, restLen, length, bytes32(ByteTree.wordAt(header + 142)), cnt);
        uint256 dataOff = uint32(w.loadUint(T.G_TX_INFO) >> 160);
        _writePages(w, T.G_RAW, T.D_RAW, dataOff + T.LIMIT_PAGE * cnt, part.ptr, part.len);
        uint256 tokens = DepositTx.tokensOf(part.ptr, part.len);
        uint256 gasWord = w.loadUint(T.G_TX_GAS);
        _setGas(
            w,
            (gasWord >> 192) + DepositTx.TOKEN_GAS * tokens,
            uint64(gasWord >> 128) + DepositTx.FLOOR_TOKEN_GAS * tokens
        );
        if (part.isLast) _goTo(w, T.MODE_CHECK);
        else w.storeUint(T.G_CTL, (T.MODE_DEPDATA << 248) | ((cnt + part.pages) << 192) | (index << 128));
    }

    // ---------------------------------------------------------------- what they share

    /// @dev Sets the leaves of a deposit, and the first page of its envelope.
    /// @param raw Memory address of that page.
    function _setDeposit(Wit.Data memory w, DepositTx.Fields memory f, uint256 raw, uint256 dataOff, uint256 dataLen)
        private
        pure
    {
        w.storeUint(
            T.G_TX_INFO,
            (DepositTx.TYPE << 248) | (f.isCreate ? 1 << 232 : 0) | (1 << 224) | ((dataOff + dataLen) << 192)
                | (dataOff << 160) | (dataLen << 128)
        );
        w.storeUint(T.G_SENDER, f.sender);
        w.storeUint(T.G_TO, f.to);
        w.storeUint(T.G_TX_VALUE, f.value);
        w.storeUint(T.G_NONCE_GAS, f.gasLimit << 128);
        w.storeUint(T.G_MINT, f.mint);
        w.store(_page(T.G_RAW, T.D_RAW, 0), ByteTree.root(raw, T.LIMIT_PAGE / 32, T.D_PAGE));
    }

    /// @dev Sets intrinsic gas and floor.
    function _setGas(Wit.Data memory w, uint256 intrinsic, uint256 floor) private pure {
        w.storeUint(T.G_TX_GAS, (intrinsic << 192) | (floor << 128));
    }
}
