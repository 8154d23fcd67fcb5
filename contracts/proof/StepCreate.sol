// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepFrames} from "./StepFrames.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {Account} from "./lib/Account.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {MptTrie} from "./lib/MptTrie.sol";
import {Rlp} from "./lib/Rlp.sol";
import {TxMaps} from "./lib/TxMaps.sol";
import {Wit} from "./lib/Witness.sol";
import {World} from "./lib/World.sol";

/// @title StepCreate
/// @notice Steps of creations: CREATEE finds the address, CREATECHK makes the account, DEPLOY gives it its code.
/// @custom:source docs/protocol/machine.md#calls-and-creations; EIPs 170, 684, 1014, 2681, 3541, 7610
contract StepCreate is StepFrames {
    using Wit for Wit.Data;

    uint256 private constant GAS_CODE_BYTE = 200;
    /// @dev First byte that code may not have.
    uint256 private constant FORBIDDEN_BYTE = 0xef;

    /// @dev One step of a mode of this family.
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_CREATEE) _begin(w);
        else if (mode == T.MODE_CREATECHK) _makeAccount(w);
        else if (mode == T.MODE_DEPLOY) _deploy(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- CREATEE

    /// @dev Address of the new account, and the creator's nonce.
    function _begin(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        uint256 target;
        if (flags.isTop != 0) {
            target = _addressByNonce(w.loadUint(T.G_SENDER), _nonceUsed(w));
            _warm(w, target);
        } else {
            uint256 creator = w.loadUint(T.G_SELF);
            World.Entry memory account = World.load(w, creator);
            uint256 nonce = account.info.nonce;
            if (
                _loadRegs(w).depth >= T.LIMIT_CALL_DEPTH || account.info.balance < _call(w, T.C_VALUE)
                    || nonce == type(uint64).max
            ) return _fail(w, flags.kind, uint64(_call(w, T.C_GAS) >> 128));
            target = flags.kind == T.KIND_CREATE2
                ? _addressBySalt(creator, _call(w, T.C_SALT), _call(w, T.C_CODE_HASH))
                : _addressByNonce(creator, nonce);
            _warm(w, target);
            account.info.nonce++;
            World.save(w, account);
        }
        _setCall(w, T.C_NEW_ADDR, target);
        _goTo(w, T.MODE_SNAP);
    }

    /// @dev The nonce that the transaction used: its own, or for a deposit the account's when it began.
    function _nonceUsed(Wit.Data memory w) private pure returns (uint256) {
        uint256 info = w.loadUint(T.G_TX_INFO);
        bool isDeposit = uint8(info >> 224) != 0;
        return isDeposit ? uint64(info >> 64) : w.loadUint(T.G_NONCE_GAS) >> 192;
    }

    function _warm(Wit.Data memory w, uint256 target) private pure {
        (bool isWarm, MptTrie.Path memory path) = TxMaps.loadWarm(w, target);
        if (!isWarm) TxMaps.makeWarm(w, path);
    }

    /// @dev keccak of the RLP list of creator and nonce.
    function _addressByNonce(uint256 creator, uint256 nonce) private pure returns (uint256) {
        uint256 ptr = ByteTree.alloc(96);
        // At most 1 + 21 + 9 bytes.
        uint256 end = Rlp.writeUint(Rlp.writeAddress(ptr + 1, creator), nonce);
        ByteTree.setByte(ptr, 0xc0 + end - ptr - 1);
        return uint160(uint256(ByteTree.hash(ptr, end - ptr)));
    }

    /// @dev EIP-1014: keccak of 0xff, creator, salt, hash of the init code.
    function _addressBySalt(uint256 creator, uint256 salt, uint256 codeHash) private pure returns (uint256) {
        return uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(uint160(creator)), salt, codeHash))));
    }

    // ---------------------------------------------------------------- CREATECHK

    /// @dev Refuses an address that is taken, or makes the account.
    function _makeAccount(Wit.Data memory w) private pure {
        CallFlags memory flags = _loadFlags(w);
        uint256 target = _call(w, T.C_NEW_ADDR);
        World.Entry memory account = World.load(w, target);
        Account.Info memory info = account.info;
        if (info.nonce != 0 || info.codeHash != T.EMPTY_CODE_HASH || info.storageRoot != T.EMPTY_TRIE_ROOT) {
            if (flags.isTop == 0) return _fail(w, flags.kind, 0);
            _setReg(w, T.R_OUTCOME, _outcome(T.OUTCOME_HALT, 0, 1, 0, 0));
            w.setNode(T.G_CALL, T.DEFAULT_CALL);
            w.store(T.G_BUF_B, T.Z12);
            return _goTo(w, T.MODE_SETTLE);
        }
        (bool isCreated, MptTrie.Path memory path) = TxMaps.loadCreated(w, target);
        if (!isCreated) TxMaps.makeCreated(w, path);
        info.nonce = 1;
        World.save(w, account);
        _setCall(w, T.C_TO, target);
        _goTo(w, _call(w, T.C_VALUE) == 0 ? T.MODE_PUSH : T.MODE_XFER);
    }

    // ---------------------------------------------------------------- DEPLOY

    /// @dev What a creation returned becomes the code of its account.
    function _deploy(Wit.Data memory w) private pure {
        Regs memory r = _loadRegs(w);
        uint256 ended = _reg(w, T.R_OUTCOME);
        uint256 outLen = _outLen(ended);
        if (outLen > T.LIMIT_CODE || r.gas < GAS_CODE_BYTE * outLen) return _halt(w);
        uint256 code = _readPages(w, T.G_BUF_A, T.D_BYTES, 0, outLen);
        if (outLen != 0 && ByteTree.byteAt(code) == FORBIDDEN_BYTE) return _halt(w);

        r.gas -= GAS_CODE_BYTE * outLen;
        _storeRegs(w, r);
        w.setNode(T.G_BUF_A, T.Z22);
        World.Entry memory account = World.load(w, w.loadUint(T.G_SELF));
        account.info.codeHash = ByteTree.hash(code, outLen);
        World.save(w, account);
        _setReg(w, T.R_OUTCOME, ended & ~(uint256(type(uint32).max) << 136));
        _goTo(w, T.MODE_EXIT);
    }
}
