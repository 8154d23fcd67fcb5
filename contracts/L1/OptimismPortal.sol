// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AddressAliasing} from "../libraries/AddressAliasing.sol";
import {MerkleTrie} from "../libraries/MerkleTrie.sol";
import {ResourceMetering} from "../libraries/ResourceMetering.sol";
import {SafeCall} from "../libraries/SafeCall.sol";
import {WithdrawalHashing} from "../libraries/WithdrawalHashing.sol";
import {IBlockOracle} from "./interfaces/IBlockOracle.sol";
import {IDepositFeed} from "./interfaces/IDepositFeed.sol";
import {IOptimismPortal} from "./interfaces/IOptimismPortal.sol";
import {IProposal} from "./interfaces/IProposal.sol";
import {ISystemConfig} from "./interfaces/ISystemConfig.sol";

/// @title OptimismPortal
/// @notice Deposits and withdrawals.
contract OptimismPortal is IOptimismPortal {
    // ---- types ----

    struct ProvenWithdrawal {
        address disputeGameProxy;
        uint64 timestamp;
    }

    // ---- constants ----

    address private constant _NO_SENDER = 0x000000000000000000000000000000000000dEaD;
    uint64 private constant _RECEIVE_GAS_LIMIT = 100_000;
    uint64 private constant _MOST_GAS_LIMIT = 2 ** 24;
    uint256 private constant _MOST_DATA_BYTES = 120_000;
    bytes32 private constant _SENT = keccak256(hex"01");

    // ---- storage ----

    /// @inheritdoc IOptimismPortal
    address public override l2Sender;
    /// @inheritdoc IOptimismPortal
    ResourceMetering.Params public override params;
    /// @inheritdoc IOptimismPortal
    address public override depositFeed;
    /// @inheritdoc IOptimismPortal
    address public override systemConfig;
    address internal _blockOracle;
    uint64 internal _proofMaturityDelay;
    /// @inheritdoc IOptimismPortal
    mapping(bytes32 withdrawalHash => bool) public override finalizedWithdrawals;
    /// @inheritdoc IOptimismPortal
    mapping(bytes32 withdrawalHash => mapping(address submitter => ProvenWithdrawal)) public override provenWithdrawals;
    /// @inheritdoc IOptimismPortal
    mapping(bytes32 withdrawalHash => address[]) public override proofSubmitters;

    // ---- initializer ----

    /// @inheritdoc IOptimismPortal
    function initialize(InitParams calldata params_) external override {
        if (depositFeed != address(0)) revert OptimismPortal_AlreadyInitialized();
        if (
            params_.depositFeed == address(0) || params_.systemConfig == address(0)
                || params_.blockOracle == address(0)
        ) revert OptimismPortal_ZeroAddress();
        depositFeed = params_.depositFeed;
        systemConfig = params_.systemConfig;
        _blockOracle = params_.blockOracle;
        _proofMaturityDelay = params_.proofMaturityDelaySeconds;
        l2Sender = _NO_SENDER;
        params = ResourceMetering.start(block.number);
    }

    // ---- external: deposits ----

    /// @inheritdoc IOptimismPortal
    receive() external payable override {
        uint256 gasAtStart = gasleft();
        bytes calldata none;
        // Safe: an empty slice touches nothing.
        assembly ("memory-safe") {
            none.offset := 0
            none.length := 0
        }
        _deposit(gasAtStart, msg.sender, msg.value, _RECEIVE_GAS_LIMIT, false, none);
    }

    /// @inheritdoc IOptimismPortal
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes calldata data)
        external
        payable
        override
    {
        _deposit(gasleft(), to, value, gasLimit, isCreation, data);
    }

    /// @inheritdoc IOptimismPortal
    function donateETH() external payable override {}

    // ---- external: withdrawals ----

    /// @inheritdoc IOptimismPortal
    function proveWithdrawalTransaction(
        WithdrawalHashing.WithdrawalTransaction calldata withdrawal,
        uint256 disputeGameIndex,
        WithdrawalHashing.OutputRootProof calldata outputRootProof,
        bytes[] calldata withdrawalProof
    ) external override {
        if (_isSystemContract(withdrawal.target)) revert OptimismPortal_BadTarget();
        address game = _checkGame(disputeGameIndex);
        if (IProposal(game).rootClaim() != WithdrawalHashing.hashOutputRoot(outputRootProof)) {
            revert OptimismPortal_InvalidOutputRootProof();
        }
        bytes32 withdrawalHash = WithdrawalHashing.hashWithdrawal(withdrawal);
        bytes memory key = bytes.concat(WithdrawalHashing.storageKey(withdrawalHash));
        bytes memory flag = MerkleTrie.get(outputRootProof.messagePasserStorageRoot, key, withdrawalProof);
        if (keccak256(flag) != _SENT) revert OptimismPortal_InvalidMerkleProof();

        ProvenWithdrawal storage proven = provenWithdrawals[withdrawalHash][msg.sender];
        if (proven.timestamp == 0) proofSubmitters[withdrawalHash].push(msg.sender);
        proven.disputeGameProxy = game;
        proven.timestamp = uint64(block.timestamp);
        emit WithdrawalProven(withdrawalHash, withdrawal.sender, withdrawal.target);
        emit WithdrawalProvenExtension1(withdrawalHash, msg.sender);
    }

    /// @inheritdoc IOptimismPortal
    function finalizeWithdrawalTransaction(WithdrawalHashing.WithdrawalTransaction calldata withdrawal)
        external
        override
    {
        _finalize(withdrawal, msg.sender);
    }

    /// @inheritdoc IOptimismPortal
    function finalizeWithdrawalTransactionExternalProof(
        WithdrawalHashing.WithdrawalTransaction calldata withdrawal,
        address proofSubmitter
    ) external override {
        _finalize(withdrawal, proofSubmitter);
    }

    // ---- external: views ----

    /// @inheritdoc IOptimismPortal
    function numProofSubmitters(bytes32 withdrawalHash) external view override returns (uint256) {
        return proofSubmitters[withdrawalHash].length;
    }

    /// @inheritdoc IOptimismPortal
    function anchorStateRegistry() external view override returns (address) {
        return _blockOracle;
    }

    /// @inheritdoc IOptimismPortal
    function disputeGameFactory() external view override returns (address) {
        return _blockOracle;
    }

    /// @inheritdoc IOptimismPortal
    function respectedGameType() external view override returns (uint32) {
        return IBlockOracle(_blockOracle).respectedGameType();
    }

    /// @inheritdoc IOptimismPortal
    function proofMaturityDelaySeconds() external view override returns (uint256) {
        return _proofMaturityDelay;
    }

    /// @inheritdoc IOptimismPortal
    function disputeGameFinalityDelaySeconds() external view override returns (uint256) {
        return IBlockOracle(_blockOracle).disputeGameFinalityDelaySeconds();
    }

    /// @inheritdoc IOptimismPortal
    function version() external pure override returns (string memory) {
        return "4.6.0";
    }

    /// @inheritdoc IOptimismPortal
    function paused() external pure override returns (bool) {
        return false;
    }

    // ---- public ----

    /// @inheritdoc IOptimismPortal
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) public view override {
        if (finalizedWithdrawals[withdrawalHash]) revert OptimismPortal_AlreadyFinalized();
        ProvenWithdrawal storage proven = provenWithdrawals[withdrawalHash][proofSubmitter];
        uint256 provenAt = proven.timestamp;
        if (provenAt == 0) revert OptimismPortal_Unproven();
        if (block.timestamp <= provenAt + _proofMaturityDelay) revert OptimismPortal_ProofNotOldEnough();
        if (!IBlockOracle(_blockOracle).isGameClaimValid(proven.disputeGameProxy)) {
            revert OptimismPortal_InvalidRootClaim();
        }
    }

    /// @inheritdoc IOptimismPortal
    function minimumGasLimit(uint64 byteCount) public pure override returns (uint64) {
        return 21_000 + 40 * byteCount;
    }

    // ---- internal ----

    /// @dev `gasAtStart` is taken first, so that what the deposit itself uses counts for its price.
    function _deposit(
        uint256 gasAtStart,
        address to,
        uint256 value,
        uint64 gasLimit,
        bool isCreation,
        bytes calldata data
    ) internal {
        if (isCreation && to != address(0)) revert OptimismPortal_BadTarget();
        if (data.length > _MOST_DATA_BYTES) revert OptimismPortal_CalldataTooLarge();
        if (gasLimit < minimumGasLimit(uint64(data.length))) revert OptimismPortal_GasLimitTooLow();
        if (gasLimit > _MOST_GAS_LIMIT) revert OptimismPortal_GasLimitTooHigh(_MOST_GAS_LIMIT, gasLimit);
        ResourceMetering.Params memory market = ResourceMetering.buy(params, block.number, gasLimit);
        params = market;

        address from = _l2AddressOf(msg.sender);
        // The record first, OP's event right after it: readers find one by the other's log index.
        IDepositFeed(depositFeed).appendDeposit(from, to, msg.value, value, gasLimit, isCreation, data);
        emit TransactionDeposited(from, to, 0, abi.encodePacked(msg.value, value, gasLimit, isCreation, data));

        uint256 cost = ResourceMetering.l1GasCost(gasLimit, market.prevBaseFee, block.basefee);
        uint256 used = gasAtStart - gasleft();
        if (cost > used) ResourceMetering.burn(cost - used);
    }

    /// @dev Marks first and calls last; `l2Sender` is also the lock.
    function _finalize(WithdrawalHashing.WithdrawalTransaction calldata withdrawal, address proofSubmitter) internal {
        if (l2Sender != _NO_SENDER) revert OptimismPortal_NoReentrancy();
        bytes32 withdrawalHash = WithdrawalHashing.hashWithdrawal(withdrawal);
        checkWithdrawal(withdrawalHash, proofSubmitter);
        finalizedWithdrawals[withdrawalHash] = true;
        l2Sender = withdrawal.sender;

        bytes memory data = withdrawal.data;
        uint256 gasToPassOn = SafeCall.gasToPassOn();
        if (gasToPassOn < withdrawal.gasLimit) {
            revert OptimismPortal_NotEnoughGas(withdrawal.gasLimit, gasToPassOn);
        }
        bool success = SafeCall.callWithAllGas(withdrawal.target, withdrawal.value, data);

        l2Sender = _NO_SENDER;
        emit WithdrawalFinalized(withdrawalHash, success);
    }

    /// @dev The proposal at this index, if withdrawals may be proven against it.
    function _checkGame(uint256 index) internal view returns (address game) {
        IBlockOracle oracle = IBlockOracle(_blockOracle);
        uint64 createdAt;
        (, createdAt, game) = oracle.gameAtIndex(index);
        // Proper means also: not resolved CHALLENGER_WINS.
        if (!oracle.isGameProper(game)) revert OptimismPortal_ImproperDisputeGame();
        if (!oracle.isGameRespected(game)) revert OptimismPortal_InvalidDisputeGame();
        if (block.timestamp <= createdAt) revert OptimismPortal_InvalidProofTimestamp();
    }

    /// @dev A call to one of these would speak with the portal's authority.
    function _isSystemContract(address target) internal view returns (bool) {
        return target == address(this) || target == depositFeed || target == systemConfig || target == _blockOracle
            || target == ISystemConfig(systemConfig).sequencerFeed();
    }

    /// @dev Contracts are aliased, also while they are constructed; accounts that delegate by EIP-7702 are not.
    function _l2AddressOf(address sender) internal view returns (address) {
        bytes memory code = sender.code.length == 23 ? sender.code : bytes("");
        bool isDelegated = code.length == 23 && bytes3(code) == 0xef0100;
        bool isContract = sender.code.length > 0 ? !isDelegated : sender != tx.origin;
        return isContract ? AddressAliasing.apply_(sender) : sender;
    }
}
