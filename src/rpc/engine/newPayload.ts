import type { PayloadStatus } from "../../engine/types.js";
import { decodePayload, type PayloadShape } from "../../engine/wire/payloadJson.js";
import type { ExecutionPayload } from "../../protocol/types.js";
import type { Hash } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { method, type RpcMethod } from "../method.js";
import { ownField, parseList, parseObject } from "../params/basic.js";
import { parseHash, parseUint64 } from "../params/hex.js";
import { required } from "../params/param.js";
import type { RpcContext } from "../types.js";
import { parseExecutionRequests } from "./executionRequests.js";
import { assertFork, type EngineForks, shapeAt } from "./forks.js";
import { encodeStatus } from "./statusJson.js";
import { versionedHashesOf } from "./versionedHashes.js";

/** Versioned hashes taken at once; a block has at most a few dozen. */
const MAX_HASHES = 4_096;
const MISMATCH: PayloadStatus = {
  status: "INVALID",
  latestValidHash: null,
  validationError: "blob versioned hashes differ from those of the transactions",
};

const object = required(parseObject);
const hashes = required((value: unknown) => parseList(value, MAX_HASHES, parseHash));
const beaconRoot = required(parseHash);

/** engine_newPayloadV1 to V4. Source: execution-apis, engine (Paris, Shanghai, Cancun, Prague) */
export function newPayloadMethods(forks: EngineForks): Record<string, RpcMethod> {
  const timeOf = (payload: Record<string, unknown>): bigint => {
    const timestamp = ownField(payload, "timestamp");
    if (timestamp === undefined) throw invalidParams("payload: missing timestamp");
    return parseUint64(timestamp);
  };
  const forkOf = (payload: Record<string, unknown>) => forks.forkAt(timeOf(payload));
  const shape = (
    structure: PayloadShape["structure"],
    payload: Record<string, unknown>,
  ): PayloadShape => ({
    structure,
    ...(forks.opForkAt ? shapeAt(forks, timeOf(payload)) : { isRollup: forks.isRollup }),
  });
  return {
    engine_newPayloadV1: method({
      doc: "Checks, executes and stores a block of Paris.",
      params: [object],
      async run([json], context) {
        const payload = decodePayload(json, shape(1, json));
        // A wrong hash has a status of its own in this version only.
        const status = await context.engine.newPayload(payload);
        return encodeStatus(status, context.engine);
      },
    }),
    engine_newPayloadV2: method({
      doc: "Checks, executes and stores a block of Paris or Shanghai.",
      params: [object],
      async run([json], context) {
        const fork = forkOf(json);
        assertFork("engine_newPayloadV2", fork, "paris", "shanghai");
        return insert(decodePayload(json, shape(fork === "paris" ? 1 : 2, json)), context);
      },
    }),
    engine_newPayloadV3: method({
      doc: "Checks, executes and stores a block of Cancun.",
      params: [object, hashes, beaconRoot],
      async run([json, expected, parentBeaconBlockRoot], context) {
        const payload = decodePayload(json, shape(3, json), { parentBeaconBlockRoot });
        assertFork("engine_newPayloadV3", forkOf(json), "cancun", "cancun");
        return insertWithBlobs(payload, expected, context);
      },
    }),
    engine_newPayloadV4: method({
      doc: "Checks, executes and stores a block of Prague or later.",
      params: [object, hashes, beaconRoot, required(parseExecutionRequests)],
      async run([json, expected, parentBeaconBlockRoot, executionRequests], context) {
        const extras = { parentBeaconBlockRoot, executionRequests };
        const payload = decodePayload(json, shape(3, json), extras);
        if (forks.isRollup && executionRequests.length > 0) {
          throw invalidParams("an L2 block has no execution requests");
        }
        assertFork("engine_newPayloadV4", forkOf(json), "prague", "osaka");
        return insertWithBlobs(payload, expected, context);
      },
    }),
  };
}

async function insertWithBlobs(payload: ExecutionPayload, expected: Hash[], context: RpcContext) {
  const found = versionedHashesOf(payload.transactions);
  const isEqual =
    found.length === expected.length && found.every((hash, index) => hash === expected[index]);
  return isEqual ? insert(payload, context) : encodeStatus(MISMATCH, context.engine);
}

async function insert(payload: ExecutionPayload, { engine }: RpcContext) {
  const status = await engine.newPayload(payload);
  const isWrongHash = status.status === "INVALID_BLOCK_HASH";
  return encodeStatus(isWrongHash ? { ...status, status: "INVALID" } : status, engine);
}
