import { type Address, fromHex, type Hash, toHex } from "../../util/hex.js";
import { keccak256 } from "../../util/keccak.js";
import { withType } from "../envelope.js";
import { encodeRlp, integerToBytes, type RlpItem } from "../state/rlp.js";
import type { CallRequest, SignedAuthorization } from "../types.js";

/** A call with all that a transaction says. Units: wei. */
export interface FilledCall {
  from: Address;
  to: Address | null;
  nonce: bigint;
  gas: bigint;
  value: bigint;
  data: Uint8Array;
  accessList: { address: Address; storageKeys: Hash[] }[];
  feeCap: bigint;
  tipCap: bigint;
}

/** The transaction that a simulated block holds in the place of a call; its signature is zeros. */
export interface SimulatedTx {
  type: 0 | 2 | 3 | 4;
  raw: Uint8Array;
  hash: Hash;
}

const UNSIGNED: RlpItem[] = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];

const recipient = (to: Address | null): Uint8Array => (to ? fromHex(to) : new Uint8Array(0));

const accessListItem = (list: FilledCall["accessList"]): RlpItem =>
  list.map(({ address, storageKeys }) => [fromHex(address), storageKeys.map(fromHex)]);

function authorizationItem(item: SignedAuthorization): RlpItem {
  const { chainId, address, nonce, yParity, r, s } = item;
  return [
    integerToBytes(chainId),
    fromHex(address),
    integerToBytes(nonce),
    integerToBytes(yParity),
    integerToBytes(r),
    integerToBytes(s),
  ];
}

function seal(type: SimulatedTx["type"], body: Uint8Array): SimulatedTx {
  const raw = type === 0 ? body : withType(type, body);
  return { type, raw, hash: toHex(keccak256(raw)) };
}

/**
 * The unsigned envelope of a call: of type 0 if a gas price was named, or if the fork knows no other; of type 4 or 3 if it has what
 * only they have; otherwise of type 2.
 */
export function simulatedTx(
  request: CallRequest,
  call: FilledCall,
  chain: { chainId: number; isLondon: boolean },
): SimulatedTx {
  const { nonce, gas, value, data, feeCap, tipCap } = call;
  const to = recipient(call.to);
  if (request.gasPrice !== undefined || !chain.isLondon) {
    const fields = [nonce, feeCap, gas].map(integerToBytes);
    return seal(0, encodeRlp([...fields, to, integerToBytes(value), data, ...UNSIGNED]));
  }
  const head: RlpItem[] = [BigInt(chain.chainId), nonce, tipCap, feeCap, gas].map(integerToBytes);
  head.push(to, integerToBytes(value), data, accessListItem(call.accessList));
  const { authorizationList, blobVersionedHashes, maxFeePerBlobGas } = request;
  if (authorizationList) {
    const list = authorizationList.map(authorizationItem);
    return seal(4, encodeRlp([...head, list, ...UNSIGNED]));
  }
  if (blobVersionedHashes) {
    const price = integerToBytes(maxFeePerBlobGas ?? 0n);
    return seal(3, encodeRlp([...head, price, blobVersionedHashes.map(fromHex), ...UNSIGNED]));
  }
  return seal(2, encodeRlp([...head, ...UNSIGNED]));
}
