// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MachineBoundary} from "../libraries/MachineBoundary.sol";
import {MinimalProxy} from "../libraries/MinimalProxy.sol";
import {Proposal} from "./Proposal.sol";
import {IBlockOracle} from "./interfaces/IBlockOracle.sol";
import {IProposal} from "./interfaces/IProposal.sol";
import {ISequencerFeed} from "./interfaces/ISequencerFeed.sol";

/// @title BlockOracle
/// @notice Proposals, registry answers and stakes.
contract BlockOracle is IBlockOracle {
    // ---- types ----

    struct Stake {
        uint256 amountWei;
        // Index plus one; zero: nowhere.
        uint256 place;
    }

    // The words of extra data.
    struct Claim {
        uint256 l2BlockNumber;
        uint256 parentIndex;
        uint256 feedEnd;
        bytes32 feedTipHash;
        bytes32 machineRoot;
    }

    // ---- constants ----

    uint32 private constant _GAME_TYPE = 7001;
    uint256 private constant _EXTRA_DATA_BYTES = 160;
    uint256 private constant _MOST_BLOCKS = 2 ** 15;
    uint256 private constant _GENESIS = type(uint256).max;
    uint8 private constant _IN_PROGRESS = 0;
    uint8 private constant _CHALLENGER_WINS = 1;
    uint8 private constant _DEFENDER_WINS = 2;

    // ---- storage ----

    /// @inheritdoc IBlockOracle
    address public override sequencerFeed;
    /// @inheritdoc IBlockOracle
    uint64 public override challengePeriodSeconds;
    /// @inheritdoc IBlockOracle
    address public override systemConfig;
    uint64 internal _finalityDelay;
    /// @inheritdoc IBlockOracle
    bytes32 public override genesisOutputRoot;
    /// @inheritdoc IBlockOracle
    uint256 public override stakeWei;
    /// @inheritdoc IBlockOracle
    uint256 public override proposalCount;
    address internal _implementation;
    /// @inheritdoc IBlockOracle
    address public override anchorGame;
    mapping(uint256 index => Node) internal _nodes;
    mapping(bytes32 uuid => uint256) internal _indexPlusOneByUuid;
    mapping(address proposal => uint256) internal _indexPlusOneByProposal;
    mapping(address account => Stake) internal _stakes;
    // Proposals created before the second of the newest one, and that second.
    uint192 internal _countBeforeNewest;
    uint64 internal _newestAt;

    // ---- initializer ----

    /// @inheritdoc IBlockOracle
    function initialize(InitParams calldata params) external override {
        if (sequencerFeed != address(0)) revert BlockOracleAlreadyInitialized();
        if (
            params.sequencerFeed == address(0) || params.systemConfig == address(0)
                || params.genesisOutputRoot == bytes32(0)
        ) revert BlockOracleZeroParameter();
        sequencerFeed = params.sequencerFeed;
        systemConfig = params.systemConfig;
        genesisOutputRoot = params.genesisOutputRoot;
        challengePeriodSeconds = params.challengePeriodSeconds;
        _finalityDelay = params.disputeGameFinalityDelaySeconds;
        stakeWei = params.stakeWei;
        _nodes[_GENESIS].status = _DEFENDER_WINS;
        _implementation = address(new Proposal());
    }

    // ---- external: factory ----

    /// @inheritdoc IBlockOracle
    function create(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData)
        external
        payable
        override
        returns (address)
    {
        return _create(gameType_, rootClaim, extraData, "");
    }

    /// @inheritdoc IBlockOracle
    function createWithProof(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData, bytes calldata proof)
        external
        payable
        override
        returns (address)
    {
        return _create(gameType_, rootClaim, extraData, proof);
    }

    /// @inheritdoc IBlockOracle
    function games(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData)
        external
        view
        override
        returns (address, uint64)
    {
        uint256 place = _indexPlusOneByUuid[getGameUUID(gameType_, rootClaim, extraData)];
        if (place == 0) return (address(0), 0);
        return (_nodes[place - 1].proposal, _nodes[place - 1].createdAt);
    }

    /// @inheritdoc IBlockOracle
    function gameAtIndex(uint256 index) external view override returns (uint32, uint64, address) {
        Node storage node = _node(index);
        return (_GAME_TYPE, node.createdAt, node.proposal);
    }

    /// @inheritdoc IBlockOracle
    function findLatestGames(uint32 gameType_, uint256 start, uint256 n)
        external
        view
        override
        returns (GameSearchResult[] memory results)
    {
        if (gameType_ != _GAME_TYPE || start >= gameCount()) return results;
        // There is only one type, so the matches are the proposals from `start` down.
        uint256 size = n <= start ? n : start + 1;
        results = new GameSearchResult[](size);
        for (uint256 i = 0; i < size; i++) {
            uint256 index = start - i;
            Node storage node = _nodes[index];
            results[i] = GameSearchResult({
                index: index,
                metadata: bytes32(abi.encodePacked(_GAME_TYPE, node.createdAt, node.proposal)),
                timestamp: node.createdAt,
                rootClaim: IProposal(node.proposal).rootClaim(),
                extraData: IProposal(node.proposal).extraData()
            });
        }
    }

    /// @inheritdoc IBlockOracle
    function gameImpls(uint32 gameType_) external view override returns (address) {
        return gameType_ == _GAME_TYPE ? _implementation : address(0);
    }

    /// @inheritdoc IBlockOracle
    function initBonds(uint32) external pure override returns (uint256) {
        return 0;
    }

    // ---- external: stakes ----

    /// @inheritdoc IBlockOracle
    function stake() external payable override {
        if (msg.value != stakeWei) revert BlockOracleWrongStake(stakeWei, msg.value);
        Stake storage own = _stakes[msg.sender];
        if (own.amountWei > 0 || own.place > 0) revert BlockOracleAlreadyStaked(msg.sender);
        own.amountWei = msg.value;
        emit Staked(msg.sender);
    }

    /// @inheritdoc IBlockOracle
    function unstake() external override {
        Stake storage own = _livingStake(msg.sender);
        if (own.place > 0 && _nodes[own.place - 1].status == _IN_PROGRESS) {
            revert BlockOracleStakeInUse(own.place - 1);
        }
        uint256 amountWei = own.amountWei;
        delete _stakes[msg.sender];
        emit Unstaked(msg.sender);
        (bool success,) = msg.sender.call{value: amountWei}("");
        if (!success) revert BlockOracleTransferFailed(msg.sender);
    }

    /// @inheritdoc IBlockOracle
    function join(uint256 index) external override {
        Node storage node = _node(index);
        if (node.status != _IN_PROGRESS) revert BlockOracleAlreadyResolved(index);
        _move(index, node.parentIndex);
    }

    // ---- external: resolution ----

    /// @inheritdoc IBlockOracle
    function resolveProposal(uint256 index) external override returns (uint8 status) {
        Node storage node = _node(index);
        if (node.status != _IN_PROGRESS) revert BlockOracleAlreadyResolved(index);
        Node storage parent = _nodes[node.parentIndex];
        if (parent.status == _CHALLENGER_WINS || parent.hasConfirmedChild) {
            _settle(index, _CHALLENGER_WINS);
            return _CHALLENGER_WINS;
        }
        if (parent.status == _IN_PROGRESS) revert BlockOracleParentUnresolved(node.parentIndex);
        uint256 lastTime = uint256(node.createdAt) + challengePeriodSeconds;
        if (block.timestamp <= lastTime) revert BlockOracleChallengePeriodRuns(lastTime, block.timestamp);
        // Never first come, first served: with an unresolved sibling nothing resolves.
        if (parent.unresolvedChildren != 1) {
            revert BlockOracleSiblingUnresolved(node.parentIndex, parent.unresolvedChildren);
        }
        parent.hasConfirmedChild = true;
        _settle(index, _DEFENDER_WINS);
        return _DEFENDER_WINS;
    }

    /// @inheritdoc IBlockOracle
    function setAnchorState(address game) external override {
        if (!isGameClaimValid(game)) revert AnchorStateRegistry_InvalidAnchorGame();
        // Confirmed proposals form one chain, so a later index is a block that is not lower.
        if (_indexPlusOneByProposal[game] <= _indexPlusOneByProposal[anchorGame]) {
            revert AnchorStateRegistry_InvalidAnchorGame();
        }
        anchorGame = game;
        emit AnchorUpdated(game);
    }

    // ---- external: views ----

    /// @inheritdoc IBlockOracle
    function stakeOf(address account) external view override returns (uint256, bool, uint256) {
        Stake storage own = _stakes[account];
        return (own.amountWei, own.place > 0, own.place > 0 ? own.place - 1 : 0);
    }

    /// @inheritdoc IBlockOracle
    function proposalAt(uint256 index) external view override returns (Node memory) {
        return _node(index);
    }

    /// @inheritdoc IBlockOracle
    function genesisNode() external view override returns (Node memory) {
        return _nodes[_GENESIS];
    }

    /// @inheritdoc IBlockOracle
    function isGameBlacklisted(address) external pure override returns (bool) {
        return false;
    }

    /// @inheritdoc IBlockOracle
    function isGameRetired(address) external pure override returns (bool) {
        return false;
    }

    /// @inheritdoc IBlockOracle
    function paused() external pure override returns (bool) {
        return false;
    }

    /// @inheritdoc IBlockOracle
    function anchors(uint32) external view override returns (bytes32, uint256) {
        return getAnchorRoot();
    }

    /// @inheritdoc IBlockOracle
    function respectedGameType() external pure override returns (uint32) {
        return _GAME_TYPE;
    }

    /// @inheritdoc IBlockOracle
    function disputeGameFinalityDelaySeconds() external view override returns (uint256) {
        return _finalityDelay;
    }

    /// @inheritdoc IBlockOracle
    function disputeGameFactory() external view override returns (address) {
        return address(this);
    }

    /// @inheritdoc IBlockOracle
    function version() external pure override returns (string memory) {
        return "1.0.0";
    }

    // ---- public ----

    /// @inheritdoc IBlockOracle
    function gameCount() public view override returns (uint256) {
        return _newestAt == block.timestamp ? _countBeforeNewest : proposalCount;
    }

    /// @inheritdoc IBlockOracle
    function getGameUUID(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData)
        public
        pure
        override
        returns (bytes32)
    {
        return keccak256(abi.encode(gameType_, rootClaim, extraData));
    }

    /// @inheritdoc IBlockOracle
    function isGameRegistered(address game) public view override returns (bool) {
        return _indexPlusOneByProposal[game] > 0;
    }

    /// @inheritdoc IBlockOracle
    function isGameProper(address game) public view override returns (bool) {
        if (!isGameRegistered(game)) return false;
        Node storage node = _nodeOf(game);
        return node.status != _CHALLENGER_WINS && _nodes[node.parentIndex].status != _CHALLENGER_WINS;
    }

    /// @inheritdoc IBlockOracle
    function isGameRespected(address game) public view virtual override returns (bool) {
        return isGameRegistered(game);
    }

    /// @inheritdoc IBlockOracle
    function isGameResolved(address game) public view override returns (bool) {
        return isGameRegistered(game) && _nodeOf(game).status != _IN_PROGRESS;
    }

    /// @inheritdoc IBlockOracle
    function isGameFinalized(address game) public view override returns (bool) {
        return isGameResolved(game) && block.timestamp > uint256(_nodeOf(game).resolvedAt) + _finalityDelay;
    }

    /// @inheritdoc IBlockOracle
    function isGameClaimValid(address game) public view override returns (bool) {
        return isGameProper(game) && isGameRespected(game) && isGameFinalized(game)
            && _nodeOf(game).status == _DEFENDER_WINS;
    }

    /// @inheritdoc IBlockOracle
    function getAnchorRoot() public view override returns (bytes32, uint256) {
        if (anchorGame == address(0)) return (genesisOutputRoot, 0);
        return (IProposal(anchorGame).rootClaim(), _nodeOf(anchorGame).l2BlockNumber);
    }

    // ---- internal ----

    /// @dev The state behind the machine root is the boundary after the claimed block, with every entry of the claim consumed,
    ///      unless the claim was cut short.
    function _checkRoots(bytes32 rootClaim, Claim memory claim, bytes memory proof) internal view {
        MachineBoundary.Boundary memory boundary = MachineBoundary.open(claim.machineRoot, proof);
        if (boundary.outputRoot != rootClaim) revert BlockOracleWrongOutputRoot(rootClaim, boundary.outputRoot);
        if (boundary.number != claim.l2BlockNumber) {
            revert BlockOracleWrongMachineBlock(claim.l2BlockNumber, boundary.number);
        }
        bool isCutShort = claim.l2BlockNumber == _nodes[claim.parentIndex].l2BlockNumber + _MOST_BLOCKS;
        if (boundary.entryIndex != claim.feedEnd && !isCutShort) {
            revert BlockOracleWrongMachineEntry(claim.feedEnd, boundary.entryIndex);
        }
    }

    /// @dev The dispute game's verdict on an unresolved proposal.
    function _lose(uint256 index) internal {
        if (_node(index).status != _IN_PROGRESS) revert BlockOracleAlreadyResolved(index);
        _settle(index, _CHALLENGER_WINS);
    }

    function _create(uint32 gameType_, bytes32 rootClaim, bytes calldata extraData, bytes memory proof)
        internal
        returns (address proxy)
    {
        if (gameType_ != _GAME_TYPE) revert BlockOracleWrongGameType(_GAME_TYPE, gameType_);
        if (msg.value > 0) revert BlockOracleBondNotZero(msg.value);
        if (extraData.length != _EXTRA_DATA_BYTES) {
            revert BlockOracleWrongExtraDataLength(_EXTRA_DATA_BYTES, extraData.length);
        }
        bytes32 uuid = getGameUUID(gameType_, rootClaim, extraData);
        if (_indexPlusOneByUuid[uuid] > 0) revert BlockOracleGameAlreadyExists(uuid);
        Claim memory claim = abi.decode(extraData, (Claim));
        if (claim.parentIndex != _GENESIS) _node(claim.parentIndex);
        uint64 period = _checkClaim(claim);
        _checkRoots(rootClaim, claim, proof);

        uint256 index = _nextIndex();
        _move(index, claim.parentIndex);
        proxy = MinimalProxy.clone(_implementation, uuid);
        Node storage node = _nodes[index];
        node.proposal = proxy;
        node.createdAt = uint64(block.timestamp);
        // Bounded: the feed's end is 64 bits wide, and blocks are counted from 0 in steps of 2^15 at most.
        node.l2BlockNumber = uint64(claim.l2BlockNumber);
        node.feedEnd = uint64(claim.feedEnd);
        node.period = period;
        node.parentIndex = claim.parentIndex;
        _nodes[claim.parentIndex].unresolvedChildren++;
        _indexPlusOneByUuid[uuid] = index + 1;
        _indexPlusOneByProposal[proxy] = index + 1;
        emit DisputeGameCreated(proxy, gameType_, rootClaim);
        IProposal(proxy).initialize(
            IProposal.InitParams(index, msg.sender, rootClaim, blockhash(block.number - 1), extraData)
        );
    }

    /// @dev Takes the next index, and notes how many proposals there were before this second.
    function _nextIndex() internal returns (uint256 index) {
        index = proposalCount++;
        if (_newestAt != block.timestamp) {
            _newestAt = uint64(block.timestamp);
            _countBeforeNewest = uint192(index);
        }
    }

    /// @dev Moves the caller to `index`, a child of `parentIndex`.
    function _move(uint256 index, uint256 parentIndex) internal {
        Stake storage own = _livingStake(msg.sender);
        if (own.place > 0 && _nodes[own.place - 1].status == _IN_PROGRESS && own.place - 1 != parentIndex) {
            revert BlockOracleMustMoveToChild(own.place - 1, parentIndex);
        }
        own.place = index + 1;
        emit Joined(msg.sender, index);
    }

    /// @dev The only place where a fate is written.
    function _settle(uint256 index, uint8 status) internal {
        Node storage node = _nodes[index];
        node.status = status;
        node.resolvedAt = uint64(block.timestamp);
        _nodes[node.parentIndex].unresolvedChildren--;
        IProposal(node.proposal).announce(status);
    }

    /// @dev A claim covers the first non-empty period after its parent's; or the same one again if that was too long for one claim.
    /// @return period Period that the claim ends in.
    function _checkClaim(Claim memory claim) internal view returns (uint64 period) {
        Node storage parent = _nodes[claim.parentIndex];
        if (parent.status == _CHALLENGER_WINS) revert BlockOracleParentLost(claim.parentIndex);
        if (_isCutShort(claim.parentIndex) && claim.feedEnd == parent.feedEnd) {
            period = parent.period;
        } else {
            uint64 end;
            bool closed;
            (, period, end, closed) =
                ISequencerFeed(sequencerFeed).periodAfter(parent.period, claim.parentIndex == _GENESIS);
            if (!closed) revert BlockOraclePeriodNotClosed(period);
            if (claim.feedEnd != end) revert BlockOracleWrongFeedEnd(end, claim.feedEnd);
        }
        bytes32 tip = ISequencerFeed(sequencerFeed).entryHash(uint64(claim.feedEnd) - 1);
        if (claim.feedTipHash != tip) revert BlockOracleWrongFeedTipHash(tip, claim.feedTipHash);
        uint256 first = parent.l2BlockNumber;
        uint256 last = first + _MOST_BLOCKS;
        if (claim.l2BlockNumber < first || claim.l2BlockNumber > last) {
            revert BlockOracleBlockOutOfRange(first, last, claim.l2BlockNumber);
        }
    }

    /// @dev True if this proposal claims as many blocks as one may.
    function _isCutShort(uint256 index) internal view returns (bool) {
        if (index == _GENESIS) return false;
        Node storage node = _nodes[index];
        return node.l2BlockNumber == _nodes[node.parentIndex].l2BlockNumber + _MOST_BLOCKS;
    }

    /// @dev A stake is living unless its account stands on a lost proposal.
    function _livingStake(address account) internal view returns (Stake storage own) {
        own = _stakes[account];
        bool isLost = own.place > 0 && _nodes[own.place - 1].status == _CHALLENGER_WINS;
        if (own.amountWei == 0 || isLost) revert BlockOracleNoLivingStake(account);
    }

    function _node(uint256 index) internal view returns (Node storage) {
        if (index >= proposalCount) revert BlockOracleUnknownProposal(proposalCount, index);
        return _nodes[index];
    }

    function _nodeOf(address game) internal view returns (Node storage) {
        return _nodes[_indexPlusOneByProposal[game] - 1];
    }
}
