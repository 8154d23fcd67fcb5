import { request as httpRequest } from "node:http";
import { REST_LIMITS } from "../../src/rpc/rest/encode/limits.js";
import type { OpenApiChecker } from "./openapi.js";
import type { ProblemLedger } from "./problemLedger.js";

/** Provokes what any route may answer to a request that is wrong in itself; throws for another answer. */
export async function provokeGeneralProblems(
  url: string,
  checker: OpenApiChecker,
  ledger: ProblemLedger,
): Promise<void> {
  const send = async (status: number, code: string, path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, init);
    const body = (await response.json()) as { code: string };
    const wrong = checker.checkSchema("Problem", body);
    if (response.status !== status || body.code !== code || wrong.length > 0) {
      throw new Error(`${path}: ${response.status} ${body.code} instead of ${code} ${wrong}`);
    }
    ledger.note(status, code);
  };
  const json = { "content-type": "application/json" };
  const post = (status: number, code: string, body: string, headers = json) =>
    send(status, code, "/api/v1/deposits/prepare", { method: "POST", body, headers });
  await send(404, "route-unknown", "/api/v1/nothing");
  await send(405, "method-not-allowed", "/api/v1/status", { method: "DELETE" });
  await send(406, "not-acceptable", "/api/v1/status", { headers: { accept: "text/html" } });
  await send(400, "request-malformed", "/api/v1/blocks/%E0%A4%A/provenance");
  await send(400, "validation-failed", "/api/v1/batches?limit=101");
  await post(400, "json-malformed", "{");
  await post(400, "json-too-deep", `${"[".repeat(40)}${"]".repeat(40)}`);
  await post(413, "payload-too-large", `"${"x".repeat(1_100_000)}"`);
  await post(415, "unsupported-media-type", "a=b", { "content-type": "text/plain" });
}

/** Asks under a name that is not the server's; throws for another answer than a problem. */
export async function provokeUnknownHost(
  url: string,
  checker: OpenApiChecker,
  ledger: ProblemLedger,
): Promise<void> {
  const { hostname: host, port } = new URL(url);
  const answered = await new Promise<{ status: number; id: unknown; text: string }>(
    (resolve, reject) => {
      const headers = { host: "evil.example", "request-id": "from-elsewhere" };
      const request = httpRequest({ host, port, path: "/api/v1/status?a=b", headers });
      request.once("error", reject);
      request.once("response", (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        const id = response.headers["request-id"];
        response.once("end", () => resolve({ status: response.statusCode ?? 0, id, text }));
      });
      request.end();
    },
  );
  const body = JSON.parse(answered.text) as { code: string };
  const wrong = checker.checkSchema("Problem", body);
  if (answered.status !== 403 || answered.id !== "from-elsewhere" || wrong.length > 0) {
    throw new Error(`a strange host: ${answered.status} ${answered.text} ${wrong}`);
  }
  ledger.note(403, body.code);
}

/** Opens more event streams than one address, then than all of them, may watch; throws for another answer. */
export async function provokeStreamLimits(url: string, ledger: ProblemLedger): Promise<void> {
  const { eventStreams, eventStreamsPerIp } = REST_LIMITS;
  const streams: (() => void)[] = [];
  const expect = async (from: string, expected: string) => {
    const found = await watch(url, from, streams);
    if (found !== expected) throw new Error(`a stream from ${from}: ${found}`);
  };
  for (let i = 0; i < eventStreams; i += 1) {
    const from = `127.0.0.${2 + Math.floor(i / eventStreamsPerIp)}`;
    await expect(from, "200 ok");
    if (i === eventStreamsPerIp - 1) await expect(from, "429 rate-limited");
  }
  await expect("127.0.0.1", "503 overloaded");
  for (const end of streams) end();
  ledger.note(429, "rate-limited");
  ledger.note(503, "overloaded");
}

/** Status and code of the answer; a stream stays open. */
function watch(url: string, localAddress: string, streams: (() => void)[]): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, localAddress, path: "/api/v1/events" });
    request.once("error", reject);
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      if (status === 200) {
        streams.push(() => request.destroy());
        resolve("200 ok");
        return;
      }
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.once("end", () => resolve(`${status} ${JSON.parse(text).code}`));
    });
    request.end();
  });
}
