import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { OpenApiChecker } from "../../../helpers/openapi.js";
import { NASTY } from "../../../helpers/openapiFuzz.js";
import { RestWorld } from "../../../helpers/restWorld.js";
import { Random } from "../../../helpers/rpcMutations.js";

// Paths and queries made of anything, on bare sockets: clients would clean them before they send them.

const REQUESTS = Number(process.env.FOVEA_FUZZ_REQUESTS ?? 10_000);
const SEED = Number(process.env.FOVEA_SEED ?? 77);
const AT_ONCE = 20;
const LEAKS = /node_modules|\.[tj]s:\d|\n {4}at |\/home\/|\/work\//;

const checker = new OpenApiChecker();
let world: RestWorld;
beforeAll(async () => {
  world = await RestWorld.open();
});
afterAll(() => world.close());

const VERBS = ["GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"];
const ODD: readonly string[] = [
  ...NASTY,
  ...[
    "..",
    ".",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%5c",
    "....//",
    "%c0%ae%c0%ae/",
    "\\..\\",
  ],
  ...[
    "%00",
    "%0d%0aset-cookie:%20a=b",
    "%",
    "%f",
    "%ff%fe",
    "%u0041",
    "%25%30%30",
    ";a=b",
    "@evil",
  ],
  ...[
    "__proto__",
    "constructor",
    "[]",
    "a[]=1",
    "a[b][c]=1",
    "http://evil.example/",
    "//evil.example",
  ],
  ...["%F0%9F%92%A9", "\u00e9", "\u202e", "$(id)", "`id`", "{{7*7}}", "' OR 1=1 --", "*", "~root"],
];

/** What HTTP lets stand in a request line; the rest would be no request at all. */
const sendable = (text: string) =>
  [...text]
    .filter((letter) => letter > " " && letter !== "\u007f")
    .join("")
    .slice(0, 2_000);

function randomTarget(random: Random, templates: string[]): string {
  const segments = (random.once(8) ? "/" : `/api/v1${random.pick(templates)}`).split("/");
  const changes = 1 + random.below(3);
  for (let change = 0; change < changes; change++) {
    const at = random.below(segments.length + 1);
    if (random.once(3)) segments.splice(at, 0, random.pick(ODD));
    else if (at < segments.length) segments[at] = random.pick(ODD);
  }
  const filled = segments.map((part) => (part.startsWith("{") ? random.pick(ODD) : part));
  const names = [
    "limit",
    "cursor",
    "order",
    "status",
    "from",
    "to",
    "address",
    "l2Block",
    "__proto__",
  ];
  const pairs = Array.from(
    { length: random.below(4) },
    () => `${random.once(4) ? random.pick(ODD) : random.pick(names)}=${random.pick(ODD)}`,
  );
  const query = pairs.length === 0 ? "" : `?${pairs.join(random.once(9) ? ";" : "&")}`;
  return `/${sendable(filled.join("/") + query).replace(/^\/+(?!\/)/, "")}`;
}

/** Everything that comes back; the connection ends after it. */
function ask(verb: string, target: string): Promise<string> {
  const socket = connect(Number(new URL(world.url).port), "127.0.0.1");
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      // Events never end by themselves.
      if (/text\/event-stream/.test(chunk.toString("latin1"))) socket.destroy();
    });
    socket.once("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.write(
      `${verb} ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: application/json\r\ncontent-length: 0\r\n\r\n`,
    );
  });
}

test(
  `${REQUESTS} random paths and queries are answered without a fault of ours`,
  async () => {
    const random = new Random(SEED);
    const templates = Object.keys(checker.document.paths);
    const faults: string[] = [];
    const statuses: Record<string, number> = {};
    let sent = 0;
    const client = async () => {
      while (sent < REQUESTS) {
        sent++;
        const [verb, target] = [random.pick(VERBS), randomTarget(random, templates)];
        const answer = await ask(verb, target);
        const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? "none";
        statuses[status] = (statuses[status] ?? 0) + 1;
        const isOurs =
          status === "none" || (status.startsWith("5") && !/part-not-running/.test(answer));
        const isHead = verb === "HEAD" && status === "503";
        const headers = answer.split("\r\n\r\n")[0] ?? "";
        if (
          (isOurs && !isHead) ||
          LEAKS.test(answer) ||
          /^set-cookie|^x-powered-by/im.test(headers)
        ) {
          faults.push(`${verb} ${target}: ${answer.slice(0, 400)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    process.stdout.write(
      `path fuzz: seed ${SEED}, ${sent} requests, ${JSON.stringify(statuses)}\n`,
    );
    expect(faults.slice(0, 10)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((await world.get("/api/v1/limits")).status).toBe(200);
  },
  60_000 + REQUESTS * 60,
);
