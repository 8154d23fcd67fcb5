// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChunkHash} from "../libraries/ChunkHash.sol";
import {FeedHeaders} from "../libraries/FeedHeaders.sol";
import {L1BlockHash} from "../libraries/L1BlockHash.sol";
import {IDepositFeed} from "./interfaces/IDepositFeed.sol";
import {ISequencerFeed} from "./interfaces/ISequencerFeed.sol";
import {ISystemConfig} from "./interfaces/ISystemConfig.sol";

/// @title SequencerFeed
/// @notice The feed of batches and forced inclusions.
contract SequencerFeed is ISequencerFeed {
    // ---- types ----

    struct PeriodLink {
        uint64 end;
        uint64 next;
    }

    // ---- constants ----

    uint8 private constant _FORMAT = 0;
    uint256 private constant _MAX_DATA_BYTES = 126_976;
    uint256 private constant _MAX_ORIGINS = 256;
    // Selector, seven words of arguments, the length word of `data`.
    uint256 private constant _DATA_OFFSET = 4 + 8 * 32;

    // ---- storage (slots 0 to 4 are normative) ----

    /// @inheritdoc ISequencerFeed
    mapping(uint64 index => bytes32) public override entryHash;
    mapping(uint64 period => PeriodLink) internal _links;
    /// @inheritdoc ISequencerFeed
    uint64 public override length;
    /// @inheritdoc ISequencerFeed
    uint64 public override lastL1Time;
    /// @inheritdoc ISequencerFeed
    uint64 public override lastOrigin;
    /// @inheritdoc ISequencerFeed
    uint64 public override lastDepTo;
    /// @inheritdoc ISequencerFeed
    bytes32 public override lastHash;
    /// @inheritdoc ISequencerFeed
    bytes32 public override lastOriginHash;
    /// @inheritdoc ISequencerFeed
    address public override depositFeed;
    uint64 internal _firstPeriod;
    /// @inheritdoc ISequencerFeed
    address public override systemConfig;
    /// @inheritdoc ISequencerFeed
    uint64 public override startBlock;
    /// @inheritdoc ISequencerFeed
    uint64 public override genesisTime;
    /// @inheritdoc ISequencerFeed
    uint64 public override periodSeconds;
    /// @inheritdoc ISequencerFeed
    uint64 public override forceDelaySeconds;

    // ---- initializer ----

    /// @inheritdoc ISequencerFeed
    function initialize(InitParams calldata params) external override {
        if (depositFeed != address(0)) revert SequencerFeedAlreadyInitialized(startBlock);
        // A zero period has no number; a zero delay would let anyone append entries without end.
        if (
            params.depositFeed == address(0) || params.systemConfig == address(0) || params.periodSeconds == 0
                || params.forceDelaySeconds == 0
        ) revert SequencerFeedZeroParameter();
        depositFeed = params.depositFeed;
        systemConfig = params.systemConfig;
        periodSeconds = params.periodSeconds;
        forceDelaySeconds = params.forceDelaySeconds;
        uint64 s = uint64(block.number - 1);
        startBlock = s;
        genesisTime = uint64(block.timestamp);
        lastOrigin = s;
        lastOriginHash = blockhash(s);
    }

    // ---- external ----

    /// @inheritdoc ISequencerFeed
    function append(
        uint64 expectedIndex,
        bytes32 expectedPrevHash,
        uint64 firstOrigin,
        uint64 lastOrigin_,
        bytes32 lastOriginHash_,
        uint64 depTo,
        bytes calldata data
    ) external override {
        _checkCaller();
        _checkPlace(expectedIndex, expectedPrevHash);
        _checkData(data);
        FeedHeaders.EntryHeader memory header;
        header.firstOrigin = firstOrigin;
        header.lastOrigin = lastOrigin_;
        header.originsHash = firstOrigin > lastOrigin_
            ? _checkEmptyRange(firstOrigin, lastOrigin_, lastOriginHash_)
            : _checkRange(firstOrigin, lastOrigin_, lastOriginHash_);
        _checkDepTo(depTo, lastOrigin_);
        header.depTo = depTo;
        header.dataLength = uint32(data.length);
        header.dataHash = ChunkHash.hashData(data);
        _append(header, lastOriginHash_);
    }

    /// @inheritdoc ISequencerFeed
    function forceInclude(uint64 expectedIndex, bytes32 expectedPrevHash) external override {
        _checkPlace(expectedIndex, expectedPrevHash);
        IDepositFeed feed = IDepositFeed(depositFeed);
        if (lastDepTo >= feed.length()) revert SequencerFeedNothingToForce(lastDepTo);
        (, uint64 l1Time) = feed.recordMeta(lastDepTo);
        uint256 earliest = uint256(l1Time) + forceDelaySeconds;
        if (block.timestamp < earliest) revert SequencerFeedForceTooEarly(earliest, block.timestamp);

        // Above the last origin: at or below it every record is covered, and one of this block is not old enough.
        uint64 origin = uint64(block.number - 1);
        bytes32 originHash = L1BlockHash.get(origin);
        FeedHeaders.EntryHeader memory header;
        header.firstOrigin = origin;
        header.lastOrigin = origin;
        header.originsHash = keccak256(bytes.concat(originHash));
        header.depTo = feed.closedLength();
        header.dataHash = keccak256("");
        _append(header, originHash);
    }

    /// @inheritdoc ISequencerFeed
    function periodAfter(uint64 p, bool any)
        external
        view
        override
        returns (bool exists, uint64 period, uint64 end, bool closed)
    {
        if (any) {
            exists = length > 0;
            period = _firstPeriod;
        } else {
            // An end is the index of a later entry, so it is above 0 wherever it is stored.
            exists = _links[p].end > 0;
            period = _links[p].next;
        }
        if (!exists) return (false, 0, 0, false);
        end = _links[period].end;
        if (end > 0) return (true, period, end, true);
        uint256 overAt = genesisTime + (uint256(period) + 1) * periodSeconds;
        return (true, period, length, block.timestamp >= overAt);
    }

    // ---- public ----

    /// @inheritdoc ISequencerFeed
    function periodOf(uint64 l1Time) public view override returns (uint64) {
        if (l1Time < genesisTime) revert SequencerFeedBeforeGenesis(genesisTime, l1Time);
        return (l1Time - genesisTime) / periodSeconds;
    }

    // ---- internal ----

    /// @dev Fills in place, time and predecessors, stores the hash, and closes the period before if a new one begins.
    function _append(FeedHeaders.EntryHeader memory header, bytes32 originHash) internal {
        uint64 index = length;
        header.format = _FORMAT;
        header.index = index;
        header.l1Number = uint64(block.number);
        header.l1Time = uint64(block.timestamp);
        header.depRecordHash = header.depTo == 0 ? bytes32(0) : IDepositFeed(depositFeed).recordHash(header.depTo - 1);
        header.prevEntryHash = lastHash;
        bytes memory packed = FeedHeaders.pack(header);
        bytes32 hash = keccak256(packed);

        uint64 period = periodOf(header.l1Time);
        if (index == 0) {
            _firstPeriod = period;
        } else {
            uint64 previous = periodOf(lastL1Time);
            if (period > previous) _links[previous] = PeriodLink(index, period);
        }
        entryHash[index] = hash;
        length = index + 1;
        lastL1Time = header.l1Time;
        lastOrigin = header.lastOrigin;
        lastDepTo = header.depTo;
        lastHash = hash;
        lastOriginHash = originHash;
        emit EntryAppended(index, packed);
    }

    function _checkCaller() internal view {
        address batcher = address(uint160(uint256(ISystemConfig(systemConfig).batcherHash())));
        if (msg.sender != batcher) revert SequencerFeedNotBatcher(batcher, msg.sender);
        if (msg.sender != tx.origin || msg.sender.code.length > 0) {
            revert SequencerFeedNotPlainCall(tx.origin, msg.sender, msg.sender.code.length);
        }
    }

    function _checkPlace(uint64 expectedIndex, bytes32 expectedPrevHash) internal view {
        if (expectedIndex != length) revert SequencerFeedWrongIndex(expectedIndex, length);
        if (expectedPrevHash != lastHash) revert SequencerFeedWrongPrevHash(expectedPrevHash, lastHash);
    }

    /// @dev Readers cut the data out of the calldata: it stands at its place and nothing follows but its padding.
    function _checkData(bytes calldata data) internal pure {
        if (data.length > _MAX_DATA_BYTES) revert SequencerFeedDataTooLong(_MAX_DATA_BYTES, data.length);
        uint256 offset;
        // Safe: reads where the decoder found the data.
        assembly ("memory-safe") {
            offset := data.offset
        }
        uint256 expectedLength = offset + ((data.length + 31) & ~uint256(31));
        if (offset != _DATA_OFFSET || msg.data.length != expectedLength) {
            revert SequencerFeedNotCanonicalCalldata(expectedLength, msg.data.length);
        }
    }

    function _checkEmptyRange(uint64 firstOrigin, uint64 lastOrigin_, bytes32 lastOriginHash_)
        internal
        view
        returns (bytes32 originsHash)
    {
        // lastOrigin is a block number, so adding one cannot overflow once they are equal.
        if (lastOrigin_ != lastOrigin || firstOrigin != lastOrigin_ + 1) {
            revert SequencerFeedBadEmptyRange(lastOrigin, firstOrigin, lastOrigin_);
        }
        if (lastOriginHash_ != lastOriginHash) revert SequencerFeedWrongOriginHash(lastOriginHash_, lastOriginHash);
        return keccak256("");
    }

    function _checkRange(uint64 firstOrigin, uint64 lastOrigin_, bytes32 lastOriginHash_)
        internal
        view
        returns (bytes32 originsHash)
    {
        if (firstOrigin <= lastOrigin || lastOrigin_ >= block.number || lastOrigin_ - firstOrigin >= _MAX_ORIGINS) {
            revert SequencerFeedBadRange(lastOrigin, firstOrigin, lastOrigin_);
        }
        uint256 count = lastOrigin_ - firstOrigin + 1;
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            uint64 number = firstOrigin + uint64(i);
            hashes[i] = L1BlockHash.get(number);
            if (hashes[i] == bytes32(0)) revert SequencerFeedHashUnavailable(number);
        }
        if (hashes[count - 1] != lastOriginHash_) {
            revert SequencerFeedWrongOriginHash(lastOriginHash_, hashes[count - 1]);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev `depTo` is no choice: records up to it are not above the last origin, and the next one is.
    function _checkDepTo(uint64 depTo, uint64 lastOrigin_) internal view {
        IDepositFeed feed = IDepositFeed(depositFeed);
        uint64 total = feed.length();
        if (depTo > total) revert SequencerFeedWrongDepTo(depTo, lastOrigin_);
        if (depTo > 0) {
            (uint64 covered,) = feed.recordMeta(depTo - 1);
            if (covered > lastOrigin_) revert SequencerFeedWrongDepTo(depTo, lastOrigin_);
        }
        if (depTo < total) {
            (uint64 following,) = feed.recordMeta(depTo);
            if (following <= lastOrigin_) revert SequencerFeedWrongDepTo(depTo, lastOrigin_);
        }
    }
}
