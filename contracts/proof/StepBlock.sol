// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {BlockHeader} from "./lib/BlockHeader.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepBlock
/// @notice Executes the steps that frame a block: BLKHDR, SYSWRITE, TXNEXT, TXCOPY, MPROOT and SEAL.
/// @custom:source docs/protocol/machine.md#derivation
contract StepBlock is StepFamily {
    using Wit for Wit.Data;

    uint256 private constant COINBASE = uint160(0x4200000000000000000000000000000000000011);
    uint256 private constant BEACON_ROOTS = uint160(0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02);
    uint256 private constant HISTORY = uint160(0x0000F90827F1C53a10cb7A02335B175320002935);
    uint256 private constant MESSAGE_PASSER = uint160(0x4200000000000000000000000000000000000016);
    /// @dev Slots of both rings.
    uint256 private constant RING = 8_191;
    uint256 private constant SYSTEM_WRITES = 3;
    /// @dev What BLOBBASEFEE pushes.
    uint256 private constant BLOB_BASE_FEE = 1;
    /// @dev Seconds that a block with transactions of the batch may lie behind its origin.
    uint256 private constant MAX_DRIFT = 1_800;
    uint256 private constant LENGTH_BYTES = 3;

    /// @inheritdoc StepFamily
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_BLKHDR) _blkhdr(w);
        else if (mode == T.MODE_SYSWRITE) _syswrite(w, _cnt(ctl));
        else if (mode == T.MODE_TXNEXT) _txnext(w);
        else if (mode == T.MODE_TXCOPY) _txcopy(w);
        else if (mode == T.MODE_MPROOT) _mproot(w);
        else if (mode == T.MODE_SEAL) _seal(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- BLKHDR, SYSWRITE

    /// @dev Sets up the block that has its place.
    function _blkhdr(Wit.Data memory w) private pure {
        uint256 last = w.loadUint(T.G_LAST_SCALARS);
        uint256 config = w.loadUint(T.G_GAS_CONFIG);
        uint256 time = uint64(w.loadUint(T.G_BLK_SCALARS) >> 128);
        w.storeUint(T.G_BLK_SCALARS, (((last >> 192) + 1) << 192) | (time << 128) | ((config >> 192) << 64));
        w.store(T.G_PARENT_HASH, w.load(T.G_LAST_HASH));
        w.storeUint(T.G_COINBASE, COINBASE);
        w.store(T.G_PREV_RANDAO, w.load(T.G_ORIGIN_RANDAO));
        w.store(T.G_BEACON_ROOT, w.load(T.G_ORIGIN_BEACON_ROOT));
        w.storeUint(T.G_BASE_FEE, _nextBaseFee(w.loadUint(T.G_LAST_BASE_FEE), last, w.loadUint(T.G_LAST_EXTRA)));
        // Denominator, elasticity and minimum lie behind the gas limit in the config.
        w.storeUint(T.G_EXTRA_DATA, ((config << 64) >> 128) << 128);
        w.storeUint(T.G_BLOB_BASE_FEE, BLOB_BASE_FEE);
        w.store(T.G_STATE_ROOT, w.load(T.G_LAST_STATE_ROOT));
        _goTo(w, T.MODE_SYSWRITE);
    }

    /// @dev EIP-1559 with the parent's parameters.
    function _nextBaseFee(uint256 fee, uint256 last, uint256 extra) private pure returns (uint256) {
        uint256 denominator = extra >> 224;
        uint256 target = uint64(last >> 64) / uint32(extra >> 192);
        uint256 metered = uint64(last);
        uint256 minimum = uint64(extra >> 128);
        uint256 blobGasUsed = uint64(extra >> 64);
        if (blobGasUsed > metered) metered = blobGasUsed;
        if (metered > target) {
            uint256 change = fee * (metered - target) / target / denominator;
            fee += change == 0 ? 1 : change;
        } else {
            fee -= fee * (target - metered) / target / denominator;
        }
        return fee < minimum ? minimum : fee;
    }

    /// @dev One of the three slots that a block writes before its transactions.
    function _syswrite(Wit.Data memory w, uint256 cnt) private pure {
        uint256 scalars = w.loadUint(T.G_BLK_SCALARS);
        uint256 time = uint64(scalars >> 128);
        if (cnt == 0) _writeSlot(w, BEACON_ROOTS, time % RING, time);
        else if (cnt == 1) _writeSlot(w, BEACON_ROOTS, time % RING + RING, w.loadUint(T.G_BEACON_ROOT));
        else _writeSlot(w, HISTORY, ((scalars >> 192) - 1) % RING, w.loadUint(T.G_PARENT_HASH));
        if (cnt + 1 < SYSTEM_WRITES) _goTo(w, T.MODE_SYSWRITE, 0, 0, cnt + 1);
        else _goTo(w, T.MODE_TXNEXT);
    }

    /// @dev Writes a slot of an account, if that exists.
    function _writeSlot(Wit.Data memory w, uint256 who, uint256 slot, uint256 value) private pure {
        World.Entry memory e = World.load(w, who);
        if (!e.exists) return;
        (MptTrie.Path memory path,) = World.loadSlot(w, e.info, slot);
        World.saveSlot(w, e.info, path, value);
        World.save(w, e);
    }

    // ---------------------------------------------------------------- TXNEXT, TXCOPY

    /// @dev Chooses the next transaction of the block, or its end.
    function _txnext(Wit.Data memory w) private pure {
        uint256 counters = w.loadUint(T.G_BLK_COUNTERS);
        if (counters >> 224 == 0) {
            _goTo(w, T.MODE_ATTR);
        } else if (uint8(counters >> 120) == 0) {
            bool isMore = uint64(w.loadUint(T.G_CURSOR) >> 128) < uint64(w.loadUint(T.G_ENTRY_RANGE) >> 64);
            if (!isMore) w.storeUint(T.G_BLK_COUNTERS, counters | (1 << 120));
            _goTo(w, isMore ? T.MODE_RECORD : T.MODE_TXNEXT);
        } else {
            uint256 time = uint64(w.loadUint(T.G_BLK_SCALARS) >> 128);
            // Neither leftOver nor synthesized.
            bool takes = uint16(counters >> 104) == 0 && time <= uint64(w.loadUint(T.G_ORIGIN) >> 128) + MAX_DRIFT
                && uint16(w.loadUint(T.G_BATCH_PLACE) >> 160) != 0;
            _goTo(w, takes ? T.MODE_TXCOPY : T.MODE_LEAF);
        }
    }

    /// @dev Takes the next transaction out of the batch.
    function _txcopy(Wit.Data memory w) private pure {
        uint256 place = w.loadUint(T.G_BATCH_PLACE);
        uint256 txPos = uint32(place >> 176);
        uint256 length = _batchBytes(w, txPos, LENGTH_BYTES);
        uint256 srcOff = txPos + LENGTH_BYTES;
        w.storeUint(T.G_BATCH_PLACE, place + ((LENGTH_BYTES + length) << 176) - (1 << 160));
        if (length == 0 || length > T.LIMIT_TX_BYTES) {
            _goTo(w, T.MODE_TXNEXT);
            return;
        }
        w.storeUint(T.G_TX_INFO, w.loadUint(T.G_TX_INFO) | (length << 192));
        uint256 dataLength = uint32(w.loadUint(T.G_ENTRY) >> 80);
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_BATCH, T.BUFFER_RAW, 0, srcOff, dataLength, 0, length));
        _goTo(w, T.MODE_COPY, 0, T.MODE_TXPARSE, 0);
    }

    // ---------------------------------------------------------------- MPROOT, SEAL

    /// @dev Reads the storage root of the message passer.
    function _mproot(Wit.Data memory w) private pure {
        World.Entry memory e = World.load(w, MESSAGE_PASSER);
        w.store(T.G_PASSER_ROOT, e.info.storageRoot);
        _goTo(w, T.MODE_SEAL);
    }

    /// @dev Makes the header: the block is done.
    function _seal(Wit.Data memory w) private pure {
        bytes32 stateRoot = w.load(T.G_STATE_ROOT);
        bytes32 passerRoot = w.load(T.G_PASSER_ROOT);
        uint256 scalars = w.loadUint(T.G_BLK_SCALARS);
        bytes32 hash = BlockHeader.hashOf(w);
        w.store(T.G_LAST_STATE_ROOT, stateRoot);
        w.store(T.G_LAST_HASH, hash);
        w.store(
            T.G_OUTPUT_ROOT,
            keccak256(abi.encode(bytes32(0), stateRoot, passerRoot, hash))
        );
        w.storeUint(T.G_LAST_SCALARS, scalars);
        w.store(T.G_LAST_BASE_FEE, w.load(T.G_BASE_FEE));
        w.storeUint(T.G_LAST_EXTRA, w.loadUint(T.G_EXTRA_DATA) | (w.loadUint(T.G_DA_FOOTPRINT) >> 128));
        w.store((T.G_HIST << T.D_HIST) + ((scalars >> 192) & 0xff), hash);
        w.setNode(T.G_BLK, T.DEFAULT_BLK);
        w.storeUint(T.G_STATE_ROOT, 0);
        w.storeUint(T.G_PASSER_ROOT, 0);
        _goTo(w, T.MODE_BOUNDARY);
    }
}
