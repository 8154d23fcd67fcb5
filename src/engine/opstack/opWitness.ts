import { isOpAtLeast, opForkAt, type PayloadAttributes } from "../../protocol/index.js";
import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "../../util/hex.js";
import { ethereumError } from "../ethereum/errors.js";
import {
  addressOf,
  hexOf,
  integerOf,
  type JsonObject,
  objectOf,
  paddedHexOf,
} from "../ethereum/jsonFields.js";
import { HEADER_FIELDS, sealHeader } from "../header.js";
import type { BlockHeader } from "../types.js";
import { type OpChainConfig, parseRollupConfig } from "./opConfig.js";
import { opFieldCount } from "./opHeaders.js";

/** A block to execute without a database: its parent, what the rollup node asks for, and the contents that it touches. */
export interface OpWitness {
  config: OpChainConfig;
  parent: BlockHeader;
  attributes: PayloadAttributes;
  preimages: ReadonlyMap<Hash, Hex>;
  /** Undefined: nobody knows the right result. */
  expectedBlockHash: Hash | undefined;
}

const HASH_BYTES = 32;
const EIP1559_BYTES = 8;

function missing(place: string): never {
  throw ethereumError("ETHEREUM_BAD_FIXTURE", `The witness has no ${place}.`);
}

function hashIn(object: JsonObject, name: string, place: string): Hash {
  const value = hexOf(object, name, `${place}.${name}`) ?? missing(`${place}.${name}`);
  if (value.length !== 2 + 2 * HASH_BYTES) {
    throw ethereumError("ETHEREUM_BAD_FIXTURE", `The witness's ${place}.${name} is not a hash.`);
  }
  return value;
}

function integerIn(object: JsonObject, name: string, place: string): bigint {
  return integerOf(object, name, `${place}.${name}`) ?? missing(`${place}.${name}`);
}

/** A header as JSON-RPC shows it; its hash is computed, and compared with the one that it names if it does. */
function parseHeader(json: JsonObject, config: OpChainConfig): BlockHeader {
  const place = "parentHeader";
  const hash = (name: string): Hash => hashIn(json, name, place);
  const integer = (name: string): bigint => integerIn(json, name, place);
  const optional = (name: string): Hash => paddedHexOf(json, name, HASH_BYTES) ?? ZERO_HASH;
  const timestamp = integer("timestamp");
  const fork = opForkAt(config.schedule, timestamp);
  const fieldCount = opFieldCount(fork);
  const feeRecipient = addressOf(json, "miner", `${place}.miner`) ?? missing(`${place}.miner`);
  const nonce = hexOf(json, "nonce", `${place}.nonce`) ?? "0x0000000000000000";
  const difficulty = integerOf(json, "difficulty", `${place}.difficulty`) ?? 0n;
  const { header } = sealHeader(
    {
      parentHash: hash("parentHash"),
      ommersHash: hash("sha3Uncles"),
      feeRecipient: feeRecipient as Address,
      stateRoot: hash("stateRoot"),
      transactionsRoot: hash("transactionsRoot"),
      receiptsRoot: hash("receiptsRoot"),
      logsBloom: fromHex(hexOf(json, "logsBloom") ?? missing(`${place}.logsBloom`)),
      number: integer("number"),
      gasLimit: integer("gasLimit"),
      gasUsed: integer("gasUsed"),
      timestamp,
      extraData: fromHex(hexOf(json, "extraData") ?? "0x"),
      prevRandao: hash("mixHash"),
      baseFeePerGas: integer("baseFeePerGas"),
      withdrawalsRoot: isOpAtLeast(fork, "canyon") ? hash("withdrawalsRoot") : ZERO_HASH,
      blobGasUsed: integerOf(json, "blobGasUsed") ?? 0n,
      excessBlobGas: integerOf(json, "excessBlobGas") ?? 0n,
      parentBeaconBlockRoot: isOpAtLeast(fork, "ecotone")
        ? hash("parentBeaconBlockRoot")
        : ZERO_HASH,
      requestsHash: optional("requestsHash"),
      nonce,
      ...(difficulty > 0n ? { difficulty } : {}),
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    },
    { transactions: [] },
  );
  const named = paddedHexOf(json, "hash", HASH_BYTES, `${place}.hash`);
  if (named !== undefined && named !== header.hash) {
    const sentence = `The witness's ${place} has the hash ${header.hash}, not ${named} as it says.`;
    throw ethereumError("ETHEREUM_BAD_FIXTURE", sentence);
  }
  return header;
}

function parseTransactions(value: unknown): Uint8Array[] {
  if (!Array.isArray(value)) return missing("attributes.transactions");
  const list: readonly unknown[] = value;
  return list.map((_, index) => {
    const name = String(index);
    const place = `attributes.transactions[${name}]`;
    return fromHex(hexOf({ [name]: list[index] }, name, place) ?? missing(place));
  });
}

function parseEip1559Params(json: JsonObject): PayloadAttributes["eip1559Params"] {
  const bytes = fromHex(hexOf(json, "eip1559Params", "attributes.eip1559Params") ?? "0x");
  if (bytes.length === 0) return { denominator: 0, elasticity: 0 };
  if (bytes.length !== EIP1559_BYTES) {
    const sentence = "The witness's attributes.eip1559Params is not 8 bytes.";
    throw ethereumError("ETHEREUM_BAD_FIXTURE", sentence);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { denominator: view.getUint32(0), elasticity: view.getUint32(4) };
}

function parseAttributes(json: JsonObject): PayloadAttributes {
  const place = "attributes";
  const recipient = addressOf(json, "suggestedFeeRecipient", `${place}.suggestedFeeRecipient`);
  const beaconRoot = `${place}.parentBeaconBlockRoot`;
  return {
    timestamp: integerIn(json, "timestamp", place),
    prevRandao: hashIn(json, "prevRandao", place),
    suggestedFeeRecipient: recipient ?? ZERO_ADDRESS,
    parentBeaconBlockRoot:
      paddedHexOf(json, "parentBeaconBlockRoot", HASH_BYTES, beaconRoot) ?? ZERO_HASH,
    gasLimit: integerIn(json, "gasLimit", place),
    eip1559Params: parseEip1559Params(json),
    minBaseFee: integerOf(json, "minBaseFee", `${place}.minBaseFee`) ?? 0n,
    transactions: parseTransactions(json.transactions),
    noTxPool: true,
    dropInvalid: false,
  };
}

function parsePreimages(json: JsonObject): Map<Hash, Hex> {
  // Bytes are looked at only when execution asks for them: a witness may be large.
  const preimages = new Map<Hash, Hex>();
  for (const [hash, value] of Object.entries(json)) {
    if (typeof value !== "string" || !/^0x([0-9a-f]{2})*$/i.test(value)) {
      throw ethereumError("ETHEREUM_BAD_FIXTURE", `The witness's preimages.${hash} is not hex.`);
    }
    preimages.set(hash.toLowerCase() as Hash, value as Hex);
  }
  return preimages;
}

/**
 * Reads the witness of a block of an OP chain: `rollupConfig`, `parentHeader`, `attributes`, `preimages` (hash to content) and
 * maybe `expectedBlockHash`. Errors: ETHEREUM_BAD_FIXTURE, ETHEREUM_GENESIS_INVALID, ETHEREUM_FORK_ORDER, each with one sentence.
 */
export function parseOpWitness(json: JsonObject): OpWitness {
  const part = (name: string): JsonObject => objectOf(json[name] ?? missing(name), name);
  const config = parseRollupConfig(part("rollupConfig"));
  return {
    config,
    parent: parseHeader(part("parentHeader"), config),
    attributes: parseAttributes(part("attributes")),
    preimages: parsePreimages(part("preimages")),
    expectedBlockHash: paddedHexOf(json, "expectedBlockHash", HASH_BYTES),
  };
}
