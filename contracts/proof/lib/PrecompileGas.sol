// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title PrecompileGas
/// @notice What each precompile of the L2 costs for an input, and how the verifier calls L1's own: an out-of-gas of the verifier's
/// caller can never be passed off as a failure of the precompile.
/// @dev Osaka's prices, which L1 and L2 share. Other prices or semantics on L1 need a new machine version.
/// @custom:source EIPs 196, 197, 152, 198, 1108, 2565, 2537, 4844, 7883, 7823, 7951; docs/protocol/execution.md for the bounds
library PrecompileGas {
    /// @notice More than any transaction has: the price of a MODEXP whose lengths are out of bounds, which always fails.
    uint256 internal constant UNPAYABLE = type(uint64).max;
    /// @notice Gas that the caller of `callChecked` must have beyond what it forwards.
    uint256 internal constant RESERVE = 50_000;
    /// @notice Longest base, exponent and modulus of MODEXP in bytes.
    uint256 internal constant MODEXP_MAX_LENGTH = 1_024;

    /// @dev Discounts of EIP-2537 for 1 to 128 pairs, in thousandths, 2 bytes each; more pairs have the last one.
    bytes private constant _G1_DISCOUNTS =
        hex"03e803b50350031d02fc02ee02e202d802cf02c802c102ba02b402af02aa02a502a1029d029902950292028e028b0288"
        hex"028502820280027d027b0278027602730271026f026d026b026902670265026302610260025e025c025b025902570256"
        hex"0254025302510250024f024d024c024a02490248024602450244024302410240023f023e023d023c023a023902380237"
        hex"0236023502340233023202310230022f022e022d022c022b022a02290228022702260225022402230223022202210220"
        hex"021f021e021d021c021c021b021a0219021802180217021602150214021402130212021102100210020f020e020d020d"
        hex"020c020b020a020a0209020802080207";
    bytes private constant _G2_DISCOUNTS =
        hex"03e803e8039b037403570340032c031c030e030202f702ed02e402dc02d402cd02c702c002bb02b502b002ab02a702a2"
        hex"029e029a02970293028f028c0289028602830280027d027a0278027502730270026e026c026a0267026502630261025f"
        hex"025e025c025a025802560255025302510250024e024d024b024a0248024702460244024302420240023f023e023d023b"
        hex"023a023902380237023602350233023202310230022f022e022d022c022b022a02290228022802270226022502240223"
        hex"0222022102210220021f021e021d021d021c021b021a0219021902180217021702160215021402140213021202120211"
        hex"02100210020f020e020e020d020c020c";

    /// @notice The caller did not give enough gas for a verdict: call again with so much that `needed` is left here.
    error CallerGasTooLow(uint256 needed);
    /// @notice The address is not a precompile of the L2.
    error PrecompileGasUnknown(uint256 target);

    /// @notice Whether an address is a precompile of the L2: 1 to 0x11, and 0x100.
    function isPrecompile(uint256 target) internal pure returns (bool) {
        return (target > 0 && target < 0x12) || target == 0x100;
    }

    /// @notice Longest input in bytes that does not make the precompile fail; no bound: 2^256 - 1.
    /// @param isProvable The chain's `provablePrecompiles` flag.
    function maxInputLength(uint256 target, bool isProvable) internal pure returns (uint256) {
        if (target == 0x08) return 57_600;
        if (target == 0x0c) return 288_960;
        if (target == 0x0e) return 278_784;
        if (target == 0x0f) return isProvable ? 98_304 : 156_672;
        return type(uint256).max;
    }

    /// @notice Gas that a precompile takes for an input, whether it then fails or not.
    /// @param target Its address.
    /// @param inPtr Memory address of the input.
    /// @param inLength Bytes of it.
    /// @return gasRequired At most `UNPAYABLE`.
    function requiredGas(uint256 target, uint256 inPtr, uint256 inLength) internal pure returns (uint256 gasRequired) {
        uint256 inWords = (inLength + 31) / 32;
        if (target == 0x01) return 3_000;
        if (target == 0x02) return 60 + 12 * inWords;
        if (target == 0x03) return 600 + 120 * inWords;
        if (target == 0x04) return 15 + 3 * inWords;
        if (target == 0x05) return modExpGas(inPtr, inLength);
        if (target == 0x06) return 150;
        if (target == 0x07) return 6_000;
        if (target == 0x08) return 45_000 + 34_000 * (inLength / 192);
        // The first 4 bytes are the number of rounds; an input of another length fails.
        if (target == 0x09) return inLength == 213 ? _word(inPtr, inLength, 0) >> 224 : 0;
        if (target == 0x0a) return 50_000;
        if (target == 0x0b) return 375;
        if (target == 0x0c) return msmGas(inLength / 160, 12_000, _G1_DISCOUNTS);
        if (target == 0x0d) return 600;
        if (target == 0x0e) return msmGas(inLength / 288, 22_500, _G2_DISCOUNTS);
        if (target == 0x0f) return 37_700 + 32_600 * (inLength / 384);
        if (target == 0x10) return 5_500;
        if (target == 0x11) return 23_800;
        if (target == 0x100) return 6_900;
        revert PrecompileGasUnknown(target);
    }

    /// @notice Price of a MODEXP by EIP-7883, `UNPAYABLE` beyond EIP-7823's bounds.
    function modExpGas(uint256 inPtr, uint256 inLength) internal pure returns (uint256) {
        (uint256 baseLength, uint256 exponentLength, uint256 modulusLength) = modExpLengths(inPtr, inLength);
        if (!isModExpInBounds(baseLength, exponentLength, modulusLength)) return UNPAYABLE;
        uint256 longest = baseLength > modulusLength ? baseLength : modulusLength;
        uint256 words = (longest + 7) / 8;
        uint256 complexity = longest > 32 ? 2 * words * words : 16;
        // The exponent's first 32 bytes, or all of it if it is shorter.
        uint256 head = _word(inPtr, inLength, 96 + baseLength);
        if (exponentLength < 32) head = exponentLength == 0 ? 0 : head >> (256 - 8 * exponentLength);
        uint256 iterations = head == 0 ? 0 : _log2(head);
        if (exponentLength > 32) iterations += 16 * (exponentLength - 32);
        if (iterations == 0) iterations = 1;
        uint256 price = complexity * iterations;
        return price < 500 ? 500 : price;
    }

    /// @notice The three lengths that a MODEXP input begins with; bytes that are missing count as zero.
    function modExpLengths(uint256 inPtr, uint256 inLength)
        internal
        pure
        returns (uint256 baseLength, uint256 exponentLength, uint256 modulusLength)
    {
        return (_word(inPtr, inLength, 0), _word(inPtr, inLength, 32), _word(inPtr, inLength, 64));
    }

    /// @notice EIP-7823: each of the three is at most 1,024 bytes long.
    function isModExpInBounds(uint256 baseLength, uint256 exponentLength, uint256 modulusLength)
        internal
        pure
        returns (bool)
    {
        return baseLength <= MODEXP_MAX_LENGTH && exponentLength <= MODEXP_MAX_LENGTH
            && modulusLength <= MODEXP_MAX_LENGTH;
    }

    /// @notice Price of a multi-scalar multiplication by EIP-2537; 0 for no pair, which fails.
    /// @param pairs Whole pairs of the input.
    /// @param mulGas Price of one multiplication.
    /// @param discounts 128 discounts of 2 bytes.
    function msmGas(uint256 pairs, uint256 mulGas, bytes memory discounts) internal pure returns (uint256) {
        if (pairs == 0) return 0;
        uint256 index = pairs > 128 ? 127 : pairs - 1;
        uint256 discount;
        // Safe: reads inside the 256 bytes of the table.
        assembly ("memory-safe") {
            discount := shr(240, mload(add(add(discounts, 0x20), shl(1, index))))
        }
        return pairs * mulGas * discount / 1_000;
    }

    /// @notice Calls L1's precompile with exactly the gas it needs, or reverts if the caller did not leave enough for that.
    /// @dev All memory named must have been allocated, so that the reserve covers the call's own costs.
    /// @param target Its address.
    /// @param inPtr Memory address of the input.
    /// @param inLength Bytes of it.
    /// @param outPtr Memory address of the output.
    /// @param outLength Bytes of it; when the precompile returns fewer (nothing, say) the rest is left as it was.
    /// @param gasRequired Its price for this input: `requiredGas`.
    /// @return isSuccess False if and only if the precompile rejects the input.
    function callChecked(
        uint256 target,
        uint256 inPtr,
        uint256 inLength,
        uint256 outPtr,
        uint256 outLength,
        uint256 gasRequired
    ) internal view returns (bool isSuccess) {
        uint256 needed = ((gasRequired + RESERVE) * 64 + 62) / 63;
        if (gasleft() < needed) revert CallerGasTooLow(needed);
        // Safe: writes at most the output that the caller names.
        assembly ("memory-safe") {
            isSuccess := staticcall(gasRequired, target, inPtr, inLength, outPtr, outLength)
        }
    }

    /// @dev The 32 bytes at an offset of the input, zero behind its end.
    function _word(uint256 inPtr, uint256 inLength, uint256 offset) private pure returns (uint256 word) {
        if (offset >= inLength) return 0;
        uint256 left = inLength - offset;
        assembly ("memory-safe") {
            word := mload(add(inPtr, offset))
        }
        if (left < 32) word &= type(uint256).max << (256 - 8 * left);
    }

    /// @dev Index of the highest bit of a number that is not 0.
    function _log2(uint256 value) private pure returns (uint256 index) {
        for (uint256 step = 128; step > 0; step >>= 1) {
            if (value >> step == 0) continue;
            value >>= step;
            index += step;
        }
    }
}
