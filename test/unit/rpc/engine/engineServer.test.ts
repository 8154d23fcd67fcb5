import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeAttributes } from "../../../../src/engine/wire/attributesJson.js";
import { SHARED_METHODS } from "../../../../src/rpc/engine/engineMethods.js";
import { type Hash, ZERO_HASH } from "../../../../src/util/hex.js";
import { signJwt } from "../../../../src/util/jwt.js";
import { EngineApiHarness, SECRET } from "../../../helpers/engineApi.js";
import { EngineChain, signTx } from "../../../helpers/engineChain.js";

type Json = Record<string, unknown>;
const UNKNOWN: Hash = `0x${"77".repeat(32)}`;

let chain: EngineChain;
let api: EngineApiHarness;
/** Head of three blocks; the second one. */
let head: Hash;
let second: Hash;

const state = (headBlockHash: Hash, safe: Hash = ZERO_HASH, finalized: Hash = ZERO_HASH) => ({
  headBlockHash,
  safeBlockHash: safe,
  finalizedBlockHash: finalized,
});
const statusOf = (result: unknown) => (result as { payloadStatus: Json }).payloadStatus;
const idOf = (result: unknown) => (result as { payloadId: string | null }).payloadId;

/** Attributes of the block after `parent` as they are on the wire. */
async function attributesOn(parent: Hash, transactions: Uint8Array[] = []): Promise<Json> {
  return encodeAttributes(await chain.attributes(transactions, {}, parent));
}

async function built(parent: Hash, transactions: Uint8Array[] = []): Promise<Json> {
  const started = await api.call(
    "engine_forkchoiceUpdatedV3",
    state(parent),
    await attributesOn(parent, transactions),
  );
  const { result } = await api.call("engine_getPayloadV4", idOf(started.result));
  return result as Json;
}

const insert = (
  payload: unknown,
  beaconRoot: unknown,
  hashes: unknown = [],
  requests: unknown = [],
) => api.call("engine_newPayloadV4", payload, hashes, beaconRoot, requests);

beforeAll(async () => {
  chain = await EngineChain.open();
  await chain.mine();
  second = (await chain.mine()).blockHash;
  head = (await chain.mine()).blockHash;
  api = await EngineApiHarness.open(chain.engine);
});

afterAll(async () => {
  await api.close();
  await chain.engine.close();
});

describe("who is answered on the engine's port", () => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });

  test.each([
    ["no token", {}],
    [
      "another secret",
      { authorization: `Bearer ${signJwt(new Uint8Array(32), Date.now() / 1e3)}` },
    ],
    ["an old token", { authorization: `Bearer ${signJwt(SECRET, Date.now() / 1e3 - 3_600)}` }],
  ])("%s is refused with 401 and plain text", async (_name, headers: Record<string, string>) => {
    const response = await api.send(body, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(await response.text()).not.toContain("{");
  });

  test("a good token is answered; other paths and methods are not there", async () => {
    expect(await (await api.send(body)).json()).toEqual({ jsonrpc: "2.0", id: 1, result: "0x385" });
    const authorization = `Bearer ${signJwt(SECRET, Date.now() / 1e3)}`;
    const get = await fetch(api.url, { headers: { authorization } });
    expect(get.status).toBe(405);
    const elsewhere = await fetch(`${api.url}/api`, {
      method: "POST",
      body,
      headers: { authorization },
    });
    expect(elsewhere.status).toBe(404);
  });

  test("a body above the limit is refused", async () => {
    const small = await EngineApiHarness.open(chain.engine, undefined, { bodyBytes: 100 });
    const response = await small.send(`"${"x".repeat(200)}"`);
    expect(response.status).toBe(413);
    await small.close();
  });

  test("methods that hold state for a caller or are not for engines do not exist", async () => {
    for (const method of ["eth_subscribe", "eth_newFilter", "optimism_syncStatus", "admin_x"]) {
      expect((await api.call(method)).error?.code).toBe(-32601);
    }
  });

  test("the methods that are shared with the public port are each named once, in order", () => {
    expect(new Set(SHARED_METHODS).size).toBe(SHARED_METHODS.length);
    expect([...SHARED_METHODS].sort()).toEqual(SHARED_METHODS);
  });

  test("capabilities and version tell what this is", async () => {
    const { result } = await api.call("engine_exchangeCapabilities", ["engine_newPayloadV4"]);
    expect(result).toEqual([
      ...["V1", "V2", "V3", "V4"].map((v) => `engine_newPayload${v}`),
      ...["V1", "V2", "V3"].map((v) => `engine_forkchoiceUpdated${v}`),
      ...["V1", "V2", "V3", "V4", "V5"].map((v) => `engine_getPayload${v}`),
      "engine_getPayloadBodiesByHashV1",
      "engine_getPayloadBodiesByRangeV1",
      "engine_getClientVersionV1",
    ]);
    const me = { code: "CL", name: "x", version: "1", commit: "0x00000000" };
    const version = await api.call("engine_getClientVersionV1", me);
    expect(version.result).toEqual([
      { code: "FV", name: "Fovea", version: "v9.9.9", commit: "0x00000000" },
    ]);
  });

  test("debug_dbGet gives contents by their hash, and says when there are none", async () => {
    const { stateRoot } = (await chain.engine.getHeader("latest")) ?? { stateRoot: ZERO_HASH };
    expect((await api.call("debug_dbGet", stateRoot)).result).toMatch(/^0x[0-9a-f]{64,}/);
    expect((await api.call("debug_dbGet", UNKNOWN)).error?.code).toBe(-32000);
  });
});

describe("blocks of the L2 over the Engine API", () => {
  test("are built from attributes, come back whole, and are taken", async () => {
    const raw = await signTx({ nonce: 0, to: UNKNOWN.slice(0, 42) as Hash, value: 1n });
    const answer = await built(head, [raw]);
    const payload = answer.executionPayload as Json;
    expect(Object.keys(answer).sort()).toEqual([
      "blobsBundle",
      "blockValue",
      "executionPayload",
      "executionRequests",
      "parentBeaconBlockRoot",
      "shouldOverrideBuilder",
    ]);
    expect(payload).toMatchObject({ parentHash: head, withdrawals: [], excessBlobGas: "0x0" });
    expect(payload.transactions).toHaveLength(2);
    const status = await insert(payload, answer.parentBeaconBlockRoot);
    expect(status.result).toEqual({
      status: "VALID",
      latestValidHash: payload.blockHash,
      validationError: null,
    });
  });

  test("V5 answers too, older versions are for older forks", async () => {
    const started = await api.call(
      "engine_forkchoiceUpdatedV3",
      state(head),
      await attributesOn(head),
    );
    const id = idOf(started.result);
    expect((await api.call("engine_getPayloadV5", id)).result).toBeDefined();
    for (const version of [1, 2, 3]) {
      expect((await api.call(`engine_getPayloadV${version}`, id)).error?.code).toBe(-38005);
    }
  });

  test("the head goes back to an ancestor and blocks are built there", async () => {
    const back = await api.call("engine_forkchoiceUpdatedV3", state(second), null);
    expect(statusOf(back.result)).toMatchObject({ status: "VALID", latestValidHash: second });
    expect((await chain.engine.getHeader("latest"))?.hash).toBe(second);
    const side = await built(second);
    const payload = side.executionPayload as Json;
    expect((await insert(payload, side.parentBeaconBlockRoot)).result).toMatchObject({
      status: "VALID",
    });
    await api.call("engine_forkchoiceUpdatedV3", state(payload.blockHash as Hash), null);
    expect((await chain.engine.getHeader(3n))?.hash).toBe(payload.blockHash);
    await api.call("engine_forkchoiceUpdatedV3", state(head), null);
    expect((await chain.engine.getHeader("latest"))?.hash).toBe(head);
  });

  test("a forced list that is not valid is INVALID, and says which transaction", async () => {
    const raw = await signTx({ nonce: 77, to: UNKNOWN.slice(0, 42) as Hash });
    const { result } = await api.call(
      "engine_forkchoiceUpdatedV3",
      state(head),
      await attributesOn(head, [raw]),
    );
    expect(idOf(result)).toBeNull();
    expect(statusOf(result)).toMatchObject({ status: "INVALID", latestValidHash: head });
    expect(statusOf(result).validationError).toContain("transaction 1");
  });

  test("wrong blocks are INVALID with the last valid hash, unknown parents SYNCING", async () => {
    const answer = await built(head);
    const payload = answer.executionPayload as Json;
    const root = answer.parentBeaconBlockRoot;
    // Other fields, other hash: nothing is said about the block that has it.
    const other = await insert({ ...payload, gasUsed: "0x1" }, root);
    expect(other.result).toMatchObject({ status: "INVALID", latestValidHash: null });
    const orphan = (await built(head)).executionPayload as Json;
    const unknown = { ...orphan, parentHash: UNKNOWN };
    expect((await insert(unknown, root)).result).toMatchObject({ status: "INVALID" });
    const fcu = await api.call("engine_forkchoiceUpdatedV3", state(UNKNOWN), null);
    expect(fcu.result).toEqual({
      payloadStatus: { status: "SYNCING", latestValidHash: null, validationError: null },
      payloadId: null,
    });
    const blobs = await insert(payload, root, [UNKNOWN]);
    expect(blobs.result).toMatchObject({ status: "INVALID", latestValidHash: null });
  });

  test("bodies come by hash and by range, up to the head", async () => {
    const byHash = await api.call("engine_getPayloadBodiesByHashV1", [head, UNKNOWN]);
    expect(byHash.result).toEqual([
      { transactions: [expect.stringMatching(/^0x7e/)], withdrawals: [] },
      null,
    ]);
    await api.call("engine_forkchoiceUpdatedV3", state(head), null);
    const byRange = await api.call("engine_getPayloadBodiesByRangeV1", "0x2", "0x20");
    expect(byRange.result).toHaveLength(2);
    for (const range of [
      ["0x0", "0x1"],
      ["0x1", "0x0"],
      ["1", "0x1"],
    ]) {
      expect((await api.call("engine_getPayloadBodiesByRangeV1", ...range)).error?.code).toBe(
        -32602,
      );
    }
    const tooMany = await api.call("engine_getPayloadBodiesByRangeV1", "0x1", "0x401");
    expect(tooMany.error).toMatchObject({ code: -38004, message: "Too large request" });
    const list = Array.from({ length: 1_025 }, () => head);
    expect((await api.call("engine_getPayloadBodiesByHashV1", list)).error?.code).toBe(-38004);
  });
});

describe("error numbers of the Engine API on the L2", () => {
  test("-38001: no payload has this id; -32602: it is none", async () => {
    const unknown = await api.call("engine_getPayloadV4", "0x0500000000000000");
    expect(unknown.error).toMatchObject({ code: -38001, message: "Unknown payload" });
    expect((await api.call("engine_getPayloadV4", "0x05")).error?.code).toBe(-32602);
  });

  test("-38002: a label that is not an ancestor of the head", async () => {
    for (const wrong of [
      state(second, head),
      state(head, UNKNOWN),
      state(head, ZERO_HASH, UNKNOWN),
    ]) {
      const { error } = await api.call("engine_forkchoiceUpdatedV3", wrong, null);
      expect(error).toMatchObject({ code: -38002, message: "Invalid forkchoice state" });
    }
    await api.call("engine_forkchoiceUpdatedV3", state(head), null);
  });

  test("-32602: a state with missing, superfluous or malformed fields", async () => {
    const { safeBlockHash: _, ...short } = state(head);
    for (const wrong of [
      short,
      { ...state(head), x: 1 },
      { ...state(head), headBlockHash: "0x1" },
      [],
    ]) {
      expect((await api.call("engine_forkchoiceUpdatedV3", wrong, null)).error?.code).toBe(-32602);
    }
    expect((await api.call("engine_forkchoiceUpdatedV3")).error?.code).toBe(-32602);
    const three = await api.call("engine_forkchoiceUpdatedV3", state(head), null, null);
    expect(three.error?.code).toBe(-32602);
  });

  test.each([
    ["without a gas limit", { gasLimit: null }],
    ["without EIP-1559 parameters", { eip1559Params: undefined }],
    ["with EIP-1559 parameters of another length", { eip1559Params: "0x00000000" }],
    ["without a minimum base fee", { minBaseFee: null }],
    ["without withdrawals", { withdrawals: null }],
    ["without a beacon root", { parentBeaconBlockRoot: null }],
    [
      "with withdrawals",
      {
        withdrawals: [
          { index: "0x0", validatorIndex: "0x0", address: UNKNOWN.slice(0, 42), amount: "0x1" },
        ],
      },
    ],
    ["with a field that does not exist", { slotNumber: "0x1" }],
    ["with the time of the parent", { timestamp: "0x0" }],
    ["with another fee recipient", { suggestedFeeRecipient: UNKNOWN.slice(0, 42) }],
    ["with transactions that are no hex", { transactions: ["x"] }],
  ])("-38003: attributes %s, although the head has moved", async (_name, change) => {
    await api.call("engine_forkchoiceUpdatedV3", state(second), null);
    const attributes = { ...(await attributesOn(head)), ...change };
    const { error } = await api.call("engine_forkchoiceUpdatedV3", state(head), attributes);
    expect(error).toMatchObject({ code: -38003, message: "Invalid payload attributes" });
    expect((await chain.engine.getHeader("latest"))?.hash).toBe(head);
  });

  test("-38005 or -32602: versions of older forks", async () => {
    const attributes = await attributesOn(head);
    const v2 = await api.call("engine_forkchoiceUpdatedV2", state(head), attributes);
    expect(v2.error).toMatchObject({ code: -38005, message: "Unsupported fork" });
    const v1 = await api.call("engine_forkchoiceUpdatedV1", state(head), attributes);
    expect(v1.error?.code).toBe(-32602);
    const answer = await built(head);
    const payload = answer.executionPayload as Json;
    const v3 = await api.call("engine_newPayloadV3", payload, [], answer.parentBeaconBlockRoot);
    expect(v3.error?.code).toBe(-38005);
    expect((await api.call("engine_newPayloadV2", payload)).error?.code).toBe(-38005);
  });

  test("-32602: payloads with missing or superfluous fields, and requests out of order", async () => {
    const answer = await built(head);
    const payload = answer.executionPayload as Json;
    const root = answer.parentBeaconBlockRoot;
    for (const name of Object.keys(payload)) {
      expect((await insert({ ...payload, [name]: null }, root)).error?.code).toBe(-32602);
    }
    expect((await insert({ ...payload, blockAccessList: "0x" }, root)).error?.code).toBe(-32602);
    expect((await insert({ ...payload, number: "0x1" }, root)).error?.code).toBe(-32602);
    expect((await insert(payload, null)).error?.code).toBe(-32602);
    expect((await insert(payload, root, null)).error?.code).toBe(-32602);
    expect((await api.call("engine_newPayloadV4", payload, [], root)).error?.code).toBe(-32602);
    for (const requests of [
      ["0x00"],
      ["0x"],
      ["0x01aa", "0x00bb"],
      ["0x01aa", "0x01bb"],
      ["0x00aa"],
      null,
    ]) {
      expect((await insert(payload, root, [], requests)).error?.code).toBe(-32602);
    }
  });
});
