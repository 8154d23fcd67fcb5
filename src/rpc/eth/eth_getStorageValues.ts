import type { Address, Hash } from "../../util/hex.js";
import { invalidParams, RpcError } from "../errors.js";
import { method } from "../method.js";
import { parseList, parseObject } from "../params/basic.js";
import { parseAddress, parseSlot } from "../params/hex.js";
import { required } from "../params/param.js";
import { blockIdParam } from "./shared.js";

const MAX_SLOTS = 1_024;

/** Slots by account. */
function parseRequests(value: unknown): [Address, Hash[]][] {
  const requests = Object.entries(parseObject(value)).map(([address, slots]): [Address, Hash[]] => [
    parseAddress(address),
    parseList(slots, Number.MAX_SAFE_INTEGER, parseSlot),
  ]);
  const count = requests.reduce((sum, [, slots]) => sum + slots.length, 0);
  if (count > MAX_SLOTS) {
    throw new RpcError("RPC_CLIENT_LIMIT", { reason: `too many slots (max ${MAX_SLOTS})` });
  }
  if (count === 0) throw invalidParams("empty request");
  return requests;
}

/** Storage slots of several accounts at once. */
export const eth_getStorageValues = method({
  doc: "Storage slots of several accounts at once.",
  params: [required(parseRequests), blockIdParam],
  async run([requests, id], { engine }) {
    const values: Record<string, Hash[]> = {};
    for (const [address, slots] of requests) {
      values[address] = await Promise.all(
        slots.map((slot) => engine.getStorageAt(address, slot, id)),
      );
    }
    return values;
  },
});
