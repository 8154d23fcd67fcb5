// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MachineTable as T} from "./MachineTable.sol";
import {StepFamily} from "./StepFamily.sol";
import {StepContext} from "./interfaces/IStepVerifier.sol";
import {ByteTree} from "./lib/ByteTree.sol";
import {KeccakSponge} from "./lib/KeccakSponge.sol";
import {Rlp} from "./lib/Rlp.sol";
import {Wit} from "./lib/Witness.sol";

/// @title StepEngines
/// @notice What opcodes leave to later steps because of its length: COPY, HASH and LOG.
/// @custom:source docs/protocol/machine.md#opcodes
contract StepEngines is StepFamily {
    using Wit for Wit.Data;

    /// @dev Bytes that one step of COPY writes at most: an aligned window of pages.
    uint256 private constant WINDOW = T.LIMIT_WINDOW_PAGES * T.LIMIT_PAGE;
    uint256 private constant SPONGE_WORDS = 8;
    uint256 private constant BLOOM_WORDS = 8;
    /// @dev Longest RLP of a log up to its data: three prefixes of at most 5 bytes, address, four topics.
    uint256 private constant LOG_HEAD_ROOM = 15 + 21 + 4 * 33 + 32;

    /// @notice R0 names a byte string that there is not.
    error UnknownBuffer(uint256 buffer);

    /// @notice R0, unpacked.
    struct Job {
        uint256 src;
        uint256 dst;
        uint256 isDown;
        uint256 srcOff;
        uint256 srcLen;
        uint256 dstOff;
        uint256 left;
    }

    /// @inheritdoc StepFamily
    function _step(StepContext calldata, Wit.Data memory w, uint256 ctl) internal pure override {
        uint256 mode = _mode(ctl);
        if (mode == T.MODE_COPY) _copy(w, ctl);
        else if (mode == T.MODE_HASH) _hash(w, _sub(ctl));
        else if (mode == T.MODE_LOG) _log(w);
        else revert ForeignMode(mode);
    }

    // ---------------------------------------------------------------- COPY

    function _copy(Wit.Data memory w, uint256 ctl) private pure {
        Job memory job = _loadJob(w);
        (uint256 from, uint256 to, uint256 size) = _part(job);
        _move(w, job, from, to, size);
        job.left -= size;
        if (job.left != 0) {
            if (job.isDown == 0) {
                job.srcOff += size;
                job.dstOff += size;
            }
            _setReg(
                w,
                T.R_COPY,
                _copyWord(job.src, job.dst, job.isDown, job.srcOff, job.srcLen, job.dstOff, job.left)
            );
            return;
        }
        _setReg(w, T.R_COPY, 0);
        if (job.src == T.BUFFER_BUF_B) w.setNode(T.G_BUF_B, T.Z12);
        // The mode becomes `ret`, which becomes 0; the rest stays.
        uint256 kept = ctl & ~((uint256(0xff) << 248) | (uint256(0xff) << 232));
        w.storeUint(T.G_CTL, kept | (_ret(ctl) << 248));
    }

    function _loadJob(Wit.Data memory w) private pure returns (Job memory job) {
        uint256 word = _reg(w, T.R_COPY);
        job.src = word >> 248;
        job.dst = uint8(word >> 240);
        job.isDown = uint8(word >> 232);
        job.srcOff = uint32(word >> 192);
        job.srcLen = uint32(word >> 160);
        job.dstOff = uint32(word >> 128);
        job.left = uint32(word >> 96);
    }

    /// @dev The bytes of one step: those in the window of the destination's first byte, or with isDown of its last one.
    function _part(Job memory job) private pure returns (uint256 from, uint256 to, uint256 size) {
        if (job.isDown == 0) {
            size = WINDOW - job.dstOff % WINDOW;
            if (size > job.left) size = job.left;
            return (job.srcOff, job.dstOff, size);
        }
        uint256 last = job.dstOff + job.left - 1;
        to = last - last % WINDOW;
        if (to < job.dstOff) to = job.dstOff;
        return (job.srcOff + to - job.dstOff, to, last + 1 - to);
    }

    /// @dev Moves the bytes of one step. All are read before the first is written: the byte strings may be the same.
    function _move(Wit.Data memory w, Job memory job, uint256 from, uint256 to, uint256 size) private pure {
        uint256 given = from < job.srcLen ? job.srcLen - from : 0;
        if (given > size) given = size;
        (uint256 g, uint256 depth) = _buffer(job.src);
        uint256 bytes_ = _readPages(w, g, depth, from, given);
        if (given < size) {
            // Behind the source's end there are zeros.
            uint256 padded = ByteTree.alloc(size);
            ByteTree.copyBytes(padded, bytes_, given);
            bytes_ = padded;
        }
        (g, depth) = _buffer(job.dst);
        _writePages(w, g, depth, to, bytes_, size);
    }

    /// @dev Place of a byte string in the state.
    function _buffer(uint256 buffer) private pure returns (uint256 g, uint256 depth) {
        if (buffer == T.BUFFER_MEM) return (T.G_MEM, T.D_BYTES);
        if (buffer == T.BUFFER_INPUT) return (T.G_INPUT, T.D_BYTES);
        if (buffer == T.BUFFER_RET) return (T.G_RET, T.D_BYTES);
        if (buffer == T.BUFFER_CODE) return (T.G_CODE, T.D_CODE);
        if (buffer == T.BUFFER_BUF_A) return (T.G_BUF_A, T.D_BYTES);
        if (buffer == T.BUFFER_BUF_B) return (T.G_BUF_B, T.D_BUF_B);
        if (buffer == T.BUFFER_LOGS) return (T.G_LOGS, T.D_BYTES);
        if (buffer == T.BUFFER_BATCH) return (T.G_BATCH, T.D_BATCH);
        if (buffer == T.BUFFER_RAW) return (T.G_RAW, T.D_RAW);
        revert UnknownBuffer(buffer);
    }

    // ---------------------------------------------------------------- HASH

    function _hash(Wit.Data memory w, uint256 sub) private pure {
        uint256 word = _reg(w, T.R_HASH);
        uint256 off = word >> 224;
        uint256 len = uint32(word >> 192);
        uint256 pos = uint32(word >> 160);
        (uint256 g, uint256 depth) = _buffer(sub == 0 ? T.BUFFER_MEM : T.BUFFER_BUF_B);
        if (pos == 0 && len <= T.LIMIT_DIRECT_HASH) {
            return _digest(w, sub, len, ByteTree.hash(_readPages(w, g, depth, off, len), len));
        }
        uint256 blocks = (len - pos) / KeccakSponge.RATE;
        if (blocks > T.LIMIT_SPONGE_BLOCKS) blocks = T.LIMIT_SPONGE_BLOCKS;
        uint256 stop = pos + blocks * KeccakSponge.RATE;
        bool isLast = len - stop < KeccakSponge.RATE;
        uint256 data = _readPages(w, g, depth, off + pos, (isLast ? len : stop) - pos);
        uint256 sponge = ByteTree.alloc(32 * SPONGE_WORDS);
        for (uint256 i = 0; i < SPONGE_WORDS; i++) {
            ByteTree.setWord(sponge + 32 * i, w.loadUint((T.G_SPONGE << T.D_SPONGE) | i));
        }
        KeccakSponge.absorb(sponge, data, blocks);
        if (isLast) {
            _storeSponge(w, ByteTree.alloc(32 * SPONGE_WORDS));
            return _digest(w, sub, len, KeccakSponge.finish(sponge, data + stop - pos, len - stop));
        }
        _storeSponge(w, sponge);
        _setReg(w, T.R_HASH, (off << 224) | (len << 192) | (stop << 160));
    }

    function _storeSponge(Wit.Data memory w, uint256 ptr) private pure {
        for (uint256 i = 0; i < SPONGE_WORDS; i++) {
            w.storeUint((T.G_SPONGE << T.D_SPONGE) | i, ByteTree.wordAt(ptr + 32 * i));
        }
    }

    /// @dev The hash is known: it goes to the stack, or to the words of the creation that it is made for.
    function _digest(Wit.Data memory w, uint256 sub, uint256 len, bytes32 digest) private pure {
        _setReg(w, T.R_HASH, 0);
        if (sub == 0) {
            Regs memory r = _loadRegs(w);
            _push(w, r, uint256(digest));
            _storeRegs(w, r);
            return _goTo(w, T.MODE_OP);
        }
        _setCall(w, T.C_CODE_HASH, uint256(digest));
        _setCall(w, T.C_CODE_LEN, len << 224);
        _goTo(w, T.MODE_CREATEE);
    }

    // ---------------------------------------------------------------- LOG

    function _log(Wit.Data memory w) private pure {
        uint256 word = _reg(w, T.R_LOG);
        uint256 off = word >> 224;
        uint256 len = uint32(word >> 192);
        uint256 topics = uint8(word >> 184);
        (uint256 head, uint256 headLen) = _logHead(w, off, len, topics);
        _addToBloom(w, topics);

        uint256 counters = w.loadUint(T.G_REV_PACKED);
        uint256 logBytes = uint32(counters >> 128);
        _append(w, logBytes, head, headLen);
        // logCount + 1, logBytes + the whole log.
        w.storeUint(T.G_REV_PACKED, counters + (1 << 160) + ((headLen + len) << 128));

        for (uint256 i = 0; i < topics; i++) {
            _setReg(w, T.R_TOPIC0 + i, 0);
        }
        _setReg(w, T.R_LOG, 0);
        if (len == 0) return _goTo(w, T.MODE_OP);
        uint256 memBytes = 32 * _loadRegs(w).memWords;
        _setReg(w, T.R_COPY, _copyWord(T.BUFFER_MEM, T.BUFFER_LOGS, 0, off, memBytes, logBytes + headLen, len));
        _goTo(w, T.MODE_COPY, 0, T.MODE_OP, 0);
    }

    /// @dev RLP of [address, [topics], data] up to the bytes of the data.
    function _logHead(Wit.Data memory w, uint256 off, uint256 len, uint256 topics)
        private
        pure
        returns (uint256 ptr, uint256 size)
    {
        // A single byte below 0x80 is its own encoding.
        bool isBare = len == 1 && _memoryByte(w, off) < 0x80;
        uint256 dataHead = isBare ? 0 : Rlp.headerLength(len);
        uint256 payload = 21 + Rlp.listLength(33 * topics) + dataHead + len;
        ptr = ByteTree.alloc(LOG_HEAD_ROOM);
        uint256 cur = Rlp.writeListHeader(ptr, payload);
        cur = Rlp.writeAddress(cur, w.loadUint(T.G_SELF));
        cur = Rlp.writeListHeader(cur, 33 * topics);
        for (uint256 i = 0; i < topics; i++) {
            cur = Rlp.writeWord(cur, bytes32(_reg(w, T.R_TOPIC0 + i)));
        }
        if (!isBare) cur = Rlp.writeStringHeader(cur, len);
        size = cur - ptr;
    }

    function _memoryByte(Wit.Data memory w, uint256 off) private pure returns (uint256) {
        uint256 word = w.loadUint((T.G_MEM << T.D_BYTES) + off / 32);
        return uint8(word >> (248 - 8 * (off % 32)));
    }

    /// @dev Writes bytes at the end of the logs, which is zero from there on.
    function _append(Wit.Data memory w, uint256 start, uint256 ptr, uint256 len) private pure {
        uint256 skip = start % 32;
        uint256 g = (T.G_LOGS << T.D_BYTES) + start / 32;
        uint256 count = (skip + len + 31) / 32;
        uint256 buffer = ByteTree.alloc(32 * count);
        ByteTree.setWord(buffer, w.loadUint(g));
        ByteTree.copyBytes(buffer + skip, ptr, len);
        for (uint256 i = 0; i < count; i++) {
            w.storeUint(g + i, ByteTree.wordAt(buffer + 32 * i));
        }
    }

    /// @dev Adds the address and the topics to the bloom of the transaction.
    function _addToBloom(Wit.Data memory w, uint256 topics) private pure {
        uint256 bloom = ByteTree.alloc(32 * BLOOM_WORDS);
        (uint256 words, uint256 nWords) = w.words(T.G_REV_BLOOM, T.D_BLOOM);
        ByteTree.copyBytes(bloom, words, 32 * nWords);
        _addBits(bloom, keccak256(abi.encodePacked(address(uint160(w.loadUint(T.G_SELF))))));
        for (uint256 i = 0; i < topics; i++) {
            _addBits(bloom, keccak256(abi.encodePacked(_reg(w, T.R_TOPIC0 + i))));
        }
        w.store(T.G_REV_BLOOM, ByteTree.root8(bloom));
    }

    /// @dev Sets the bits of a value: the first three pairs of bytes of its hash, each mod 2,048, counted from the last bit on.
    function _addBits(uint256 bloom, bytes32 digest) private pure {
        for (uint256 shift = 240; shift >= 208; shift -= 16) {
            uint256 bit = (uint256(digest) >> shift) & 0x7ff;
            uint256 ptr = bloom + 32 * (BLOOM_WORDS - 1 - bit / 256);
            ByteTree.setWord(ptr, ByteTree.wordAt(ptr) | (1 << (bit % 256)));
        }
    }
}
