import { encodePayload } from "../../engine/wire/payloadJson.js";
import type { ExecutionPayload } from "../../protocol/types.js";
import { type Hex, toHex } from "../../util/hex.js";
import { quantity } from "../encode/hex.js";
import { method, type RpcMethod } from "../method.js";
import { parseHexData } from "../params/hex.js";
import { required } from "../params/param.js";
import type { RpcContext } from "../types.js";
import { assertFork, type EngineForks, type PayloadFork, shapeAt } from "./forks.js";

const PAYLOAD_ID_BYTES = 8;
type Json = Record<string, unknown>;

/** Forks that each version answers for; one that has more than its own is for all of them. */
const RANGES: Record<number, [PayloadFork, PayloadFork]> = {
  1: ["paris", "paris"],
  2: ["paris", "shanghai"],
  3: ["cancun", "cancun"],
  4: ["prague", "prague"],
  5: ["osaka", "osaka"],
};
/** On the L2, with the EVM of Osaka in payloads of Prague, callers of either fork are answered. */
const ROLLUP_RANGE: [PayloadFork, PayloadFork] = ["prague", "osaka"];

/** engine_getPayloadV1 to V5. Source: execution-apis, engine (Paris to Osaka); the OP Stack's specification */
export function getPayloadMethods(forks: EngineForks): Record<string, RpcMethod> {
  const versions = [1, 2, 3, 4, 5].map((version) => [
    `engine_getPayloadV${version}`,
    versionOf(version, forks),
  ]);
  return Object.fromEntries(versions) as Record<string, RpcMethod>;
}

function versionOf(version: number, forks: EngineForks): RpcMethod {
  const { isRollup } = forks;
  const [first, last] =
    isRollup && version >= 4 ? ROLLUP_RANGE : (RANGES[version] as [PayloadFork, PayloadFork]);
  return method({
    doc: "The block that was started under this id.",
    params: [required((value): Hex => parseHexData(value, PAYLOAD_ID_BYTES))],
    async run([id], context: RpcContext) {
      const payload = await context.engine.getPayload(id);
      const fork = forks.forkAt(payload.timestamp);
      assertFork(`engine_getPayloadV${version}`, fork, first, last);
      const structure = fork === "paris" ? 1 : fork === "shanghai" ? 2 : 3;
      const executionPayload = encodePayload(payload, {
        structure,
        ...shapeAt(forks, payload.timestamp),
      });
      if (version === 1) return executionPayload;
      return {
        executionPayload,
        blockValue: quantity(payload.blockValueWei ?? 0n),
        ...(version < 3 ? {} : sinceCancun(payload, isRollup)),
        ...(version < 4 ? {} : { executionRequests: (payload.executionRequests ?? []).map(toHex) }),
      };
    },
  });
}

function sinceCancun(payload: ExecutionPayload, isRollup: boolean): Json {
  const { commitments = [], proofs = [], blobs = [] } = payload.blobsBundle ?? {};
  return {
    blobsBundle: {
      commitments: commitments.map(toHex),
      proofs: proofs.map(toHex),
      blobs: blobs.map(toHex),
    },
    shouldOverrideBuilder: false,
    ...(isRollup ? { parentBeaconBlockRoot: payload.parentBeaconBlockRoot } : {}),
  };
}
