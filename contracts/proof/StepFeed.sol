// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ISequencerFeed} from "../L1/interfaces/ISequencerFeed.sol";
import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {BatchScan} from "./lib/BatchScan.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {L1Header} from "./lib/L1Header.sol";
import {PagedData} from "./lib/PagedData.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepFeed
/// @notice Executes the steps that read the SequencerFeed's entries and give blocks their place: BOUNDARY, ENTRY, DATA, NEXT,
///         SCAN and PLACE.
/// @custom:source docs/protocol/machine.md#derivation
contract StepFeed is StepFamily {
    using Wit for Wit.Data;

    /// @dev Bytes of an entry's header.
    uint256 private constant ENTRY_BYTES = 181;
    /// @dev The only format that has a batch, and the only version of one.
    uint256 private constant FORMAT_BATCH = 0;
    uint256 private constant BATCH_VERSION = 1;
    /// @dev Version and number of blocks.
    uint256 private constant PRELUDE_BYTES = 3;
    /// @dev L1 blocks of an entry's range at most.
    uint256 private constant MAX_RANGE = 256;
    /// @dev Seconds that a block may lie ahead of its entry.
    uint256 private constant MAX_TIME_AHEAD = 600;

    /// @notice The auxiliary bytes are not the header of this entry.
    error BadEntry(uint256 index);
    /// @notice The auxiliary bytes do not give the L1 header of this number.
    error BadOrigin(uint256 number);

    /// @dev An L1 block as the leaves 425 to 429 hold it.
    struct Origin {
        bool isNew;
        bytes32 hash;
        L1Header.Fields header;
    }

    /// @inheritdoc StepFamily
    function _step(StepContext calldata ctx, Wit.Data memory w, uint256 ctl) internal view override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_BOUNDARY) _boundary(ctx, w);
        else if (mode == T.MODE_ENTRY) _entry(ctx, w);
        else if (mode == T.MODE_DATA) _data(w);
        else if (mode == T.MODE_NEXT) _next(ctx, w);
        else if (mode == T.MODE_SCAN) _scan(w);
        else if (mode == T.MODE_PLACE) _place(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- entries

    /// @dev Between two blocks: begins the next one, if its slot begins and there is input.
    function _boundary(StepContext calldata ctx, Wit.Data memory w) private pure {
        if (ctx.t % T.LIMIT_SLOT_STEPS != 0) return;
        if (w.loadUint(T.G_ENTRY) >> 248 != 0) _goTo(w, T.MODE_NEXT);
        else if (w.loadUint(T.G_CURSOR) >> 192 < ctx.entryBound) _goTo(w, T.MODE_ENTRY);
    }

    /// @dev Opens an entry by its header.
    function _entry(StepContext calldata ctx, Wit.Data memory w) private view {
        uint256 index = w.loadUint(T.G_CURSOR) >> 192;
        (uint256 header, uint256 len) = w.auxBytes();
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes32 expected = ISequencerFeed(ctx.sequencerFeed).entryHash(uint64(index));
        if (len != ENTRY_BYTES || ByteTree.hash(header, len) != expected) revert BadEntry(index);

        uint256 format = ByteTree.byteAt(header);
        uint256 dataLength = ByteTree.wordAt(header + 113) >> 224;
        // l1Number and l1Time lie side by side in both, and so do firstOrigin and lastOrigin.
        uint256 times = ByteTree.wordAt(header + 9) >> 128;
        w.storeUint(T.G_ENTRY, (1 << 248) | (format << 240) | (times << 112) | (dataLength << 80));
        uint256 range = ByteTree.wordAt(header + 25) >> 128;
        w.storeUint(T.G_ENTRY_RANGE, (range << 128) | ((ByteTree.wordAt(header + 73) >> 192) << 64));
        w.storeUint(T.G_ORIGINS_HASH, ByteTree.wordAt(header + 41));
        w.storeUint(T.G_DATA_HASH, ByteTree.wordAt(header + 117));
        w.storeUint(T.G_BATCH_CURSOR, 0);
        _goTo(w, format == FORMAT_BATCH && dataLength != 0 ? T.MODE_DATA : T.MODE_NEXT);
    }

    /// @dev Loads pages of the batch; with the last one, reads its prelude.
    function _data(Wit.Data memory w) private pure {
        uint256 dataLength = uint32(w.loadUint(T.G_ENTRY) >> 80);
        uint256 first = uint8(w.loadUint(T.G_BATCH_CURSOR) >> 200);
        (uint256 aux, uint256 auxLen) = w.auxBytes();
        PagedData.Slice memory part = PagedData.open(aux, auxLen, dataLength, w.load(T.G_DATA_HASH), first);
        for (uint256 page = 0; page < part.pages; page++) {
            w.store(_page(T.G_BATCH, T.D_BATCH, first + page), PagedData.pageRoot(part, page));
        }
        uint256 loaded = first + part.pages;
        if (!part.isLast) {
            w.storeUint(T.G_BATCH_CURSOR, loaded << 200);
            return;
        }
        uint256 start = first == 0 ? ByteTree.wordAt(part.ptr) : w.loadUint(T.G_BATCH << T.D_BATCH);
        uint256 blocks;
        uint256 pos;
        if (dataLength >= PRELUDE_BYTES && start >> 248 == BATCH_VERSION) {
            blocks = uint16(start >> 232);
            if (blocks > T.LIMIT_BLOCKS_PER_ENTRY) blocks = T.LIMIT_BLOCKS_PER_ENTRY;
            pos = PRELUDE_BYTES;
        }
        w.storeUint(T.G_BATCH_CURSOR, (pos << 224) | (blocks << 208) | (loaded << 200));
        _goTo(w, T.MODE_NEXT);
    }

    /// @dev The next block of the batch, a synthesized one, or the end of the entry.
    function _next(StepContext calldata ctx, Wit.Data memory w) private pure {
        uint256 batch = w.loadUint(T.G_BATCH_CURSOR);
        if (uint16(batch >> 208) != 0) {
            uint256 pos = batch >> 224;
            w.storeUint(T.G_SCAN, (pos << 224) | (pos << 192));
            _goTo(w, T.MODE_SCAN);
            return;
        }
        uint256 cursor = w.loadUint(T.G_CURSOR);
        if (uint64(cursor >> 128) < uint64(w.loadUint(T.G_ENTRY_RANGE) >> 64)) {
            w.storeUint(T.G_BLK_COUNTERS, w.loadUint(T.G_BLK_COUNTERS) | (1 << 104));
            _goTo(w, T.MODE_PLACE);
            return;
        }
        w.storeUint(T.G_ENTRY, 0);
        w.storeUint(T.G_ENTRY_RANGE, 0);
        w.storeUint(T.G_ORIGINS_HASH, 0);
        w.storeUint(T.G_DATA_HASH, 0);
        w.storeUint(T.G_BATCH_CURSOR, 0);
        w.store(T.G_BATCH, T.Z12);
        w.storeUint(T.G_SCAN, 0);
        cursor += 1 << 192;
        w.storeUint(T.G_CURSOR, cursor);
        _goTo(w, cursor >> 192 < ctx.entryBound ? T.MODE_ENTRY : T.MODE_BOUNDARY);
    }

    // ---------------------------------------------------------------- batch blocks

    /// @dev Walks over a block of the batch, to see that all of it is there before any of it is executed.
    function _scan(Wit.Data memory w) private pure {
        uint256 dataLength = uint32(w.loadUint(T.G_ENTRY) >> 80);
        BatchScan.State memory s = BatchScan.unpack(w.loadUint(T.G_SCAN));
        uint256 start = s.pos;
        uint256 end = (start / T.LIMIT_PAGE + T.LIMIT_SCAN_PAGES) * T.LIMIT_PAGE;
        if (end > dataLength) end = dataLength;
        uint256 window = start < end ? _readPages(w, T.G_BATCH, T.D_BATCH, start, end - start) : 0;
        uint256 result = BatchScan.run(s, window, end, dataLength);
        if (result == BatchScan.MORE) {
            w.storeUint(T.G_SCAN, BatchScan.pack(s));
        } else if (result == BatchScan.DONE) {
            w.storeUint(T.G_SCAN, BatchScan.pack(s));
            w.storeUint(T.G_BATCH_PLACE, BatchScan.place(s));
            _goTo(w, T.MODE_PLACE);
        } else {
            _endBatch(w);
        }
    }

    /// @dev Nothing of the batch counts any more.
    function _endBatch(Wit.Data memory w) private pure {
        w.storeUint(T.G_BATCH_CURSOR, w.loadUint(T.G_BATCH_CURSOR) & ~(uint256(0xffff) << 208));
        w.storeUint(T.G_SCAN, 0);
        _goTo(w, T.MODE_NEXT);
    }

    /// @dev Gives a block its time and L1 origin, or ends the batch.
    function _place(Wit.Data memory w) private pure {
        bool isSynthesized = uint8(w.loadUint(T.G_BLK_COUNTERS) >> 104) != 0;
        uint256 parentTime = uint64(w.loadUint(T.G_LAST_SCALARS) >> 128);
        uint256 range = w.loadUint(T.G_ENTRY_RANGE);
        (uint256 first, uint256 last) = (range >> 192, uint64(range >> 128));
        uint256 current = w.loadUint(T.G_ORIGIN) >> 192;
        Origin memory origin;
        uint256 time;
        if (isSynthesized) {
            origin = _originAt(w, last < first ? current : last, first, last);
            time = parentTime + 1;
            if (time < origin.header.time) time = origin.header.time;
        } else {
            uint256 scan = w.loadUint(T.G_SCAN);
            uint256 dt = uint16(scan >> 160);
            uint256 delta = uint32(scan >> 128);
            uint256 number = current + delta;
            if (dt == 0 || (delta != 0 && (number < first || number > last))) {
                _violation(w);
                return;
            }
            origin = _originAt(w, number, first, last);
            time = parentTime + dt;
            if (time < origin.header.time || time > uint64(w.loadUint(T.G_ENTRY) >> 112) + MAX_TIME_AHEAD) {
                _violation(w);
                return;
            }
            uint256 batch = w.loadUint(T.G_BATCH_CURSOR);
            uint256 blockEnd = uint32(w.loadUint(T.G_BATCH_PLACE) >> 128);
            w.storeUint(T.G_BATCH_CURSOR, ((batch << 32) >> 32) - (1 << 208) + (blockEnd << 224));
        }
        _setOrigin(w, origin);
        uint256 scalars = w.loadUint(T.G_BLK_SCALARS);
        w.storeUint(T.G_BLK_SCALARS, (scalars & ~(uint256(type(uint64).max) << 128)) | (time << 128));
        w.storeUint(T.G_SCAN, 0);
        _goTo(w, T.MODE_BLKHDR);
    }

    /// @dev The block breaks a rule, and so nothing behind it counts either.
    function _violation(Wit.Data memory w) private pure {
        w.setNode(T.G_BLK, T.DEFAULT_BLK);
        _endBatch(w);
    }

    /// @dev The current origin, or another one of the range [first, last], opened from the auxiliary bytes.
    function _originAt(Wit.Data memory w, uint256 number, uint256 first, uint256 last)
        private
        pure
        returns (Origin memory origin)
    {
        uint256 current = w.loadUint(T.G_ORIGIN);
        if (number == current >> 192) {
            origin.header.number = number;
            origin.header.time = uint64(current >> 128);
            return origin;
        }
        (uint256 aux, uint256 len) = w.auxBytes();
        uint256 count = last + 1 - first;
        if (count > MAX_RANGE || len < 32 * count) revert BadOrigin(number);
        if (ByteTree.hash(aux, 32 * count) != w.load(T.G_ORIGINS_HASH)) revert BadOrigin(number);
        origin.isNew = true;
        origin.hash = bytes32(ByteTree.wordAt(aux + 32 * (number - first)));
        aux += 32 * count;
        len -= 32 * count;
        if (ByteTree.hash(aux, len) != origin.hash) revert BadOrigin(number);
        bool ok;
        (ok, origin.header) = L1Header.decode(aux, len);
        if (!ok) revert BadOrigin(number);
    }

    /// @dev Writes the origin and the sequence number: 0 for the first block of an origin, else one more.
    function _setOrigin(Wit.Data memory w, Origin memory origin) private pure {
        uint256 cursor = w.loadUint(T.G_CURSOR);
        if (!origin.isNew) {
            w.storeUint(T.G_CURSOR, cursor + (1 << 64));
            return;
        }
        w.storeUint(T.G_CURSOR, (cursor >> 128) << 128);
        L1Header.Fields memory header = origin.header;
        w.storeUint(T.G_ORIGIN, (header.number << 192) | (header.time << 128));
        w.store(T.G_ORIGIN_HASH, origin.hash);
        w.storeUint(T.G_ORIGIN_BASE_FEE, header.baseFee);
        w.storeUint(T.G_ORIGIN_RANDAO, header.mixHash);
        w.storeUint(T.G_ORIGIN_BEACON_ROOT, header.beaconRoot);
    }
}
