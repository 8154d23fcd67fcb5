import { expect, test } from "@jest/globals";
import { Dispatcher } from "../../../src/rpc/dispatcher.js";
import { exactIds, isInexact } from "../../../src/rpc/exactIds.js";
import { method } from "../../../src/rpc/method.js";
import { DEFAULT_GATEWAY_LIMITS, type RpcContext } from "../../../src/rpc/types.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { FakeClock } from "../../helpers/fakeClock.js";
import { Random } from "../../helpers/rpcMutations.js";

/** 2^53 + 1, 2^64 - 1, 2^256 - 1, and fractions: none is a number of JavaScript. */
const EXACT = [
  "9007199254740993",
  "-9007199254740993",
  "18446744073709551615",
  (2n ** 256n - 1n).toString(),
  "1764000000123456789",
  "0.12345678901234567890123",
  "1.0e25",
];

const dispatcher = new Dispatcher(
  { ...DEFAULT_GATEWAY_LIMITS, responseBytes: 400 },
  {
    methods: new Map(
      Object.entries({
        quick: method({ doc: "Answers at once.", params: [], run: () => "0x1" }),
        long: method({ doc: "Answers at length.", params: [], run: () => "x".repeat(500) }),
      }),
    ),
    logger: silentLogger(),
    clock: new FakeClock(0),
  },
);
const answerTo = async (text: string) =>
  (await dispatcher.handle(text, {} as RpcContext)).text ?? "";

test("ids come back digit by digit, alone, in batches, and with errors", async () => {
  for (const id of EXACT) {
    const request = (name: string) => `{"id": ${id} ,"jsonrpc":"2.0","method":"${name}"}`;
    expect(isInexact(JSON.parse(id))).toBe(true);
    expect(await answerTo(request("quick"))).toBe(`{"jsonrpc":"2.0","id":${id},"result":"0x1"}`);
    for (const name of ["nothing", "long"]) {
      expect(await answerTo(request(name))).toContain(`"id":${id},"error"`);
    }
    expect(await answerTo(`{"id":${id},"method":"quick"}`)).toContain(`"id":${id},"error"`);
    const batch = `[ 1, ${request("quick")}, {"jsonrpc":"2.0","id":7,"method":"quick"},
      {"jsonrpc":"2.0","method":"quick"}, ${request("nothing")}, ${request("long")} ]`;
    const answer = await answerTo(batch);
    expect(answer.split(`"id":${id},`)).toHaveLength(4);
    expect((JSON.parse(answer) as { id: number }[]).map((item) => item.id)).toEqual([
      null,
      JSON.parse(id),
      7,
      JSON.parse(id),
      JSON.parse(id),
    ]);
  }
});

test("ids that are no numbers of JSON, or endless, are none", async () => {
  for (const id of ["1e400", "-1e400"]) {
    const text = `{"jsonrpc":"2.0","id":${id},"method":"quick"}`;
    expect(await answerTo(text)).toContain('"id":null,"error"');
    expect(
      await answerTo(`[${text},{"jsonrpc":"2.0","id":9007199254740993,"method":"quick"}]`),
    ).toMatch(/^\[\{"jsonrpc":"2.0","id":null,.*"id":9007199254740993,"result"/);
  }
  const long = `0.${"1".repeat(1_000)}`;
  expect(await answerTo(`{"jsonrpc":"2.0","id":${long},"method":"quick"}`)).toContain(
    `"id":${JSON.parse(long)},`,
  );
});

test("the id of a request is found whatever stands around it", () => {
  const id = "9007199254740993";
  const cases: [string, (string | undefined)[]][] = [
    [`{"id":${id}}`, [id]],
    [`{"params":[{"id":1},"id",{"a":[{"id":2}]}],"id":${id}}`, [id]],
    [`{"params":{"id":1},"id"\n:\t${id} }`, [id]],
    [`{"a":"\\"id\\":5","b":"\\\\","\\u0069d":${id},"c":"}]"}`, [id]],
    [`{"id":1,"id":${id}}`, [id]],
    [`{"id":${id},"id":"x"}`, [undefined]],
    [`{"a":"id","b":{"id":3}}`, []],
    [
      ` [ {"id":${id}} , 5 , [{"id":1},{"id":2}], {"x":[1,2,{"id":3}],"id":-1.5e9}]`,
      [id, undefined, undefined, "-1.5e9"],
    ],
    ["[]", []],
    ["5", []],
  ];
  for (const [text, expected] of cases) {
    const found = exactIds(text);
    expect([text, Array.from(found)]).toEqual([text, expected]);
  }
});

test("what is found is what JSON.parse finds, over thousands of random requests", () => {
  const random = new Random(11);
  const texts = [
    '"a"',
    '"id"',
    '"\\"id\\": 1"',
    '"\\\\"',
    "null",
    "1",
    "-2.5e1",
    "9007199254740992",
    "{}",
    "[]",
  ];
  const value = (depth: number): string => {
    const kind = depth > 3 ? 9 : random.below(10);
    const length = kind < 2 ? random.below(4) : 0;
    const many = Array.from({ length }, () => value(depth + 1));
    if (kind === 0) return `[${many.join(" , ")}]`;
    if (kind === 1)
      return `{${many.map((item) => `${random.once(2) ? '"id"' : '"b"'} : ${item}`).join(",")}}`;
    return texts[random.below(texts.length)] ?? "1";
  };
  for (let round = 0; round < 3_000; round++) {
    const many = Array.from({ length: random.below(5) }, () => value(1));
    const text = random.once(2)
      ? `{${many.map((item) => `${random.once(2) ? '"id"' : '"b"'}:${item}`).join(",")}}`
      : `[${many.join(",")}]`;
    const parsed: unknown = JSON.parse(text);
    const items: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    const found = exactIds(text);
    for (const [index, item] of items.entries()) {
      if (typeof item !== "object" || item === null || Array.isArray(item)) continue;
      const { id } = item as { id?: unknown };
      const expected = typeof id === "number" ? id : undefined;
      expect([text, found[index] === undefined ? undefined : Number(found[index])]).toEqual([
        text,
        expected,
      ]);
    }
  }
});
