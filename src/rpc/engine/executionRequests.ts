import { invalidParams } from "../errors.js";
import { parseList } from "../params/basic.js";
import { parseBytes } from "../params/hex.js";

/** Request types are single bytes, each at most once. */
const MAX_REQUESTS = 256;

/**
 * The execution requests beside a payload: ascending by their first byte, none empty.
 * Errors: RPC_INVALID_PARAMS. Source: execution-apis, engine_newPayloadV4
 */
export function parseExecutionRequests(value: unknown): Uint8Array[] {
  const requests = parseList(value, MAX_REQUESTS, parseBytes);
  let previous = -1;
  for (const request of requests) {
    const type = request[0] ?? -1;
    if (request.length < 2) throw invalidParams("an execution request is empty");
    if (type <= previous) throw invalidParams("execution requests are not in ascending order");
    previous = type;
  }
  return requests;
}
