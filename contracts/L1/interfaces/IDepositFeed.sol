// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IDepositFeed
/// @notice Append-only list of what L1 tells L2: deposits and config changes, one storage slot (a hash) each.
/// @custom:source docs/protocol/feeds.md#depositfeed
interface IDepositFeed {
    /// @notice The two writers.
    struct InitParams {
        address portal;
        address systemConfig;
    }

    /// @notice A record was appended.
    /// @param index Its position in the feed, from 0.
    /// @param header The 206 bytes whose keccak is the stored hash.
    /// @param data The bytes behind `dataHash` of the header.
    event RecordAppended(uint64 indexed index, bytes header, bytes data);

    /// @notice `initialize` was called a second time.
    error DepositFeedAlreadyInitialized(address portal);
    /// @notice A writer's address is zero.
    error DepositFeedZeroAddress();
    /// @notice The caller is not the writer of this kind of record.
    error DepositFeedNotWriter(address expected, address actual);

    /// @notice Sets the writers, once, in the deployment transaction.
    function initialize(InitParams calldata params) external;

    /// @notice Appends a deposit (kind 0). Portal only.
    /// @dev The portal has checked the limits of gas and data.
    /// @param from Sender on L2: aliased if it is a contract.
    /// @param to Recipient; zero for a creation.
    /// @param mint Wei minted on L2.
    /// @param value Wei sent by the L2 call.
    /// @param gasLimit L2 gas.
    /// @param isCreation True: `data` is init code.
    /// @param data Calldata or init code.
    function appendDeposit(
        address from,
        address to,
        uint256 mint,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) external;

    /// @notice Appends a config change (kind 1), data = `updateType u8 || value`. SystemConfig only.
    /// @param updateType Type as in OP's ConfigUpdate.
    /// @param value The packed new value.
    function appendConfig(uint8 updateType, bytes32 value) external;

    /// @notice The contract that may append deposits.
    function portal() external view returns (address);

    /// @notice The contract that may append config changes.
    function systemConfig() external view returns (address);

    /// @notice Number of records.
    function length() external view returns (uint64);

    /// @notice Hash of the last record; zero if there is none.
    function lastHash() external view returns (bytes32);

    /// @notice L1 block that holds the last record; zero if there is none.
    function lastL1Number() external view returns (uint64);

    /// @notice Number of records in L1 blocks before `lastL1Number`.
    function lengthBeforeLastL1() external view returns (uint64);

    /// @notice Number of records in L1 blocks before this one: it no longer grows for those blocks.
    function closedLength() external view returns (uint64);

    /// @notice Hash of a record's header; zero beyond the end.
    function recordHash(uint64 index) external view returns (bytes32);

    /// @notice L1 block number and time of a record; zeros beyond the end.
    function recordMeta(uint64 index) external view returns (uint64 l1Number, uint64 l1Time);
}
