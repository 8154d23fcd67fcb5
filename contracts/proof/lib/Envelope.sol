// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "../MachineTable.sol";
import {ByteTree} from "./ByteTree.sol";
import {Recover} from "./Recover.sol";
import {Rlp} from "./Rlp.sol";

/// @title Envelope
/// @notice Decodes signed transactions of the types legacy, 1, 2 and 4, and checks all of them that needs no state.
/// @dev Addresses are memory addresses. The checks come in any order: what fails one of them is dropped.
/// @custom:source docs/protocol/derivation.md#stateless-validity-of-a-transaction
library Envelope {
    // ---------------------------------------------------------------- types

    /// @notice A transaction. Offsets are in the envelope; those of the lists are of their content, 0 if the type has none.
    struct Fields {
        uint256 kind;
        uint256 nonce;
        uint256 maxFee;
        uint256 maxPriorityFee;
        uint256 gasLimit;
        bool isCreate;
        uint256 to;
        uint256 value;
        uint256 dataOff;
        uint256 dataLen;
        uint256 aclOff;
        uint256 aclEnd;
        uint256 authOff;
        uint256 authEnd;
        uint256 sender;
        uint256 intrinsic;
        uint256 floor;
    }

    /// @notice An EIP-7702 authorization as it stands: nothing is judged but its form.
    struct Authorization {
        uint256 chainId;
        uint256 target;
        uint256 nonce;
        uint256 parity;
        uint256 r;
        uint256 s;
    }

    // ---------------------------------------------------------------- constants

    /// @notice Bytes before and behind the envelope that `parse` writes over.
    uint256 internal constant ROOM = 64;
    /// @notice Most gas of a transaction.
    uint256 internal constant MAX_GAS = 1 << 24;

    uint256 private constant TX_GAS = 21_000;
    uint256 private constant TOKEN_GAS = 4;
    uint256 private constant FLOOR_TOKEN_GAS = 10;
    uint256 private constant CREATION_GAS = 32_000;
    uint256 private constant INIT_CODE_WORD_GAS = 2;
    uint256 private constant LISTED_ADDRESS_GAS = 2_400;
    uint256 private constant LISTED_SLOT_GAS = 1_900;
    uint256 private constant AUTHORIZATION_GAS = 25_000;

    // ---------------------------------------------------------------- the envelope

    /// @notice Decodes an envelope.
    /// @param raw Memory address of it; ROOM bytes before and behind it, and the signature, are lost.
    /// @param len Its bytes.
    /// @param chainId Chain id that it must be for.
    /// @return ok It is valid statelessly.
    /// @return f The transaction if it is.
    function parse(uint256 raw, uint256 len, uint256 chainId) internal view returns (bool ok, Fields memory f) {
        // Sums are of lengths and addresses in memory, and of gas that is at most 2^40 where it is added.
        unchecked {
            if (len == 0 || len > T.LIMIT_TX_BYTES) return (false, f);
            uint256 kind = ByteTree.byteAt(raw);
            if (kind >= 0xc0) kind = 0;
            else if (kind != 1 && kind != 2 && kind != 4) return (false, f);
            f.kind = kind;

            Rlp.Reader memory r = Rlp.reader(raw, len);
            if (kind != 0) r.cur++;
            if (Rlp.enterList(r) != raw + len) return (false, f);
            uint256 fields = r.cur;
            if (kind != 0 && Rlp.readUint(r, 32) != chainId) return (false, f);
            f.nonce = Rlp.readUint(r, 8);
            f.maxPriorityFee = Rlp.readUint(r, 32);
            // Types with one gas price: it is both.
            f.maxFee = kind == 2 || kind == 4 ? Rlp.readUint(r, 32) : f.maxPriorityFee;
            f.gasLimit = Rlp.readUint(r, 8);
            (f.isCreate, f.to) = Rlp.readOptionalAddress(r);
            f.value = Rlp.readUint(r, 32);
            (uint256 data, uint256 size) = Rlp.readString(r);
            (f.dataOff, f.dataLen) = (data - raw, size);
            if (kind != 0) {
                (uint256 list, uint256 listLen) = Rlp.readList(r);
                (f.aclOff, f.aclEnd) = (list - raw, list + listLen - raw);
            }
            if (kind == 4) {
                (uint256 list, uint256 listLen) = Rlp.readList(r);
                (f.authOff, f.authEnd) = (list - raw, list + listLen - raw);
            }
            if (!r.ok || !_hasValidGas(f, raw)) return (false, f);
            f.sender = _sender(r, fields, kind, chainId);
            ok = f.sender != 0;
        }
    }

    /// @dev All that the fields alone decide; fills in the gas.
    function _hasValidGas(Fields memory f, uint256 raw) private pure returns (bool) {
        unchecked {
            if (f.gasLimit > MAX_GAS || f.nonce == type(uint64).max || f.maxPriorityFee > f.maxFee) return false;
            if (f.gasLimit != 0 && f.maxFee > type(uint256).max / f.gasLimit) return false;
            if (f.isCreate && (f.kind == 4 || f.dataLen > T.LIMIT_INIT_CODE)) return false;
            uint256 tokens = _tokens(raw + f.dataOff, f.dataLen);
            f.floor = TX_GAS + FLOOR_TOKEN_GAS * tokens;
            uint256 gas = TX_GAS + TOKEN_GAS * tokens;
            if (f.isCreate) gas += CREATION_GAS + INIT_CODE_WORD_GAS * ((f.dataLen + 31) / 32);
            // Cheap first: a list that asks for more than there can be need not be read to its end.
            if (f.gasLimit < gas || f.gasLimit < f.floor) return false;
            (bool ok, uint256 listGas) = _accessListGas(raw + f.aclOff, raw + f.aclEnd);
            gas += listGas;
            if (!ok || f.gasLimit < gas) return false;
            if (f.kind == 4) {
                (ok, listGas) = _authorizationGas(raw + f.authOff, raw + f.authEnd);
                gas += listGas;
                if (!ok || f.gasLimit < gas) return false;
            }
            f.intrinsic = gas;
            return true;
        }
    }

    /// @dev Tokens of calldata: one for a zero byte, four for another.
    function _tokens(uint256 cur, uint256 len) private pure returns (uint256 tokens) {
        assembly ("memory-safe") {
            let low := 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f
            let zeros := 0
            let end := add(cur, len)
            for {} lt(cur, end) { cur := add(cur, 32) } {
                let word := mload(cur)
                let rest := sub(end, cur)
                // Bytes behind the end count as others.
                if lt(rest, 32) { word := or(word, shr(shl(3, rest), not(0))) }
                // The top bit of each byte that is zero, then their number as a sum in the top byte.
                word := not(or(or(add(and(word, low), low), word), low))
                zeros := add(
                    zeros,
                    shr(248, mul(shr(7, word), 0x0101010101010101010101010101010101010101010101010101010101010101))
                )
            }
            tokens := sub(shl(2, len), mul(3, zeros))
        }
    }

    /// @dev Gas of an access list's content; not ok if it is none, or if it costs more than a transaction can.
    function _accessListGas(uint256 cur, uint256 end) private pure returns (bool, uint256 gas) {
        unchecked {
            while (cur < end) {
                (bool ok, bool isList, uint256 payload, uint256 len) = Rlp.item(cur, end);
                // 20 and 32 bytes have one encoding each.
                if (!ok || !isList || len < 22 || ByteTree.byteAt(payload) != 0x94) return (false, 0);
                cur = payload + len;
                (ok, isList, payload, len) = Rlp.item(payload + 21, cur);
                if (!ok || !isList || payload + len != cur || len % 33 != 0) return (false, 0);
                gas += LISTED_ADDRESS_GAS + LISTED_SLOT_GAS * (len / 33);
                if (gas > MAX_GAS) return (false, 0);
                for (; payload < cur; payload += 33) {
                    if (ByteTree.byteAt(payload) != 0xa0) return (false, 0);
                }
            }
            return (true, gas);
        }
    }

    /// @dev Gas of the content of an authorization list; not ok if one is malformed, there is none, or there are too many.
    function _authorizationGas(uint256 cur, uint256 end) private pure returns (bool, uint256 gas) {
        unchecked {
            while (cur < end) {
                (cur,) = authorization(cur, end);
                gas += AUTHORIZATION_GAS;
                if (cur == 0 || gas > MAX_GAS) return (false, 0);
            }
            return (gas != 0, gas);
        }
    }

    /// @dev Reads the signature, which must be the rest of the list. 0 if it is not valid.
    function _sender(Rlp.Reader memory r, uint256 fields, uint256 kind, uint256 chainId) private view returns (uint256) {
        // `2 * chainId` is below 2^66.
        unchecked {
            uint256 end = r.cur;
            uint256 parity = Rlp.readUint(r, 32);
            uint256 sigR = Rlp.readUint(r, 32);
            uint256 sigS = Rlp.readUint(r, 32);
            if (!Rlp.isDone(r)) return 0;
            if (kind == 0) {
                if (parity == 27 || parity == 28) {
                    parity -= 27;
                } else {
                    // EIP-155: the chain id and two empty strings are signed too.
                    if (parity < 35 + 2 * chainId) return 0;
                    parity -= 35 + 2 * chainId;
                    end = Rlp.writeUint(end, chainId);
                    ByteTree.setByte(end, 0x80);
                    ByteTree.setByte(end + 1, 0x80);
                    end += 2;
                }
            }
            // The list that was signed ends before the signature: its header goes in front of the fields.
            uint256 size = end - fields;
            uint256 head = ByteTree.alloc(32);
            uint256 headLen = Rlp.writeListHeader(head, size) - head;
            uint256 start = fields - headLen;
            ByteTree.copyBytes(start, head, headLen);
            if (kind != 0) ByteTree.setByte(--start, kind);
            return Recover.signer(ByteTree.hash(start, end - start), parity, sigR, sigS);
        }
    }

    // ---------------------------------------------------------------- authorizations

    /// @notice The tuple at `cur` in a slice that ends at `end`.
    /// @return after_ Where the next one begins, 0 if there is no tuple here.
    /// @return a The tuple.
    function authorization(uint256 cur, uint256 end) internal pure returns (uint256 after_, Authorization memory a) {
        Rlp.Reader memory r = Rlp.Reader(cur, end, true);
        after_ = Rlp.enterList(r);
        a.chainId = Rlp.readUint(r, 32);
        a.target = Rlp.readFixed(r, 20);
        a.nonce = Rlp.readUint(r, 8);
        a.parity = Rlp.readUint(r, 1);
        a.r = Rlp.readUint(r, 32);
        a.s = Rlp.readUint(r, 32);
        if (!Rlp.isDone(r)) after_ = 0;
    }

    /// @notice Whether code is a delegation: 23 bytes, `0xef0100` and an address.
    function isDelegation(uint256 ptr, uint256 len) internal pure returns (bool) {
        return len == 23 && ByteTree.wordAt(ptr) >> 232 == 0xef0100;
    }

    /// @notice Signer of an authorization, 0 if its signature is not valid. The chain id must be below 2^64.
    function authority(Authorization memory a) internal view returns (uint256) {
        unchecked {
            // At most 2 + 9 + 21 + 9 bytes.
            uint256 start = ByteTree.alloc(96);
            uint256 end = Rlp.writeUint(start + 2, a.chainId);
            end = Rlp.writeAddress(end, a.target);
            end = Rlp.writeUint(end, a.nonce);
            ByteTree.setByte(start, 5);
            ByteTree.setByte(start + 1, 0xc0 + end - start - 2);
            return Recover.signer(ByteTree.hash(start, end - start), a.parity, a.r, a.s);
        }
    }
}
