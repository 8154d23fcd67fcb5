// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IBlockOracle
/// @notice Proposals about L2's output root: OP's DisputeGameFactory, OP's AnchorStateRegistry, and the stakes behind them.
/// @dev Nobody can pause, retire or overrule a proposal.
/// @custom:source docs/protocol/proposals.md
interface IBlockOracle {
    /// @notice Where the oracle looks things up, where it starts, and its delays.
    struct InitParams {
        address sequencerFeed;
        address systemConfig;
        bytes32 genesisOutputRoot;
        uint64 challengePeriodSeconds;
        uint64 disputeGameFinalityDelaySeconds;
        uint256 stakeWei;
    }

    /// @notice A proposal's place in the tree, and its fate. The genesis anchor is a node without proposal.
    struct Node {
        address proposal;
        uint64 createdAt;
        uint8 status;
        bool hasConfirmedChild;
        uint64 l2BlockNumber;
        uint64 period;
        uint64 feedEnd;
        uint64 resolvedAt;
        uint256 parentIndex;
        uint64 unresolvedChildren;
    }

    /// @notice One line of `findLatestGames`; metadata = `type u32 || timestamp u64 || address`.
    struct GameSearchResult {
        uint256 index;
        bytes32 metadata;
        uint64 timestamp;
        bytes32 rootClaim;
        bytes extraData;
    }

    /// @notice A proposal was created.
    event DisputeGameCreated(address indexed disputeProxy, uint32 indexed gameType, bytes32 indexed rootClaim);
    /// @notice The anchor moved to a confirmed proposal.
    event AnchorUpdated(address indexed anchorGame);
    /// @notice An account put up its stake.
    event Staked(address indexed account);
    /// @notice An account took its stake back.
    event Unstaked(address indexed account);
    /// @notice An account stands on this proposal from now on (by creating or joining it).
    event Joined(address indexed account, uint256 indexed index);

    /// @notice `initialize` was called a second time.
    error BlockOracleAlreadyInitialized();
    /// @notice An address or the genesis output root is zero.
    error BlockOracleZeroParameter();
    /// @notice The oracle knows one type only.
    error BlockOracleWrongGameType(uint32 expected, uint32 actual);
    /// @notice There is no bond to send: `stake()` first.
    error BlockOracleBondNotZero(uint256 actual);
    /// @notice Extra data has exactly 160 bytes.
    error BlockOracleWrongExtraDataLength(uint256 expected, uint256 actual);
    /// @notice This very claim was proposed before.
    error BlockOracleGameAlreadyExists(bytes32 uuid);
    /// @notice There is no proposal with this index.
    error BlockOracleUnknownProposal(uint256 count, uint256 index);
    /// @notice The parent was lost.
    error BlockOracleParentLost(uint256 parentIndex);
    /// @notice The period after the parent's has no entry yet, or is not over.
    error BlockOraclePeriodNotClosed(uint64 period);
    /// @notice The claim does not end where the parent's next period ends.
    error BlockOracleWrongFeedEnd(uint64 expected, uint256 actual);
    /// @notice The feed's entry before `feedEnd` is another than the proposer thinks.
    error BlockOracleWrongFeedTipHash(bytes32 expected, bytes32 actual);
    /// @notice The block lies before the parent's or more than 2^15 after it.
    error BlockOracleBlockOutOfRange(uint256 minimum, uint256 maximum, uint256 actual);
    /// @notice The machine state holds another output root.
    error BlockOracleWrongOutputRoot(bytes32 expected, bytes32 actual);
    /// @notice The machine state is the boundary after another block.
    error BlockOracleWrongMachineBlock(uint256 expected, uint256 actual);
    /// @notice The machine state has not consumed the entries of the claim, or more than them.
    error BlockOracleWrongMachineEntry(uint256 expected, uint256 actual);
    /// @notice The stake must be this much.
    error BlockOracleWrongStake(uint256 expected, uint256 actual);
    /// @notice The account has a stake.
    error BlockOracleAlreadyStaked(address account);
    /// @notice The account has no stake, or stands on a lost proposal.
    error BlockOracleNoLivingStake(address account);
    /// @notice The account stands on an unresolved proposal and may go to its children only.
    error BlockOracleMustMoveToChild(uint256 standsOn, uint256 parentOfTarget);
    /// @notice The proposal the account stands on is not resolved.
    error BlockOracleStakeInUse(uint256 index);
    /// @notice The account did not take its stake.
    error BlockOracleTransferFailed(address account);
    /// @notice The proposal is resolved.
    error BlockOracleAlreadyResolved(uint256 index);
    /// @notice The parent is not resolved.
    error BlockOracleParentUnresolved(uint256 parentIndex);
    /// @notice The challenge period runs until this time, inclusive.
    error BlockOracleChallengePeriodRuns(uint256 lastTime, uint256 actual);
    /// @notice Another child of the parent is not resolved: only the dispute game can decide.
    error BlockOracleSiblingUnresolved(uint256 parentIndex, uint256 unresolvedChildren);
    /// @notice The anchor moves forward only, and to valid claims only. (OP's name.)
    error AnchorStateRegistry_InvalidAnchorGame();

    /// @notice Starts the oracle, once, in the deployment transaction; creates the code behind the proposals.
    function initialize(InitParams calldata params) external;

    // ---- factory ----

    /// @notice Of OP's factory; reverts, because a claim needs the proof of its machine root: `createWithProof`.
    /// @param gameType_ 7001.
    /// @param rootClaim Output root v0 of the block claimed.
    /// @param extraData `abi.encode(uint256 l2BlockNumber, uint256 parentIndex, uint64 feedEnd, bytes32 feedTipHash, bytes32 machineRoot)`.
    /// @return proxy The proposal.
    function create(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData)
        external
        payable
        returns (address proxy);

    /// @notice Proposes an output root. The caller stands on the new proposal from now on.
    /// @param gameType_ 7001.
    /// @param rootClaim Output root v0 of the block claimed.
    /// @param extraData As of `create`.
    /// @param proof 16 words that open machineRoot: MachineBoundary.
    /// @return proxy The proposal.
    function createWithProof(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData, bytes calldata proof)
        external
        payable
        returns (address proxy);

    /// @notice The proposal with this identity; zeros if there is none.
    function games(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData)
        external
        view
        returns (address proxy, uint64 timestamp);

    /// @notice The proposal with this index.
    function gameAtIndex(uint256 index) external view returns (uint32 gameType_, uint64 timestamp, address proxy);

    /// @notice Number of proposals that are listed: those of this very second are not yet.
    /// @dev Nothing can be proven against a proposal in the second of its creation; a client that finds it listed may prove at once.
    function gameCount() external view returns (uint256);

    /// @notice Number of all proposals, those of this second included. The next one has this index.
    function proposalCount() external view returns (uint256);

    /// @notice Listed proposals of a type from `start` downwards, at most `n`, newest first; none if `start` is beyond the end.
    function findLatestGames(uint32 gameType_, uint256 start, uint256 n)
        external
        view
        returns (GameSearchResult[] memory results);

    /// @notice `keccak(abi.encode(gameType_, rootClaim, extraData))`.
    function getGameUUID(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData) external pure returns (bytes32);

    /// @notice Code behind the proposals; zero for other types.
    function gameImpls(uint32 gameType_) external view returns (address);

    /// @notice 0: the stake is the bond.
    function initBonds(uint32 gameType_) external pure returns (uint256);

    // ---- stakes ----

    /// @notice Puts up the caller's stake: exactly `stakeWei`.
    function stake() external payable;

    /// @notice Gives the caller's stake back, if it stands nowhere or on a confirmed proposal.
    function unstake() external;

    /// @notice Moves the caller to an unresolved proposal: to a child of where it stands, or to any if that is resolved or nowhere.
    function join(uint256 index) external;

    /// @notice Wei of a stake.
    function stakeWei() external view returns (uint256);

    /// @notice An account's stake in wei, and where it stands (meaningful if `isStanding`).
    function stakeOf(address account) external view returns (uint256 amountWei, bool isStanding, uint256 standsOn);

    // ---- resolution ----

    /// @notice Decides a proposal. Anyone, once; `Proposal.resolve()` does the same.
    function resolveProposal(uint256 index) external returns (uint8 status);

    /// @notice Moves the anchor to a later proposal whose claim is valid. Anyone.
    function setAnchorState(address game) external;

    /// @notice A proposal's place in the tree, and its fate.
    function proposalAt(uint256 index) external view returns (Node memory);

    /// @notice Children of the genesis anchor that are not resolved, and whether one is confirmed, as a node.
    function genesisNode() external view returns (Node memory);

    /// @notice How long a proposal stays open.
    function challengePeriodSeconds() external view returns (uint64);

    // ---- registry ----

    /// @notice Created by this oracle.
    function isGameRegistered(address game) external view returns (bool);

    /// @notice Registered, and neither it nor its parent was lost.
    function isGameProper(address game) external view returns (bool);

    /// @notice Registered; so of type 7001, and created under this oracle's machine version.
    function isGameRespected(address game) external view returns (bool);

    /// @notice Registered and resolved.
    function isGameResolved(address game) external view returns (bool);

    /// @notice Resolved for longer than the finality delay.
    function isGameFinalized(address game) external view returns (bool);

    /// @notice Proper, respected, finalized and confirmed.
    function isGameClaimValid(address game) external view returns (bool);

    /// @notice False: no such power exists.
    function isGameBlacklisted(address game) external pure returns (bool);

    /// @notice False: no such power exists.
    function isGameRetired(address game) external pure returns (bool);

    /// @notice False: no such power exists.
    function paused() external pure returns (bool);

    /// @notice Output root and block of the anchor; the genesis output root and 0 before the first.
    function getAnchorRoot() external view returns (bytes32 root, uint256 l2BlockNumber);

    /// @notice The same, by its old name.
    function anchors(uint32 gameType_) external view returns (bytes32 root, uint256 l2BlockNumber);

    /// @notice The anchor; zero before the first.
    function anchorGame() external view returns (address);

    /// @notice 7001.
    function respectedGameType() external pure returns (uint32);

    /// @notice How long a resolved proposal ripens.
    function disputeGameFinalityDelaySeconds() external view returns (uint256);

    /// @notice The oracle itself.
    function disputeGameFactory() external view returns (address);

    /// @notice Feed that the proposals are about.
    function sequencerFeed() external view returns (address);

    /// @notice The chain's settings.
    function systemConfig() external view returns (address);

    /// @notice Output root of the L2 genesis block.
    function genesisOutputRoot() external view returns (bytes32);

    /// @notice Semantic version of this surface.
    function version() external pure returns (string memory);
}
