// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title WETH9
/// @notice Predeploy 0x06. ETH as an ERC-20 token, one to one, with the functions and events everybody knows as WETH9.
/// @dev Unlike the original it refuses unknown functions: there, a `permit` that does not exist seems to succeed.
contract WETH9 {
    // ---------------------------------------------------------------- types

    /// @notice An allowance was set.
    event Approval(address indexed src, address indexed guy, uint256 wad);
    /// @notice Tokens moved.
    event Transfer(address indexed src, address indexed dst, uint256 wad);
    /// @notice ETH was wrapped.
    event Deposit(address indexed dst, uint256 wad);
    /// @notice ETH was unwrapped.
    event Withdrawal(address indexed src, uint256 wad);

    /// @notice The account has fewer tokens.
    error WETH9Balance(uint256 actual, uint256 needed);
    /// @notice The caller may spend fewer tokens.
    error WETH9Allowance(uint256 actual, uint256 needed);
    /// @notice The caller refused the ETH.
    error WETH9TransferFailed();

    // ---------------------------------------------------------------- constants

    /// @notice Name of the token.
    string public constant name = "Wrapped Ether";
    /// @notice Symbol of the token.
    string public constant symbol = "WETH";
    /// @notice Decimals of the token.
    uint8 public constant decimals = 18;

    // ---------------------------------------------------------------- storage

    /// @notice Tokens of an account.
    mapping(address account => uint256) public balanceOf;
    /// @notice Tokens of an owner that a spender may move; 2^256 - 1 is without limit.
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    // ---------------------------------------------------------------- external

    /// @notice Wraps the ETH sent.
    receive() external payable {
        deposit();
    }

    /// @notice Unwraps tokens of the caller and sends it the ETH.
    /// @param wad Amount.
    function withdraw(uint256 wad) external {
        _debit(msg.sender, wad);
        emit Withdrawal(msg.sender, wad);
        (bool success,) = msg.sender.call{value: wad}("");
        if (!success) revert WETH9TransferFailed();
    }

    /// @notice Lets a spender move tokens of the caller.
    /// @param guy Spender.
    /// @param wad Amount.
    /// @return True.
    function approve(address guy, uint256 wad) external returns (bool) {
        allowance[msg.sender][guy] = wad;
        emit Approval(msg.sender, guy, wad);
        return true;
    }

    /// @notice Moves tokens of the caller.
    /// @param dst Recipient.
    /// @param wad Amount.
    /// @return True.
    function transfer(address dst, uint256 wad) external returns (bool) {
        return transferFrom(msg.sender, dst, wad);
    }

    /// @notice All tokens: the ETH of this contract.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    // ---------------------------------------------------------------- public

    /// @notice Wraps the ETH sent.
    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Moves tokens of an owner who allowed it.
    /// @param src Owner.
    /// @param dst Recipient.
    /// @param wad Amount.
    /// @return True.
    function transferFrom(address src, address dst, uint256 wad) public returns (bool) {
        uint256 allowed = allowance[src][msg.sender];
        if (src != msg.sender && allowed != type(uint256).max) {
            if (allowed < wad) revert WETH9Allowance(allowed, wad);
            allowance[src][msg.sender] = allowed - wad;
        }
        _debit(src, wad);
        balanceOf[dst] += wad;
        emit Transfer(src, dst, wad);
        return true;
    }

    // ---------------------------------------------------------------- private

    function _debit(address account, uint256 wad) private {
        uint256 balance = balanceOf[account];
        if (balance < wad) revert WETH9Balance(balance, wad);
        // Safe: compared above.
        unchecked {
            balanceOf[account] = balance - wad;
        }
    }
}
