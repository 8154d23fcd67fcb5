// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ILegacyMintableERC20} from "./interfaces/ILegacyMintableERC20.sol";
import {IOptimismMintableERC20} from "./interfaces/IOptimismMintableERC20.sol";

/// @title MintableToken
/// @notice Tells tokens that the bridge mints from those it locks (ERC-165).
library MintableToken {
    bytes4 private constant _ERC165 = 0x01ffc9a7;
    uint256 private constant _GAS = 30_000;

    /// @notice True if the token says that it is minted by a bridge, in one of the two forms.
    function isMintable(address token) internal view returns (bool) {
        return isLegacy(token) || _supports(token, type(IOptimismMintableERC20).interfaceId);
    }

    /// @notice True if the token says that it has the older form.
    function isLegacy(address token) internal view returns (bool) {
        return _supports(token, type(ILegacyMintableERC20).interfaceId);
    }

    /// @notice The token that a mintable token stands for.
    function counterpart(address token) internal view returns (address) {
        return isLegacy(token) ? ILegacyMintableERC20(token).l1Token() : IOptimismMintableERC20(token).remoteToken();
    }

    /// @dev By the rules of ERC-165: the id of ERC-165 is supported, and 0xffffffff is not.
    function _supports(address token, bytes4 id) private view returns (bool) {
        return _answer(token, _ERC165) && !_answer(token, 0xffffffff) && _answer(token, id);
    }

    function _answer(address token, bytes4 id) private view returns (bool answer) {
        bytes memory data = abi.encodeWithSelector(_ERC165, id);
        // Safe: the answer goes to scratch space, and counts only if it has a whole word.
        assembly ("memory-safe") {
            let success := staticcall(_GAS, token, add(data, 0x20), mload(data), 0x00, 0x20)
            answer := and(and(success, gt(returndatasize(), 0x1f)), eq(mload(0x00), 1))
        }
    }
}
