import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GatewayHarness } from "../../helpers/gatewayHarness.js";
import { recordSeeds } from "../../helpers/rpcSeeds.js";

// BigInt() of a megabyte of digits takes a third of a second, in which nobody is served, so no text becomes a number before its
// length is known to be small: every call of BigInt while such texts come in is looked at.

const CHARS = 200_000;
/** `0x` and 64 digits, or 78 decimal ones. */
const MOST_CHARS = 80;
const HUGE: readonly unknown[] = [
  `0x${"f".repeat(CHARS)}`,
  "9".repeat(CHARS),
  `-${"9".repeat(CHARS)}`,
  `0x${"0".repeat(CHARS)}1`,
  ` ${"1".repeat(CHARS)}`,
];

let harness: GatewayHarness;
let longest = 0;
const original = globalThis.BigInt;
beforeAll(async () => {
  harness = await GatewayHarness.open();
  const watched = (value: Parameters<typeof original>[0]): bigint => {
    if (typeof value === "string") longest = Math.max(longest, value.length);
    return original(value);
  };
  globalThis.BigInt = Object.assign(watched, {
    asIntN: original.asIntN,
    asUintN: original.asUintN,
    prototype: original.prototype,
  }) as BigIntConstructor;
});
afterAll(async () => {
  globalThis.BigInt = original;
  await harness.close();
});

/** The parameters with one text at a time in the place of another. */
function replacements(value: unknown, text: unknown): unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      replacements(item, text).map((next) => value.map((old, at) => (at === index ? next : old))),
    );
  }
  if (typeof value !== "object" || value === null) return [text];
  return Object.entries(value).flatMap(([key, item]) => [
    ...replacements(item, text).map((next) => ({ ...value, [key]: next })),
    { ...value, [String(text)]: item },
  ]);
}

test("the watch sees what the methods make numbers of", async () => {
  longest = 0;
  await harness.rpc("eth_getBlockByNumber", [`0x${"1".repeat(15)}`, false]);
  expect(longest).toBe(17);
});

test("no parameter of any method becomes a number before its length is known", async () => {
  const { seeds } = await recordSeeds(harness);
  const seen = new Set<string>();
  const long: string[] = [];
  let count = 0;
  for (const { method, params } of seeds) {
    const shape = `${method} ${JSON.stringify(params).replace(/[0-9a-f]+/g, "")}`;
    if (seen.has(shape)) continue;
    seen.add(shape);
    // One kind of text per place, all kinds over all places.
    const places = replacements(params, HUGE[count % HUGE.length]);
    for (const [index, next] of places.entries()) {
      const text = HUGE[(count + index) % HUGE.length];
      const changed = index % 2 === 0 ? next : (replacements(params, text)[index] ?? next);
      longest = 0;
      const { error } = await harness.rpc(method, changed as unknown[]);
      count++;
      if (longest > MOST_CHARS) long.push(`${method} at ${index}: ${longest}`);
      expect([method, index, error?.code === -32603]).toEqual([method, index, false]);
    }
  }
  process.stdout.write(`long numbers: ${count} requests to ${seen.size} kinds of calls\n`);
  expect(count).toBeGreaterThan(100);
  expect(long).toEqual([]);
}, 180_000);

test("a raw transaction or block of a megabyte becomes no number either", async () => {
  const raw = `0x02${"f9ffff".padEnd(CHARS, "f")}`;
  longest = 0;
  for (const method of [
    "eth_sendRawTransaction",
    "eth_sendRawTransactionSync",
    "debug_traceBlock",
  ]) {
    expect((await harness.rpc(method, [raw])).error?.code).toBeLessThan(-31_000);
  }
  expect(longest).toBeLessThanOrEqual(MOST_CHARS);
});

test("REST takes no long number, in paths, queries or bodies", async () => {
  longest = 0;
  const digits = "9".repeat(10_000);
  for (const path of [
    `/blocks/${digits}/provenance`,
    `/batches?limit=${digits}`,
    `/batches?l2Block=${digits}`,
    `/batches/${digits}`,
    `/feeds/depositFeed/entries/${digits}`,
    `/proposals/${digits}`,
    `/proofs/output/${digits}`,
    `/deposits/0x${digits}`,
  ]) {
    const response = await fetch(`${harness.url}/api/v1${path}`);
    expect([path.slice(0, 20), response.status < 500 || response.status === 503]).toEqual([
      path.slice(0, 20),
      true,
    ]);
  }
  for (const body of [
    { valueWei: "9".repeat(30_000) },
    { gasLimit: "9".repeat(30_000), valueWei: "1" },
    { mintWei: `0x${"f".repeat(30_000)}` },
  ]) {
    const response = await fetch(`${harness.url}/api/v1/deposits/prepare`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to: `0x${"11".repeat(20)}`, ...body }),
    });
    expect([400, 503]).toContain(response.status);
  }
  expect(longest).toBeLessThanOrEqual(MOST_CHARS);
});
