// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BridgeQuirkToken
/// @notice ERC-20 token of the kinds that bridges trip over: without return values, with a false one, with a fee, with a hook.
contract BridgeQuirkToken {
    enum Quirk {
        NoAnswer,
        FalseAnswer,
        Fee,
        Hook
    }

    Quirk public quirk;
    mapping(address account => uint256) public balanceOf;
    address public callee;
    bytes public callData;

    constructor(Quirk quirk_) {
        quirk = quirk_;
        balanceOf[msg.sender] = 1_000_000;
    }

    function setHook(address callee_, bytes calldata data) external {
        callee = callee_;
        callData = data;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    /// @dev Anybody may spend anybody's tokens: allowances are not what is tested.
    function _move(address from, address to, uint256 amount) private {
        if (quirk == Quirk.FalseAnswer) {
            assembly ("memory-safe") {
                mstore(0x00, 0)
                return(0x00, 0x20)
            }
        }
        balanceOf[from] -= amount;
        balanceOf[to] += quirk == Quirk.Fee ? amount - 1 : amount;
        if (quirk == Quirk.Hook && callee != address(0)) {
            address hook = callee;
            callee = address(0);
            (bool success,) = hook.call(callData);
            require(success, "hook");
        }
    }
}
