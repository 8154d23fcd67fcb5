// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBlockOracle} from "./interfaces/IBlockOracle.sol";
import {IProposal} from "./interfaces/IProposal.sol";
import {ISystemConfig} from "./interfaces/ISystemConfig.sol";

/// @title Proposal
/// @notice Code behind the oracle's clones. No fallback: an unknown selector reverts.
contract Proposal is IProposal {
    // ---- constants ----

    uint32 private constant _GAME_TYPE = 7001;

    // ---- storage ----

    /// @inheritdoc IProposal
    address public override oracle;
    /// @inheritdoc IProposal
    uint256 public override index;
    /// @inheritdoc IProposal
    address public override gameCreator;
    /// @inheritdoc IProposal
    bytes32 public override rootClaim;
    /// @inheritdoc IProposal
    bytes32 public override l1Head;
    bytes internal _extraData;

    // ---- modifiers ----

    modifier onlyOracle() {
        if (msg.sender != oracle) revert ProposalNotOracle(oracle, msg.sender);
        _;
    }

    // ---- initializer ----

    /// @dev Nobody can take the code behind the clones for a proposal.
    constructor() {
        oracle = msg.sender;
    }

    /// @inheritdoc IProposal
    function initialize(InitParams calldata params) external override {
        if (oracle != address(0)) revert ProposalAlreadyInitialized(oracle);
        oracle = msg.sender;
        index = params.index;
        gameCreator = params.creator;
        rootClaim = params.rootClaim;
        l1Head = params.l1Head;
        _extraData = params.extraData;
    }

    // ---- external ----

    /// @inheritdoc IProposal
    function resolve() external override returns (uint8) {
        return IBlockOracle(oracle).resolveProposal(index);
    }

    /// @inheritdoc IProposal
    function announce(uint8 status_) external override onlyOracle {
        emit Resolved(status_);
    }

    /// @inheritdoc IProposal
    function rootClaimByChainId(uint256 chainId) external view override returns (bytes32) {
        address systemConfig = IBlockOracle(oracle).systemConfig();
        if (chainId != ISystemConfig(systemConfig).l2ChainId()) revert ProposalUnknownChain(chainId);
        return rootClaim;
    }

    /// @inheritdoc IProposal
    function l2SequenceNumber() external view override returns (uint256 l2BlockNumber_) {
        (l2BlockNumber_,,,,) = _claim();
    }

    /// @inheritdoc IProposal
    function l2BlockNumber() external view override returns (uint256 l2BlockNumber_) {
        (l2BlockNumber_,,,,) = _claim();
    }

    /// @inheritdoc IProposal
    function parentIndex() external view override returns (uint256 parentIndex_) {
        (, parentIndex_,,,) = _claim();
    }

    /// @inheritdoc IProposal
    function feedEnd() external view override returns (uint64 feedEnd_) {
        (,, feedEnd_,,) = _claim();
    }

    /// @inheritdoc IProposal
    function feedTipHash() external view override returns (bytes32 feedTipHash_) {
        (,,, feedTipHash_,) = _claim();
    }

    /// @inheritdoc IProposal
    function machineRoot() external view override returns (bytes32 machineRoot_) {
        (,,,, machineRoot_) = _claim();
    }

    /// @inheritdoc IProposal
    function extraData() external view override returns (bytes memory) {
        return _extraData;
    }

    /// @inheritdoc IProposal
    function gameData() external view override returns (uint32, bytes32, bytes memory) {
        return (_GAME_TYPE, rootClaim, _extraData);
    }

    /// @inheritdoc IProposal
    function anchorStateRegistry() external view override returns (address) {
        return oracle;
    }

    /// @inheritdoc IProposal
    function createdAt() external view override returns (uint64) {
        return IBlockOracle(oracle).proposalAt(index).createdAt;
    }

    /// @inheritdoc IProposal
    function resolvedAt() external view override returns (uint64) {
        return IBlockOracle(oracle).proposalAt(index).resolvedAt;
    }

    /// @inheritdoc IProposal
    function status() external view override returns (uint8) {
        return IBlockOracle(oracle).proposalAt(index).status;
    }

    /// @inheritdoc IProposal
    function expectedResolution() external view override returns (uint64) {
        IBlockOracle.Node memory node = IBlockOracle(oracle).proposalAt(index);
        if (node.resolvedAt > 0) return node.resolvedAt;
        return node.createdAt + IBlockOracle(oracle).challengePeriodSeconds() + 1;
    }

    /// @inheritdoc IProposal
    function version() external pure override returns (string memory) {
        return "1.0.0";
    }

    /// @inheritdoc IProposal
    function gameType() external pure override returns (uint32) {
        return _GAME_TYPE;
    }

    /// @inheritdoc IProposal
    function wasRespectedGameTypeWhenCreated() external pure override returns (bool) {
        return true;
    }

    // ---- internal ----

    function _claim() internal view returns (uint256, uint256, uint64, bytes32, bytes32) {
        return abi.decode(_extraData, (uint256, uint256, uint64, bytes32, bytes32));
    }
}
