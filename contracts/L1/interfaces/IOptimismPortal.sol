// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {WithdrawalHashing} from "../../libraries/WithdrawalHashing.sol";

/// @title IOptimismPortal
/// @notice Deposits from L1 to L2, and withdrawals back. OP's surface (dispute-game branch), without guardian and pause.
/// @custom:source docs/protocol/deposits.md#portal-rules and docs/protocol/proposals.md#withdrawals-on-l1
interface IOptimismPortal {
    /// @notice The contracts around the portal, and how long a proof ripens.
    struct InitParams {
        address depositFeed;
        address systemConfig;
        address blockOracle;
        uint64 proofMaturityDelaySeconds;
    }

    /// @notice A deposit was made; right after the record's RecordAppended.
    /// @param from Sender on L2 (aliased if it is a contract).
    /// @param to Recipient on L2; zero for a creation.
    /// @param version 0.
    /// @param opaqueData `mint u256 || value u256 || gasLimit u64 || isCreation u8 || data`, packed.
    event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData);
    /// @notice A withdrawal was proven; `from` and `to` are its sender and target.
    event WithdrawalProven(bytes32 indexed withdrawalHash, address indexed from, address indexed to);
    /// @notice Who proved it.
    event WithdrawalProvenExtension1(bytes32 indexed withdrawalHash, address indexed proofSubmitter);
    /// @notice A withdrawal was finalized; with `success` false its call failed, and it stays finalized.
    event WithdrawalFinalized(bytes32 indexed withdrawalHash, bool success);

    /// @notice `initialize` was called a second time.
    error OptimismPortal_AlreadyInitialized();
    /// @notice An address in `initialize` is zero.
    error OptimismPortal_ZeroAddress();
    /// @notice A deposit that creates has a recipient, or a withdrawal aims at one of the system's contracts.
    error OptimismPortal_BadTarget();
    /// @notice The deposit's gas limit is below `minimumGasLimit`.
    error OptimismPortal_GasLimitTooLow();
    /// @notice The deposit's gas limit is above 2^24.
    error OptimismPortal_GasLimitTooHigh(uint64 maximum, uint64 actual);
    /// @notice The deposit's data are longer than 120,000 bytes.
    error OptimismPortal_CalldataTooLarge();
    /// @notice The proposal is not proper.
    error OptimismPortal_ImproperDisputeGame();
    /// @notice The proposal is not respected.
    error OptimismPortal_InvalidDisputeGame();
    /// @notice The proposal was created in this very second.
    error OptimismPortal_InvalidProofTimestamp();
    /// @notice The four words do not hash to the proposal's root claim.
    error OptimismPortal_InvalidOutputRootProof();
    /// @notice The trie's value is not 1. (A bad trie proof reverts with an error of MerkleTrie or RlpReader.)
    error OptimismPortal_InvalidMerkleProof();
    /// @notice The withdrawal is finalized.
    error OptimismPortal_AlreadyFinalized();
    /// @notice This account has not proven the withdrawal.
    error OptimismPortal_Unproven();
    /// @notice The proof has not ripened.
    error OptimismPortal_ProofNotOldEnough();
    /// @notice The proposal is not confirmed for long enough, or was lost.
    error OptimismPortal_InvalidRootClaim();
    /// @notice A withdrawal is being finalized.
    error OptimismPortal_NoReentrancy();
    /// @notice The target could not be given its gas.
    error OptimismPortal_NotEnoughGas(uint256 expected, uint256 actual);

    /// @notice Sets the contracts around the portal, once, in the deployment transaction.
    function initialize(InitParams calldata params) external;

    /// @notice Sends ETH to the caller's own address on L2.
    receive() external payable;

    /// @notice Deposits a transaction; `msg.value` is minted on L2. Uses up L1 gas for the L2 gas it buys.
    /// @param to Recipient on L2; zero for a creation.
    /// @param value Wei that the L2 call sends.
    /// @param gasLimit L2 gas: from `minimumGasLimit(data.length)` to 2^24.
    /// @param isCreation True: `data` is init code.
    /// @param data At most 120,000 bytes.
    function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes calldata data)
        external
        payable;

    /// @notice Takes ETH without a deposit.
    function donateETH() external payable;

    /// @notice Proves that a withdrawal was made on L2. A second proof by the same account replaces its first.
    /// @param withdrawal The withdrawal.
    /// @param disputeGameIndex Index of a proposal at or after its block.
    /// @param outputRootProof The four words behind the proposal's root claim.
    /// @param withdrawalProof Trie nodes from the message passer's storage root to the sent flag.
    function proveWithdrawalTransaction(
        WithdrawalHashing.WithdrawalTransaction calldata withdrawal,
        uint256 disputeGameIndex,
        WithdrawalHashing.OutputRootProof calldata outputRootProof,
        bytes[] calldata withdrawalProof
    ) external;

    /// @notice Finalizes a withdrawal that the caller has proven.
    function finalizeWithdrawalTransaction(WithdrawalHashing.WithdrawalTransaction calldata withdrawal) external;

    /// @notice Finalizes a withdrawal that `proofSubmitter` has proven.
    function finalizeWithdrawalTransactionExternalProof(
        WithdrawalHashing.WithdrawalTransaction calldata withdrawal,
        address proofSubmitter
    ) external;

    /// @notice Reverts with the reason why a withdrawal cannot be finalized now.
    function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) external view;

    /// @notice Semantic version of this surface.
    function version() external pure returns (string memory);

    /// @notice Sender on L2 of the withdrawal being finalized; 0x...dEaD outside of one.
    function l2Sender() external view returns (address);

    /// @notice True once a withdrawal was finalized.
    function finalizedWithdrawals(bytes32 withdrawalHash) external view returns (bool);

    /// @notice An account's proof of a withdrawal: the proposal and when; zeros if there is none.
    function provenWithdrawals(bytes32 withdrawalHash, address proofSubmitter)
        external
        view
        returns (address disputeGameProxy, uint64 timestamp);

    /// @notice Accounts that have proven a withdrawal, in order of their first proof.
    function proofSubmitters(bytes32 withdrawalHash, uint256 index) external view returns (address);

    /// @notice Number of accounts that have proven a withdrawal.
    function numProofSubmitters(bytes32 withdrawalHash) external view returns (uint256);

    /// @notice State of the market for deposited gas.
    function params() external view returns (uint128 prevBaseFee, uint64 prevBoughtGas, uint64 prevBlockNum);

    /// @notice Least gas limit of a deposit with so many bytes of data.
    function minimumGasLimit(uint64 byteCount) external pure returns (uint64);

    /// @notice The feed that deposits go to.
    function depositFeed() external view returns (address);

    /// @notice The chain's settings.
    function systemConfig() external view returns (address);

    /// @notice The block oracle, as registry.
    function anchorStateRegistry() external view returns (address);

    /// @notice The block oracle, as factory.
    function disputeGameFactory() external view returns (address);

    /// @notice Type of the proposals that count.
    function respectedGameType() external view returns (uint32);

    /// @notice How long a proof ripens.
    function proofMaturityDelaySeconds() external view returns (uint256);

    /// @notice How long a resolved proposal ripens.
    function disputeGameFinalityDelaySeconds() external view returns (uint256);

    /// @notice False: no such power exists.
    function paused() external pure returns (bool);
}
