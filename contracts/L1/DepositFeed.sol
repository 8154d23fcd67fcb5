// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChunkHash} from "../libraries/ChunkHash.sol";
import {FeedHeaders} from "../libraries/FeedHeaders.sol";
import {IDepositFeed} from "./interfaces/IDepositFeed.sol";

/// @title DepositFeed
/// @notice The feed of deposits and config changes.
contract DepositFeed is IDepositFeed {
    // ---- types ----

    struct RecordMeta {
        uint64 l1Number;
        uint64 l1Time;
    }

    // ---- constants ----

    uint8 private constant _KIND_DEPOSIT = 0;
    uint8 private constant _KIND_CONFIG = 1;

    // ---- storage (slots 0 to 3 are normative) ----

    /// @inheritdoc IDepositFeed
    mapping(uint64 index => bytes32) public override recordHash;
    /// @inheritdoc IDepositFeed
    mapping(uint64 index => RecordMeta) public override recordMeta;
    /// @inheritdoc IDepositFeed
    uint64 public override length;
    /// @inheritdoc IDepositFeed
    uint64 public override lastL1Number;
    /// @inheritdoc IDepositFeed
    uint64 public override lengthBeforeLastL1;
    /// @inheritdoc IDepositFeed
    bytes32 public override lastHash;
    /// @inheritdoc IDepositFeed
    address public override portal;
    /// @inheritdoc IDepositFeed
    address public override systemConfig;

    // ---- initializer ----

    /// @inheritdoc IDepositFeed
    function initialize(InitParams calldata params) external override {
        if (portal != address(0)) revert DepositFeedAlreadyInitialized(portal);
        if (params.portal == address(0) || params.systemConfig == address(0)) revert DepositFeedZeroAddress();
        portal = params.portal;
        systemConfig = params.systemConfig;
    }

    // ---- external ----

    /// @inheritdoc IDepositFeed
    function appendDeposit(
        address from,
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external override {
        if (msg.sender != portal) revert DepositFeedNotWriter(portal, msg.sender);
        FeedHeaders.RecordHeader memory header;
        header.kind = _KIND_DEPOSIT;
        header.from = from;
        header.to = to;
        header.isCreation = isCreation;
        header.mint = mint;
        header.value = value;
        header.gasLimit = gasLimit;
        header.dataLength = uint32(data.length);
        header.dataHash = ChunkHash.hashData(data);
        (uint64 index, bytes memory packed) = _append(header);
        emit RecordAppended(index, packed, data);
    }

    /// @inheritdoc IDepositFeed
    function appendConfig(uint8 updateType, bytes32 value) external override {
        if (msg.sender != systemConfig) revert DepositFeedNotWriter(systemConfig, msg.sender);
        bytes memory data = abi.encodePacked(updateType, value);
        FeedHeaders.RecordHeader memory header;
        header.kind = _KIND_CONFIG;
        header.from = msg.sender;
        header.dataLength = uint32(data.length);
        header.dataHash = ChunkHash.hashShort(data);
        (uint64 index, bytes memory packed) = _append(header);
        emit RecordAppended(index, packed, data);
    }

    /// @inheritdoc IDepositFeed
    function closedLength() external view override returns (uint64) {
        return lastL1Number < block.number ? length : lengthBeforeLastL1;
    }

    // ---- internal ----

    /// @dev Fills in place, time and predecessor, and stores the hash.
    function _append(FeedHeaders.RecordHeader memory header) internal returns (uint64 index, bytes memory packed) {
        index = length;
        header.index = index;
        header.l1Number = uint64(block.number);
        header.l1Time = uint64(block.timestamp);
        header.prevRecordHash = lastHash;
        packed = FeedHeaders.pack(header);
        bytes32 hash = keccak256(packed);

        // In a new L1 block the records so far are closed. Without a branch: gas estimates are made against the latest
        // block, and must hold in the next one.
        uint64 isNewBlock;
        uint64 previous = lastL1Number;
        uint64 current = header.l1Number;
        // Safe: a comparison of two clean values.
        assembly ("memory-safe") {
            isNewBlock := iszero(eq(previous, current))
        }
        lengthBeforeLastL1 += (index - lengthBeforeLastL1) * isNewBlock;
        lastL1Number = current;
        recordHash[index] = hash;
        recordMeta[index] = RecordMeta(header.l1Number, header.l1Time);
        length = index + 1;
        lastHash = hash;
    }
}
