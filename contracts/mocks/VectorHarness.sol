// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FastLz} from "../L2/FastLz.sol";
import {SignedEnvelope} from "../L2/SignedEnvelope.sol";
import {AddressAliasing} from "../libraries/AddressAliasing.sol";
import {ChunkHash} from "../libraries/ChunkHash.sol";
import {FeedHeaders} from "../libraries/FeedHeaders.sol";
import {WithdrawalHashing} from "../libraries/WithdrawalHashing.sol";

/// @title VectorHarness
/// @notice Runs library functions on many inputs in one call, for comparison with TypeScript.
contract VectorHarness {
    function fastLz(bytes[] calldata inputs) external pure returns (uint256[] memory answers) {
        answers = new uint256[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            // The copy and the table are not needed any more after each.
            uint256 free;
            assembly ("memory-safe") {
                free := mload(0x40)
            }
            answers[i] = FastLz.compressedLength(inputs[i]);
            assembly {
                mstore(0x40, free)
            }
        }
    }

    function isSigned(bytes[] calldata inputs) external pure returns (bool[] memory answers) {
        answers = new bool[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            answers[i] = SignedEnvelope.isSigned(inputs[i]);
        }
    }

    function chunkHash(bytes[] calldata inputs) external pure returns (bytes32[] memory answers) {
        answers = new bytes32[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            answers[i] = ChunkHash.hashData(inputs[i]);
        }
    }

    function recordHeader(FeedHeaders.RecordHeader[] calldata inputs)
        external
        pure
        returns (bytes[] memory packed, bytes32[] memory hashes)
    {
        packed = new bytes[](inputs.length);
        hashes = new bytes32[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            packed[i] = FeedHeaders.pack(inputs[i]);
            hashes[i] = keccak256(packed[i]);
        }
    }

    function entryHeader(FeedHeaders.EntryHeader[] calldata inputs)
        external
        pure
        returns (bytes[] memory packed, bytes32[] memory hashes)
    {
        packed = new bytes[](inputs.length);
        hashes = new bytes32[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            packed[i] = FeedHeaders.pack(inputs[i]);
            hashes[i] = keccak256(packed[i]);
        }
    }

    function withdrawal(WithdrawalHashing.WithdrawalTransaction[] calldata inputs)
        external
        pure
        returns (bytes32[] memory hashes, bytes32[] memory keys)
    {
        hashes = new bytes32[](inputs.length);
        keys = new bytes32[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            hashes[i] = WithdrawalHashing.hashWithdrawal(inputs[i]);
            keys[i] = WithdrawalHashing.storageKey(hashes[i]);
        }
    }

    function outputRoot(WithdrawalHashing.OutputRootProof[] calldata inputs)
        external
        pure
        returns (bytes32[] memory answers)
    {
        answers = new bytes32[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            answers[i] = WithdrawalHashing.hashOutputRoot(inputs[i]);
        }
    }

    function aliases(address[] calldata inputs)
        external
        pure
        returns (address[] memory applied, address[] memory undone)
    {
        applied = new address[](inputs.length);
        undone = new address[](inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            applied[i] = AddressAliasing.apply_(inputs[i]);
            undone[i] = AddressAliasing.undo(inputs[i]);
        }
    }
}
