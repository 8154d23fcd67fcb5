// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title WithdrawalHashing
/// @notice Identity of a withdrawal, its place in the message passer, and the output root that commits to it.
/// @custom:source docs/protocol/proposals.md#withdrawals-on-l1
library WithdrawalHashing {
    /// @notice A message from L2 to L1 as the message passer recorded it.
    struct WithdrawalTransaction {
        uint256 nonce;
        address sender;
        address target;
        uint256 value;
        uint256 gasLimit;
        bytes data;
    }

    /// @notice The four words behind an output root.
    struct OutputRootProof {
        bytes32 version;
        bytes32 stateRoot;
        bytes32 messagePasserStorageRoot;
        bytes32 latestBlockhash;
    }

    /// @notice `keccak(abi.encode(nonce, sender, target, value, gasLimit, data))`: content only, nothing of its proof.
    function hashWithdrawal(WithdrawalTransaction memory withdrawal) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                withdrawal.nonce,
                withdrawal.sender,
                withdrawal.target,
                withdrawal.value,
                withdrawal.gasLimit,
                withdrawal.data
            )
        );
    }

    /// @notice Key of `sentMessages[withdrawalHash]` (slot 0) in the message passer's storage trie.
    function storageKey(bytes32 withdrawalHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(withdrawalHash, uint256(0)))));
    }

    /// @notice `keccak(version || stateRoot || messagePasserStorageRoot || latestBlockhash)`.
    function hashOutputRoot(OutputRootProof memory proof) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(proof.version, proof.stateRoot, proof.messagePasserStorageRoot, proof.latestBlockhash)
        );
    }
}
