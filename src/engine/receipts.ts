import { l1GasUsed } from "../protocol/index.js";
import { type Address, EMPTY_BYTES, fromHex, type Hash, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { type BlockTx, withType } from "./envelope.js";
import { logsBloom } from "./execution/bloom.js";
import type { TxOutcome } from "./execution/executeTx.js";
import type { L1FeeParams } from "./execution/fees.js";
import { L1_COST_FORMS, type OlderFees, OPERATOR_FEE_FORMS } from "./execution/olderFees.js";
import {
  asBytes,
  asInteger,
  asList,
  decodeRlp,
  encodeRlp,
  integerToBytes,
  type RlpItem,
} from "./state/rlp.js";
import type { BlockHeader, Log, Receipt } from "./types.js";

/** What of a transaction's outcome is kept; the rest of a receipt follows from the block. */
export interface StoredReceipt {
  type: number;
  status: 0 | 1;
  gasUsed: bigint;
  from: Address;
  to: Address | null;
  contractAddress: Address | null;
  effectiveGasPrice: bigint;
  depositNonce: bigint | null;
  /** Deposits of OP chains before Canyon only: null, because what is hashed holds neither nonce nor version. */
  depositReceiptVersion?: null;
  /** Plain Ethereum before Byzantium only: the state root after the transaction, which is encoded instead of `status`. */
  postState?: Hash;
  /** Blob transactions only. Units: wei for the price. */
  blobGasUsed?: bigint;
  blobGasPrice?: bigint;
  /** Null for deposits, and on chains without an L1 fee. */
  costs: { daSize: bigint; l1Fee: bigint; daFootprint: bigint; operatorFee: bigint } | null;
  logs: Log[];
}

/** Receipts of one block. */
export interface BlockReceipts {
  /** Null on chains without an L1 fee. */
  l1: L1FeeParams | null;
  receipts: StoredReceipt[];
}

const DEPOSIT_TYPE = 0x7e;
const DEPOSIT_RECEIPT_VERSION = 1;

const encodeLogs = (logs: readonly Log[]): RlpItem =>
  logs.map((log) => [fromHex(log.address), log.topics.map(fromHex), log.data]);

function creationAddress(from: Address, nonce: bigint): Address {
  return toHex(keccak256(encodeRlp([fromHex(from), integerToBytes(nonce)])).subarray(12));
}

/** Keeps what matters of an outcome. */
export function toStoredReceipt(tx: BlockTx, outcome: TxOutcome): StoredReceipt {
  const nonce = tx.kind === "signed" ? tx.nonce : (outcome.depositNonce ?? 0n);
  return {
    type: tx.type,
    status: outcome.exception === undefined ? 1 : 0,
    gasUsed: outcome.gasUsed,
    from: tx.from,
    to: tx.to,
    // Named even if the creation failed, as geth does.
    contractAddress: tx.to === null ? creationAddress(tx.from, nonce) : null,
    effectiveGasPrice: outcome.effectiveGasPrice,
    depositNonce: outcome.depositNonce,
    costs: outcome.costs,
    logs: outcome.logs,
  };
}

/** Envelope of a receipt in the receipts trie. Source: docs/protocol/deposits.md#transaction-type-0x7e, EIP-2718 */
export function encodeReceipt(
  receipt: StoredReceipt,
  cumulativeGasUsed: bigint,
  bloom: Uint8Array,
): Uint8Array {
  const fields: RlpItem[] = [
    receipt.postState ? fromHex(receipt.postState) : integerToBytes(receipt.status),
    integerToBytes(cumulativeGasUsed),
    bloom,
    encodeLogs(receipt.logs),
  ];
  if (receipt.type === DEPOSIT_TYPE && receipt.depositReceiptVersion !== null) {
    fields.push(
      integerToBytes(receipt.depositNonce ?? 0n),
      integerToBytes(DEPOSIT_RECEIPT_VERSION),
    );
  }
  const body = encodeRlp(fields);
  return receipt.type === 0 ? body : withType(receipt.type, body);
}

const integers = (...values: (bigint | number)[]): RlpItem[] => values.map(integerToBytes);

/** One value of a deposit (before Canyon none or two), four of what pays an L1 fee, none of a transaction of plain Ethereum. */
function extraOf(receipt: StoredReceipt): RlpItem[] {
  const { type, costs, depositNonce, depositReceiptVersion } = receipt;
  if (type === DEPOSIT_TYPE) {
    if (depositReceiptVersion !== null) return integers(depositNonce ?? 0n);
    return depositNonce === null ? [] : integers(depositNonce, 0n);
  }
  return costs ? integers(costs.daSize, costs.l1Fee, costs.daFootprint, costs.operatorFee) : [];
}

/** Values behind the seven that all have. */
function olderValues({ l1Cost, operatorFee, overhead, scalar }: OlderFees): (bigint | number)[] {
  const forms = [L1_COST_FORMS.indexOf(l1Cost), OPERATOR_FEE_FORMS.indexOf(operatorFee)];
  return [...forms, overhead, scalar];
}

function olderFrom(values: readonly bigint[]): OlderFees {
  const [l1Cost, operatorFee, overhead = 0n, scalar = 0n] = values;
  return {
    l1Cost: L1_COST_FORMS[Number(l1Cost)] ?? "fjord",
    operatorFee: OPERATOR_FEE_FORMS[Number(operatorFee)] ?? "none",
    overhead,
    scalar,
  };
}

/** Bytes for the store. */
export function encodeBlockReceipts({ l1, receipts }: BlockReceipts): Uint8Array {
  const params = l1 && [
    l1.l1BaseFee,
    l1.blobBaseFee,
    l1.baseFeeScalar,
    l1.blobBaseFeeScalar,
    l1.operatorFeeScalar,
    l1.operatorFeeConstant,
    l1.daFootprintGasScalar,
    ...(l1.older ? olderValues(l1.older) : []),
  ];
  return encodeRlp([
    integers(...(params ?? [])),
    receipts.map((receipt) => [
      integerToBytes(receipt.type),
      receipt.postState ? fromHex(receipt.postState) : integerToBytes(receipt.status),
      integerToBytes(receipt.gasUsed),
      fromHex(receipt.from),
      receipt.to ? fromHex(receipt.to) : EMPTY_BYTES,
      receipt.contractAddress ? fromHex(receipt.contractAddress) : EMPTY_BYTES,
      integerToBytes(receipt.effectiveGasPrice),
      extraOf(receipt),
      encodeLogs(receipt.logs),
      ...(receipt.blobGasUsed === undefined
        ? []
        : [integers(receipt.blobGasUsed, receipt.blobGasPrice ?? 0n)]),
    ]),
  ]);
}

function decodeLog(item: RlpItem): Log {
  const [address, topics, data] = asList(item);
  return {
    address: toHex(asBytes(address, 20)),
    topics: asList(topics).map((topic) => toHex(asBytes(topic, 32))),
    data: asBytes(data),
  };
}

function decodeStored(item: RlpItem): StoredReceipt {
  const fields = asList(item);
  const addressAt = (index: number): Address | null => {
    const bytes = asBytes(fields[index]);
    return bytes.length === 0 ? null : toHex(bytes);
  };
  const extra = asList(fields[7]).map((value) => asInteger(value));
  const [daSize = 0n, l1Fee = 0n, daFootprint = 0n, operatorFee = 0n] = extra;
  const type = Number(asInteger(fields[0]));
  const isDeposit = type === DEPOSIT_TYPE;
  const status = asBytes(fields[1]);
  const blob = fields[9] && asList(fields[9]).map((value) => asInteger(value));
  return {
    type,
    ...(status.length === 32 ? { postState: toHex(status) } : {}),
    status: status.length === 32 || status[0] === 1 ? 1 : 0,
    gasUsed: asInteger(fields[2]),
    from: toHex(asBytes(fields[3], 20)),
    to: addressAt(4),
    contractAddress: addressAt(5),
    effectiveGasPrice: asInteger(fields[6]),
    depositNonce: isDeposit && extra.length > 0 ? daSize : null,
    ...(isDeposit && extra.length !== 1 ? { depositReceiptVersion: null } : {}),
    costs: extra.length === 4 ? { daSize, l1Fee, daFootprint, operatorFee } : null,
    logs: asList(fields[8]).map(decodeLog),
    ...(blob ? { blobGasUsed: blob[0] ?? 0n, blobGasPrice: blob[1] ?? 0n } : {}),
  };
}

/** Reverse of `encodeBlockReceipts`. */
export function decodeBlockReceipts(bytes: Uint8Array): BlockReceipts {
  const [params, receipts] = asList(decodeRlp(bytes));
  const values = asList(params).map((value) => asInteger(value));
  const at = (index: number): bigint => values[index] as bigint;
  const l1 = values.length > 0 && {
    l1BaseFee: at(0),
    blobBaseFee: at(1),
    baseFeeScalar: Number(at(2)),
    blobBaseFeeScalar: Number(at(3)),
    operatorFeeScalar: Number(at(4)),
    operatorFeeConstant: at(5),
    daFootprintGasScalar: Number(at(6)),
    ...(values.length > 7 ? { older: olderFrom(values.slice(7)) } : {}),
  };
  return { l1: l1 || null, receipts: asList(receipts).map(decodeStored) };
}

function l1Part(
  costs: NonNullable<StoredReceipt["costs"]>,
  l1: L1FeeParams,
): NonNullable<Receipt["l1"]> {
  return {
    fee: costs.l1Fee,
    gasUsed: l1GasUsed(costs.daSize),
    gasPrice: l1.l1BaseFee,
    blobBaseFee: l1.blobBaseFee,
    baseFeeScalar: l1.baseFeeScalar,
    blobBaseFeeScalar: l1.blobBaseFeeScalar,
    operatorFeeScalar: l1.operatorFeeScalar,
    operatorFeeConstant: l1.operatorFeeConstant,
    daFootprintGasScalar: l1.daFootprintGasScalar,
    daFootprint: costs.daFootprint,
    operatorFee: costs.operatorFee,
    ...(l1.older ? { older: l1.older } : {}),
  };
}

/** Full receipts of a block, as the gateway shows them. */
export function expandReceipts(
  { l1, receipts }: BlockReceipts,
  header: BlockHeader,
  hashes: readonly Receipt["transactionHash"][],
): Receipt[] {
  let cumulativeGasUsed = 0n;
  let firstLogIndex = 0;
  return receipts.map(({ costs, ...stored }, transactionIndex) => {
    cumulativeGasUsed += stored.gasUsed;
    const receipt: Receipt = {
      ...stored,
      transactionHash: hashes[transactionIndex] as Receipt["transactionHash"],
      transactionIndex,
      blockHash: header.hash,
      blockNumber: header.number,
      cumulativeGasUsed,
      firstLogIndex,
      logsBloom: logsBloom(stored.logs),
      l1: costs && l1 && l1Part(costs, l1),
    };
    firstLogIndex += stored.logs.length;
    return receipt;
  });
}
