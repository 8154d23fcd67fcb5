// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Rlp} from "./Rlp.sol";

/// @title L1Header
/// @notice What derivation needs of an L1 block's header.
/// @custom:source docs/protocol/machine.md#derivation
library L1Header {
    /// @notice Fields of a header.
    struct Fields {
        uint256 number;
        uint256 time;
        uint256 mixHash;
        uint256 baseFee;
        /// 0 if the header has none.
        uint256 beaconRoot;
    }

    /// @dev Positions of the fields.
    uint256 private constant NUMBER = 8;
    uint256 private constant TIME = 11;
    uint256 private constant MIX_HASH = 13;
    uint256 private constant BASE_FEE = 15;
    uint256 private constant BEACON_ROOT = 19;

    /// @notice Reads the RLP of a header.
    /// @return ok It is a list whose fields are of their kinds.
    /// @return f The fields.
    function decode(uint256 ptr, uint256 len) internal pure returns (bool ok, Fields memory f) {
        Rlp.Reader memory r = Rlp.reader(ptr, len);
        uint256 after_ = Rlp.enterList(r);
        if (!r.ok || after_ != ptr + len) return (false, f);
        for (uint256 i = 0; r.ok && r.cur != r.end && i <= BEACON_ROOT; i++) {
            if (i == NUMBER) f.number = Rlp.readUint(r, 8);
            else if (i == TIME) f.time = Rlp.readUint(r, 8);
            else if (i == MIX_HASH) f.mixHash = Rlp.readFixed(r, 32);
            else if (i == BASE_FEE) f.baseFee = Rlp.readUint(r, 32);
            else if (i == BEACON_ROOT) f.beaconRoot = Rlp.readFixed(r, 32);
            else Rlp.readString(r);
        }
        ok = r.ok;
    }
}
