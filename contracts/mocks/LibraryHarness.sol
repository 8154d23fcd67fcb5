// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChunkHash} from "../libraries/ChunkHash.sol";
import {MerkleTrie} from "../libraries/MerkleTrie.sol";
import {MinimalProxy} from "../libraries/MinimalProxy.sol";
import {ResourceMetering} from "../libraries/ResourceMetering.sol";
import {RlpReader} from "../libraries/RlpReader.sol";
import {WithdrawalHashing} from "../libraries/WithdrawalHashing.sol";

/// @title LibraryHarness
/// @notice For tests: the internal functions of the libraries, callable.
contract LibraryHarness {
    function chunkHash(bytes calldata data) external pure returns (bytes32) {
        return ChunkHash.hashData(data);
    }

    function chunkHashShort(bytes memory data) external pure returns (bytes32) {
        return ChunkHash.hashShort(data);
    }

    function trieGet(bytes32 root, bytes memory key, bytes[] memory proof) external pure returns (bytes memory) {
        return MerkleTrie.get(root, key, proof);
    }

    /// @notice What comes of many proofs: 0 rejected with a named error, 1 accepted, 2 anything else.
    function trieOutcomes(bytes32 root, bytes memory key, bytes[][] memory proofs)
        external
        view
        returns (uint8[] memory outcomes)
    {
        outcomes = new uint8[](proofs.length);
        for (uint256 i = 0; i < proofs.length; i++) outcomes[i] = _trieOutcome(root, key, proofs[i]);
    }

    /// @notice The same for proofs of one node each, under the root that fits that node.
    function trieNodeOutcomes(bytes memory key, bytes[] memory nodes) external view returns (uint8[] memory outcomes) {
        outcomes = new uint8[](nodes.length);
        bytes[] memory proof = new bytes[](1);
        for (uint256 i = 0; i < nodes.length; i++) {
            proof[0] = nodes[i];
            outcomes[i] = _trieOutcome(keccak256(nodes[i]), key, proof);
        }
    }

    function readRlpItem(bytes memory buffer, uint256 start, uint256 limit)
        external
        pure
        returns (RlpReader.Item memory)
    {
        return RlpReader.readItem(buffer, start, limit);
    }

    function buy(ResourceMetering.Params memory params, uint256 blockNumber, uint64 amount)
        external
        pure
        returns (ResourceMetering.Params memory)
    {
        return ResourceMetering.buy(params, blockNumber, amount);
    }

    function l1GasCost(uint64 amount, uint256 fee, uint256 l1BaseFee) external pure returns (uint256) {
        return ResourceMetering.l1GasCost(amount, fee, l1BaseFee);
    }

    function hashWithdrawal(WithdrawalHashing.WithdrawalTransaction memory withdrawal)
        external
        pure
        returns (bytes32)
    {
        return WithdrawalHashing.hashWithdrawal(withdrawal);
    }

    function storageKey(bytes32 withdrawalHash) external pure returns (bytes32) {
        return WithdrawalHashing.storageKey(withdrawalHash);
    }

    function hashOutputRoot(WithdrawalHashing.OutputRootProof memory proof) external pure returns (bytes32) {
        return WithdrawalHashing.hashOutputRoot(proof);
    }

    function clone(address implementation, bytes32 salt) external returns (address) {
        return MinimalProxy.clone(implementation, salt);
    }

    function _trieOutcome(bytes32 root, bytes memory key, bytes[] memory proof) internal view returns (uint8) {
        try this.trieGet(root, key, proof) {
            return 1;
        } catch (bytes memory reason) {
            // 0x4e487b71 is Panic(uint256).
            return reason.length >= 4 && bytes4(reason) != 0x4e487b71 ? 0 : 2;
        }
    }
}
