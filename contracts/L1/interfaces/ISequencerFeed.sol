// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ISequencerFeed
/// @notice Append-only list of batches and forced inclusions, one storage slot (a hash) each.
/// @custom:source docs/protocol/feeds.md#sequencerfeed
interface ISequencerFeed {
    /// @notice Where the feed looks things up, and its two durations.
    struct InitParams {
        address depositFeed;
        address systemConfig;
        uint64 periodSeconds;
        uint64 forceDelaySeconds;
    }

    /// @notice An entry was appended.
    /// @dev The data of a batch is the last argument of the top-level call of the transaction that emitted this.
    /// @param index Its position in the feed, from 0.
    /// @param header The 181 bytes whose keccak is the stored hash.
    event EntryAppended(uint64 indexed index, bytes header);

    /// @notice `initialize` was called a second time.
    error SequencerFeedAlreadyInitialized(uint64 startBlock);
    /// @notice An address or a duration in `initialize` is zero.
    error SequencerFeedZeroParameter();
    /// @notice The caller is not the batcher of SystemConfig.
    error SequencerFeedNotBatcher(address expected, address actual);
    /// @notice The batcher must call by itself and have no code, so that the data stand in the transaction.
    error SequencerFeedNotPlainCall(address origin, address caller, uint256 codeLength);
    /// @notice The calldata is not laid out as the ABI encoder does.
    error SequencerFeedNotCanonicalCalldata(uint256 expectedLength, uint256 actualLength);
    /// @notice The entry would land elsewhere than its sender thinks.
    error SequencerFeedWrongIndex(uint64 expected, uint64 actual);
    /// @notice The entry would follow another entry than its sender thinks.
    error SequencerFeedWrongPrevHash(bytes32 expected, bytes32 actual);
    /// @notice An empty range must repeat the feed's last origin.
    error SequencerFeedBadEmptyRange(uint64 expectedLastOrigin, uint64 firstOrigin, uint64 lastOrigin);
    /// @notice A range must lie above the feed's last origin, below this block, and span at most 256 blocks.
    error SequencerFeedBadRange(uint64 previousLastOrigin, uint64 firstOrigin, uint64 lastOrigin);
    /// @notice The last origin is another block than its sender thinks.
    error SequencerFeedWrongOriginHash(bytes32 expected, bytes32 actual);
    /// @notice Neither BLOCKHASH nor the history contract knows this block's hash.
    error SequencerFeedHashUnavailable(uint64 l1Number);
    /// @notice `depTo` is not the number of records in L1 blocks up to `lastOrigin`.
    error SequencerFeedWrongDepTo(uint64 depTo, uint64 lastOrigin);
    /// @notice The data are longer than 31 chunks.
    error SequencerFeedDataTooLong(uint256 maximum, uint256 actual);
    /// @notice Every record is covered by an entry.
    error SequencerFeedNothingToForce(uint64 length);
    /// @notice The first record that is not covered is not old enough.
    error SequencerFeedForceTooEarly(uint256 earliestTime, uint256 actualTime);
    /// @notice The time lies before the first period.
    error SequencerFeedBeforeGenesis(uint64 genesisTime, uint64 actualTime);

    /// @notice Starts the feed, once, in the deployment transaction (L1 block S+1).
    function initialize(InitParams calldata params) external;

    /// @notice Appends a batch. Batcher only.
    /// @param expectedIndex `length()` as the sender knows it.
    /// @param expectedPrevHash `lastHash()` as the sender knows it.
    /// @param firstOrigin First L1 block of the range; `lastOrigin + 1` for an empty range.
    /// @param lastOrigin Last L1 block of the range.
    /// @param lastOriginHash Its hash.
    /// @param depTo Number of records in L1 blocks up to `lastOrigin`.
    /// @param data The batch, at most 126,976 bytes.
    function append(
        uint64 expectedIndex,
        bytes32 expectedPrevHash,
        uint64 firstOrigin,
        uint64 lastOrigin,
        bytes32 lastOriginHash,
        uint64 depTo,
        bytes calldata data
    ) external;

    /// @notice Appends an empty entry that covers all records of L1 blocks before this one. Anyone, once a record has waited too long.
    /// @param expectedIndex `length()` as the sender knows it.
    /// @param expectedPrevHash `lastHash()` as the sender knows it.
    function forceInclude(uint64 expectedIndex, bytes32 expectedPrevHash) external;

    /// @notice The feed whose records the entries cover.
    function depositFeed() external view returns (address);

    /// @notice Names the batcher.
    function systemConfig() external view returns (address);

    /// @notice Number of entries.
    function length() external view returns (uint64);

    /// @notice L1 time of the last entry; zero if there is none.
    function lastL1Time() external view returns (uint64);

    /// @notice Last L1 block of any entry's range; S if there is none.
    function lastOrigin() external view returns (uint64);

    /// @notice Number of records covered by entries.
    function lastDepTo() external view returns (uint64);

    /// @notice Hash of the last entry; zero if there is none.
    function lastHash() external view returns (bytes32);

    /// @notice Hash of L1 block `lastOrigin`.
    function lastOriginHash() external view returns (bytes32);

    /// @notice Hash of an entry's header; zero beyond the end.
    function entryHash(uint64 index) external view returns (bytes32);

    /// @notice L1 block S, origin of the L2 genesis.
    function startBlock() external view returns (uint64);

    /// @notice L1 time of block S+1, where period 0 begins.
    function genesisTime() external view returns (uint64);

    /// @notice Length of a claim period.
    function periodSeconds() external view returns (uint64);

    /// @notice How long a record waits before anyone may force it.
    function forceDelaySeconds() external view returns (uint64);

    /// @notice Claim period of an L1 time.
    function periodOf(uint64 l1Time) external view returns (uint64);

    /// @notice The non-empty claim period after another. Nothing loops.
    /// @param p A non-empty period; ignored with `any`.
    /// @param any True: the first non-empty period of the feed.
    /// @return exists False if there is none yet; then the rest is zero.
    /// @return period Its number.
    /// @return end Index after its last entry (so far, while it is not closed).
    /// @return closed True: no entry can be added to it any more.
    function periodAfter(uint64 p, bool any)
        external
        view
        returns (bool exists, uint64 period, uint64 end, bool closed);
}
