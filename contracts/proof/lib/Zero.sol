// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Zero
/// @notice Roots of subtrees whose leaves are all zero: Z(0) = 0, Z(d) = keccak256(Z(d - 1), Z(d - 1)).
library Zero {
    /// @notice No constant for a subtree of this depth.
    error ZeroDepth(uint256 depth);

    /// @notice Root of a subtree of 2^0 zero leaves.
    bytes32 internal constant Z0 = 0x0000000000000000000000000000000000000000000000000000000000000000;
    /// @notice Root of a subtree of 2^1 zero leaves.
    bytes32 internal constant Z1 = 0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5;
    /// @notice Root of a subtree of 2^2 zero leaves.
    bytes32 internal constant Z2 = 0xb4c11951957c6f8f642c4af61cd6b24640fec6dc7fc607ee8206a99e92410d30;
    /// @notice Root of a subtree of 2^3 zero leaves.
    bytes32 internal constant Z3 = 0x21ddb9a356815c3fac1026b6dec5df3124afbadb485c9ba5a3e3398a04b7ba85;
    /// @notice Root of a subtree of 2^4 zero leaves.
    bytes32 internal constant Z4 = 0xe58769b32a1beaf1ea27375a44095a0d1fb664ce2dd358e7fcbfb78c26a19344;
    /// @notice Root of a subtree of 2^5 zero leaves.
    bytes32 internal constant Z5 = 0x0eb01ebfc9ed27500cd4dfc979272d1f0913cc9f66540d7e8005811109e1cf2d;
    /// @notice Root of a subtree of 2^6 zero leaves.
    bytes32 internal constant Z6 = 0x887c22bd8750d34016ac3c66b5ff102dacdd73f6b014e710b51e8022af9a1968;
    /// @notice Root of a subtree of 2^7 zero leaves.
    bytes32 internal constant Z7 = 0xffd70157e48063fc33c97a050f7f640233bf646cc98d9524c6b92bcf3ab56f83;
    /// @notice Root of a subtree of 2^8 zero leaves.
    bytes32 internal constant Z8 = 0x9867cc5f7f196b93bae1e27e6320742445d290f2263827498b54fec539f756af;
    /// @notice Root of a subtree of 2^9 zero leaves.
    bytes32 internal constant Z9 = 0xcefad4e508c098b9a7e1d8feb19955fb02ba9675585078710969d3440f5054e0;
    /// @notice Root of a subtree of 2^10 zero leaves.
    bytes32 internal constant Z10 = 0xf9dc3e7fe016e050eff260334f18a5d4fe391d82092319f5964f2e2eb7c1c3a5;
    /// @notice Root of a subtree of 2^11 zero leaves.
    bytes32 internal constant Z11 = 0xf8b13a49e282f609c317a833fb8d976d11517c571d1221a265d25af778ecf892;
    /// @notice Root of a subtree of 2^12 zero leaves.
    bytes32 internal constant Z12 = 0x3490c6ceeb450aecdc82e28293031d10c7d73bf85e57bf041a97360aa2c5d99c;
    /// @notice Root of a subtree of 2^13 zero leaves.
    bytes32 internal constant Z13 = 0xc1df82d9c4b87413eae2ef048f94b4d3554cea73d92b0f7af96e0271c691e2bb;
    /// @notice Root of a subtree of 2^14 zero leaves.
    bytes32 internal constant Z14 = 0x5c67add7c6caf302256adedf7ab114da0acfe870d449a3a489f781d659e8becc;
    /// @notice Root of a subtree of 2^15 zero leaves.
    bytes32 internal constant Z15 = 0xda7bce9f4e8618b6bd2f4132ce798cdc7a60e7e1460a7299e3c6342a579626d2;
    /// @notice Root of a subtree of 2^16 zero leaves.
    bytes32 internal constant Z16 = 0x2733e50f526ec2fa19a22b31e8ed50f23cd1fdf94c9154ed3a7609a2f1ff981f;
    /// @notice Root of a subtree of 2^17 zero leaves.
    bytes32 internal constant Z17 = 0xe1d3b5c807b281e4683cc6d6315cf95b9ade8641defcb32372f1c126e398ef7a;
    /// @notice Root of a subtree of 2^18 zero leaves.
    bytes32 internal constant Z18 = 0x5a2dce0a8a7f68bb74560f8f71837c2c2ebbcbf7fffb42ae1896f13f7c7479a0;
    /// @notice Root of a subtree of 2^19 zero leaves.
    bytes32 internal constant Z19 = 0xb46a28b6f55540f89444f63de0378e3d121be09e06cc9ded1c20e65876d36aa0;
    /// @notice Root of a subtree of 2^20 zero leaves.
    bytes32 internal constant Z20 = 0xc65e9645644786b620e2dd2ad648ddfcbf4a7e5b1a3a4ecfe7f64667a3f0b7e2;
    /// @notice Root of a subtree of 2^21 zero leaves.
    bytes32 internal constant Z21 = 0xf4418588ed35a2458cffeb39b93d26f18d2ab13bdce6aee58e7b99359ec2dfd9;
    /// @notice Root of a subtree of 2^22 zero leaves.
    bytes32 internal constant Z22 = 0x5a9c16dc00d6ef18b7933a6f8dc65ccb55667138776f7dea101070dc8796e377;
    /// @notice Root of a subtree of 2^23 zero leaves.
    bytes32 internal constant Z23 = 0x4df84f40ae0c8229d0d6069e5c8f39a7c299677a09d367fc7b05e3bc380ee652;
    /// @notice Root of a subtree of 2^24 zero leaves.
    bytes32 internal constant Z24 = 0xcdc72595f74c7b1043d0e1ffbab734648c838dfb0527d971b602bc216c9619ef;
    /// @notice Root of a subtree of 2^25 zero leaves.
    bytes32 internal constant Z25 = 0x0abf5ac974a1ed57f4050aa510dd9c74f508277b39d7973bb2dfccc5eeb0618d;
    /// @notice Root of a subtree of 2^26 zero leaves.
    bytes32 internal constant Z26 = 0xb8cd74046ff337f0a7bf2c8e03e10f642c1886798d71806ab1e888d9e5ee87d0;
    /// @notice Root of a subtree of 2^27 zero leaves.
    bytes32 internal constant Z27 = 0x838c5655cb21c6cb83313b5a631175dff4963772cce9108188b34ac87c81c41e;
    /// @notice Root of a subtree of 2^28 zero leaves.
    bytes32 internal constant Z28 = 0x662ee4dd2dd7b2bc707961b1e646c4047669dcb6584f0d8d770daf5d7e7deb2e;
    /// @notice Root of a subtree of 2^29 zero leaves.
    bytes32 internal constant Z29 = 0x388ab20e2573d171a88108e79d820e98f26c0b84aa8b2f4aa4968dbb818ea322;
    /// @notice Root of a subtree of 2^30 zero leaves.
    bytes32 internal constant Z30 = 0x93237c50ba75ee485f4c22adf2f741400bdf8d6a9cc7df7ecae576221665d735;

    /// @notice Root of a subtree of 2^depth zero leaves, depth at most 30. With a constant depth write Zero.Z<depth>.
    /// @dev Five comparisons.
    function root(uint256 depth) internal pure returns (bytes32) {
        if (depth > 30) revert ZeroDepth(depth);
        if (depth < 16) {
            if (depth < 8) {
                if (depth < 4) {
                    if (depth < 2) {
                        if (depth < 1) {
                            return Z0;
                        }
                        return Z1;
                    }
                    if (depth < 3) {
                        return Z2;
                    }
                    return Z3;
                }
                if (depth < 6) {
                    if (depth < 5) {
                        return Z4;
                    }
                    return Z5;
                }
                if (depth < 7) {
                    return Z6;
                }
                return Z7;
            }
            if (depth < 12) {
                if (depth < 10) {
                    if (depth < 9) {
                        return Z8;
                    }
                    return Z9;
                }
                if (depth < 11) {
                    return Z10;
                }
                return Z11;
            }
            if (depth < 14) {
                if (depth < 13) {
                    return Z12;
                }
                return Z13;
            }
            if (depth < 15) {
                return Z14;
            }
            return Z15;
        }
        if (depth < 24) {
            if (depth < 20) {
                if (depth < 18) {
                    if (depth < 17) {
                        return Z16;
                    }
                    return Z17;
                }
                if (depth < 19) {
                    return Z18;
                }
                return Z19;
            }
            if (depth < 22) {
                if (depth < 21) {
                    return Z20;
                }
                return Z21;
            }
            if (depth < 23) {
                return Z22;
            }
            return Z23;
        }
        if (depth < 28) {
            if (depth < 26) {
                if (depth < 25) {
                    return Z24;
                }
                return Z25;
            }
            if (depth < 27) {
                return Z26;
            }
            return Z27;
        }
        if (depth < 30) {
            if (depth < 29) {
                return Z28;
            }
            return Z29;
        }
        return Z30;
    }
}
