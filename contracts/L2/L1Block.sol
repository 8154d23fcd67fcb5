// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IL1Block} from "./interfaces/IL1Block.sol";

/// @title L1Block
/// @notice Predeploy 0x15. The first transaction of each L2 block writes it.
/// @dev The storage layout is read by nodes and by the proof: it must not change.
/// @custom:source docs/protocol/deposits.md#l1-attributes-transaction
contract L1Block is IL1Block {
    // ---------------------------------------------------------------- constants

    /// @notice Account that sends the attributes transactions. Nobody has its key.
    address public constant DEPOSITOR_ACCOUNT = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    uint256 private constant _CALLDATA_LENGTH = 178;

    // ---------------------------------------------------------------- storage

    /// @inheritdoc IL1Block
    uint64 public number;
    /// @inheritdoc IL1Block
    uint64 public timestamp;
    /// @inheritdoc IL1Block
    uint256 public basefee;
    /// @inheritdoc IL1Block
    bytes32 public hash;
    /// @inheritdoc IL1Block
    uint64 public sequenceNumber;
    /// @inheritdoc IL1Block
    uint32 public blobBaseFeeScalar;
    /// @inheritdoc IL1Block
    uint32 public baseFeeScalar;
    /// @inheritdoc IL1Block
    bytes32 public batcherHash;
    /// @notice Parameter of an older fee formula; always 0. Kept for its slot and for tools that read it.
    uint256 public l1FeeOverhead;
    /// @notice Parameter of an older fee formula; always 0. Kept for its slot and for tools that read it.
    uint256 public l1FeeScalar;
    /// @inheritdoc IL1Block
    uint256 public blobBaseFee;
    /// @inheritdoc IL1Block
    uint64 public operatorFeeConstant;
    /// @inheritdoc IL1Block
    uint32 public operatorFeeScalar;
    /// @inheritdoc IL1Block
    uint16 public daFootprintGasScalar;

    // ---------------------------------------------------------------- external

    /// @inheritdoc IL1Block
    function setL1BlockValuesJovian() external {
        if (msg.sender != DEPOSITOR_ACCOUNT) revert NotDepositor();
        if (msg.data.length != _CALLDATA_LENGTH) revert L1BlockCalldataLength(msg.data.length);
        baseFeeScalar = uint32(_read(4, 4));
        blobBaseFeeScalar = uint32(_read(8, 4));
        sequenceNumber = uint64(_read(12, 8));
        timestamp = uint64(_read(20, 8));
        number = uint64(_read(28, 8));
        basefee = _read(36, 32);
        blobBaseFee = _read(68, 32);
        hash = bytes32(_read(100, 32));
        batcherHash = bytes32(_read(132, 32));
        operatorFeeScalar = uint32(_read(164, 4));
        operatorFeeConstant = uint64(_read(168, 8));
        daFootprintGasScalar = uint16(_read(176, 2));
    }

    /// @notice Token that pays for gas: ETH.
    /// @return addr The address that stands for ETH.
    /// @return decimals Its decimals.
    function gasPayingToken() external pure returns (address addr, uint8 decimals) {
        return (0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE, 18);
    }

    /// @notice Name of the token that pays for gas.
    function gasPayingTokenName() external pure returns (string memory) {
        return "Ether";
    }

    /// @notice Symbol of the token that pays for gas.
    function gasPayingTokenSymbol() external pure returns (string memory) {
        return "ETH";
    }

    /// @notice False: gas is paid in ETH.
    function isCustomGasToken() external pure returns (bool) {
        return false;
    }

    // ---------------------------------------------------------------- private

    /// @dev Integer of `size` bytes (1 to 32) at `offset` of the calldata.
    function _read(uint256 offset, uint256 size) private pure returns (uint256 value) {
        // Safe: reads calldata only; the shift drops the bytes behind the field.
        assembly ("memory-safe") {
            value := shr(sub(256, mul(size, 8)), calldataload(offset))
        }
    }
}
