import type { CallRequest } from "../../engine/types.js";
import { fromHex, type Hex } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { parseAccessList } from "./accessList.js";
import { ownField, parseList, parseObject } from "./basic.js";
import { parseAddress, parseHexData, parseQuantity, parseUint64 } from "./hex.js";

const MAX_AUTHORIZATIONS = 256;

/** A call as parsed; `chainId` is checked by the method, which knows the chain. */
export interface ParsedCall {
  request: CallRequest;
  chainId: bigint | undefined;
}

/** An EIP-7702 authorization in JSON. */
export interface AuthorizationJson {
  chainId: Hex;
  address: Hex;
  nonce: Hex;
  yParity: Hex;
  r: Hex;
  s: Hex;
}

/** The transaction object of eth_call, eth_estimateGas and eth_createAccessList. */
export function parseCall(value: unknown): ParsedCall {
  const object = parseObject(value);
  const field = <T>(name: string, parse: (value: unknown) => T): T | undefined => {
    const given = ownField(object, name);
    return given === undefined ? undefined : parse(given);
  };
  if (
    ownField(object, "blobVersionedHashes") !== undefined ||
    ownField(object, "blobs") !== undefined
  ) {
    throw invalidParams("blob transactions do not exist on this chain");
  }
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

function assertFeeFields(request: CallRequest): void {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  if (
    gasPrice !== undefined &&
    (maxFeePerGas !== undefined || maxPriorityFeePerGas !== undefined)
  ) {
    throw invalidParams("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
  }
  if (
    maxFeePerGas !== undefined &&
    maxPriorityFeePerGas !== undefined &&
    maxFeePerGas !== 0n &&
    maxPriorityFeePerGas > maxFeePerGas
  ) {
    throw invalidParams(
      `maxFeePerGas (${maxFeePerGas}) < maxPriorityFeePerGas (${maxPriorityFeePerGas})`,
    );
  }
}

function parseAuthorizations(value: unknown): AuthorizationJson[] {
  const hex = (number: bigint): Hex => `0x${number.toString(16)}`;
  return parseList(value, MAX_AUTHORIZATIONS, (item) => {
    const entry = parseObject(item);
    return {
      chainId: hex(parseQuantity(ownField(entry, "chainId"))),
      address: parseAddress(ownField(entry, "address")),
      nonce: hex(parseUint64(ownField(entry, "nonce"))),
      yParity: hex(parseQuantity(ownField(entry, "yParity") ?? ownField(entry, "v"), 8)),
      r: hex(parseQuantity(ownField(entry, "r"))),
      s: hex(parseQuantity(ownField(entry, "s"))),
    };
  });
}
