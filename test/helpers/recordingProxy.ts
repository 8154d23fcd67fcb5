import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One JSON-RPC call as it passed by, with its answer. */
export interface RecordedCall {
  method: string;
  params: unknown[];
  result?: unknown;
}

/** A proxy that notes what a client asks; `close` ends it. */
export interface RecordingProxy {
  url: string;
  calls: RecordedCall[];
  close(): Promise<void>;
}

type Item = { id?: unknown; method: string; params?: unknown[] };

/** Passes JSON-RPC over HTTP on to `target`, single requests and batches, and notes it in order. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const calls: RecordedCall[] = [];
  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    const headers = { "content-type": "application/json" };
    const answer = await (await fetch(target, { method: "POST", body, headers })).text();
    note(calls, JSON.parse(body), JSON.parse(answer));
    response.writeHead(200, headers).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function note(calls: RecordedCall[], request: Item | Item[], answer: unknown): void {
  const answers = [answer].flat() as { id: unknown; result?: unknown }[];
  for (const { id, method, params } of [request].flat()) {
    const { result } = answers.find((item) => item.id === id) ?? {};
    calls.push({ method, params: params ?? [], result });
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
