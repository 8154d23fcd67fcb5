import { isOpAtLeast, type OpFork } from "../../protocol/index.js";
import type { PayloadAttributes } from "../../protocol/types.js";
import { toHex, ZERO_HASH } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import { JsonFields, quantity, readBytes } from "./jsonFields.js";
import { decodeWithdrawal, encodeWithdrawal } from "./withdrawalsJson.js";

/**
 * Structure of payload attributes: 1 Paris, 2 Shanghai, 3 Cancun. `isRollup`: with the fields of the OP Stack as `opFork` has them,
 * or without it Jovian.
 */
export interface AttributesShape {
  structure: 1 | 2 | 3;
  isRollup: boolean;
  opFork?: OpFork;
}

const FIELDS = {
  1: ["timestamp", "prevRandao", "suggestedFeeRecipient"],
  2: ["timestamp", "prevRandao", "suggestedFeeRecipient", "withdrawals"],
  3: ["timestamp", "prevRandao", "suggestedFeeRecipient", "withdrawals", "parentBeaconBlockRoot"],
} as const;
const ROLLUP_FIELDS = ["transactions", "noTxPool", "gasLimit"];

/** Fields of the OP Stack: base fee parameters since Holocene, the least base fee since Jovian. */
function rollupNames(fork: OpFork): string[] {
  return [
    ...ROLLUP_FIELDS,
    ...(isOpAtLeast(fork, "holocene") ? ["eip1559Params"] : []),
    ...(isOpAtLeast(fork, "jovian") ? ["minBaseFee"] : []),
  ];
}

/** Attributes of an L2 block, structure 3. `dropInvalid` is not on the wire: engines take lists as they are or not at all. */
export function encodeAttributes(attributes: PayloadAttributes): Record<string, unknown> {
  const { denominator, elasticity } = attributes.eip1559Params;
  const params = Buffer.alloc(8);
  params.writeUInt32BE(denominator, 0);
  params.writeUInt32BE(elasticity, 4);
  return {
    timestamp: quantity(attributes.timestamp),
    prevRandao: attributes.prevRandao,
    suggestedFeeRecipient: attributes.suggestedFeeRecipient,
    withdrawals: (attributes.withdrawals ?? []).map(encodeWithdrawal),
    parentBeaconBlockRoot: attributes.parentBeaconBlockRoot,
    transactions: attributes.transactions.map(toHex),
    noTxPool: attributes.noTxPool,
    gasLimit: quantity(attributes.gasLimit),
    eip1559Params: toHex(params),
    minBaseFee: quantity(attributes.minBaseFee),
  };
}

/**
 * Attributes from the wire, which have exactly the fields of their structure. On plain Ethereum `gasLimit` is the one given here.
 * Errors: ENGINE_BAD_WIRE.
 */
export function decodeAttributes(
  value: unknown,
  { structure, isRollup, opFork = "jovian" }: AttributesShape,
  plainGasLimit = 0n,
): PayloadAttributes {
  const fields = new JsonFields(value, "payloadAttributes");
  fields.only(isRollup ? [...FIELDS[structure], ...rollupNames(opFork)] : FIELDS[structure]);
  const withdrawals = structure < 2 ? undefined : fields.list("withdrawals", decodeWithdrawal);
  const common = {
    timestamp: fields.quantity("timestamp"),
    prevRandao: fields.hash("prevRandao"),
    suggestedFeeRecipient: fields.data("suggestedFeeRecipient", 20),
    parentBeaconBlockRoot: structure < 3 ? ZERO_HASH : fields.hash("parentBeaconBlockRoot"),
    dropInvalid: false,
  };
  if (isRollup) {
    if (withdrawals !== undefined && withdrawals.length > 0) {
      throw new EngineError("ENGINE_BAD_WIRE", { reason: "an L2 block has no withdrawals" });
    }
    return { ...common, ...rollupFields(fields, opFork) };
  }
  return {
    ...common,
    gasLimit: plainGasLimit,
    eip1559Params: { denominator: 0, elasticity: 0 },
    minBaseFee: 0n,
    transactions: [],
    noTxPool: false,
    ...(withdrawals === undefined ? {} : { withdrawals }),
  };
}

function rollupFields(fields: JsonFields, fork: OpFork) {
  const hasParams = isOpAtLeast(fork, "holocene");
  const params = hasParams ? Buffer.from(fields.bytes("eip1559Params", 8)) : Buffer.alloc(8);
  return {
    gasLimit: fields.quantity("gasLimit"),
    eip1559Params: { denominator: params.readUInt32BE(0), elasticity: params.readUInt32BE(4) },
    minBaseFee: isOpAtLeast(fork, "jovian") ? fields.quantity("minBaseFee") : 0n,
    transactions: fields.has("transactions") ? fields.list("transactions", readBytes) : [],
    noTxPool: fields.has("noTxPool") && fields.boolean("noTxPool"),
  };
}
