// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILegacyMintableERC20} from "./interfaces/ILegacyMintableERC20.sol";
import {IOptimismMintableERC20} from "./interfaces/IOptimismMintableERC20.sol";

/// @title OptimismMintableERC20
/// @notice ERC-20 token that stands for one on the other layer; the bridge mints and burns it. With EIP-2612 permits.
contract OptimismMintableERC20 is IOptimismMintableERC20, ILegacyMintableERC20 {
    // ---------------------------------------------------------------- types

    /// @notice Tokens moved; from zero when minted, to zero when burnt.
    event Transfer(address indexed from, address indexed to, uint256 value);
    /// @notice An allowance was set.
    event Approval(address indexed owner, address indexed spender, uint256 value);
    /// @notice The bridge created tokens.
    event Mint(address indexed account, uint256 amount);
    /// @notice The bridge destroyed tokens.
    event Burn(address indexed account, uint256 amount);

    /// @notice Only the bridge mints and burns.
    error OptimismMintableERC20NotBridge(address caller);
    /// @notice The account has fewer tokens (ERC-6093).
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    /// @notice The spender may move fewer tokens (ERC-6093).
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    /// @notice The recipient is zero (ERC-6093).
    error ERC20InvalidReceiver(address receiver);
    /// @notice The permit's time is over.
    error ERC2612ExpiredSignature(uint256 deadline);
    /// @notice The permit was signed by somebody else.
    error ERC2612InvalidSigner(address signer, address owner);

    // ---------------------------------------------------------------- constants

    /// @notice Version of this contract.
    string public constant version = "1.0.0";

    bytes32 private constant _PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant _DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    // ---------------------------------------------------------------- immutables

    /// @notice The token on the other layer.
    address public immutable REMOTE_TOKEN;
    /// @notice The bridge that mints and burns.
    address public immutable BRIDGE;
    /// @notice Decimals of the token.
    uint8 public immutable decimals;

    // ---------------------------------------------------------------- storage

    /// @notice Name of the token.
    string public name;
    /// @notice Symbol of the token.
    string public symbol;
    /// @notice All tokens.
    uint256 public totalSupply;
    /// @notice Tokens of an account.
    mapping(address account => uint256) public balanceOf;
    /// @notice Tokens of an owner that a spender may move; 2^256 - 1 is without limit.
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    /// @notice Nonce of the owner's next permit.
    mapping(address owner => uint256) public nonces;

    // ---------------------------------------------------------------- modifiers

    /// @dev See OptimismMintableERC20NotBridge.
    modifier onlyBridge() {
        if (msg.sender != BRIDGE) revert OptimismMintableERC20NotBridge(msg.sender);
        _;
    }

    // ---------------------------------------------------------------- constructor

    /// @param bridge_ The bridge of this layer.
    /// @param remoteToken_ The token on the other layer.
    /// @param name_ Name.
    /// @param symbol_ Symbol.
    /// @param decimals_ Decimals; those of the remote token.
    constructor(
        address bridge_,
        address remoteToken_,
        string memory name_,
        string memory symbol_,
        uint8 decimals_
    ) {
        BRIDGE = bridge_;
        REMOTE_TOKEN = remoteToken_;
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
    }

    // ---------------------------------------------------------------- external

    /// @notice Creates tokens. Bridge only.
    function mint(address to, uint256 amount)
        external
        override(IOptimismMintableERC20, ILegacyMintableERC20)
        onlyBridge
    {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
        emit Mint(to, amount);
    }

    /// @notice Destroys tokens. Bridge only.
    function burn(address from, uint256 amount)
        external
        override(IOptimismMintableERC20, ILegacyMintableERC20)
        onlyBridge
    {
        _debit(from, amount);
        totalSupply -= amount;
        emit Transfer(from, address(0), amount);
        emit Burn(from, amount);
    }

    /// @notice Lets a spender move tokens of the caller.
    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    /// @notice Moves tokens of the caller.
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    /// @notice Moves tokens of an owner who allowed it.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
            allowance[from][msg.sender] = allowed - amount;
        }
        _move(from, to, amount);
        return true;
    }

    /// @notice Sets an allowance that the owner signed (EIP-2612).
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 content = keccak256(abi.encode(_PERMIT_TYPE, owner, spender, value, nonces[owner]++, deadline));
        address signer = ecrecover(keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), content)), v, r, s);
        if (signer == address(0) || signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approve(owner, spender, value);
    }

    /// @notice The token on the other layer.
    function remoteToken() external view override returns (address) {
        return REMOTE_TOKEN;
    }

    /// @notice The token on the other layer; legacy name.
    function l1Token() external view override returns (address) {
        return REMOTE_TOKEN;
    }

    /// @notice The bridge that mints and burns.
    function bridge() external view override returns (address) {
        return BRIDGE;
    }

    /// @notice The bridge that mints and burns; legacy name.
    function l2Bridge() external view returns (address) {
        return BRIDGE;
    }

    /// @notice ERC-165: itself, and both forms of a mintable token.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == type(IOptimismMintableERC20).interfaceId
            || id == type(ILegacyMintableERC20).interfaceId;
    }

    // ---------------------------------------------------------------- public

    /// @notice EIP-712 domain of the permits.
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(
            abi.encode(_DOMAIN_TYPE, keccak256(bytes(name)), keccak256("1"), block.chainid, address(this))
        );
    }

    // ---------------------------------------------------------------- private

    function _approve(address owner, address spender, uint256 amount) private {
        allowance[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        _debit(from, amount);
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }

    function _debit(address account, uint256 amount) private {
        uint256 balance = balanceOf[account];
        if (balance < amount) revert ERC20InsufficientBalance(account, balance, amount);
        // Safe: compared above.
        unchecked {
            balanceOf[account] = balance - amount;
        }
    }
}
