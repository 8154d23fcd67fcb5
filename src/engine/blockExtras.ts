import { DEPOSIT_TX_TYPE } from "../protocol/depositTx.js";
import type { ExecutionPayload } from "../protocol/types.js";
import type { Hash } from "../util/hex.js";
import { splitBlobTx } from "./blobSidecar.js";
import type { ExecutedBlock } from "./execution/blockExecution.js";

const BLOB_TX_TYPE = 3;

/** What the fee recipient of a block earns by its transactions; deposits of an OP chain pay nothing. Units: wei. */
export function blockValue({ header, receipts }: ExecutedBlock): bigint {
  return receipts.receipts
    .filter(({ type }) => type !== DEPOSIT_TX_TYPE)
    .reduce((sum, { effectiveGasPrice, gasUsed }) => {
      return sum + (effectiveGasPrice - header.baseFeePerGas) * gasUsed;
    }, 0n);
}

/**
 * The blobs of a block's transactions in order, from what the pool keeps; undefined if one of them is not there.
 * Shapes: 128 proofs for each blob.
 */
export function bundleOf(
  { transactions, transactionHashes }: ExecutedBlock,
  networkForm: (hash: Hash) => Uint8Array | undefined,
): ExecutionPayload["blobsBundle"] {
  const bundle = { commitments: [], proofs: [], blobs: [] } as NonNullable<
    ExecutionPayload["blobsBundle"]
  >;
  for (const [index, raw] of transactions.entries()) {
    if (raw[0] !== BLOB_TX_TYPE) continue;
    const network = networkForm(transactionHashes[index] as Hash);
    if (!network) return undefined;
    const { sidecar } = splitBlobTx(network);
    bundle.commitments.push(...sidecar.commitments);
    bundle.proofs.push(...sidecar.cellProofs);
    bundle.blobs.push(...sidecar.blobs);
  }
  return bundle;
}
