// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title IL1Block
/// @notice What L2 knows of its L1 origin, and the fee parameters of the current L2 block.
/// @custom:source docs/protocol/deposits.md#l1-attributes-transaction
interface IL1Block {
    /// @notice Only the depositor account writes the attributes.
    error NotDepositor();

    /// @notice The attributes transaction carries exactly 178 bytes.
    error L1BlockCalldataLength(uint256 actual);

    /// @notice Writes the attributes of the current L2 block. Arguments are packed behind the selector; see the source page.
    function setL1BlockValuesJovian() external;

    /// @notice Number of the L1 origin.
    function number() external view returns (uint64);

    /// @notice Timestamp of the L1 origin, in seconds.
    function timestamp() external view returns (uint64);

    /// @notice Base fee of the L1 origin, in wei per gas.
    function basefee() external view returns (uint256);

    /// @notice Hash of the L1 origin.
    function hash() external view returns (bytes32);

    /// @notice Position of the current L2 block among those with the same L1 origin, from 0.
    function sequenceNumber() external view returns (uint64);

    /// @notice Batcher's address, left-padded.
    function batcherHash() external view returns (bytes32);

    /// @notice Blob base fee, in wei per blob gas; 1 while data is calldata.
    function blobBaseFee() external view returns (uint256);

    /// @notice Factor of the L1 base fee in the L1 fee, in millionths.
    function baseFeeScalar() external view returns (uint32);

    /// @notice Factor of the blob base fee in the L1 fee, in millionths.
    function blobBaseFeeScalar() external view returns (uint32);

    /// @notice Factor of the gas in the operator fee, in hundreds of wei.
    function operatorFeeScalar() external view returns (uint32);

    /// @notice Constant part of the operator fee, in wei.
    function operatorFeeConstant() external view returns (uint64);

    /// @notice L2 gas that a byte of estimated data counts against the block's data limit.
    function daFootprintGasScalar() external view returns (uint16);
}
