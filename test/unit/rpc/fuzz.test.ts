import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { METHODS } from "../../../src/rpc/registry.js";
import { toHex } from "../../../src/util/hex.js";
import { GatewayHarness, RECIPIENT, signTx } from "../../helpers/gatewayHarness.js";
import { type FuzzRequest, fuzzRequest, Random } from "../../helpers/rpcMutations.js";
import { recordSeeds, type SeedCall } from "../../helpers/rpcSeeds.js";

// Requests made from valid calls of every method and then changed go to a real gateway over HTTP.
// A failing run is repeated with its FOVEA_SEED.

const REQUESTS = Number(process.env.FOVEA_FUZZ_REQUESTS ?? 5_000);
const SEED = Number(process.env.FOVEA_SEED ?? 12_345);
const AT_ONCE = 25;

let harness: GatewayHarness;
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
beforeAll(async () => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  harness = await GatewayHarness.open();
});
afterAll(async () => {
  await harness.close();
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});

/** -32603 would be an error of ours. */
const CODES = [-32700, -32600, -32601, -32602, -32000, -32001, -32002, -32003, -32005, 3, 4];
/** eth_simulateV1 has numbers of its own. */
const isCode = (code: number) => CODES.includes(code) || (code <= -38000 && code > -39000);
const STATUSES = [200, 204, 413, 415, 503];
const LEAKS =
  /\/home\/|\/work\/|\/tmp\/|node_modules|https?:\/\/|\.[tj]s:\d|\bat \S+ \(|Cannot (read|convert|mix)|undefined is not|is not (a function|iterable)/;

interface Counts {
  requests: number;
  results: number;
  errors: number;
  unanswered: number;
  crashes: number;
  notJson: number;
  leaks: number;
  wrong: number;
  /** Errors by number. */
  codes: Record<number, number>;
}

/** 32 bytes in an error that its sender did not send: a key would look like that. Reverts and receipts have data of their own. */
function holdsStrangeWord({ code, ...error }: { code: number }, sent: string): boolean {
  if (code === 3 || code === 4) return false;
  const words = JSON.stringify(error).match(/[0-9a-f]{64}/gi) ?? [];
  return words.some((word) => !sent.includes(word.toLowerCase()));
}

/** What is wrong with an answer; undefined if nothing is. */
function problemOf(item: unknown, sent: string): "wrong" | "leaks" | undefined {
  if (typeof item !== "object" || item === null) return "wrong";
  const { jsonrpc, error, id } = item as {
    jsonrpc: unknown;
    id: unknown;
    error?: { code: number; message: unknown };
  };
  const isFramed = jsonrpc === "2.0" && "id" in item && "result" in item !== "error" in item;
  if (!isFramed || !["string", "number", "object"].includes(typeof id)) return "wrong";
  if (error === undefined) return undefined;
  if (typeof error.message !== "string" || !isCode(error.code)) return "wrong";
  const isLeak = LEAKS.test(JSON.stringify(error)) || holdsStrangeWord(error, sent);
  return isLeak ? "leaks" : undefined;
}

async function send(
  { body, contentType }: FuzzRequest,
  counts: Counts,
  failures: string[],
): Promise<void> {
  counts.requests++;
  const fail = (kind: "crashes" | "notJson" | "leaks" | "wrong", answer: unknown) => {
    counts[kind]++;
    failures.push(
      `${kind}: ${Buffer.from(body).toString("latin1").slice(0, 600)} => ${String(answer).slice(0, 600)}`,
    );
  };
  let text: string;
  try {
    const response = await fetch(harness.url, {
      method: "POST",
      body: body as Uint8Array<ArrayBuffer>,
      headers: { "content-type": contentType },
    });
    text = await response.text();
    if (!STATUSES.includes(response.status)) return fail("wrong", `${response.status} ${text}`);
    if (text === "") {
      if (response.status !== 204) fail("notJson", `${response.status} without a body`);
      counts.unanswered++;
      return;
    }
  } catch (error) {
    return fail("crashes", error);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return fail("notJson", text);
  }
  const sent = Buffer.from(body).toString("latin1").toLowerCase();
  for (const item of Array.isArray(answer) ? answer : [answer]) {
    const problem = problemOf(item, sent);
    if (problem !== undefined) fail(problem, JSON.stringify(item));
    else if ("result" in item) counts.results++;
    else {
      counts.errors++;
      const { code } = (item as { error: { code: number } }).error;
      counts.codes[code] = (counts.codes[code] ?? 0) + 1;
    }
  }
}

async function recorded(): Promise<{ seeds: SeedCall[]; missing: string[] }> {
  const { seeds, missing } = await recordSeeds(harness);
  const raw = [
    await signTx({ from: 1, nonce: 0, to: RECIPIENT, value: 1n }),
    await signTx({ from: 2, nonce: 5, data: "0x60016002", gas: 100_000n }),
  ];
  const senders = ["eth_sendRawTransaction", "eth_sendRawTransactionSync"].filter((name) =>
    METHODS.has(name),
  );
  for (const method of senders) {
    for (const bytes of raw) seeds.push({ method, params: [toHex(bytes)] });
  }
  return { seeds, missing: missing.filter((name) => !senders.includes(name)) };
}

test(
  `${REQUESTS} mutated requests get JSON-RPC answers: no crash, no leak, no internal error`,
  async () => {
    const { seeds, missing } = await recorded();
    expect(missing).toEqual([]);
    const random = new Random(SEED);
    const counts: Counts = {
      requests: 0,
      results: 0,
      errors: 0,
      unanswered: 0,
      crashes: 0,
      notJson: 0,
      leaks: 0,
      wrong: 0,
      codes: {},
    };
    const failures: string[] = [];
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const startedMs = Date.now();
    while (counts.requests < REQUESTS) {
      const count = Math.min(AT_ONCE, REQUESTS - counts.requests);
      const requests = Array.from({ length: count }, () => fuzzRequest(random, seeds));
      await Promise.all(requests.map((request) => send(request, counts, failures)));
    }
    delay.disable();
    const seconds = (Date.now() - startedMs) / 1_000;
    process.stdout.write(
      `fuzz: seed ${SEED}, ${counts.requests} requests from ${seeds.length} valid calls of ${METHODS.size} methods in ${seconds.toFixed(0)} s: ` +
        `${counts.results} results, ${counts.errors} errors ${JSON.stringify(counts.codes)}, ${counts.unanswered} unanswered notifications; ` +
        `crashes ${counts.crashes + unhandled.length}, not JSON ${counts.notJson}, leaks ${counts.leaks}, wrong ${counts.wrong}; ` +
        `event loop held up at most ${(delay.max / 1e6).toFixed(0)} ms\n`,
    );
    expect({ failures: failures.slice(0, 20), unhandled }).toEqual({ failures: [], unhandled: [] });
    // Enough came through to the methods.
    expect(counts.results).toBeGreaterThan(REQUESTS / 20);
    expect(counts.errors).toBeGreaterThan(REQUESTS / 4);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((await harness.rpc("eth_blockNumber")).result).toBe("0x3");
    const { result } = await harness.rpc("eth_call", [{ to: harness.seeded.contract }]);
    expect(result).toBe(`0x${"2a".padStart(64, "0")}`);
  },
  60_000 + REQUESTS * 60,
);
