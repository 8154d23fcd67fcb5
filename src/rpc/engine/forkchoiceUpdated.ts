import { EngineError } from "../../engine/errors.js";
import type { ForkchoiceState } from "../../engine/types.js";
import { type AttributesShape, decodeAttributes } from "../../engine/wire/attributesJson.js";
import { JsonFields } from "../../engine/wire/jsonFields.js";
import type { PayloadAttributes } from "../../protocol/types.js";
import { type FoveaError, hasCode } from "../../util/errors.js";
import type { Hash } from "../../util/hex.js";
import { invalidParams } from "../errors.js";
import { method, type RpcMethod } from "../method.js";
import { parseObject } from "../params/basic.js";
import { optional, required } from "../params/param.js";
import type { RpcContext } from "../types.js";
import { assertFork, type EngineForks, shapeAt } from "./forks.js";
import { encodeStatus } from "./statusJson.js";

const STATE_FIELDS = ["headBlockHash", "safeBlockHash", "finalizedBlockHash"] as const;

/** engine_forkchoiceUpdatedV1 to V3. Source: execution-apis, engine (Paris, Shanghai, Cancun); the OP Stack's specification */
export function forkchoiceUpdatedMethods(forks: EngineForks): Record<string, RpcMethod> {
  return {
    engine_forkchoiceUpdatedV1: versionOf(1, forks),
    engine_forkchoiceUpdatedV2: versionOf(2, forks),
    engine_forkchoiceUpdatedV3: versionOf(3, forks),
  };
}

function versionOf(version: 1 | 2 | 3, forks: EngineForks): RpcMethod {
  return method({
    doc: "Moves the heads, and starts a block if it is told what it should be like.",
    params: [required(parseState), optional<Record<string, unknown> | null>(parseObject, null)],
    async run([state, json], context) {
      // The first two versions look at the attributes before anything moves, the third after it.
      const early = json === null || version === 3 ? undefined : await parse(json, state, context);
      const isOld = !forks.isRollup && (await isOldHead(state.headBlockHash, context));
      if (isOld) return answer(validAt(state.headBlockHash), null, context);
      if (json === null || early !== undefined) return update(state, early, context);
      const moved = await context.engine.forkchoiceUpdated(state);
      if (moved.payloadStatus.status !== "VALID") return answer(moved.payloadStatus, null, context);
      return update(state, await parseLate(json, state, context), context);
    },
  });

  async function parse(
    json: Record<string, unknown>,
    state: ForkchoiceState,
    context: RpcContext,
  ): Promise<PayloadAttributes> {
    const fork = forks.forkAt(new JsonFields(json, "payloadAttributes").quantity("timestamp"));
    if (version === 1 && fork !== "paris") {
      throw invalidParams(`engine_forkchoiceUpdatedV1 is not for ${fork} payloads`);
    }
    if (version === 3) {
      const attributes = await decode(json, 3, state, context);
      assertFork("engine_forkchoiceUpdatedV3", fork, "cancun", "osaka");
      return attributes;
    }
    assertFork(`engine_forkchoiceUpdatedV${version}`, fork, "paris", "shanghai");
    return decode(json, fork === "paris" ? 1 : 2, state, context);
  }

  /** In the third version a wrong structure is a matter of the attributes, not of the parameters. */
  async function parseLate(
    json: Record<string, unknown>,
    state: ForkchoiceState,
    context: RpcContext,
  ): Promise<PayloadAttributes> {
    try {
      return await parse(json, state, context);
    } catch (error) {
      if (!hasCode(error, "ENGINE_BAD_WIRE")) throw error;
      const { reason } = (error as FoveaError).data;
      throw new EngineError("ENGINE_BAD_ATTRIBUTES", { reason }, error);
    }
  }

  async function decode(
    json: Record<string, unknown>,
    structure: AttributesShape["structure"],
    state: ForkchoiceState,
    { engine }: RpcContext,
  ): Promise<PayloadAttributes> {
    const head = forks.isRollup ? undefined : await engine.getHeader({ hash: state.headBlockHash });
    const timestamp = new JsonFields(json, "payloadAttributes").quantity("timestamp");
    return decodeAttributes(json, { structure, ...shapeAt(forks, timestamp) }, head?.gasLimit);
  }
}

/** Nothing is moved or built for a head that is a canonical ancestor of ours: the caller is behind. */
async function isOldHead(hash: Hash, { engine }: RpcContext): Promise<boolean> {
  const header = await engine.getHeader({ hash });
  if (header === undefined) return false;
  const latest = await engine.getHeader("latest");
  if (latest?.hash === hash) return false;
  return (await engine.getHeader(header.number))?.hash === hash;
}

async function update(
  state: ForkchoiceState,
  attributes: PayloadAttributes | undefined,
  context: RpcContext,
) {
  const { payloadStatus, payloadId } = await context.engine.forkchoiceUpdated(state, attributes);
  return answer(payloadStatus, payloadId, context);
}

async function answer(
  status: Parameters<typeof encodeStatus>[0],
  payloadId: string | null,
  { engine }: RpcContext,
) {
  return { payloadStatus: await encodeStatus(status, engine), payloadId };
}

const validAt = (hash: Hash) =>
  ({ status: "VALID", latestValidHash: hash, validationError: null }) as const;

function parseState(value: unknown): ForkchoiceState {
  const fields = new JsonFields(value, "forkchoiceState").only(STATE_FIELDS);
  return {
    headBlockHash: fields.hash("headBlockHash"),
    safeBlockHash: fields.hash("safeBlockHash"),
    finalizedBlockHash: fields.hash("finalizedBlockHash"),
  };
}
