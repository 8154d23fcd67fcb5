import { RLP } from "@ethereumjs/rlp";
import { EngineError } from "../../engine/errors.js";
import { recoverAddress } from "../../engine/recoverAddress.js";
import type { CallRequest, SignedAuthorization } from "../../engine/types.js";
import { type Address, fromHex, type Hex, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { invalidParams } from "../errors.js";
import { parseAccessList } from "./accessList.js";
import { ownField, parseList, parseObject } from "./basic.js";
import { parseAddress, parseHash, parseHexData, parseQuantity, parseUint64 } from "./hex.js";

const MAX_AUTHORIZATIONS = 256;
const MAX_BLOB_HASHES = 64;
const AUTHORIZATION_MAGIC = 5;

/** A call as parsed; `chainId` is checked by the method, which knows the chain. */
export interface ParsedCall {
  request: CallRequest;
  chainId: bigint | undefined;
}

/** The transaction object of eth_call, eth_estimateGas and eth_createAccessList. */
export function parseCall(value: unknown): ParsedCall {
  const object = parseObject(value);
  const field = <T>(name: string, parse: (value: unknown) => T): T | undefined => {
    const given = ownField(object, name);
    return given === undefined ? undefined : parse(given);
  };
  const request: CallRequest = {};
  const from = field("from", parseAddress);
  if (from !== undefined) request.from = from;
  const to = field("to", parseAddress);
  request.to = to ?? null;
  assign(request, "gas", field("gas", parseUint64));
  assign(request, "gasPrice", field("gasPrice", parseQuantity));
  assign(request, "maxFeePerGas", field("maxFeePerGas", parseQuantity));
  assign(request, "maxPriorityFeePerGas", field("maxPriorityFeePerGas", parseQuantity));
  assign(request, "value", field("value", parseQuantity));
  assign(request, "nonce", field("nonce", parseUint64));
  assign(request, "accessList", field("accessList", parseAccessList));
  assign(request, "maxFeePerBlobGas", field("maxFeePerBlobGas", parseQuantity));
  assign(request, "blobVersionedHashes", field("blobVersionedHashes", parseBlobHashes));
  assign(request, "authorizationList", field("authorizationList", parseAuthorizations));
  assign(request, "data", parseInput(field("data", parseHexData), field("input", parseHexData)));
  assertFeeFields(request);
  return { request, chainId: field("chainId", parseQuantity) };
}

function assign<Key extends keyof CallRequest>(
  request: CallRequest,
  key: Key,
  value: CallRequest[Key] | undefined,
): void {
  if (value !== undefined) request[key] = value;
}

function parseInput(data: Hex | undefined, input: Hex | undefined): Uint8Array | undefined {
  if (data !== undefined && input !== undefined && data !== input) {
    throw invalidParams(
      'both "data" and "input" are set and not equal. Please use "input" to pass transaction call data',
    );
  }
  const hex = input ?? data;
  return hex === undefined ? undefined : fromHex(hex);
}

const parseBlobHashes = (value: unknown) => parseList(value, MAX_BLOB_HASHES, parseHash);

/** As in geth no fault of the parameters but of the call. Errors: ENGINE_CALL_INVALID. */
function refuse(reason: string): never {
  throw new EngineError("ENGINE_CALL_INVALID", { reason });
}

function assertFeeFields(request: CallRequest): void {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (
    gasPrice !== undefined &&
    (maxFeePerGas !== undefined || maxPriorityFeePerGas !== undefined)
  ) {
    refuse("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
  }
}

/** Authorizations with the accounts that signed them; one with a bad signature stays and has no effect. */
function parseAuthorizations(value: unknown): SignedAuthorization[] {
  return parseList(value, MAX_AUTHORIZATIONS, (item) => {
    const entry = parseObject(item);
    const chainId = parseQuantity(ownField(entry, "chainId"));
    const address = parseAddress(ownField(entry, "address"));
    const nonce = parseUint64(ownField(entry, "nonce"));
    const yParity = parseQuantity(ownField(entry, "yParity") ?? ownField(entry, "v"), 8);
    const r = parseQuantity(ownField(entry, "r"));
    const s = parseQuantity(ownField(entry, "s"));
    const signer = recoverAddress(authorizationHash(chainId, address, nonce), r, s, yParity);
    return { chainId, address, nonce, authority: signer && toHex(signer), yParity, r, s };
  });
}

/** What an authorization signs. Source: EIP-7702 */
function authorizationHash(chainId: bigint, address: Address, nonce: bigint): Uint8Array {
  const message = RLP.encode([chainId, fromHex(address), nonce]);
  return keccak256(Uint8Array.of(AUTHORIZATION_MAGIC, ...message));
}
