// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FastLz} from "./FastLz.sol";
import {Predeploys} from "./Predeploys.sol";
import {SignedEnvelope} from "./SignedEnvelope.sol";
import {IL1Block} from "./interfaces/IL1Block.sol";

/// @title GasPriceOracle
/// @notice Predeploy 0x0F. Answers what a transaction costs beside its L2 gas.
/// @dev Holds no state: everything comes from L1Block, and so from the attributes of the block the call runs in.
/// @custom:source docs/protocol/execution.md#fees-of-a-non-deposit-transaction
contract GasPriceOracle {
    // ---------------------------------------------------------------- types

    /// @notice The getter belongs to a fee formula that this chain never used.
    error GasPriceOracleDeprecated();

    // ---------------------------------------------------------------- constants

    /// @notice Decimals of the scalars.
    uint256 public constant DECIMALS = 6;

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    /// @notice True: the fee rules of this fork hold from genesis.
    bool public constant isEcotone = true;
    /// @notice True: the fee rules of this fork hold from genesis.
    bool public constant isFjord = true;
    /// @notice True: the fee rules of this fork hold from genesis.
    bool public constant isIsthmus = true;
    /// @notice True: the fee rules of this fork hold from genesis.
    bool public constant isJovian = true;

    /// @dev Bytes that a signature adds to an unsigned transaction, at most and incompressible.
    uint256 private constant _SIGNATURE_BYTES = 68;
    uint256 private constant _SIZE_SLOPE = 836_500;
    uint256 private constant _SIZE_INTERCEPT = 42_585_600;
    uint256 private constant _SIZE_MINIMUM = 100_000_000;

    // ---------------------------------------------------------------- external

    /// @notice L1 fee of a transaction.
    /// @dev Exact for a signed transaction. An unsigned one, or anything else, counts 68 bytes for the missing signature.
    /// @param transaction The signed envelope, or the unsigned one.
    /// @return Wei.
    function getL1Fee(bytes memory transaction) external view returns (uint256) {
        return _l1Fee(_dataSize(_compressedSize(transaction)));
    }

    /// @notice Most that the L1 fee of a transaction can be, from its size only.
    /// @dev Bytes that FastLZ cannot compress grow by one in 32; a match of 3 bytes saves at least the one that starts a new run.
    /// @param unsignedTxSize Bytes of the unsigned transaction.
    /// @return Wei.
    function getL1FeeUpperBound(uint256 unsignedTxSize) external view returns (uint256) {
        uint256 size = unsignedTxSize + _SIGNATURE_BYTES;
        return _l1Fee(_dataSize(size + size / 32 + 16));
    }

    /// @notice L1 gas that the data of a transaction is estimated to cost.
    /// @param transaction As for `getL1Fee`.
    /// @return L1 gas.
    function getL1GasUsed(bytes memory transaction) external pure returns (uint256) {
        return (_dataSize(_compressedSize(transaction)) * 16) / 1e6;
    }

    /// @notice Operator fee of a transaction.
    /// @param gasUsed L2 gas.
    /// @return Wei.
    function getOperatorFee(uint256 gasUsed) external view returns (uint256) {
        IL1Block l1 = _l1Block();
        return gasUsed * l1.operatorFeeScalar() * 100 + l1.operatorFeeConstant();
    }

    /// @notice Base fee of the L1 origin, in wei.
    function l1BaseFee() external view returns (uint256) {
        return _l1Block().basefee();
    }

    /// @notice Blob base fee that the L1 fee is computed with, in wei.
    function blobBaseFee() external view returns (uint256) {
        return _l1Block().blobBaseFee();
    }

    /// @notice Factor of the L1 base fee, in millionths.
    function baseFeeScalar() external view returns (uint32) {
        return _l1Block().baseFeeScalar();
    }

    /// @notice Factor of the blob base fee, in millionths.
    function blobBaseFeeScalar() external view returns (uint32) {
        return _l1Block().blobBaseFeeScalar();
    }

    /// @notice Base fee of the current L2 block, in wei.
    function baseFee() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice Base fee of the current L2 block, in wei; kept for old tools.
    function gasPrice() external view returns (uint256) {
        return block.basefee;
    }

    /// @notice Decimals of the scalars.
    function decimals() external pure returns (uint256) {
        return DECIMALS;
    }

    /// @notice Reverts: no overhead exists in this formula.
    function overhead() external pure returns (uint256) {
        revert GasPriceOracleDeprecated();
    }

    /// @notice Reverts: read `baseFeeScalar` and `blobBaseFeeScalar`.
    function scalar() external pure returns (uint256) {
        revert GasPriceOracleDeprecated();
    }

    // ---------------------------------------------------------------- private

    function _l1Block() private pure returns (IL1Block) {
        return IL1Block(Predeploys.L1_BLOCK);
    }

    /// @dev FastLZ length of the signed transaction; if it is not known, that of the unsigned one and 68.
    function _compressedSize(bytes memory transaction) private pure returns (uint256) {
        uint256 size = FastLz.compressedLength(transaction);
        return SignedEnvelope.isSigned(transaction) ? size : size + _SIGNATURE_BYTES;
    }

    /// @dev Estimated bytes on L1, in millionths.
    function _dataSize(uint256 compressedSize) private pure returns (uint256) {
        uint256 estimate = compressedSize * _SIZE_SLOPE;
        return estimate < _SIZE_INTERCEPT + _SIZE_MINIMUM ? _SIZE_MINIMUM : estimate - _SIZE_INTERCEPT;
    }

    function _l1Fee(uint256 dataSize) private view returns (uint256) {
        IL1Block l1 = _l1Block();
        uint256 price = uint256(16) * l1.baseFeeScalar() * l1.basefee() + l1.blobBaseFeeScalar() * l1.blobBaseFee();
        return (dataSize * price) / 1e12;
    }
}
