// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IProposal
/// @notice One claim about L2's output root, with OP's dispute game getters. Its fate is kept and decided by the oracle.
/// @custom:source docs/protocol/proposals.md
interface IProposal {
    /// @notice What a proposal is; set once, by the oracle, in the transaction that creates it.
    struct InitParams {
        uint256 index;
        address creator;
        bytes32 rootClaim;
        bytes32 l1Head;
        bytes extraData;
    }

    /// @notice The proposal's fate was decided: 1 CHALLENGER_WINS, 2 DEFENDER_WINS.
    event Resolved(uint8 indexed status);

    /// @notice `initialize` was called a second time.
    error ProposalAlreadyInitialized(address oracle);
    /// @notice The caller is not the oracle.
    error ProposalNotOracle(address expected, address actual);
    /// @notice The proposal claims nothing about this chain.
    error ProposalUnknownChain(uint256 chainId);

    /// @notice Sets the claim, once. The caller becomes the oracle.
    function initialize(InitParams calldata params) external;

    /// @notice Asks the oracle to decide. Anyone, once.
    /// @return The status: 1 CHALLENGER_WINS, 2 DEFENDER_WINS.
    function resolve() external returns (uint8);

    /// @notice Announces the oracle's decision by an event. Oracle only.
    function announce(uint8 status_) external;

    /// @notice Semantic version of this surface.
    function version() external pure returns (string memory);

    /// @notice The contract that created and decides this proposal.
    function oracle() external view returns (address);

    /// @notice The oracle, by OP's name.
    function anchorStateRegistry() external view returns (address);

    /// @notice Position among the oracle's proposals.
    function index() external view returns (uint256);

    /// @notice 7001.
    function gameType() external pure returns (uint32);

    /// @notice Who created it. Nobody owns a proposal.
    function gameCreator() external view returns (address);

    /// @notice The output root claimed.
    function rootClaim() external view returns (bytes32);

    /// @notice The same, of this chain only: there is no id by which another chain's root could be asked.
    function rootClaimByChainId(uint256 chainId) external view returns (bytes32);

    /// @notice Hash of the L1 block before the one that created it.
    function l1Head() external view returns (bytes32);

    /// @notice L2 block claimed.
    function l2SequenceNumber() external view returns (uint256);

    /// @notice L2 block claimed, by its old name.
    function l2BlockNumber() external view returns (uint256);

    /// @notice Proposal it builds on; 2^256 - 1 is the genesis anchor.
    function parentIndex() external view returns (uint256);

    /// @notice Index after the last entry that the claim covers.
    function feedEnd() external view returns (uint64);

    /// @notice Hash of entry `feedEnd - 1`.
    function feedTipHash() external view returns (bytes32);

    /// @notice Root of the machine state behind the claim; zero until the step machine exists.
    function machineRoot() external view returns (bytes32);

    /// @notice `abi.encode(uint256 l2BlockNumber, uint256 parentIndex, uint64 feedEnd, bytes32 feedTipHash, bytes32 machineRoot)`.
    function extraData() external view returns (bytes memory);

    /// @notice Type, root claim and extra data.
    function gameData() external view returns (uint32 gameType_, bytes32 rootClaim_, bytes memory extraData_);

    /// @notice L1 time of its creation.
    function createdAt() external view returns (uint64);

    /// @notice L1 time of its resolution; zero before.
    function resolvedAt() external view returns (uint64);

    /// @notice 0 in progress, 1 CHALLENGER_WINS, 2 DEFENDER_WINS.
    function status() external view returns (uint8);

    /// @notice When it was or, if nobody contradicts, can be resolved.
    function expectedResolution() external view returns (uint64);

    /// @notice True: an oracle knows only one type.
    function wasRespectedGameTypeWhenCreated() external pure returns (bool);
}
