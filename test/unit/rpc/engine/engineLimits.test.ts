import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { encodeAttributes } from "../../../../src/engine/wire/attributesJson.js";
import { MAX_BLOCK_GAS_LIMIT, MAX_DEPOSIT_DATA_BYTES } from "../../../../src/protocol/constants.js";
import { type Hash, ZERO_HASH } from "../../../../src/util/hex.js";
import { findTokenProblem, signJwt } from "../../../../src/util/jwt.js";
import { EngineApiHarness, SECRET } from "../../../helpers/engineApi.js";
import { depositTx, EngineChain, signTx } from "../../../helpers/engineChain.js";
import { Random } from "../../../helpers/rpcMutations.js";

let chain: EngineChain;
let api: EngineApiHarness;
beforeAll(async () => {
  chain = await EngineChain.open();
  api = await EngineApiHarness.open(chain.engine);
});
afterAll(async () => {
  await api.close();
  await chain.engine.close();
});

const part = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");
const nowSeconds = () => Math.floor(Date.now() / 1_000);

describe("tokens", () => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const statusOf = async (authorization: string) =>
    (await api.send(body, { headers: { authorization } })).status;
  const hmac = (text: string, hash = "sha256", secret: Uint8Array | string = SECRET) =>
    createHmac(hash, secret).update(text).digest("base64url");

  test("other algorithms are refused on the port, also those that take our secret for a key", async () => {
    const claims = part({ iat: nowSeconds() });
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const rs256 = `${part({ alg: "RS256", typ: "JWT" })}.${claims}`;
    const signed = createSign("RSA-SHA256").update(rs256).sign(privateKey).toString("base64url");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const text = (header: object) => `${part(header)}.${claims}`;
    const none = text({ alg: "none", typ: "JWT" });
    const confused = text({ alg: "HS256", typ: "JWT", jwk: { kty: "oct", k: "AA" }, kid: "../x" });
    const tokens = [
      `${rs256}.${signed}`,
      // The public key as if it were the secret.
      `${rs256}.${hmac(rs256, "sha256", pem)}`,
      `${none}.`,
      `${none}.${hmac(none)}`,
      ...["hs256", "HS384", "HS512", "NONE", "", null, ["HS256"]].map((alg) => {
        const head = text({ alg, typ: "JWT" });
        return `${head}.${hmac(head, alg === "HS512" ? "sha512" : "sha256")}`;
      }),
      `${confused}.${hmac(confused, "sha256", new Uint8Array([0]))}`,
    ];
    for (const token of tokens) {
      expect([token, await statusOf(`Bearer ${token}`)]).toEqual([token, 401]);
    }
    const good = text({ alg: "HS256", typ: "JWT" });
    expect(await statusOf(`Bearer ${good}.${hmac(good)}`)).toBe(200);
  });

  test("of ten thousand changed tokens none is taken", async () => {
    const random = new Random(17);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ";
    const now = 1_800_000_000;
    const taken: string[] = [];
    for (let round = 0; round < 10_000; round++) {
      const good = signJwt(SECRET, now - random.below(60));
      const at = random.below(good.length);
      const letter = letters[random.below(letters.length)] ?? "x";
      const kinds = [
        () => good.slice(0, at) + letter + good.slice(at + 1),
        () => good.slice(0, at) + good.slice(at + 1),
        () => good.slice(0, at) + letter + good.slice(at),
        () => good.slice(0, at),
        () => {
          const [head, , signature] = good.split(".");
          return `${head}.${part({ iat: now - random.below(60), n: round })}.${signature}`;
        },
        () =>
          signJwt(
            Uint8Array.from({ length: 32 }, () => random.below(256)),
            now,
          ),
        () => signJwt(SECRET, now + (random.once(2) ? 1 : -1) * (61 + random.below(100_000))),
      ];
      const token = random.pick(kinds)();
      if (decodedAlike(token, good)) continue;
      if (findTokenProblem(`Bearer ${token}`, SECRET, now) === undefined) taken.push(token);
    }
    expect(taken).toEqual([]);
  });

  /** The last letter of 43 stands for four bits only, and a padding may follow: such texts are the same token. */
  function decodedAlike(token: string, good: string): boolean {
    const [a, b] = [token, good].map((text) =>
      text
        .replace(/^ +/, "")
        .split(".")
        .map((item) => Buffer.from(item, "base64url").toString("hex"))
        .join("."),
    );
    return a === b && token.split(".").slice(0, 2).join() === good.split(".").slice(0, 2).join();
  }
});

test("the largest block there can be goes in and out at the limits of a server as it is delivered", async () => {
  const { gasLimit } = chain.rollup.chain.system;
  // Data of deposits cost least: 40 gas a byte, and the block must be full of them.
  const gas = 21_000n + 40n * BigInt(MAX_DEPOSIT_DATA_BYTES);
  const count = Number((gasLimit - 1_000_000n) / gas);
  const data = new Uint8Array(MAX_DEPOSIT_DATA_BYTES).fill(0xab);
  const deposits = Array.from({ length: count }, (_item, index) =>
    depositTx({ mint: BigInt(index), gas, data }),
  );
  const calldata = `0x${"cd".repeat(70_000)}` as const;
  const attributes = encodeAttributes(await chain.attributes(deposits));
  const head = (await chain.engine.getHeader("latest"))?.hash as Hash;
  const state = { headBlockHash: head, safeBlockHash: ZERO_HASH, finalizedBlockHash: ZERO_HASH };
  const started = await api.call("engine_forkchoiceUpdatedV3", state, attributes);
  const { payloadId } = started.result as { payloadId: string };
  const built = await api.call("engine_getPayloadV4", payloadId);
  const { executionPayload, parentBeaconBlockRoot } = built.result as {
    executionPayload: { blockHash: Hash; transactions: string[] };
    parentBeaconBlockRoot: Hash;
  };
  const bytes = JSON.stringify(executionPayload).length;
  expect(executionPayload.transactions).toHaveLength(count + 1);
  expect(bytes).toBeGreaterThan(count * MAX_DEPOSIT_DATA_BYTES * 2);
  // No chain may be configured with more gas; a signed part of 120,000 bytes has room beside it.
  expect(gasLimit).toBe(MAX_BLOCK_GAS_LIMIT);
  expect(bytes * 3 + 2 * calldata.length).toBeLessThan(64 << 20);
  const inserted = await api.call(
    "engine_newPayloadV4",
    executionPayload,
    [],
    parentBeaconBlockRoot,
    [],
  );
  expect(inserted.result).toMatchObject({
    status: "VALID",
    latestValidHash: executionPayload.blockHash,
  });
  const bodies = await api.call("engine_getPayloadBodiesByHashV1", [executionPayload.blockHash]);
  expect((bodies.result as { transactions: string[] }[])[0]?.transactions).toEqual(
    executionPayload.transactions,
  );
  process.stdout.write(`largest block of ${gasLimit} gas: ${bytes} bytes of JSON\n`);
  // Something that is signed still fits into a block of its own.
  await chain.setHead(executionPayload.blockHash);
  const raw = await signTx({
    nonce: 0,
    data: calldata,
    to: `0x${"11".repeat(20)}`,
    gas: 3_000_000n,
  });
  expect((await chain.mine([raw])).transactions).toHaveLength(2);
}, 120_000);
