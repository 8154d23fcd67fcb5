// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeccakSponge} from "../proof/lib/KeccakSponge.sol";

/// @title ProofComputeHarness
/// @notice For tests: the chunked computations of the step machine, callable; `gasUsed` is the library's alone.
contract ProofComputeHarness {
    function keccakAbsorb(bytes memory state, bytes memory blocks)
        external
        view
        returns (bytes memory stateAfter, uint256 gasUsed)
    {
        gasUsed = gasleft();
        KeccakSponge.absorb(_contents(state), _contents(blocks), blocks.length / KeccakSponge.RATE);
        gasUsed -= gasleft();
        stateAfter = state;
    }

    function keccakFinish(bytes memory state, bytes memory tail) external pure returns (bytes32 digest, bytes memory kept) {
        digest = KeccakSponge.finish(_contents(state), _contents(tail), tail.length);
        kept = state;
    }

    /// @dev Memory address of the first byte.
    function _contents(bytes memory data) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(data, 0x20)
        }
    }
}
