// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {MachineTable as T} from "./MachineTable.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {Envelope} from "./lib/Envelope.sol";
import {FastLzRun} from "./lib/FastLzRun.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {Rlp} from "./lib/Rlp.sol";
import {TxFees} from "./lib/TxFees.sol";
import {TxMaps} from "./lib/TxMaps.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepTx
/// @notice Executes the steps of a transaction from its envelope to the top-level call: TXPARSE, FASTLZ, CHECK, ACCESS, AUTH
///         and START.
/// @custom:source docs/protocol/machine.md#transaction
contract StepTx is StepFamily {
    using Wit for Wit.Data;

    /// @dev Most bytes of the envelope that a step of ACCESS or AUTH opens.
    uint256 private constant KEY_BYTES = 33;
    uint256 private constant ITEM_BYTES = 29;
    uint256 private constant TUPLE_BYTES = 140;
    /// @dev What an authorization of an account that exists gives back.
    uint256 private constant AUTHORIZATION_REFUND = 12_500;

    /// @notice What TXPARSE has checked is not there: the witness lies.
    error BadEnvelope(uint256 offset);

    /// @inheritdoc StepFamily
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal view override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_TXPARSE) _txparse(w);
        else if (mode == T.MODE_FASTLZ) _fastlz(w);
        else if (mode == T.MODE_CHECK) _check(w);
        else if (mode == T.MODE_ACCESS) _access(w, _cnt(ctl));
        else if (mode == T.MODE_AUTH) _auth(w);
        else if (mode == T.MODE_START) _start(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- TXPARSE

    /// @dev Decodes the envelope, or drops it.
    function _txparse(Wit.Data memory w) private view {
        uint256 rawLen = uint32(w.loadUint(T.G_TX_INFO) >> 192);
        (uint256 words, uint256 nWords) = w.words(T.G_RAW, T.D_RAW);
        bool ok;
        Envelope.Fields memory f;
        if (rawLen <= T.LIMIT_TX_BYTES) {
            uint256 raw = ByteTree.alloc(rawLen + 2 * Envelope.ROOM) + Envelope.ROOM;
            ByteTree.copyWindow(raw, words, nWords * 32, 0, rawLen);
            (ok, f) = Envelope.parse(raw, rawLen, _chainId(w));
        }
        if (!ok) {
            _drop(w);
            return;
        }
        w.storeUint(
            T.G_TX_INFO,
            (f.kind << 248) | (f.isCreate ? 1 << 232 : 0) | (rawLen << 192) | (f.dataOff << 160) | (f.dataLen << 128)
                | (f.nonce << 64)
        );
        w.storeUint(T.G_SENDER, f.sender);
        w.storeUint(T.G_TO, f.to);
        w.storeUint(T.G_TX_VALUE, f.value);
        w.storeUint(T.G_NONCE_GAS, (f.nonce << 192) | (f.gasLimit << 128));
        w.storeUint(T.G_MAX_FEE, f.maxFee);
        w.storeUint(T.G_MAX_PRIORITY_FEE, f.maxPriorityFee);
        w.storeUint(T.G_PRICE, _price(f, w.loadUint(T.G_BASE_FEE)));
        w.storeUint(T.G_TX_GAS, (f.intrinsic << 192) | (f.floor << 128));
        w.storeUint(T.G_LISTS, (f.aclOff << 224) | (f.aclEnd << 192) | (f.authOff << 96) | (f.authEnd << 64));
        w.storeUint(T.G_LZ_STATE, FastLzRun.START);
        _goTo(w, T.MODE_FASTLZ);
    }

    /// @dev What a unit of gas costs; 0 if the fee cap is below the base fee, for which CHECK drops it.
    function _price(Envelope.Fields memory f, uint256 baseFee) private pure returns (uint256) {
        if (f.maxFee < baseFee) return 0;
        uint256 room = f.maxFee - baseFee;
        return f.maxPriorityFee < room ? baseFee + f.maxPriorityFee : f.maxFee;
    }

    /// @dev The transaction is left out as if it had not been given.
    function _drop(Wit.Data memory w) private pure {
        w.setNode(T.G_TX, T.DEFAULT_TX);
        _goTo(w, T.MODE_TXNEXT);
    }

    // ---------------------------------------------------------------- FASTLZ

    /// @dev One slice of the compression; after the last one, the fee for the data.
    function _fastlz(Wit.Data memory w) private pure {
        uint256 rawLen = uint32(w.loadUint(T.G_TX_INFO) >> 192);
        uint256 state = w.loadUint(T.G_LZ_STATE);
        uint256 until = (state >> 96) + T.LIMIT_LZ_SLICE;
        if (until > rawLen) until = rawLen;
        (uint256 start, uint256 end) = FastLzRun.windowOf(state, rawLen, until);
        uint256 window = _readPages(w, T.G_RAW, T.D_RAW, start, end - start);

        uint256 table = ByteTree.alloc(FastLzRun.TABLE_BYTES);
        (uint256 words, uint256 nWords) = w.words(T.G_LZ, T.D_LZ);
        ByteTree.copyBytes(table, words, nWords * 32);
        state = FastLzRun.run(state, table, window, start, end, rawLen, until);
        if (!FastLzRun.isDone(state, rawLen)) {
            w.storeUint(T.G_LZ_STATE, state);
            w.store(T.G_LZ, ByteTree.root(table, FastLzRun.TABLE_BYTES / 32, T.D_LZ));
            return;
        }
        uint256 size = TxFees.daSize(FastLzRun.result(state, rawLen));
        uint256 gasWord = w.loadUint(T.G_TX_GAS);
        w.storeUint(T.G_TX_GAS, ((gasWord >> 128) << 128) | (size << 64));
        uint256 scalars = w.loadUint(T.G_L1_SCALARS);
        w.storeUint(
            T.G_L1_FEE, TxFees.l1Fee(size, scalars, w.loadUint(T.G_L1_BASE_FEE), w.loadUint(T.G_L1_BLOB_BASE_FEE))
        );
        w.storeUint(T.G_LZ_STATE, 0);
        w.store(T.G_LZ, T.DEFAULT_LZ);
        _goTo(w, T.MODE_CHECK);
    }

    // ---------------------------------------------------------------- CHECK

    /// @dev Whether the sender may send, and what it pays in advance.
    function _check(Wit.Data memory w) private pure {
        uint256 info = w.loadUint(T.G_TX_INFO);
        World.Entry memory sender = World.load(w, w.loadUint(T.G_SENDER));
        if (uint8(info >> 224) != 0) _checkDeposit(w, info, sender);
        else _checkSigned(w, sender);
    }

    function _checkSigned(Wit.Data memory w, World.Entry memory sender) private pure {
        uint256 gasLimit = uint64(w.loadUint(T.G_NONCE_GAS) >> 128);
        uint256 bought = TxFees.operatorFee(gasLimit, w.loadUint(T.G_L1_SCALARS));
        (uint256 codePtr, uint256 codeLen) = World.codeOf(w, sender.info.codeHash);
        if ((codeLen != 0 && !Envelope.isDelegation(codePtr, codeLen)) || !_canStand(w, sender, gasLimit, bought)) {
            _drop(w);
            return;
        }
        w.storeUint(T.G_OPERATOR_BOUGHT, bought);
        // Not more than what `_canStand` has compared with the balance; TXPARSE drops the last nonce.
        sender.info.balance -= gasLimit * w.loadUint(T.G_PRICE) + w.loadUint(T.G_L1_FEE) + bought;
        sender.info.nonce++;
        World.save(w, sender);
        _goTo(w, T.MODE_ACCESS);
    }

    /// @dev The drop rule, but for the sender's code.
    function _canStand(Wit.Data memory w, World.Entry memory sender, uint256 gasLimit, uint256 bought)
        private
        pure
        returns (bool)
    {
        uint256 maxFee = w.loadUint(T.G_MAX_FEE);
        if (w.loadUint(T.G_NONCE_GAS) >> 192 != sender.info.nonce || maxFee < w.loadUint(T.G_BASE_FEE)) return false;
        // One by one, because their sum may be 2^256 or more.
        uint256 left = sender.info.balance;
        if (left < gasLimit * maxFee) return false;
        left -= gasLimit * maxFee;
        uint256 value = w.loadUint(T.G_TX_VALUE);
        if (left < value) return false;
        left -= value;
        if (left < w.loadUint(T.G_L1_FEE) + bought) return false;

        uint256 scalars = w.loadUint(T.G_BLK_SCALARS);
        uint256 blockLimit = uint64(scalars >> 64);
        if (gasLimit + uint64(scalars) > blockLimit) return false;
        uint256 footprint = TxFees.footprint(uint64(w.loadUint(T.G_TX_GAS) >> 64), w.loadUint(T.G_L1_SCALARS));
        return footprint + (w.loadUint(T.G_DA_FOOTPRINT) >> 192) <= blockLimit;
    }

    /// @dev A deposit is never dropped: if it cannot start, it is over, and its mint stands.
    function _checkDeposit(Wit.Data memory w, uint256 info, World.Entry memory sender) private pure {
        w.storeUint(T.G_TX_INFO, ((info >> 128) << 128) | (uint256(sender.info.nonce) << 64));
        sender.info.balance += w.loadUint(T.G_MINT);
        sender.info.nonce++;
        World.save(w, sender);
        uint256 gasLimit = uint64(w.loadUint(T.G_NONCE_GAS) >> 128);
        uint256 gasWord = w.loadUint(T.G_TX_GAS);
        bool isInitCodeTooLong = uint8(info >> 232) != 0 && uint32(info >> 128) > T.LIMIT_INIT_CODE;
        if (
            gasLimit < gasWord >> 192 || gasLimit < uint64(gasWord >> 128) || w.loadUint(T.G_TX_VALUE) > sender.info.balance
                || isInitCodeTooLong
        ) {
            _setReg(w, T.R_OUTCOME, _outcome(T.OUTCOME_REVERT, 0, 1, 0, 0));
            // SETTLE sees by `sub` that nothing has run.
            _goTo(w, T.MODE_SETTLE, 1, 0, 0);
        } else {
            _goTo(w, T.MODE_ACCESS);
        }
    }

    // ---------------------------------------------------------------- ACCESS

    /// @dev Warms one address, or one slot of the access list.
    function _access(Wit.Data memory w, uint256 cnt) private pure {
        if (cnt < 3) {
            if (cnt == 0) _warm(w, w.loadUint(T.G_SENDER));
            else if (cnt == 2) _warm(w, w.loadUint(T.G_COINBASE));
            else if (uint8(w.loadUint(T.G_TX_INFO) >> 232) == 0) _warm(w, w.loadUint(T.G_TO));
            _goTo(w, T.MODE_ACCESS, 0, 0, cnt + 1);
            return;
        }
        uint256 lists = w.loadUint(T.G_LISTS);
        uint256 keyOff = uint32(lists >> 160);
        uint256 aclOff = lists >> 224;
        if (keyOff < uint32(lists >> 128)) {
            (uint256 ptr,) = _rawBytes(w, keyOff, KEY_BYTES);
            TxMaps.Slot memory slot = TxMaps.loadSlot(w, w.loadUint(T.G_ACL_ADDR), ByteTree.wordAt(ptr + 1));
            if (slot.isCold) TxMaps.makeListed(w, slot.path);
            w.storeUint(T.G_LISTS, lists + (KEY_BYTES << 160));
        } else if (aclOff < uint32(lists >> 192)) {
            _openItem(w, aclOff, lists);
        } else {
            _goTo(w, T.MODE_AUTH);
        }
    }

    /// @dev The next item of the access list: its address is warmed now, its keys follow one a step.
    function _openItem(Wit.Data memory w, uint256 aclOff, uint256 lists) private pure {
        (uint256 ptr,) = _rawBytes(w, aclOff, ITEM_BYTES);
        // Of lists whose end is not in these bytes: only where they begin and how long they are.
        (, bool isList, uint256 payload, uint256 len) = Rlp.item(ptr, type(uint256).max);
        if (!isList || payload > ptr + 4) revert BadEnvelope(aclOff);
        uint256 next = aclOff + payload + len - ptr;
        uint256 target = ByteTree.wordAt(payload + 1) >> 96;
        (, isList, payload, len) = Rlp.item(payload + 21, type(uint256).max);
        if (!isList || payload > ptr + ITEM_BYTES) revert BadEnvelope(aclOff);
        uint256 keyOff = aclOff + payload - ptr;
        uint256 aclEnd = uint32(lists >> 192);
        w.storeUint(
            T.G_LISTS,
            (next << 224) | (aclEnd << 192) | (keyOff << 160) | ((keyOff + len) << 128) | uint256(uint128(lists))
        );
        w.storeUint(T.G_ACL_ADDR, target);
        _warm(w, target);
    }

    /// @dev Marks an address as touched.
    function _warm(Wit.Data memory w, uint256 target) private pure {
        (bool isWarm, MptTrie.Path memory path) = TxMaps.loadWarm(w, target);
        if (!isWarm) TxMaps.makeWarm(w, path);
    }

    /// @dev Bytes of the envelope, at most `size` and not beyond its end; zeros follow.
    function _rawBytes(Wit.Data memory w, uint256 off, uint256 size) private pure returns (uint256 ptr, uint256 len) {
        uint256 rawLen = uint32(w.loadUint(T.G_TX_INFO) >> 192);
        if (off >= rawLen) revert BadEnvelope(off);
        len = rawLen - off;
        if (len > size) len = size;
        // Room for a word from the last byte on.
        ptr = ByteTree.alloc(size + 32);
        ByteTree.copyBytes(ptr, _readPages(w, T.G_RAW, T.D_RAW, off, len), len);
    }

    // ---------------------------------------------------------------- AUTH

    /// @dev One EIP-7702 authorization.
    function _auth(Wit.Data memory w) private view {
        uint256 lists = w.loadUint(T.G_LISTS);
        uint256 authOff = uint32(lists >> 96);
        if (authOff >= uint32(lists >> 64)) {
            _goTo(w, T.MODE_START);
            return;
        }
        (uint256 ptr, uint256 len) = _rawBytes(w, authOff, TUPLE_BYTES);
        (uint256 end, Envelope.Authorization memory a) = Envelope.authorization(ptr, ptr + len);
        if (end == 0) revert BadEnvelope(authOff);
        w.storeUint(T.G_LISTS, lists + ((end - ptr) << 96));

        if ((a.chainId != 0 && a.chainId != _chainId(w)) || a.nonce == type(uint64).max) return;
        uint256 authority = Envelope.authority(a);
        if (authority == 0) return;
        World.Entry memory account = World.load(w, authority);
        (ptr, len) = World.codeOf(w, account.info.codeHash);
        _warm(w, authority);
        if ((len != 0 && !Envelope.isDelegation(ptr, len)) || account.info.nonce != a.nonce) return;
        if (account.exists) w.storeUint(T.G_REV_PACKED, w.loadUint(T.G_REV_PACKED) + (AUTHORIZATION_REFUND << 192));
        account.info.codeHash = a.target == 0
            ? T.EMPTY_CODE_HASH
            : keccak256(abi.encodePacked(hex"ef0100", address(uint160(a.target))));
        account.info.nonce++;
        World.save(w, account);
    }

    // ---------------------------------------------------------------- START

    /// @dev Sets up the top-level call or creation, and the copy of its input.
    function _start(Wit.Data memory w) private pure {
        uint256 info = w.loadUint(T.G_TX_INFO);
        uint256 isCreate = uint8(info >> 232);
        uint256 dataLen = uint32(info >> 128);
        uint256 childGas = uint64(w.loadUint(T.G_NONCE_GAS) >> 128) - (w.loadUint(T.G_TX_GAS) >> 192);
        _setCall(w, T.C_FLAGS, ((isCreate != 0 ? T.KIND_CREATE : T.KIND_CALL) << 248) | (1 << 240));
        _setCall(w, T.C_VALUE, w.loadUint(T.G_TX_VALUE));
        _setCall(w, T.C_GAS, childGas << 128);
        uint256 next = T.MODE_CALLEE;
        uint256 buffer = T.BUFFER_BUF_A;
        if (isCreate != 0) {
            next = T.MODE_HASH;
            buffer = T.BUFFER_BUF_B;
            _setReg(w, T.R_HASH, dataLen << 192);
        } else {
            uint256 to = w.loadUint(T.G_TO);
            _setCall(w, T.C_CODE_ADDR, to);
            _setCall(w, T.C_TO, to);
            _setCall(w, T.C_WINDOWS, dataLen << 192);
        }
        if (dataLen == 0) {
            _goTo(w, next, isCreate, 0, 0);
            return;
        }
        uint256 rawLen = uint32(info >> 192);
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_RAW, buffer, 0, uint32(info >> 160), rawLen, 0, dataLen));
        _goTo(w, T.MODE_COPY, isCreate, next, 0);
    }

    function _chainId(Wit.Data memory w) private pure returns (uint256) {
        return uint64(w.loadUint(T.G_MACHINE_INFO) >> 176);
    }
}
