// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IStepVerifier, StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";

/// @title StepVerifier
/// @notice Executes any step of the machine: hands it to the family of contracts that knows its mode.
/// @dev The mode is read from the witness before anything is authenticated: a lie can only pick a family that refuses, because
///      each family checks the mode (and StepOp's the opcode) itself. No owner, no storage, no proxy: other rules are another
///      deployment with another version.
/// @custom:source docs/protocol/machine.md
contract StepVerifier is IStepVerifier {
    /// @notice Contracts that the steps are shared out to.
    struct Families {
        address feed;
        address blk;
        address records;
        address leaves;
        address tx_;
        address txEnd;
        address op;
        address state;
        address callOp;
        address engines;
        address call;
        address create;
        address precompile;
        address compress;
    }

    address internal immutable FEED;
    address internal immutable BLK;
    address internal immutable RECORDS;
    address internal immutable LEAVES;
    address internal immutable TX;
    address internal immutable TX_END;
    address internal immutable OP;
    address internal immutable STATE;
    address internal immutable CALL_OP;
    address internal immutable ENGINES;
    address internal immutable CALL;
    address internal immutable CREATE;
    address internal immutable PRECOMPILE;
    address internal immutable COMPRESS;

    /// @notice The witness is too short to name a mode, or does not begin with the control word.
    error NoControlWord();
    /// @notice No family knows this mode.
    error UnknownMode(uint256 mode);

    /// @param f Deployed families.
    constructor(Families memory f) {
        FEED = f.feed;
        BLK = f.blk;
        RECORDS = f.records;
        LEAVES = f.leaves;
        TX = f.tx_;
        TX_END = f.txEnd;
        OP = f.op;
        STATE = f.state;
        CALL_OP = f.callOp;
        ENGINES = f.engines;
        CALL = f.call;
        CREATE = f.create;
        PRECOMPILE = f.precompile;
        COMPRESS = f.compress;
    }

    /// @notice Version of the machine that this verifier executes.
    function machineVersion() external pure returns (uint16) {
        return uint16(T.MACHINE_VERSION);
    }

    /// @inheritdoc IStepVerifier
    function step(StepContext calldata, bytes32, bytes calldata witness) external view returns (bytes32) {
        address family = familyOf(witness);
        assembly ("memory-safe") {
            let size := calldatasize()
            let ptr := mload(0x40)
            calldatacopy(ptr, 0, size)
            let ok := staticcall(gas(), family, ptr, size, 0, 0)
            size := returndatasize()
            returndatacopy(ptr, 0, size)
            if iszero(ok) { revert(ptr, size) }
            return(ptr, size)
        }
    }

    /// @notice Family that a witness is for, by the mode that it begins with; for an opcode by the opcode that it ends with.
    /// @param witness Packed witness.
    function familyOf(bytes calldata witness) public view returns (address) {
        // u16 nItems, then the leftmost item: u32 gindex of the control word, its value.
        if (witness.length < 38 || uint32(bytes4(witness[2:6])) != T.G_CTL) revert NoControlWord();
        uint256 mode = uint8(witness[6]);
        if (mode == T.MODE_OP) return _familyOfOpcode(uint8(witness[witness.length - 1]));
        if (mode <= T.MODE_PLACE) return FEED;
        if (mode >= T.MODE_ATTR && mode <= T.MODE_DEPDATA) return RECORDS;
        if (mode <= T.MODE_TXCOPY) return BLK;
        if (mode >= T.MODE_TXPARSE && mode <= T.MODE_START) return TX;
        if (mode >= T.MODE_COPY && mode <= T.MODE_LOG) return ENGINES;
        if (mode == T.MODE_DESTROY) return STATE;
        if (mode == T.MODE_EXIT || mode == T.MODE_RESUME) return CALL;
        if (mode >= T.MODE_CALLEE && mode <= T.MODE_PUSH) return CALL;
        if (mode >= T.MODE_CREATEE && mode <= T.MODE_DEPLOY) return CREATE;
        if (mode == T.MODE_SHA256_I || mode == T.MODE_RIPEMD_I || mode == T.MODE_BLAKE2_I) return COMPRESS;
        if (mode >= T.MODE_PRECOMP && mode <= T.MODE_MSM_I) return PRECOMPILE;
        if (mode >= T.MODE_SETTLE && mode <= T.MODE_L1PARAMS) return TX_END;
        if (mode >= T.MODE_LEAF && mode <= T.MODE_FOLD) return LEAVES;
        if (mode == T.MODE_MPROOT || mode == T.MODE_SEAL) return BLK;
        revert UnknownMode(mode);
    }

    /// @dev BALANCE, EXTCODE*, SELFBALANCE, SLOAD, SSTORE, TLOAD, TSTORE, SELFDESTRUCT: state. What begins an engine, a call, a
    ///      creation, or ends a frame: callOp. All others: op.
    function _familyOfOpcode(uint256 op) private view returns (address) {
        if (
            op == 0x31 || op == 0x3b || op == 0x3c || op == 0x3f || op == 0x47 || op == 0x54 || op == 0x55 || op == 0x5c
                || op == 0x5d || op == 0xff
        ) return STATE;
        if (
            op == 0x00 || op == 0x20 || op == 0x37 || op == 0x39 || op == 0x3e || op == 0x5e || (op >= 0xa0 && op <= 0xa4)
                || (op >= 0xf0 && op <= 0xf5) || op == 0xfa || op == 0xfd
        ) return CALL_OP;
        return OP;
    }
}
