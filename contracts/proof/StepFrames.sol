// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepFamily} from "./StepFamily.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepFrames
/// @notice Base of the families that begin and end frames: flags of a call in preparation, and calls that fail before they begin.
/// @custom:source docs/protocol/machine.md#calls-and-creations
abstract contract StepFrames is StepFamily {
    using Wit for Wit.Data;

    /// @notice Call word C0.
    struct CallFlags {
        uint256 kind;
        uint256 isTop;
        uint256 isPrecompile;
        uint256 isStatic;
        uint256 isDelegated;
    }

    function _loadFlags(Wit.Data memory w) internal pure returns (CallFlags memory f) {
        uint256 word = _call(w, T.C_FLAGS);
        f.kind = word >> 248;
        f.isTop = uint8(word >> 240);
        f.isPrecompile = uint8(word >> 232);
        f.isStatic = uint8(word >> 224);
        f.isDelegated = uint8(word >> 216);
    }

    function _storeFlags(Wit.Data memory w, CallFlags memory f) internal pure {
        _setCall(
            w,
            T.C_FLAGS,
            (f.kind << 248) | (f.isTop << 240) | (f.isPrecompile << 232) | (f.isStatic << 224) | (f.isDelegated << 216)
        );
    }

    /// @dev A call or creation does not begin, and its caller goes on with the gas that it was given.
    function _fail(Wit.Data memory w, uint256 kind, uint256 gasLeft) internal pure {
        _setReg(w, T.R_OUTCOME, _outcome(T.OUTCOME_REVERT, kind, 0, gasLeft, 0));
        w.setNode(T.G_CALL, T.DEFAULT_CALL);
        w.store(T.G_BUF_A, T.Z22);
        w.store(T.G_BUF_B, T.Z12);
        _goTo(w, T.MODE_RESUME);
    }

    /// @dev Bytes that R4 says are returned.
    function _outLen(uint256 outcome) internal pure returns (uint256) {
        return uint32(outcome >> 136);
    }
}
