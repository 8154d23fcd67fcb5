import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { EngineError } from "../../../../src/engine/errors.js";
import { type EngineRpc, HttpEngineRpc } from "../../../../src/engine/remote/engineRpc.js";
import { RemoteEngine } from "../../../../src/engine/remote/remoteEngine.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { type Hash, toHex, ZERO_HASH } from "../../../../src/util/hex.js";
import { EngineApiHarness, SECRET } from "../../../helpers/engineApi.js";
import { EngineChain, signTx } from "../../../helpers/engineChain.js";

type Intercept = (method: string, params: readonly unknown[]) => unknown;

const TO: Hash = `0x${"ab".repeat(20)}`;
const failure = (rpcCode: number, rpcMessage = "x", rpcData?: unknown) =>
  new EngineError("ENGINE_REMOTE_ERROR", { rpcCode, rpcMessage, rpcData });

let chain: EngineChain;
let api: EngineApiHarness;
/** Answers in the place of the engine; undefined: the engine does. */
let intercept: Intercept;
let calls: string[];
let engine: RemoteEngine;

beforeEach(async () => {
  chain = await EngineChain.open();
  await chain.mine();
  api = await EngineApiHarness.open(chain.engine);
  intercept = () => undefined;
  calls = [];
  const real = new HttpEngineRpc({ url: api.url, secret: SECRET });
  const rpc: EngineRpc = {
    async call(method, params) {
      calls.push(method);
      return intercept(method, params) ?? real.call(method, params);
    },
  };
  engine = await connect(rpc);
});

afterEach(async () => {
  await engine.close();
  await api.close();
  await chain.engine.close();
});

function connect(rpc?: EngineRpc, secret = SECRET, genesisHash = chain.engine.genesisHash) {
  const deps = { logger: silentLogger(), ...(rpc === undefined ? {} : { rpc }) };
  return RemoteEngine.connect({ chainId: 901, genesisHash }, { url: api.url, secret }, deps);
}

const headState = async () => ({
  headBlockHash: (await chain.engine.getHeader("latest"))?.hash as Hash,
  safeBlockHash: ZERO_HASH,
  finalizedBlockHash: ZERO_HASH,
});

/** Two good transactions with a bad one between. */
async function mixedList(): Promise<Uint8Array[]> {
  return [
    await signTx({ nonce: 0, to: TO }),
    await signTx({ nonce: 9, to: TO }),
    await signTx({ nonce: 1, to: TO }),
  ];
}

describe("connecting", () => {
  test("is refused by an engine with another secret, and to one with another chain", async () => {
    await expect(connect(undefined, new Uint8Array(32))).rejects.toMatchObject({
      code: "ENGINE_REMOTE_REFUSED",
      data: { status: 401, why: expect.stringContaining("signature") },
    });
    await expect(connect(undefined, SECRET, ZERO_HASH)).rejects.toMatchObject({
      code: "ENGINE_OTHER_GENESIS",
    });
    await api.close();
    await expect(connect()).rejects.toMatchObject({ code: "ENGINE_REMOTE_UNREACHABLE" });
  });
});

describe("building on an engine without the drop rule", () => {
  test("what is not valid where it stands is left out, the rest is one block", async () => {
    const list = await mixedList();
    const attributes = await chain.attributes(list);
    const started = await engine.forkchoiceUpdated(await headState(), attributes);
    const payload = await engine.getPayload(started.payloadId ?? "0x");
    expect(payload.transactions.map(toHex)).toEqual(
      [attributes.transactions[0], list[0], list[2]].map((raw) => toHex(raw as Uint8Array)),
    );
    const here = await chain.build(list, { transactions: attributes.transactions });
    expect(payload).toMatchObject({ blockHash: here.blockHash });
    expect(payload.parentBeaconBlockRoot).toBe(attributes.parentBeaconBlockRoot);
    expect(await engine.newPayload(payload)).toMatchObject({ status: "VALID" });
  });

  test("an engine that refuses a list with error -38003 is understood as well", async () => {
    const list = await mixedList();
    intercept = (method, [, attributes]) => {
      const { transactions } = (attributes ?? {}) as { transactions?: string[] };
      const isBad =
        method.startsWith("engine_fork") && transactions?.includes(toHex(list[1] as Uint8Array));
      if (isBad)
        throw failure(-38_003, "Invalid payload attributes", { err: "could not apply tx 2 [0x]" });
      return undefined;
    };
    const started = await engine.forkchoiceUpdated(await headState(), await chain.attributes(list));
    expect((await engine.getPayload(started.payloadId ?? "0x")).transactions).toHaveLength(3);
    // All of it, both prefixes that show who is to blame, and what is left.
    expect(calls.filter((method) => method === "engine_forkchoiceUpdatedV3")).toHaveLength(4);
  });

  test("any other failure drops nothing and is for the caller to try again", async () => {
    const list = await mixedList();
    let asked = 0;
    intercept = (method) => {
      if (method.startsWith("engine_fork") && ++asked === 2) throw failure(-32_000, "busy");
      return undefined;
    };
    const attributes = await chain.attributes(list);
    await expect(engine.forkchoiceUpdated(await headState(), attributes)).rejects.toMatchObject({
      code: "ENGINE_REMOTE_ERROR",
    });
  });

  test("with dropping not wanted a bad list stays INVALID", async () => {
    const attributes = await chain.attributes(await mixedList(), { dropInvalid: false });
    const { payloadStatus, payloadId } = await engine.forkchoiceUpdated(
      await headState(),
      attributes,
    );
    expect([payloadStatus.status, payloadId]).toEqual(["INVALID", null]);
  });

  test("wrong attributes are an error, whatever is dropped", async () => {
    const attributes = await chain.attributes(await mixedList(), { timestamp: 1n });
    const outcome = await engine.forkchoiceUpdated(await headState(), attributes);
    expect(outcome.payloadStatus.status).toBe("INVALID");
    expect(outcome.payloadId).toBeNull();
  });

  test("an engine of a later fork is asked for the later version", async () => {
    intercept = (method) => {
      if (method === "engine_getPayloadV4") throw failure(-38_005, "Unsupported fork");
      return undefined;
    };
    const started = await engine.forkchoiceUpdated(await headState(), await chain.attributes([]));
    expect((await engine.getPayload(started.payloadId ?? "0x")).blockNumber).toBe(2n);
    await expect(engine.getPayload("0x0500000000000000")).rejects.toBeDefined();
  });
});

describe("reading from an engine elsewhere", () => {
  test("a block whose fields have another hash is not taken", async () => {
    intercept = (method, [, full]) =>
      method === "eth_getBlockByNumber" && full === false
        ? { ...good, stateRoot: ZERO_HASH }
        : undefined;
    const good = (await (await api.call("eth_getBlockByNumber", "0x1", false)).result) as object;
    await expect(engine.getHeader(1n)).rejects.toMatchObject({ code: "ENGINE_REMOTE_BAD_ANSWER" });
  });

  test("labels that an engine does not have yet are absent, not failures", async () => {
    intercept = (method, [id]) => {
      if (method === "eth_getBlockByNumber" && id === "finalized")
        throw failure(-39_001, "not found");
      return undefined;
    };
    expect(await engine.getHeader("finalized")).toBeUndefined();
    expect(await engine.getHeader(99n)).toBeUndefined();
    expect(await engine.getBlock({ hash: `0x${"77".repeat(32)}` })).toBeUndefined();
  });

  test("subscribers hear of moves in order, back and forth", async () => {
    const events: string[] = [];
    engine.subscribe((event) => {
      if (event.type !== "head") return;
      const numbers = [event.removed, event.added].map((list) => list.map(({ number }) => number));
      events.push(numbers.join("|"));
    });
    const first = (await headState()).headBlockHash;
    const started = await engine.forkchoiceUpdated(await headState(), await chain.attributes([]));
    const payload = await engine.getPayload(started.payloadId ?? "0x");
    await engine.newPayload(payload);
    const to = (headBlockHash: Hash) =>
      engine.forkchoiceUpdated({
        headBlockHash,
        safeBlockHash: ZERO_HASH,
        finalizedBlockHash: ZERO_HASH,
      });
    await to(payload.blockHash);
    await to(first);
    await to(first);
    expect(events).toEqual(["|2", "2|"]);
  });
});
