// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {TxFees} from "./lib/TxFees.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepTxEnd
/// @notice Executes the steps of a transaction after its top-level call: SETTLE, FEE, DESTRUCT, RECEIPT and L1PARAMS.
/// @custom:source docs/protocol/machine.md#end-of-a-transaction
contract StepTxEnd is StepFamily {
    using Wit for Wit.Data;

    uint256 private constant L1_BLOCK = uint160(0x4200000000000000000000000000000000000015);
    uint256 private constant BASE_FEE_VAULT = uint160(0x4200000000000000000000000000000000000019);
    uint256 private constant L1_FEE_VAULT = uint160(0x420000000000000000000000000000000000001A);
    uint256 private constant OPERATOR_FEE_VAULT = uint160(0x420000000000000000000000000000000000001b);
    /// @dev Those who are paid, the sender's change included.
    uint256 private constant PAYEES = 5;
    /// @dev A refund is at most this part of the gas used.
    uint256 private constant MAX_REFUND_QUOTIENT = 5;
    uint256 private constant DEFAULT_FOOTPRINT_SCALAR = 400;

    /// @inheritdoc StepFamily
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_SETTLE) _settle(w, _sub(ctl));
        else if (mode == T.MODE_FEE) _fee(w, _cnt(ctl));
        else if (mode == T.MODE_DESTRUCT) _destruct(w, _cnt(ctl));
        else if (mode == T.MODE_RECEIPT) _receipt(w);
        else if (mode == T.MODE_L1PARAMS) _l1params(w);
        else revert ForeignMode(mode);
    }

    /// @dev Gas used, with refunds and the floor; `sub` is 1 for a deposit that could not start.
    function _settle(Wit.Data memory w, uint256 sub) private pure {
        uint256 result = _reg(w, T.R_OUTCOME);
        uint256 used = uint64(w.loadUint(T.G_NONCE_GAS) >> 128);
        if (sub == 0) {
            used -= uint64(result >> 168);
            uint256 refund = w.loadUint(T.G_REV_PACKED) >> 192;
            used -= refund < used / MAX_REFUND_QUOTIENT ? refund : used / MAX_REFUND_QUOTIENT;
            uint256 floor = uint64(w.loadUint(T.G_TX_GAS) >> 128);
            if (used < floor) used = floor;
        }
        w.storeUint(T.G_TX_GAS_USED, used << 192);
        uint256 info = w.loadUint(T.G_TX_INFO);
        uint256 status = result >> 248 == T.OUTCOME_SUCCESS ? 1 : 0;
        w.storeUint(T.G_TX_INFO, (info & ~(uint256(0xff) << 240)) | (status << 240));
        _setReg(w, T.R_OUTCOME, 0);
        _setReg(w, T.R_NEW_ADDR, 0);
        w.store(T.G_BUF_A, T.Z22);
        _goTo(w, uint8(info >> 224) != 0 ? T.MODE_DESTRUCT : T.MODE_FEE);
    }

    /// @dev Pays one of those whom a transaction pays.
    function _fee(Wit.Data memory w, uint256 cnt) private pure {
        (uint256 to, uint256 amount) = _payment(w, cnt);
        if (amount != 0) {
            World.Entry memory account = World.load(w, to);
            account.info.balance += amount;
            World.save(w, account);
        }
        if (cnt + 1 < PAYEES) _goTo(w, T.MODE_FEE, 0, 0, cnt + 1);
        else _goTo(w, T.MODE_DESTRUCT);
    }

    /// @dev Whom the step `cnt` pays, and how much.
    function _payment(Wit.Data memory w, uint256 cnt) private pure returns (uint256 to, uint256 amount) {
        if (cnt == 3) return (L1_FEE_VAULT, w.loadUint(T.G_L1_FEE));
        uint256 used = w.loadUint(T.G_TX_GAS_USED) >> 192;
        if (cnt == 2) return (BASE_FEE_VAULT, used * w.loadUint(T.G_BASE_FEE));
        if (cnt == 1) return (w.loadUint(T.G_COINBASE), used * (w.loadUint(T.G_PRICE) - w.loadUint(T.G_BASE_FEE)));
        uint256 operator = TxFees.operatorFee(used, w.loadUint(T.G_L1_SCALARS));
        if (cnt != 0) return (OPERATOR_FEE_VAULT, operator);
        uint256 gasLimit = uint64(w.loadUint(T.G_NONCE_GAS) >> 128);
        to = w.loadUint(T.G_SENDER);
        amount = (gasLimit - used) * w.loadUint(T.G_PRICE) + w.loadUint(T.G_OPERATOR_BOUGHT) - operator;
    }

    /// @dev Removes one account that destroyed itself in the transaction that made it.
    function _destruct(Wit.Data memory w, uint256 cnt) private pure {
        if (cnt >= uint32(w.loadUint(T.G_REV_PACKED) >> 96)) {
            _goTo(w, T.MODE_RECEIPT);
            return;
        }
        uint256 target = w.loadUint((T.G_DESTRUCTS << T.D_DESTRUCTS) + cnt);
        w.store(T.G_STATE_ROOT, MptTrie.save(w, World.load(w, target).path, 0, 0));
        _goTo(w, T.MODE_DESTRUCT, 0, 0, cnt + 1);
    }

    /// @dev Books the transaction into the block, and forgets it.
    function _receipt(Wit.Data memory w) private pure {
        uint256 info = w.loadUint(T.G_TX_INFO);
        uint256 counters = w.loadUint(T.G_BLK_COUNTERS);
        uint256 index = counters >> 224;
        bool isDeposit = uint8(info >> 224) != 0;

        uint256 scalars = w.loadUint(T.G_BLK_SCALARS) + (w.loadUint(T.G_TX_GAS_USED) >> 192);
        w.storeUint(T.G_BLK_SCALARS, scalars);
        w.storeUint(T.G_BLK_COUNTERS, counters + (1 << 224));
        if (!isDeposit) {
            uint256 size = uint64(w.loadUint(T.G_TX_GAS) >> 64);
            uint256 footprint = TxFees.footprint(size, w.loadUint(T.G_L1_SCALARS));
            w.storeUint(T.G_DA_FOOTPRINT, w.loadUint(T.G_DA_FOOTPRINT) + (footprint << 192));
        }

        uint256 g = (T.G_TXS << T.D_TXS) + 2 * index;
        w.storeUint(g, uint32(info >> 192));
        w.store(g + 1, w.load(T.G_RAW));
        g = (T.G_RECEIPTS << T.D_RECEIPTS) + 4 * index;
        uint256 logBytes = uint32(w.loadUint(T.G_REV_PACKED) >> 128);
        // Type and status stand in front of both words.
        w.storeUint(
            g,
            ((info >> 240) << 240) | (uint256(uint64(scalars)) << 176) | (logBytes << 144)
                | (isDeposit ? uint256(uint64(info >> 64)) << 80 : 0)
        );
        w.store(g + 1, _takeBloom(w));
        w.store(g + 2, w.load(T.G_LOGS));
        w.store(g + 3, 0);

        w.storeUint(T.G_REV_PACKED, 0);
        w.store(T.G_LOGS, T.Z22);
        w.store(T.G_WARM_ADDR, T.EMPTY_TRIE_ROOT);
        w.store(T.G_WARM_SLOT, T.EMPTY_TRIE_ROOT);
        w.store(T.G_TRANSIENT, T.EMPTY_TRIE_ROOT);
        w.store(T.G_CREATED, T.EMPTY_TRIE_ROOT);
        w.store(T.G_DESTRUCTS, T.Z12);
        w.setNode(T.G_TX, T.DEFAULT_TX);
        _goTo(w, index == 0 ? T.MODE_L1PARAMS : T.MODE_TXNEXT);
    }

    /// @dev Adds the transaction's bloom to the block's, and empties it. Returns its root.
    function _takeBloom(Wit.Data memory w) private pure returns (bytes32) {
        uint256 bloom = ByteTree.alloc(256);
        for (uint256 i = 0; i < 8; i++) {
            uint256 g = (T.G_REV_BLOOM << T.D_BLOOM) + i;
            uint256 word = w.loadUint(g);
            ByteTree.setWord(bloom + 32 * i, word);
            w.storeUint(g, 0);
            g = (T.G_BLK_BLOOM << T.D_BLOOM) + i;
            w.storeUint(g, w.loadUint(g) | word);
        }
        return ByteTree.root8(bloom);
    }

    /// @dev Reads what the fees of the block depend on from L1Block, after the transaction that sets it.
    function _l1params(Wit.Data memory w) private pure {
        World.Entry memory account = World.load(w, L1_BLOCK);
        uint256 baseFee;
        uint256 blobBaseFee;
        uint256 fees;
        uint256 operator;
        if (account.exists) {
            (, baseFee) = World.loadSlot(w, account.info, 1);
            (, blobBaseFee) = World.loadSlot(w, account.info, 7);
            (, fees) = World.loadSlot(w, account.info, 3);
            (, operator) = World.loadSlot(w, account.info, 8);
        }
        w.storeUint(T.G_L1_BASE_FEE, baseFee);
        w.storeUint(T.G_L1_BLOB_BASE_FEE, blobBaseFee);
        // Slot 3: sequenceNumber u64, blobBaseFeeScalar u32, baseFeeScalar u32; slot 8: operatorFeeConstant u64,
        // operatorFeeScalar u32, daFootprintGasScalar u16; each from the lowest byte on.
        uint256 footprintScalar = uint16(operator >> 96);
        if (footprintScalar == 0) footprintScalar = DEFAULT_FOOTPRINT_SCALAR;
        w.storeUint(
            T.G_L1_SCALARS,
            (uint256(uint32(fees >> 96)) << 224) | (uint256(uint32(fees >> 64)) << 192)
                | (uint256(uint32(operator >> 64)) << 160) | (uint256(uint64(operator)) << 96) | (footprintScalar << 80)
        );
        _goTo(w, T.MODE_TXNEXT);
    }
}
