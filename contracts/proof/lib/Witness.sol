// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ByteTree} from "./ByteTree.sol";

/// @title Wit
/// @notice The witness of one machine step: opened from its packed form, read and changed by the step's code, and folded
///         in one pass into the state root before and the state root after the step.
/// @dev Packed: u16 nItems, nItems x (u32 gindex, bytes32 pre), u8 nRanges, nRanges x (u32 gindex, u8 log2, u16 nWords,
///      nWords x bytes32), u16 nNodes, nNodes x (u16 len, bytes), u32 codeLen, code, u32 auxLen, aux, and nothing after.
///      The items tile the state tree from left to right: no gindex is below another, none is left out. A node's hash is
///      keccak256(left, right); the root has gindex 1, the children of g are 2g and 2g + 1.
///      Values are unauthenticated until `finish` compares the root that they make with the one that is known. Only exact
///      gindices are ever found, so a witness that opens the tree deeper or less deep than the step reads fails.
///      One witness, one `finish`: it consumes the items.
library Wit {
    // ---------------------------------------------------------------- types

    /// @notice An opened witness. Only this library reads or writes the fields; the assembly below relies on their order.
    struct Data {
        /// 0x00: memory address of the gindices; `stride` bytes behind it the values before, then the values after.
        uint256 items;
        /// 0x20: bytes of one of the three arrays: a word an item, and one more for `_find`.
        uint256 stride;
        /// 0x40: memory address of the gindex found last.
        uint256 hit;
        /// 0x60: memory address of the table of ranges: key, calldata position, memory address.
        uint256 ranges;
        /// 0x80: end of that table.
        uint256 rangesEnd;
        /// 0xa0: calldata position of the next trie node's length.
        uint256 node;
        /// 0xc0: trie nodes not consumed yet.
        uint256 nodesLeft;
        /// 0xe0: calldata position of the code.
        uint256 code;
        /// 0x100: bytes of the code.
        uint256 codeLen;
        /// 0x120: memory address of the code, 0 until it is asked for.
        uint256 codePtr;
        /// 0x140: calldata position of the auxiliary bytes.
        uint256 aux;
        /// 0x160: bytes of the auxiliary bytes.
        uint256 auxLen;
        /// 0x180: memory address of the auxiliary bytes, 0 until they are asked for.
        uint256 auxPtr;
        /// 0x1a0: memory address of the table of replaced inner nodes: gindex, value. 0 until there is one.
        uint256 overrides;
        /// 0x1c0: replaced inner nodes.
        uint256 nOverrides;
        /// 0x1e0: bit (g mod 256) is set for each of them.
        uint256 overrideMask;
        /// 0x200: how many of them the pass has met.
        uint256 overridesMet;
        /// 0x220: memory address of the gindex found before the last one.
        uint256 hitBefore;
    }

    // ---------------------------------------------------------------- constants

    /// @notice Inner nodes that one step may replace.
    uint256 internal constant MAX_OVERRIDES = 8;

    // ---------------------------------------------------------------- errors

    /// @notice The packed witness ends before something that begins at byte `offset`.
    error WitnessShort(uint256 offset);
    /// @notice The packed witness goes on after byte `offset`, where it should end.
    error WitnessLong(uint256 offset);
    /// @notice The step needs the tree node `g`, and the witness has no item for it.
    error MissingItem(uint256 g);
    /// @notice The step needs the words below `g`, and the witness has no range for it of that depth.
    error MissingRange(uint256 g);
    /// @notice The words given for `g` are too many, or do not hash to the item.
    error RangeMismatch(uint256 g);
    /// @notice The items do not tile the tree: the node `g` has no sibling where one should be.
    error FrontierBroken(uint256 g);
    /// @notice The witness is about another state.
    error PreRootMismatch(bytes32 got, bytes32 expected);
    /// @notice More than MAX_OVERRIDES inner nodes replaced.
    error TooManyOverrides(uint256 g);
    /// @notice A replaced inner node has no items below it, so that the pass never came to it.
    error OverrideMissed(uint256 count);
    /// @notice The step needs one more trie node than the witness has.
    error NodesExhausted();
    /// @notice The witness has trie nodes that the step does not use.
    error UnusedNodes(uint256 count);

    // ---------------------------------------------------------------- opening

    /// @notice Opens a packed witness: checks its structure and copies the items. Nothing is authenticated yet.
    function open(bytes calldata packed) internal pure returns (Data memory w) {
        uint256 base;
        assembly ("memory-safe") {
            base := packed.offset
        }
        // Positions are relative to the witness; lengths are at most 2^32 each, so that nothing overflows.
        unchecked {
            uint256 size = packed.length;
            uint256 count = _lengthAt(base, 0, 2, size);
            uint256 cur = 2 + 36 * count;
            if (cur > size) revert WitnessShort(2);
            _copyItems(w, base + 2, count);

            count = _lengthAt(base, cur, 1, size);
            cur = _openRanges(w, base, cur + 1, size, count);

            w.nodesLeft = _lengthAt(base, cur, 2, size);
            cur = _skipNodes(w, base, cur + 2, size);

            w.codeLen = _lengthAt(base, cur, 4, size);
            w.code = base + cur + 4;
            if (cur + 4 + w.codeLen > size) revert WitnessShort(cur + 4);
            cur += 4 + w.codeLen;

            w.auxLen = _lengthAt(base, cur, 4, size);
            w.aux = base + cur + 4;
            if (cur + 4 + w.auxLen > size) revert WitnessShort(cur + 4);
            cur += 4 + w.auxLen;
            if (cur != size) revert WitnessLong(cur);
        }
    }

    // ---------------------------------------------------------------- items

    /// @notice The value of the item with exactly this gindex: the one before the step, or the one stored since.
    function load(Data memory w, uint256 g) internal pure returns (bytes32 value) {
        uint256 found = _find(w, g);
        if (found == 0) revert MissingItem(g);
        assembly ("memory-safe") {
            // The value after the step, which begins as the one before it.
            value := mload(add(found, shl(1, mload(add(w, 0x20)))))
        }
    }

    /// @notice Like `load`, as a number.
    function loadUint(Data memory w, uint256 g) internal pure returns (uint256) {
        return uint256(load(w, g));
    }

    /// @notice Sets what the item with exactly this gindex is after the step.
    function store(Data memory w, uint256 g, bytes32 value) internal pure {
        uint256 found = _find(w, g);
        if (found == 0) revert MissingItem(g);
        assembly ("memory-safe") {
            mstore(add(found, shl(1, mload(add(w, 0x20)))), value)
        }
    }

    /// @notice Like `store`, of a number.
    function storeUint(Data memory w, uint256 g, uint256 value) internal pure {
        store(w, g, bytes32(value));
    }

    /// @notice Replaces the node `g`, which may be an item or an inner node with items below it: after the step it is
    ///         `value`, whatever is stored below it. Of nested replacements the outer one counts.
    function setNode(Data memory w, uint256 g, bytes32 value) internal pure {
        uint256 found = _find(w, g);
        if (found != 0) {
            assembly ("memory-safe") {
                mstore(add(found, shl(1, mload(add(w, 0x20)))), value)
            }
            return;
        }
        uint256 count = w.nOverrides;
        uint256 table = w.overrides;
        if (table == 0) {
            assembly ("memory-safe") {
                table := mload(0x40)
                mstore(0x40, add(table, 0x200))
            }
            w.overrides = table;
        }
        assembly ("memory-safe") {
            // The entry of g, or the first free one.
            found := table
            let end := add(table, shl(6, count))
            for {} and(lt(found, end), iszero(eq(mload(found), g))) { found := add(found, 0x40) } {}
            count := shr(6, sub(found, table))
        }
        if (count == MAX_OVERRIDES) revert TooManyOverrides(g);
        if (count == w.nOverrides) {
            w.nOverrides = count + 1;
            w.overrideMask |= 1 << (g & 0xff);
        }
        assembly ("memory-safe") {
            mstore(found, g)
            mstore(add(found, 0x20), value)
        }
    }

    /// @notice The words below the item `g`, a subtree of 2^depth leaves, checked against the item's value before the step.
    /// @dev The second call for the same g returns the same memory without hashing; whoever changes the words there
    ///      changes them for the next caller.
    /// @return ptr Memory address of the words; a zero word follows them.
    /// @return nWords Number of words given; those from there to 2^depth are zero.
    function words(Data memory w, uint256 g, uint256 depth) internal pure returns (uint256 ptr, uint256 nWords) {
        uint256 entry;
        uint256 key;
        assembly ("memory-safe") {
            // Key: gindex, depth (8 bits), number of words (16 bits).
            let wanted := or(shl(8, g), depth)
            let end := mload(add(w, 0x80))
            for { entry := mload(add(w, 0x60)) } lt(entry, end) { entry := add(entry, 0x60) } {
                key := mload(entry)
                if eq(shr(16, key), wanted) { break }
            }
            if eq(entry, end) { entry := 0 }
        }
        // With larger numbers the key would not be that of (g, depth).
        if (entry == 0 || depth > 0xff) revert MissingRange(g);
        nWords = key & 0xffff;
        assembly ("memory-safe") {
            ptr := mload(add(entry, 0x40))
        }
        if (ptr != 0) return (ptr, nWords);

        uint256 item = _find(w, g);
        if (item == 0) revert MissingItem(g);
        if (depth > ByteTree.MAX_DEPTH || nWords > 1 << depth) revert RangeMismatch(g);
        bytes32 expected;
        assembly ("memory-safe") {
            ptr := mload(0x40)
            let size := shl(5, nWords)
            calldatacopy(ptr, mload(add(entry, 0x20)), size)
            mstore(add(ptr, size), 0)
            mstore(0x40, add(add(ptr, size), 0x20))
            mstore(add(entry, 0x40), ptr)
            expected := mload(add(item, mload(add(w, 0x20))))
        }
        if (ByteTree.root(ptr, nWords, depth) != expected) revert RangeMismatch(g);
    }

    // ---------------------------------------------------------------- the pass

    /// @notice Folds the items into the root before the step, which must be `preRoot`, and the root after it.
    /// @dev A stack of subtree roots grows in place over the consumed items: it never holds more. Siblings are neighbours
    ///      there, so that a pair is hashed where it lies. Both roots are always hashed: telling which subtrees are
    ///      unchanged costs as much.
    function finish(Data memory w, bytes32 preRoot) internal pure returns (bytes32 postRoot) {
        uint256 base = w.items;
        uint256 stride = w.stride;
        uint256 sp = w.nOverrides == 0 ? _fold(base, stride) : _foldOver(base, stride, w);
        uint256 top;
        bytes32 gotRoot;
        assembly ("memory-safe") {
            top := mload(sub(sp, 0x20))
            gotRoot := mload(add(base, stride))
            postRoot := mload(add(base, shl(1, stride)))
        }
        // What is left must be the root alone.
        unchecked {
            if (sp != base + 0x20 || top != 1) revert FrontierBroken(uint32(top));
        }
        if (gotRoot != preRoot) revert PreRootMismatch(gotRoot, preRoot);
        if (w.overridesMet != w.nOverrides) revert OverrideMissed(w.nOverrides - w.overridesMet);
    }

    // ---------------------------------------------------------------- nodes, code, auxiliary bytes

    /// @notice Consumes the next trie node.
    /// @return ptr Memory address of its bytes, in a copy that nobody else has.
    /// @return len Number of bytes.
    function nextNode(Data memory w) internal pure returns (uint256 ptr, uint256 len) {
        uint256 left = w.nodesLeft;
        if (left == 0) revert NodesExhausted();
        assembly ("memory-safe") {
            mstore(add(w, 0xc0), sub(left, 1))
            let from := mload(add(w, 0xa0))
            len := shr(240, calldataload(from))
            ptr := mload(0x40)
            calldatacopy(ptr, add(from, 2), len)
            mstore(add(w, 0xa0), add(add(from, 2), len))
            mstore(0x40, and(add(add(ptr, len), 0x1f), not(0x1f)))
        }
    }

    /// @notice Reverts if trie nodes are left over.
    function assertAllUsed(Data memory w) internal pure {
        if (w.nodesLeft != 0) revert UnusedNodes(w.nodesLeft);
    }

    /// @notice The code of the witness: memory address (zero bytes follow to a full word and one word on) and length.
    function codeBytes(Data memory w) internal pure returns (uint256 ptr, uint256 len) {
        len = w.codeLen;
        ptr = w.codePtr;
        if (ptr == 0) {
            ptr = _copyPadded(w.code, len);
            w.codePtr = ptr;
        }
    }

    /// @notice The auxiliary bytes of the witness, as `codeBytes` gives the code.
    function auxBytes(Data memory w) internal pure returns (uint256 ptr, uint256 len) {
        len = w.auxLen;
        ptr = w.auxPtr;
        if (ptr == 0) {
            ptr = _copyPadded(w.aux, len);
            w.auxPtr = ptr;
        }
    }

    // ---------------------------------------------------------------- private

    /// @dev The pass, with nothing replaced: the most frequent one by far. Returns the end of the stack.
    function _fold(uint256 base, uint256 stride) private pure returns (uint256 sp) {
        uint256 broken;
        assembly ("memory-safe") {
            let end := sub(add(base, stride), 0x20)
            sp := base
            for { let ip := base } lt(ip, end) { ip := add(ip, 0x20) } {
                let g := mload(ip)
                {
                    let to := add(sp, stride)
                    let from := add(ip, stride)
                    mstore(to, mload(from))
                    mstore(add(to, stride), mload(add(from, stride)))
                }
                for {} and(g, 1) {} {
                    sp := sub(sp, 0x20)
                    // Below the first entry lies a number that is nobody's sibling.
                    if xor(mload(sp), xor(g, 1)) {
                        sp := add(sp, 0x20)
                        if gt(g, 1) {
                            broken := g
                            ip := end
                        }
                        break
                    }
                    let cur := add(sp, stride)
                    mstore(cur, keccak256(cur, 0x40))
                    cur := add(cur, stride)
                    mstore(cur, keccak256(cur, 0x40))
                    g := shr(1, g)
                }
                mstore(sp, g)
                sp := add(sp, 0x20)
            }
        }
        if (broken != 0) revert FrontierBroken(broken);
    }

    /// @dev The pass where inner nodes have been replaced. Returns the end of the stack; where a sibling is missing the node
    ///      without one is its only entry, at address 0.
    function _foldOver(uint256 base, uint256 stride, Data memory w) private pure returns (uint256 sp) {
        assembly ("memory-safe") {
            let mask := mload(add(w, 0x1e0))
            let end := sub(add(base, stride), 0x20)
            sp := base
            for { let ip := base } lt(ip, end) { ip := add(ip, 0x20) } {
                let g := mload(ip)
                {
                    let to := add(sp, stride)
                    let from := add(ip, stride)
                    mstore(to, mload(from))
                    mstore(add(to, stride), mload(add(from, stride)))
                }
                for {} and(g, 1) {} {
                    sp := sub(sp, 0x20)
                    // Below the first entry lies a number that is nobody's sibling.
                    if sub(mload(sp), xor(g, 1)) {
                        sp := add(sp, 0x20)
                        if gt(g, 1) {
                            sp := 0
                            ip := end
                        }
                        break
                    }
                    let cur := add(sp, stride)
                    mstore(cur, keccak256(cur, 0x40))
                    cur := add(cur, stride)
                    mstore(cur, keccak256(cur, 0x40))
                    g := shr(1, g)
                    if and(shr(and(g, 0xff), mask), 1) {
                        let entry := mload(add(w, 0x1a0))
                        let last := add(entry, shl(6, mload(add(w, 0x1c0))))
                        for {} lt(entry, last) { entry := add(entry, 0x40) } {
                            if eq(mload(entry), g) {
                                mstore(cur, mload(add(entry, 0x20)))
                                mstore(add(w, 0x200), add(mload(add(w, 0x200)), 1))
                            }
                        }
                    }
                }
                mstore(sp, g)
                sp := add(sp, 0x20)
            }
        }
    }

    /// @dev The big-endian number of `width` bytes at position `cur`.
    function _lengthAt(uint256 base, uint256 cur, uint256 width, uint256 size) private pure returns (uint256 value) {
        // `cur` is below 2^34.
        unchecked {
            if (cur + width > size) revert WitnessShort(cur);
        }
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, width)), calldataload(add(base, cur)))
        }
    }

    /// @dev Copies `count` items from the calldata position `from` into three arrays, behind a number that is no gindex.
    function _copyItems(Data memory w, uint256 from, uint256 count) private pure {
        assembly ("memory-safe") {
            let base := mload(0x40)
            mstore(base, 0x100000000)
            base := add(base, 0x20)
            let stride := add(shl(5, count), 0x20)
            {
                let p := base
                let q := add(base, stride)
                let r := add(q, stride)
                for { let end := sub(q, 0x20) } lt(p, end) {} {
                    mstore(p, shr(224, calldataload(from)))
                    let value := calldataload(add(from, 4))
                    mstore(q, value)
                    mstore(r, value)
                    from := add(from, 36)
                    p := add(p, 0x20)
                    q := add(q, 0x20)
                    r := add(r, 0x20)
                }
                mstore(p, 0x100000000)
                mstore(0x40, add(r, 0x20))
            }
            mstore(w, base)
            mstore(add(w, 0x20), stride)
            mstore(add(w, 0x40), base)
            mstore(add(w, 0x220), base)
        }
    }

    /// @dev Notes where the ranges are; nothing is copied. Returns the position behind them.
    function _openRanges(Data memory w, uint256 base, uint256 cur, uint256 size, uint256 count)
        private
        pure
        returns (uint256)
    {
        // `cur` is at most `size` + 2^21 when it is compared.
        unchecked {
            uint256 entry;
            assembly ("memory-safe") {
                entry := mload(0x40)
                mstore(0x40, add(entry, mul(0x60, count)))
            }
            w.ranges = entry;
            for (; count != 0; count--) {
                if (cur + 7 > size) revert WitnessShort(cur);
                uint256 key;
                assembly ("memory-safe") {
                    let from := add(base, cur)
                    key := shr(200, calldataload(from))
                    mstore(entry, key)
                    mstore(add(entry, 0x20), add(from, 7))
                    mstore(add(entry, 0x40), 0)
                    entry := add(entry, 0x60)
                }
                cur += 7;
                uint256 next = cur + ((key & 0xffff) << 5);
                if (next > size) revert WitnessShort(cur);
                cur = next;
            }
            w.rangesEnd = entry;
            return cur;
        }
    }

    /// @dev Notes where the trie nodes begin and steps over them. Returns the position behind them.
    function _skipNodes(Data memory w, uint256 base, uint256 cur, uint256 size) private pure returns (uint256) {
        // Each node is shorter than 2^16 bytes, and there are fewer than 2^16 of them.
        unchecked {
            uint256 short = type(uint256).max;
            uint256 count = w.nodesLeft;
            w.node = base + cur;
            assembly ("memory-safe") {
                for {} count { count := sub(count, 1) } {
                    let next := add(add(cur, 2), shr(240, calldataload(add(base, cur))))
                    if gt(next, size) {
                        short := cur
                        break
                    }
                    cur := next
                }
            }
            if (short != type(uint256).max) revert WitnessShort(short);
            return cur;
        }
    }

    /// @dev Memory address of the gindex `g` among the items, 0 if there is none. Steps read the items nearly in order, and write
    ///      what they have just read: the last two are tried, then the search goes on where the last one ended, and then from
    ///      the start. So the cheapest way through a state is from left to right.
    function _find(Data memory w, uint256 g) private pure returns (uint256 found) {
        assembly ("memory-safe") {
            let p := mload(add(w, 0x40))
            if eq(mload(p), g) { found := p }
            if iszero(found) {
                found := mload(add(w, 0x220))
                mstore(add(w, 0x220), p)
                switch eq(mload(found), g)
                case 1 { mstore(add(w, 0x40), found) }
                default { found := 0 }
            }
            if iszero(found) {
                let base := mload(w)
                let end := sub(add(base, mload(add(w, 0x20))), 0x20)
                // The word behind the gindices makes each search end. It is left with a number that is no gindex.
                mstore(end, g)
                // The control word and the registers of the frame come first.
                if lt(g, 145) { p := base }
                for {} 1 {} {
                    // Four at a time; what is read beyond the end ends nothing too early, see below.
                    for {} iszero(or(
                            or(eq(mload(p), g), eq(mload(add(p, 0x20)), g)),
                            or(eq(mload(add(p, 0x40)), g), eq(mload(add(p, 0x60)), g))
                        )) {} { p := add(p, 0x80) }
                    // At most three more: the end is never passed.
                    for {} xor(mload(p), g) {} { p := add(p, 0x20) }
                    if lt(p, end) {
                        found := p
                        mstore(add(w, 0x40), p)
                        break
                    }
                    if iszero(base) { break }
                    p := base
                    base := 0
                }
                mstore(end, 0x100000000)
            }
        }
    }

    /// @dev Copies calldata into new memory, with zeros behind it to a full word and one word on.
    function _copyPadded(uint256 from, uint256 len) private pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := mload(0x40)
            calldatacopy(ptr, from, len)
            let end := add(ptr, len)
            mstore(end, 0)
            mstore(add(end, 0x20), 0)
            mstore(0x40, add(and(add(end, 0x1f), not(0x1f)), 0x20))
        }
    }
}
