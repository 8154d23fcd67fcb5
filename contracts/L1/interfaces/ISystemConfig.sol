// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title ISystemConfig
/// @notice The chain's settings on L1. Each change is a record of the DepositFeed and takes effect on L2 by it.
/// @custom:source docs/protocol/feeds.md#config-record-data-33-bytes
interface ISystemConfig {
    /// @notice The portal's metering constants, in OP's shape.
    struct ResourceConfig {
        uint32 maxResourceLimit;
        uint8 elasticityMultiplier;
        uint8 baseFeeMaxChangeDenominator;
        uint32 minimumBaseFee;
        uint32 systemTxMaxGas;
        uint128 maximumBaseFee;
    }

    /// @notice Everything the chain starts with.
    struct InitParams {
        address owner;
        bytes32 configHash;
        uint256 l2ChainId;
        address depositFeed;
        address sequencerFeed;
        address portal;
        address blockOracle;
        address l1CrossDomainMessenger;
        address l1StandardBridge;
        address batcher;
        uint32 baseFeeScalar;
        uint32 blobBaseFeeScalar;
        uint64 gasLimit;
        uint32 eip1559Denominator;
        uint32 eip1559Elasticity;
        uint32 operatorFeeScalar;
        uint64 operatorFeeConstant;
        uint64 minBaseFee;
        uint16 daFootprintGasScalar;
    }

    /// @notice A setting changed. Right after the record's RecordAppended.
    /// @param version 0.
    /// @param updateType 0 batcher, 1 fee scalars, 2 gas limit, 4 EIP-1559, 5 operator fee, 6 minimum base fee, 7 DA footprint gas scalar.
    /// @param data `abi.encode` of the value (type 1: of zero and the value).
    event ConfigUpdate(uint256 indexed version, uint8 indexed updateType, bytes data);
    /// @notice The owner changed.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice `initialize` was called a second time.
    error SystemConfigAlreadyInitialized(address owner);
    /// @notice An address is zero.
    error SystemConfigZeroAddress();
    /// @notice The caller is not the owner.
    error SystemConfigNotOwner(address expected, address actual);
    /// @notice A value is outside of its bounds (for the batcher: zero).
    error SystemConfigOutOfBounds(uint8 updateType, uint256 minimum, uint256 maximum, uint256 actual);

    /// @notice Sets everything, once, in the deployment transaction. Writes no record: the genesis config is part of the chain config.
    function initialize(InitParams calldata params) external;

    /// @notice Names the batcher (type 0). The feed accepts the new one at once. Owner only, like all setters.
    /// @param batcher Not zero.
    function setBatcher(address batcher) external;

    /// @notice Fee scalars of the L1 fee (type 1), in millionths.
    /// @param baseFeeScalar_ Any.
    /// @param blobBaseFeeScalar_ Zero while data is calldata.
    function setGasConfigEcotone(uint32 baseFeeScalar_, uint32 blobBaseFeeScalar_) external;

    /// @notice L2 block gas limit (type 2).
    /// @param gasLimit_ 21,000,000 to 60,000,000.
    function setGasLimit(uint64 gasLimit_) external;

    /// @notice EIP-1559 parameters of L2 (type 4).
    /// @param denominator 1 to 2^16.
    /// @param elasticity 1 to 2^8.
    function setEIP1559Params(uint32 denominator, uint32 elasticity) external;

    /// @notice Operator fee (type 5).
    /// @param scalar_ Hundredfold wei per gas.
    /// @param constant_ Wei per transaction.
    function setOperatorFeeScalars(uint32 scalar_, uint64 constant_) external;

    /// @notice Least base fee on L2 (type 6), in wei.
    /// @param minBaseFee_ At most 10^12.
    function setMinBaseFee(uint64 minBaseFee_) external;

    /// @notice Gas per byte of DA footprint (type 7); 0 means 400.
    function setDAFootprintGasScalar(uint16 daFootprintGasScalar_) external;

    /// @notice Hands the contract to another owner.
    /// @param newOwner Not zero.
    function transferOwnership(address newOwner) external;

    /// @notice Semantic version of this surface.
    function version() external pure returns (string memory);

    /// @notice Who may change settings.
    function owner() external view returns (address);

    /// @notice Hash of the chain config file: a node with another one refuses to start.
    function configHash() external view returns (bytes32);

    /// @notice Chain id of L2.
    function l2ChainId() external view returns (uint256);

    /// @notice Where records go.
    function depositFeed() external view returns (address);

    /// @notice Where batches go.
    function sequencerFeed() external view returns (address);

    /// @notice Deposits and withdrawals.
    function optimismPortal() external view returns (address);

    /// @notice The factory face of the block oracle.
    function disputeGameFactory() external view returns (address);

    /// @notice Proposals, registry answers and stakes.
    function blockOracle() external view returns (address);

    /// @notice Messenger on L1.
    function l1CrossDomainMessenger() external view returns (address);

    /// @notice Standard bridge on L1.
    function l1StandardBridge() external view returns (address);

    /// @notice OP's name for where batches go: the sequencer feed.
    function batchInbox() external view returns (address);

    /// @notice OP's name for the key that signs gossiped blocks: zero, there is no gossip.
    function unsafeBlockSigner() external pure returns (address);

    /// @notice L1 block S, origin of the L2 genesis.
    function startBlock() external view returns (uint256);

    /// @notice Address of the batcher, left-padded.
    function batcherHash() external view returns (bytes32);

    /// @notice Fee scalar on the L1 base fee.
    function basefeeScalar() external view returns (uint32);

    /// @notice Fee scalar on the L1 blob base fee.
    function blobbasefeeScalar() external view returns (uint32);

    /// @notice Both scalars as one word, version 1 in the top byte.
    function scalar() external view returns (uint256);

    /// @notice L2 block gas limit.
    function gasLimit() external view returns (uint64);

    /// @notice Least gas limit that `setGasLimit` takes.
    function minimumGasLimit() external pure returns (uint64);

    /// @notice Largest gas limit that `setGasLimit` takes.
    function maximumGasLimit() external pure returns (uint64);

    /// @notice EIP-1559 base fee change denominator of L2.
    function eip1559Denominator() external view returns (uint32);

    /// @notice EIP-1559 elasticity of L2.
    function eip1559Elasticity() external view returns (uint32);

    /// @notice Operator fee per gas, hundredfold wei.
    function operatorFeeScalar() external view returns (uint32);

    /// @notice Operator fee per transaction, wei.
    function operatorFeeConstant() external view returns (uint64);

    /// @notice Least base fee on L2, wei.
    function minBaseFee() external view returns (uint64);

    /// @notice Gas per byte of DA footprint; 0 means 400.
    function daFootprintGasScalar() external view returns (uint16);

    /// @notice The portal's metering constants.
    function resourceConfig() external pure returns (ResourceConfig memory);
}
