import type { SeedCall } from "./rpcSeeds.js";

/** A seeded generator: the same seed gives the same requests. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    // xorshift32; its lowest bits are as good as its highest.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }
}

const ADDRESS = `0x${"aa".padStart(40, "0")}`;

/** Values as JSON text, because some cannot be made by JSON.stringify. */
export const ATOMS: readonly string[] = [
  ...[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.5",
    "1e400",
    "-1e400",
    "9007199254740993",
    "1e-400",
  ],
  ...[
    '""',
    '"0x"',
    '"0X1"',
    '"0x0"',
    '"0x1"',
    '"0x01"',
    '"0x00"',
    '"0xg"',
    '"0x-1"',
    '" 0x1"',
    '"1"',
  ],
  ...['"0x7fffffffffffffff"', '"0xffffffffffffffff"', '"0x10000000000000000"'],
  ...[
    `"0x${"f".repeat(64)}"`,
    `"0x${"f".repeat(65)}"`,
    `"0x${"0".repeat(64)}"`,
    `"0x${"9".repeat(20_000)}"`,
  ],
  ...[
    '"latest"',
    '"pending"',
    '"safe"',
    '"finalized"',
    '"earliest"',
    '"LATEST"',
    '"newHeads"',
    '"logs"',
  ],
  ...[
    `"${ADDRESS}"`,
    `"${ADDRESS}0"`,
    `"${ADDRESS.slice(0, -1)}"`,
    '"\\ud800"',
    '"\\u0000"',
    '"__proto__"',
  ],
  ...[
    "{}",
    "[]",
    "[null]",
    "[[null]]",
    "[[[[[[[[]]]]]]]]",
    '[{"a":[{"a":[]}]}]',
    "[50,10]",
    "[-1]",
    "[1e9]",
  ],
  ...[
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"prototype":{"polluted":1}}',
  ],
  ...[
    `{"to":"${ADDRESS}"}`,
    `{"from":"${ADDRESS}","value":"0x1"}`,
    '{"data":"0x60ff","gas":"0x0"}',
  ],
  ...[
    '{"fromBlock":"0x0"}',
    '{"fromBlock":"0x0","toBlock":"0xffffffffff"}',
    '{"topics":[[],null,[null]]}',
  ],
  ...[
    '{"address":[]}',
    '{"blockHash":1}',
    `{"${ADDRESS}":{"code":"0x5b5f56"}}`,
    '{"blockNumber":"0x1"}',
  ],
  ...[
    '"0x02f86b"',
    '"0x7e"',
    '"0x03"',
    '"0xc0"',
    '"0xf800"',
    '"0x01c0"',
    '"0x04c0"',
    '"callTracer"',
  ],
  ...[
    '{"tracer":"x"}',
    '{"tracer":"callTracer","tracerConfig":null}',
    '{"tracer":"{result:function(){}}"}',
    '{"timeout":"1s"}',
  ],
];
const IDS: readonly string[] = [
  "1",
  "0",
  "-1",
  "1.5",
  '"a"',
  '""',
  "null",
  "[]",
  "{}",
  "true",
  "1e400",
  '"\\ud83d"',
  '"__proto__"',
  "9007199254740993",
];
const NAMES: readonly string[] = [
  "constructor",
  "__proto__",
  "toString",
  "eth_sign",
  "eth_sendTransaction",
  "admin_stopSequencer",
  "engine_newPayloadV4",
  "",
  "\\u0000",
  "eth_",
  "ETH_CALL",
  "debug_setHead",
];
const CONTENT_TYPES: readonly string[] = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
];
/** Longer texts are cut, so that changes of changes stay below what a process can hold. */
const MAX_CHARS = 200_000;
const FIELDS: readonly string[] = [
  "__proto__",
  "constructor",
  "from",
  "to",
  "data",
  "input",
  "gas",
  "value",
  "nonce",
  "blockHash",
  "address",
  "topics",
  "tracer",
  "toString",
  "calls",
  "stateOverrides",
];

/** One request as bytes. */
export interface FuzzRequest {
  body: Uint8Array;
  contentType: string;
}

/** A request made from valid calls, changed in its structure, its text or its bytes; now and then a batch. */
export function fuzzRequest(random: Random, seeds: readonly SeedCall[]): FuzzRequest {
  let text = random.once(10)
    ? `[${Array.from({ length: 1 + random.below(6) }, () => single(random, seeds)).join(",")}]`
    : single(random, seeds);
  if (random.once(5)) text = changeText(random, text);
  if (random.once(500)) text = "[".repeat(1 + random.below(5_000)) + text;
  if (random.once(300)) text = `\uFEFF${text}`;
  const body = new TextEncoder().encode(text);
  return {
    body: random.once(6) ? changeBytes(random, body) : body,
    contentType: random.once(10) ? random.pick(CONTENT_TYPES) : "application/json",
  };
}

function single(random: Random, seeds: readonly SeedCall[]): string {
  const seed = random.pick(seeds);
  let params = seed.params.map((value) => valueText(random, value).slice(0, MAX_CHARS));
  if (random.once(4)) params = changeList(random, params);
  const name = random.once(25) ? random.pick(NAMES) : seed.method;
  const parts = [
    `"jsonrpc":${random.once(40) ? random.pick(ATOMS) : '"2.0"'}`,
    `"method":"${name}"`,
  ];
  if (!random.once(20))
    parts.push(`"id":${random.once(4) ? random.pick(IDS) : random.below(1_000)}`);
  if (!random.once(20))
    parts.push(`"params":${random.once(15) ? random.pick(ATOMS) : `[${params.join(",")}]`}`);
  if (random.once(30)) parts.push(`"method":"${random.pick(seeds).method}"`);
  if (random.once(30)) parts.push(`"${random.pick(FIELDS)}":${random.pick(ATOMS)}`);
  return `{${random.once(10) ? parts.reverse().join(",") : parts.join(",")}}`;
}

/** The value as JSON text, with one of its parts replaced, dropped, doubled or bent now and then. */
function valueText(random: Random, value: unknown): string {
  if (random.once(6)) return random.pick(ATOMS);
  if (typeof value === "string")
    return JSON.stringify(random.once(6) ? bend(random, value) : value);
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(random, item));
    return `[${(random.once(4) ? changeList(random, items) : items).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, item]) =>
      `${JSON.stringify(random.once(20) ? bend(random, name) : name)}:${valueText(random, item)}`,
  );
  if (random.once(5)) fields.push(`"${random.pick(FIELDS)}":${random.pick(ATOMS)}`);
  return `{${(random.once(5) ? changeList(random, fields) : fields).join(",")}}`;
}

function changeList(random: Random, items: string[]): string[] {
  const at = random.below(items.length + 1);
  switch (random.below(4)) {
    case 0:
      return items.filter((_item, index) => index !== at);
    case 1:
      return [...items.slice(0, at), items[at] ?? "null", ...items.slice(at)];
    case 2: {
      const item = items[at] ?? "null";
      const most = Math.min(300, Math.floor(MAX_CHARS / item.length));
      return [...items, ...Array.from({ length: random.below(most + 1) }, () => item)];
    }
    default:
      return [...items].reverse();
  }
}

/** A hex string or a word that is slightly another. */
function bend(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) +
        random.pick(["0", "f", "G", " ", "x", "\n", "\u0000", "é"]) +
        text.slice(at)
      );
    case 2:
      return text.replace("0x", random.pick(["0X", "", "x", "0x0", "0x0x", "-0x"]));
    case 3:
      return text.toUpperCase();
    case 4:
      return text.repeat(1 + random.below(50));
    case 5:
      return text.replace(/[0-9a-f]/, random.pick(["0", "1", "f", "z"]));
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

function changeText(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(ATOMS) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random.below(8));
    case 3:
      return (
        text.slice(0, at) +
        random.pick(["{", "}", "[", "]", ",", ":", '"', "\\", "//", "'"]) +
        text.slice(at)
      );
    default:
      return text + text.slice(at);
  }
}

function changeBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let flips = 1 + random.below(3); flips > 0 && changed.length > 0; flips--) {
    const at = random.below(changed.length);
    changed[at] = random.once(2) ? random.below(256) : (changed[at] ?? 0) ^ (1 << random.below(8));
  }
  return random.once(5) ? changed.subarray(0, random.below(changed.length + 1)) : changed;
}
