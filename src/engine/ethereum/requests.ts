import { createHash } from "node:crypto";
import { type Address, type Hash, toHex } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import type { Log } from "../types.js";

const DEPOSIT_EVENT: Hash = "0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5";
const DEPOSIT_EVENT_BYTES = 576;
/** Where the event's five byte strings start, and how long each is: public key, credentials, amount, signature, index. */
const DEPOSIT_FIELDS: readonly (readonly [number, number])[] = [
  [160, 48],
  [256, 32],
  [320, 8],
  [384, 96],
  [512, 8],
];
const WORD = 32;

function isWord(data: Uint8Array, at: number, value: number): boolean {
  const view = Buffer.from(data.buffer, data.byteOffset + at, WORD);
  return view.subarray(0, 28).every((byte) => byte === 0) && view.readUInt32BE(28) === value;
}

/** A deposit request from the data of the contract's event. Errors: ENGINE_INVALID_BLOCK. Source: EIP-6110 */
function depositRequest(data: Uint8Array): Uint8Array {
  const refuse = (): never => {
    throw new EngineError("ENGINE_INVALID_BLOCK", { reason: "deposit event layout" });
  };
  if (data.length !== DEPOSIT_EVENT_BYTES) return refuse();
  const parts = DEPOSIT_FIELDS.map(([start, length], index) => {
    if (!isWord(data, index * WORD, start) || !isWord(data, start, length)) return refuse();
    return data.subarray(start + WORD, start + WORD + length);
  });
  return Buffer.concat(parts);
}

/** All deposits that the logs of a block tell of, one after the other. Errors: ENGINE_INVALID_BLOCK. Source: EIP-6110 */
export function depositRequests(logs: Iterable<Log>, contract: Address): Uint8Array {
  const found: Uint8Array[] = [];
  for (const { address, topics, data } of logs) {
    if (address === contract && topics[0] === DEPOSIT_EVENT) found.push(depositRequest(data));
  }
  return Buffer.concat(found);
}

/** Requests with their type byte first; types without any are left out. Source: EIP-7685 */
export function listRequests(byType: readonly Uint8Array[]): Uint8Array[] {
  return byType.flatMap((data, type) =>
    data.length === 0 ? [] : [Uint8Array.from([type, ...data])],
  );
}

/** What a header says of the requests. Source: EIP-7685 */
export function requestsHash(requests: readonly Uint8Array[]): Hash {
  const outer = createHash("sha256");
  for (const request of requests) outer.update(createHash("sha256").update(request).digest());
  return toHex(new Uint8Array(outer.digest()));
}
