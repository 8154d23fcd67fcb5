import type { ApiOperation, ApiParameter, ApiRequest } from "./openapi.js";
import { exampleRequests } from "./openapi.js";

/** Texts that have broken servers: injections, prototype keys, numbers that are none, bytes that are no text. */
export const NASTY: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "-0",
  "1.5",
  "1e3",
  "0x",
  "0x0",
  "NaN",
  "Infinity",
  "null",
  "undefined",
  "true",
  "[]",
  "{}",
  "9007199254740991",
  "9007199254740992",
  "99999999999999999999999999",
  `0x${"0".repeat(64)}`,
  `0x${"f".repeat(64)}`,
  `0x${"F".repeat(64)}`,
  `0x${"g".repeat(64)}`,
  `0x${"f".repeat(63)}`,
  `0x${"f".repeat(40)}`,
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "'; DROP TABLE blocks; --",
  "<script>alert(1)</script>",
  "#{7*7}",
  "{{7*7}}",
  "%00",
  "\u0000",
  "..",
  "../../etc/passwd",
  "a/b",
  "a?b=c",
  "a&limit=0",
  "\r\nSet-Cookie: x=1",
  "é\u202e",
  "latest",
  "pending",
  "asc",
  "W10",
  "eyJhIjoxfQ",
  Buffer.from('["batches/all/0/desc","0","0x00"]').toString("base64url"),
  "x".repeat(513),
  "x".repeat(3_000),
];

/** Values at the limits of a schema and beyond. */
function edgesOf(schema: Record<string, unknown>): string[] {
  const numbers = [schema.minimum, schema.maximum, schema.default].filter(
    (value): value is number => typeof value === "number",
  );
  const texts = Array.isArray(schema.enum) ? schema.enum.map(String) : [];
  const lengths = [schema.minLength, schema.maxLength].filter(
    (value): value is number => typeof value === "number",
  );
  return [
    ...numbers.flatMap((value) => [value - 1, value, value + 1].map(String)),
    ...texts.flatMap((text) => [text, text.toUpperCase(), `${text} `]),
    ...lengths.flatMap((value) => ["a".repeat(Math.max(0, value - 1)), "a".repeat(value + 1)]),
  ];
}

/** JSON values of every type, and those that only look like values. */
const JSON_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  "",
  "0",
  "-1",
  "0x",
  "x".repeat(3_000),
  "9".repeat(100),
  `0x${"f".repeat(40)}`,
  `0x${"0".repeat(40)}`,
  `0x${"f".repeat(64)}`,
  "<script>",
  [],
  [[]],
  {},
  { __proto__: null, a: 1 },
];

/** True if a value makes the path another route's: `/batches/{index}` with "pending". */
function isOtherRoute(
  operation: ApiOperation,
  name: string,
  value: string,
  paths: readonly string[],
): boolean {
  return value === "" || paths.includes(operation.path.replace(`{${name}}`, value));
}

/** Requests of an operation with wrong, extreme or hostile values in one place each. */
export function fuzzRequests(operation: ApiOperation, paths: readonly string[]): ApiRequest[] {
  const base = exampleRequests(operation)[0] ?? {};
  const withParameter = (parameter: ApiParameter, value: string): ApiRequest => {
    if (parameter.in === "path") {
      return { ...base, params: { ...base.params, [parameter.name]: value } };
    }
    return { ...base, query: { ...base.query, [parameter.name]: value } };
  };
  const parameters = operation.parameters.filter((parameter) => parameter.in !== "header");
  const requests = parameters.flatMap((parameter) =>
    [...NASTY, ...edgesOf(parameter.schema)]
      .filter(
        (value) =>
          parameter.in !== "path" || !isOtherRoute(operation, parameter.name, value, paths),
      )
      .map((value) => withParameter(parameter, value)),
  );
  for (const name of [
    "unknown",
    "__proto__",
    "constructor",
    "limit[]",
    "limit[__proto__]",
    "a.b",
  ]) {
    requests.push({ ...base, query: { ...base.query, [name]: "1" } });
  }
  requests.push({ ...base, headers: { accept: "text/html" } });
  requests.push({ ...base, headers: { "request-id": "x".repeat(2_000) } });
  requests.push({ ...base, headers: { "if-none-match": '"nothing", W/"x", *x' } });
  requests.push({ ...base, headers: { "last-event-id": "x".repeat(65) } });
  return [...requests, ...bodyRequests(operation, base)];
}

function bodyRequests(operation: ApiOperation, base: ApiRequest): ApiRequest[] {
  if (operation.method === "get") return [];
  const json = { "content-type": "application/json" };
  const whole = JSON_VALUES.map((body) => ({ ...base, body: JSON.stringify(body), headers: json }));
  const texts = [
    "{",
    "nul",
    '{"a":1,"a":2}',
    `${"[".repeat(40)}${"]".repeat(40)}`,
    '{"__proto__":{"from":"x"}}',
  ];
  const broken = texts.map((body) => ({ ...base, body, headers: json }));
  const example = base.body as Record<string, unknown> | undefined;
  const fields = Object.keys(example ?? {}).flatMap((name) => [
    ...JSON_VALUES.map((value) => ({ ...base, body: { ...example, [name]: value } })),
    {
      ...base,
      body: Object.fromEntries(Object.entries(example ?? {}).filter(([k]) => k !== name)),
    },
  ]);
  const others = [
    { ...base, body: { ...example, unknownField: 1 } },
    { ...base, headers: { "content-type": "text/plain" }, body: "a" },
    { ...base, headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--" },
  ];
  return [...whole, ...broken, ...fields, ...others];
}
