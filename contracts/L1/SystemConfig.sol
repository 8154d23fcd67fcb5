// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositFeed} from "./interfaces/IDepositFeed.sol";
import {ISequencerFeed} from "./interfaces/ISequencerFeed.sol";
import {ISystemConfig} from "./interfaces/ISystemConfig.sol";

/// @title SystemConfig
/// @notice The chain's settings on L1, with typed and bounded setters.
contract SystemConfig is ISystemConfig {
    // ---- constants ----

    uint8 private constant _BATCHER = 0;
    uint8 private constant _FEE_SCALARS = 1;
    uint8 private constant _GAS_LIMIT = 2;
    uint8 private constant _EIP1559 = 4;
    uint8 private constant _OPERATOR_FEE = 5;
    uint8 private constant _MIN_BASE_FEE = 6;
    uint8 private constant _DA_FOOTPRINT = 7;

    uint64 private constant _LEAST_GAS_LIMIT = 21_000_000;
    uint64 private constant _MOST_GAS_LIMIT = 60_000_000;
    uint256 private constant _MOST_DENOMINATOR = 2 ** 16;
    uint256 private constant _MOST_ELASTICITY = 2 ** 8;
    uint256 private constant _MOST_MIN_BASE_FEE = 10 ** 12;

    // ---- storage ----

    /// @inheritdoc ISystemConfig
    address public override owner;
    /// @inheritdoc ISystemConfig
    uint64 public override gasLimit;
    /// @inheritdoc ISystemConfig
    uint32 public override basefeeScalar;
    /// @inheritdoc ISystemConfig
    bytes32 public override configHash;
    /// @inheritdoc ISystemConfig
    uint256 public override l2ChainId;
    /// @inheritdoc ISystemConfig
    bytes32 public override batcherHash;
    /// @inheritdoc ISystemConfig
    uint32 public override blobbasefeeScalar;
    /// @inheritdoc ISystemConfig
    uint32 public override eip1559Denominator;
    /// @inheritdoc ISystemConfig
    uint32 public override eip1559Elasticity;
    /// @inheritdoc ISystemConfig
    uint32 public override operatorFeeScalar;
    /// @inheritdoc ISystemConfig
    uint64 public override operatorFeeConstant;
    /// @inheritdoc ISystemConfig
    uint64 public override minBaseFee;
    /// @inheritdoc ISystemConfig
    uint16 public override daFootprintGasScalar;
    /// @inheritdoc ISystemConfig
    address public override depositFeed;
    /// @inheritdoc ISystemConfig
    address public override sequencerFeed;
    /// @inheritdoc ISystemConfig
    address public override optimismPortal;
    /// @inheritdoc ISystemConfig
    address public override blockOracle;
    /// @inheritdoc ISystemConfig
    address public override l1CrossDomainMessenger;
    /// @inheritdoc ISystemConfig
    address public override l1StandardBridge;

    // ---- modifiers ----

    modifier onlyOwner() {
        if (msg.sender != owner) revert SystemConfigNotOwner(owner, msg.sender);
        _;
    }

    // ---- initializer ----

    /// @inheritdoc ISystemConfig
    function initialize(InitParams calldata params) external override {
        if (owner != address(0)) revert SystemConfigAlreadyInitialized(owner);
        _requireAddress(params.owner);
        _requireAddress(params.depositFeed);
        _requireAddress(params.sequencerFeed);
        _requireAddress(params.portal);
        _requireAddress(params.blockOracle);
        _requireAddress(params.l1CrossDomainMessenger);
        _requireAddress(params.l1StandardBridge);
        owner = params.owner;
        configHash = params.configHash;
        l2ChainId = params.l2ChainId;
        depositFeed = params.depositFeed;
        sequencerFeed = params.sequencerFeed;
        optimismPortal = params.portal;
        blockOracle = params.blockOracle;
        l1CrossDomainMessenger = params.l1CrossDomainMessenger;
        l1StandardBridge = params.l1StandardBridge;
        _setBatcher(params.batcher);
        _setFeeScalars(params.baseFeeScalar, params.blobBaseFeeScalar);
        _setGasLimit(params.gasLimit);
        _setEip1559(params.eip1559Denominator, params.eip1559Elasticity);
        operatorFeeScalar = params.operatorFeeScalar;
        operatorFeeConstant = params.operatorFeeConstant;
        _setMinBaseFee(params.minBaseFee);
        daFootprintGasScalar = params.daFootprintGasScalar;
        emit OwnershipTransferred(address(0), params.owner);
    }

    // ---- external ----

    /// @inheritdoc ISystemConfig
    function setBatcher(address batcher) external override onlyOwner {
        _setBatcher(batcher);
        _publish(_BATCHER, uint256(batcherHash));
    }

    /// @inheritdoc ISystemConfig
    function setGasConfigEcotone(uint32 baseFeeScalar_, uint32 blobBaseFeeScalar_) external override onlyOwner {
        _setFeeScalars(baseFeeScalar_, blobBaseFeeScalar_);
        IDepositFeed(depositFeed).appendConfig(_FEE_SCALARS, bytes32(scalar()));
        emit ConfigUpdate(0, _FEE_SCALARS, abi.encode(uint256(0), scalar()));
    }

    /// @inheritdoc ISystemConfig
    function setGasLimit(uint64 gasLimit_) external override onlyOwner {
        _setGasLimit(gasLimit_);
        _publish(_GAS_LIMIT, gasLimit_);
    }

    /// @inheritdoc ISystemConfig
    function setEIP1559Params(uint32 denominator, uint32 elasticity) external override onlyOwner {
        _setEip1559(denominator, elasticity);
        _publish(_EIP1559, uint256(denominator) << 32 | elasticity);
    }

    /// @inheritdoc ISystemConfig
    function setOperatorFeeScalars(uint32 scalar_, uint64 constant_) external override onlyOwner {
        operatorFeeScalar = scalar_;
        operatorFeeConstant = constant_;
        _publish(_OPERATOR_FEE, uint256(scalar_) << 64 | constant_);
    }

    /// @inheritdoc ISystemConfig
    function setMinBaseFee(uint64 minBaseFee_) external override onlyOwner {
        _setMinBaseFee(minBaseFee_);
        _publish(_MIN_BASE_FEE, minBaseFee_);
    }

    /// @inheritdoc ISystemConfig
    function setDAFootprintGasScalar(uint16 daFootprintGasScalar_) external override onlyOwner {
        daFootprintGasScalar = daFootprintGasScalar_;
        _publish(_DA_FOOTPRINT, daFootprintGasScalar_);
    }

    /// @inheritdoc ISystemConfig
    function transferOwnership(address newOwner) external override onlyOwner {
        _requireAddress(newOwner);
        address previous = owner;
        owner = newOwner;
        emit OwnershipTransferred(previous, newOwner);
    }

    /// @inheritdoc ISystemConfig
    function disputeGameFactory() external view override returns (address) {
        return blockOracle;
    }

    /// @inheritdoc ISystemConfig
    function batchInbox() external view override returns (address) {
        return sequencerFeed;
    }

    /// @inheritdoc ISystemConfig
    function startBlock() external view override returns (uint256) {
        return ISequencerFeed(sequencerFeed).startBlock();
    }

    /// @inheritdoc ISystemConfig
    function version() external pure override returns (string memory) {
        return "3.0.0";
    }

    /// @inheritdoc ISystemConfig
    function unsafeBlockSigner() external pure override returns (address) {
        return address(0);
    }

    /// @inheritdoc ISystemConfig
    function minimumGasLimit() external pure override returns (uint64) {
        return _LEAST_GAS_LIMIT;
    }

    /// @inheritdoc ISystemConfig
    function maximumGasLimit() external pure override returns (uint64) {
        return _MOST_GAS_LIMIT;
    }

    /// @inheritdoc ISystemConfig
    function resourceConfig() external pure override returns (ResourceConfig memory) {
        return ResourceConfig({
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1 gwei,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: type(uint128).max
        });
    }

    // ---- public ----

    /// @inheritdoc ISystemConfig
    function scalar() public view override returns (uint256) {
        return uint256(1) << 248 | uint256(blobbasefeeScalar) << 32 | basefeeScalar;
    }

    // ---- internal ----

    /// @dev The record first, OP's event right after it: readers find one by the other's log index.
    function _publish(uint8 updateType, uint256 value) internal {
        IDepositFeed(depositFeed).appendConfig(updateType, bytes32(value));
        emit ConfigUpdate(0, updateType, abi.encode(value));
    }

    function _setBatcher(address batcher) internal {
        _requireBounds(_BATCHER, 1, type(uint160).max, uint160(batcher));
        batcherHash = bytes32(uint256(uint160(batcher)));
    }

    function _setFeeScalars(uint32 baseFeeScalar_, uint32 blobBaseFeeScalar_) internal {
        _requireBounds(_FEE_SCALARS, 0, 0, blobBaseFeeScalar_);
        basefeeScalar = baseFeeScalar_;
        blobbasefeeScalar = blobBaseFeeScalar_;
    }

    function _setGasLimit(uint64 gasLimit_) internal {
        _requireBounds(_GAS_LIMIT, _LEAST_GAS_LIMIT, _MOST_GAS_LIMIT, gasLimit_);
        gasLimit = gasLimit_;
    }

    function _setEip1559(uint32 denominator, uint32 elasticity) internal {
        _requireBounds(_EIP1559, 1, _MOST_DENOMINATOR, denominator);
        _requireBounds(_EIP1559, 1, _MOST_ELASTICITY, elasticity);
        eip1559Denominator = denominator;
        eip1559Elasticity = elasticity;
    }

    function _setMinBaseFee(uint64 minBaseFee_) internal {
        _requireBounds(_MIN_BASE_FEE, 0, _MOST_MIN_BASE_FEE, minBaseFee_);
        minBaseFee = minBaseFee_;
    }

    function _requireBounds(uint8 updateType, uint256 minimum, uint256 maximum, uint256 actual) internal pure {
        if (actual < minimum || actual > maximum) {
            revert SystemConfigOutOfBounds(updateType, minimum, maximum, actual);
        }
    }

    function _requireAddress(address value) internal pure {
        if (value == address(0)) revert SystemConfigZeroAddress();
    }
}
