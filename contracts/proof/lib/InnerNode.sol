// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Wit} from "./Witness.sol";

/// @title InnerNode
/// @notice What an inner node of the state tree is with all that the step has stored below it so far: for steps that keep a
///         subtree's root in a leaf.
/// @dev Friend of Wit: reads its arrays of items.
library InnerNode {
    /// @notice Value of the node `g`, an item or above items. Nodes that `setNode` has replaced below it are not seen.
    function valueOf(Wit.Data memory w, uint256 g) internal pure returns (bytes32 value) {
        uint256 base = w.items;
        uint256 stride = w.stride;
        uint256 top;
        // A stack of (gindex, value) grows in free memory, from the items below g in their order: siblings are neighbours.
        assembly ("memory-safe") {
            let start := mload(0x40)
            let sp := start
            // Behind the gindices lies a word that is none.
            let end := sub(add(base, stride), 0x20)
            for { let p := base } lt(p, end) { p := add(p, 0x20) } {
                let cur := mload(p)
                let up := cur
                for {} gt(up, g) {} { up := shr(1, up) }
                if sub(up, g) { continue }
                let node := mload(add(p, shl(1, stride)))
                // Right children below g.
                for {} and(cur, gt(cur, g)) {} {
                    // The left sibling must be the last on the stack.
                    if iszero(gt(sp, start)) { break }
                    if sub(mload(sub(sp, 0x40)), xor(cur, 1)) { break }
                    sp := sub(sp, 0x40)
                    mstore(0x00, mload(add(sp, 0x20)))
                    mstore(0x20, node)
                    node := keccak256(0x00, 0x40)
                    cur := shr(1, cur)
                }
                mstore(sp, cur)
                mstore(add(sp, 0x20), node)
                sp := add(sp, 0x40)
            }
            if eq(sp, add(start, 0x40)) { top := mload(start) }
            value := mload(add(start, 0x20))
        }
        if (top != g) revert Wit.MissingItem(g);
    }
}
