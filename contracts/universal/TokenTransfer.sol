// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title TokenTransfer
/// @notice Moves ERC-20 tokens, of those kinds, too, that answer nothing.
library TokenTransfer {
    /// @notice The token has no code, reverted, or answered false.
    error TokenTransferFailed(address token);

    /// @notice Sends tokens of this contract.
    function send(address token, address to, uint256 amount) internal {
        _call(token, abi.encodeWithSignature("transfer(address,uint256)", to, amount));
    }

    /// @notice Takes tokens that their owner allowed to this contract.
    function take(address token, address from, uint256 amount) internal {
        _call(token, abi.encodeWithSignature("transferFrom(address,address,uint256)", from, address(this), amount));
    }

    /// @notice Tokens of this contract.
    function balance(address token) internal view returns (uint256) {
        (bool success, bytes memory answer) =
            token.staticcall(abi.encodeWithSignature("balanceOf(address)", address(this)));
        if (!success || answer.length < 32) revert TokenTransferFailed(token);
        return abi.decode(answer, (uint256));
    }

    function _call(address token, bytes memory data) private {
        (bool success, bytes memory answer) = token.call(data);
        bool isAccepted = answer.length == 0 ? token.code.length > 0 : answer.length >= 32 && uint256(bytes32(answer)) == 1;
        if (!success || !isAccepted) revert TokenTransferFailed(token);
    }
}
