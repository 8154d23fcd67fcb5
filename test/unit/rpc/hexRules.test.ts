import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GatewayHarness } from "../../helpers/gatewayHarness.js";
import { recordSeeds, type SeedCall } from "../../helpers/rpcSeeds.js";

// Valid calls of every method, with one hex text at a time written as it may not be.

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.open();
});
afterAll(() => harness.close());

/** Wrong whatever the text stands for. */
const ALWAYS: Record<string, (text: string) => string> = {
  "an upper-case prefix": (text) => text.replace("0x", "0X"),
  "no prefix": (text) => text.slice(2),
  "a sign": (text) => `-${text}`,
  "a digit that is none": (text) => `${text}g`,
  "a space before": (text) => ` ${text}`,
  "a line end": (text) => `${text}\n`,
  "a NUL": (text) => `${text}\u0000`,
  "two prefixes": (text) => `0x${text}`,
  "a point": (text) => `${text}.0`,
};
/** Wrong for addresses, hashes and other DATA of fixed length. */
const FIXED: Record<string, (text: string) => string> = {
  "an odd number of digits": (text) => text.slice(0, -1),
  "a byte too few": (text) => text.slice(0, -2),
  "a byte too many": (text) => `${text}00`,
};

type Change = { path: string; params: unknown[] };

/** Every way to change one hex text of the parameters, keys of objects included. */
function changes(value: unknown, path: string, put: (value: unknown) => unknown[]): Change[] {
  if (typeof value === "string") {
    if (!value.startsWith("0x")) return [];
    const isFixed = [42, 66].includes(value.length) && !/(data|input|code)$/.test(path);
    const variants = Object.entries({ ...ALWAYS, ...(isFixed ? FIXED : {}) });
    return variants.map(([name, change]) => ({
      path: `${path}: ${name}`,
      params: put(change(value)),
    }));
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      changes(item, `${path}[${index}]`, (next) =>
        put(value.map((old, at) => (at === index ? next : old))),
      ),
    );
  }
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  return entries.flatMap(([key, item]) => [
    ...changes(item, `${path}.${key}`, (next) => put({ ...value, [key]: next })),
    ...changes(key, `${path} key`, (next) =>
      put(Object.fromEntries(entries.map(([name, old]) => [name === key ? next : name, old]))),
    ),
  ]);
}

/** Slots may be written with any number of digits up to 64, as geth takes them; ids of filters that nobody gave out are unknown. */
function isLenient({ method }: SeedCall, path: string): boolean {
  const isSlot = /^eth_get(StorageAt|Proof|StorageValues)$/.test(method) && /byte|odd/.test(path);
  const isAnyLength = method === "web3_sha3" && /byte/.test(path);
  return (
    isSlot || isAnyLength || /Filter(Changes|Logs)$|uninstallFilter$|unsubscribe$/.test(method)
  );
}

test("no method takes hex that is written otherwise than the specification says", async () => {
  const { seeds } = await recordSeeds(harness);
  const taken: string[] = [];
  let count = 0;
  for (const seed of seeds) {
    // Over HTTP subscriptions are refused before their parameters are looked at.
    if (/subscribe$/.test(seed.method)) continue;
    const cases = seed.params.flatMap((param, index) =>
      changes(param, `[${index}]`, (next) =>
        seed.params.map((old, at) => (at === index ? next : old)),
      ),
    );
    for (const { path, params } of cases) {
      if (isLenient(seed, path)) continue;
      count++;
      const answer = await harness.rpc(seed.method, params);
      if (answer.error?.code !== -32602) {
        const found = answer.error ? JSON.stringify(answer.error) : "a result";
        taken.push(`${seed.method} ${path}: ${found.slice(0, 150)}`);
      }
    }
  }
  expect([...new Set(taken)]).toEqual([]);
  process.stdout.write(
    `hex rules: ${count} malformed texts in ${seeds.length} calls, all refused\n`,
  );
});
