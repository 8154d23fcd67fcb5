import type { Block } from "../../engine/types.js";
import { encodeWithdrawal } from "../../engine/wire/withdrawalsJson.js";
import { toHex } from "../../util/hex.js";
import { invalidParams, RpcError } from "../errors.js";
import { method, type RpcMethod } from "../method.js";
import { parseHash, parseUint64 } from "../params/hex.js";
import { required } from "../params/param.js";
import { type EngineForks, isForkWithin } from "./forks.js";

/** Bodies in one answer; the specification asks for 32 at least. */
const MAX_BODIES = 1_024;

/** engine_getPayloadBodiesByHashV1 and ByRangeV1. Source: execution-apis, engine (Shanghai) */
export function payloadBodiesMethods(forks: EngineForks): Record<string, RpcMethod> {
  const encodeBody = (block: Block | undefined) => {
    if (block === undefined) return null;
    const hasWithdrawals = isForkWithin(forks.forkAt(block.header.timestamp), "shanghai", "osaka");
    return {
      transactions: block.transactions.map(toHex),
      withdrawals: hasWithdrawals ? (block.withdrawals ?? []).map(encodeWithdrawal) : null,
    };
  };
  return {
    engine_getPayloadBodiesByHashV1: method({
      doc: "Bodies of blocks by their hashes; null for unknown ones.",
      params: [required(parseArray)],
      async run([items], { engine }) {
        if (items.length > MAX_BODIES) throw tooLong(items.length);
        const hashes = items.map(parseHash);
        return Promise.all(hashes.map(async (hash) => encodeBody(await engine.getBlock({ hash }))));
      },
    }),
    engine_getPayloadBodiesByRangeV1: method({
      doc: "Bodies of canonical blocks by their numbers, up to the head.",
      params: [required(parseUint64), required(parseUint64)],
      async run([start, count], { engine }) {
        if (start === 0n || count === 0n) throw invalidParams("start and count must not be zero");
        if (count > BigInt(MAX_BODIES)) throw tooLong(count);
        const head = (await engine.getHeader("latest"))?.number ?? 0n;
        const end = start + count - 1n < head ? start + count - 1n : head;
        const bodies: unknown[] = [];
        for (let number = start; number <= end; number++) {
          bodies.push(encodeBody(await engine.getBlock(number)));
        }
        return bodies;
      },
    }),
  };
}

function parseArray(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw invalidParams("array expected");
  return value;
}

function tooLong(count: bigint | number): Error {
  return new RpcError("RPC_LIST_TOO_LONG", { reason: `${count} bodies, at most ${MAX_BODIES}` });
}
