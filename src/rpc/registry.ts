import { debug_getBadBlocks } from "./debug/debug_getBadBlocks.js";
import { debug_getRawBlock } from "./debug/debug_getRawBlock.js";
import { debug_getRawHeader } from "./debug/debug_getRawHeader.js";
import { debug_getRawReceipts } from "./debug/debug_getRawReceipts.js";
import { debug_getRawTransaction } from "./debug/debug_getRawTransaction.js";
import { debug_traceBlock } from "./debug/debug_traceBlock.js";
import { debug_traceBlockByHash } from "./debug/debug_traceBlockByHash.js";
import { debug_traceBlockByNumber } from "./debug/debug_traceBlockByNumber.js";
import { debug_traceCall } from "./debug/debug_traceCall.js";
import { debug_traceTransaction } from "./debug/debug_traceTransaction.js";
import { eth_accounts } from "./eth/eth_accounts.js";
import { eth_baseFee } from "./eth/eth_baseFee.js";
import { eth_blobBaseFee } from "./eth/eth_blobBaseFee.js";
import { eth_blockNumber } from "./eth/eth_blockNumber.js";
import { eth_call } from "./eth/eth_call.js";
import { eth_capabilities } from "./eth/eth_capabilities.js";
import { eth_chainId } from "./eth/eth_chainId.js";
import { eth_config } from "./eth/eth_config.js";
import { eth_createAccessList } from "./eth/eth_createAccessList.js";
import { eth_estimateGas } from "./eth/eth_estimateGas.js";
import { eth_feeHistory } from "./eth/eth_feeHistory.js";
import { eth_fillTransaction } from "./eth/eth_fillTransaction.js";
import { eth_gasPrice } from "./eth/eth_gasPrice.js";
import { eth_getBalance } from "./eth/eth_getBalance.js";
import { eth_getBlockByHash } from "./eth/eth_getBlockByHash.js";
import { eth_getBlockByNumber } from "./eth/eth_getBlockByNumber.js";
import { eth_getBlockReceipts } from "./eth/eth_getBlockReceipts.js";
import { eth_getBlockTransactionCountByHash } from "./eth/eth_getBlockTransactionCountByHash.js";
import { eth_getBlockTransactionCountByNumber } from "./eth/eth_getBlockTransactionCountByNumber.js";
import { eth_getCode } from "./eth/eth_getCode.js";
import { eth_getFilterChanges } from "./eth/eth_getFilterChanges.js";
import { eth_getFilterLogs } from "./eth/eth_getFilterLogs.js";
import { eth_getLogs } from "./eth/eth_getLogs.js";
import { eth_getProof } from "./eth/eth_getProof.js";
import { eth_getRawTransactionByHash } from "./eth/eth_getRawTransactionByHash.js";
import { eth_getStorageAt } from "./eth/eth_getStorageAt.js";
import { eth_getStorageValues } from "./eth/eth_getStorageValues.js";
import { eth_getTransactionByBlockHashAndIndex } from "./eth/eth_getTransactionByBlockHashAndIndex.js";
import { eth_getTransactionByBlockNumberAndIndex } from "./eth/eth_getTransactionByBlockNumberAndIndex.js";
import { eth_getTransactionByHash } from "./eth/eth_getTransactionByHash.js";
import { eth_getTransactionCount } from "./eth/eth_getTransactionCount.js";
import { eth_getTransactionReceipt } from "./eth/eth_getTransactionReceipt.js";
import { eth_getUncleByBlockHashAndIndex } from "./eth/eth_getUncleByBlockHashAndIndex.js";
import { eth_getUncleByBlockNumberAndIndex } from "./eth/eth_getUncleByBlockNumberAndIndex.js";
import { eth_getUncleCountByBlockHash } from "./eth/eth_getUncleCountByBlockHash.js";
import { eth_getUncleCountByBlockNumber } from "./eth/eth_getUncleCountByBlockNumber.js";
import { eth_maxPriorityFeePerGas } from "./eth/eth_maxPriorityFeePerGas.js";
import { eth_newBlockFilter } from "./eth/eth_newBlockFilter.js";
import { eth_newFilter } from "./eth/eth_newFilter.js";
import { eth_newPendingTransactionFilter } from "./eth/eth_newPendingTransactionFilter.js";
import { eth_sendRawTransaction } from "./eth/eth_sendRawTransaction.js";
import { eth_sendRawTransactionSync } from "./eth/eth_sendRawTransactionSync.js";
import { eth_simulateV1 } from "./eth/eth_simulateV1.js";
import { eth_subscribe } from "./eth/eth_subscribe.js";
import { eth_syncing } from "./eth/eth_syncing.js";
import { eth_uninstallFilter } from "./eth/eth_uninstallFilter.js";
import { eth_unsubscribe } from "./eth/eth_unsubscribe.js";
import type { RpcMethod } from "./method.js";
import { net_listening } from "./net/net_listening.js";
import { net_peerCount } from "./net/net_peerCount.js";
import { net_version } from "./net/net_version.js";
import { optimism_outputAtBlock } from "./optimism/optimism_outputAtBlock.js";
import { optimism_rollupConfig } from "./optimism/optimism_rollupConfig.js";
import { optimism_safeHeadAtL1Block } from "./optimism/optimism_safeHeadAtL1Block.js";
import { optimism_syncStatus } from "./optimism/optimism_syncStatus.js";
import { optimism_version } from "./optimism/optimism_version.js";
import { erigon_getHeaderByNumber } from "./ots/erigon_getHeaderByNumber.js";
import { ots_getApiLevel } from "./ots/ots_getApiLevel.js";
import { ots_getBlockDetails } from "./ots/ots_getBlockDetails.js";
import { ots_getBlockDetailsByHash } from "./ots/ots_getBlockDetailsByHash.js";
import { ots_getBlockTransactions } from "./ots/ots_getBlockTransactions.js";
import { ots_getContractCreator } from "./ots/ots_getContractCreator.js";
import { ots_getInternalOperations } from "./ots/ots_getInternalOperations.js";
import { ots_getTransactionBySenderAndNonce } from "./ots/ots_getTransactionBySenderAndNonce.js";
import { ots_getTransactionError } from "./ots/ots_getTransactionError.js";
import { ots_hasCode } from "./ots/ots_hasCode.js";
import { ots_searchTransactionsAfter } from "./ots/ots_searchTransactionsAfter.js";
import { ots_searchTransactionsBefore } from "./ots/ots_searchTransactionsBefore.js";
import { ots_traceTransaction } from "./ots/ots_traceTransaction.js";
import { testing_buildBlockV1 } from "./testing/testing_buildBlockV1.js";
import { txpool_content } from "./txpool/txpool_content.js";
import { txpool_contentFrom } from "./txpool/txpool_contentFrom.js";
import { txpool_inspect } from "./txpool/txpool_inspect.js";
import { txpool_status } from "./txpool/txpool_status.js";
import { rpc_modules } from "./web3/rpc_modules.js";
import { web3_clientVersion } from "./web3/web3_clientVersion.js";
import { web3_sha3 } from "./web3/web3_sha3.js";

/** Every method of the public port by name. A name that is not here does not exist: there are no keys to sign with. */
export const METHODS: ReadonlyMap<string, RpcMethod> = new Map<string, RpcMethod>(
  Object.entries({
    debug_getBadBlocks,
    debug_getRawBlock,
    debug_getRawHeader,
    debug_getRawReceipts,
    debug_getRawTransaction,
    debug_traceBlock,
    debug_traceBlockByHash,
    debug_traceBlockByNumber,
    debug_traceCall,
    debug_traceTransaction,
    eth_accounts,
    eth_baseFee,
    eth_blobBaseFee,
    eth_blockNumber,
    eth_call,
    eth_capabilities,
    eth_chainId,
    eth_config,
    eth_createAccessList,
    eth_estimateGas,
    eth_feeHistory,
    eth_fillTransaction,
    eth_gasPrice,
    eth_getBalance,
    eth_getBlockByHash,
    eth_getBlockByNumber,
    eth_getBlockReceipts,
    eth_getBlockTransactionCountByHash,
    eth_getBlockTransactionCountByNumber,
    eth_getCode,
    eth_getFilterChanges,
    eth_getFilterLogs,
    eth_getLogs,
    eth_getProof,
    eth_getRawTransactionByHash,
    eth_getStorageAt,
    eth_getStorageValues,
    eth_getTransactionByBlockHashAndIndex,
    eth_getTransactionByBlockNumberAndIndex,
    eth_getTransactionByHash,
    eth_getTransactionCount,
    eth_getTransactionReceipt,
    eth_getUncleByBlockHashAndIndex,
    eth_getUncleByBlockNumberAndIndex,
    eth_getUncleCountByBlockHash,
    eth_getUncleCountByBlockNumber,
    eth_maxPriorityFeePerGas,
    eth_newBlockFilter,
    eth_newFilter,
    eth_newPendingTransactionFilter,
    eth_sendRawTransaction,
    eth_sendRawTransactionSync,
    eth_simulateV1,
    eth_subscribe,
    eth_syncing,
    eth_uninstallFilter,
    eth_unsubscribe,
    net_listening,
    net_peerCount,
    net_version,
    rpc_modules,
    web3_clientVersion,
    web3_sha3,
    txpool_content,
    txpool_contentFrom,
    txpool_inspect,
    txpool_status,
    optimism_outputAtBlock,
    optimism_rollupConfig,
    optimism_safeHeadAtL1Block,
    optimism_syncStatus,
    optimism_version,
    erigon_getHeaderByNumber,
    ots_getApiLevel,
    ots_getBlockDetails,
    ots_getBlockDetailsByHash,
    ots_getBlockTransactions,
    ots_getContractCreator,
    ots_getInternalOperations,
    ots_getTransactionBySenderAndNonce,
    ots_getTransactionError,
    ots_hasCode,
    ots_searchTransactionsAfter,
    ots_searchTransactionsBefore,
    ots_traceTransaction,
  }),
);

/** Methods that only a node serves which is told to, with their namespace. */
const METHODS_ON_DEMAND: ReadonlyMap<string, RpcMethod> = new Map<string, RpcMethod>(
  Object.entries({ testing_buildBlockV1 }),
);

function namespaceOf(name: string): string {
  return name.split("_")[0] ?? name;
}

/** Namespaces of the methods, for rpc_modules. */
export const NAMESPACES: readonly string[] = [
  ...new Set([...METHODS.keys()].map(namespaceOf)),
].sort();

/** The methods of some namespaces; rpc_modules, which tells of them, is always there. */
export function methodsOf(namespaces: readonly string[]): ReadonlyMap<string, RpcMethod> {
  return new Map(
    [...METHODS, ...METHODS_ON_DEMAND].filter(
      ([name]) => name === "rpc_modules" || namespaces.includes(namespaceOf(name)),
    ),
  );
}
