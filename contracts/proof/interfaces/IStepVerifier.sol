// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What a step depends on beside the state and its witness.
/// @param sequencerFeed Feed of the entries.
/// @param depositFeed Feed of the records.
/// @param entryBound First entry that is not part of the claim.
/// @param t Steps since the start of the claim; a block begins at multiples of 2^30 only.
struct StepContext {
    address sequencerFeed;
    address depositFeed;
    uint64 entryBound;
    uint64 t;
}

/// @title IStepVerifier
/// @notice Executes one step of the machine from a witness.
interface IStepVerifier {
    /// @notice State root after the step that starts at `preRoot`.
    /// @dev Reverts for a witness that is not about this step; never for lack of a successor.
    /// @param ctx Context of the claim.
    /// @param preRoot State root before the step.
    /// @param witness Packed witness: docs/protocol/machine.md#witness.
    /// @return postRoot State root after it.
    function step(StepContext calldata ctx, bytes32 preRoot, bytes calldata witness)
        external
        view
        returns (bytes32 postRoot);
}
