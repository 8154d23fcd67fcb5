// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title MachineBoundary
/// @notice Reads a machine root: proves that a state of the step machine is a block boundary, and which one.
/// @custom:source docs/protocol/proposals.md#machine-root, docs/protocol/machine.md#state
library MachineBoundary {
    /// @notice Bytes of a proof: 16 words.
    uint256 internal constant PROOF_BYTES = 512;

    /// @notice The proof has another length.
    error MachineBoundaryWrongProofLength(uint256 expected, uint256 actual);
    /// @notice The proof is of another state.
    error MachineBoundaryWrongRoot(bytes32 expected, bytes32 actual);
    /// @notice The state is not at a boundary.
    error MachineBoundaryNotThere(bytes32 control);

    /// @notice What a boundary says of the chain.
    /// @param outputRoot Output root of the last block.
    /// @param number Its number.
    /// @param entryIndex The open entry of the SequencerFeed, or the next one.
    struct Boundary {
        bytes32 outputRoot;
        uint64 number;
        uint64 entryIndex;
    }

    /// @notice Opens a machine root.
    /// @param root Machine root.
    /// @param proof The nodes 8 (control), 9, 10, 11, 12, 208, 418, 419 (output root), 420 (scalars), 421, 422, 423 (cursor), 53,
    ///        27, 14, 15 of the state, by their generalized index: they tile the tree.
    function open(bytes32 root, bytes memory proof) internal pure returns (Boundary memory) {
        if (proof.length != PROOF_BYTES) revert MachineBoundaryWrongProofLength(PROOF_BYTES, proof.length);
        bytes32[16] memory n = abi.decode(proof, (bytes32[16]));
        bytes32 last = _hash(_hash(n[5], _hash(n[6], n[7])), _hash(_hash(n[8], n[9]), _hash(n[10], n[11])));
        bytes32 chain = _hash(_hash(last, n[12]), n[13]);
        bytes32 left = _hash(_hash(n[0], n[1]), _hash(n[2], n[3]));
        bytes32 actual = _hash(left, _hash(_hash(n[4], chain), _hash(n[14], n[15])));
        if (actual != root) revert MachineBoundaryWrongRoot(root, actual);
        // BOUNDARY is mode 0, with every other field 0.
        if (n[0] != bytes32(0)) revert MachineBoundaryNotThere(n[0]);
        return Boundary(n[7], uint64(uint256(n[8]) >> 192), uint64(uint256(n[11]) >> 192));
    }

    function _hash(bytes32 a, bytes32 b) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0x00, a)
            mstore(0x20, b)
            node := keccak256(0x00, 0x40)
        }
    }
}
