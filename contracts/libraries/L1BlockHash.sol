// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title L1BlockHash
/// @notice Hash of an earlier block of this chain, from the EIP-2935 history contract or from the EVM.
/// @custom:source docs/protocol/feeds.md#append
library L1BlockHash {
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @param number Block number.
    /// @return hash Its hash; zero if neither source knows it.
    function get(uint256 number) internal view returns (bytes32 hash) {
        // Asked first, because it is part of the state: development chains that were saved and loaded again (anvil) answer
        // BLOCKHASH of the blocks before wrongly. It answers bare 32-byte input with 32 bytes, and reverts out of its window.
        (bool ok, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        if (ok && answer.length == 32) hash = bytes32(answer);
        if (hash == bytes32(0)) hash = blockhash(number);
    }
}
