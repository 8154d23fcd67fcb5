import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { fromHex, type Hash } from "../../util/hex.js";
import { readToken } from "../adminClient.js";
import { cliError } from "../errors.js";
import { type GivenFlags, readSettings } from "../readSettings.js";

const TIMEOUT_MS = 30_000;

/** One JSON-RPC answer, or why there is none. */
interface Answer {
  status: number;
  body?: { result?: unknown; error?: { code: number; message: string } };
  failure?: string;
}

// A machine's step cannot wait: the request is made in another thread while this one sleeps.
const WORKER = `
const { workerData: { port, flag, url, headers, timeoutMs } } = require("node:worker_threads");
port.on("message", async (body) => {
  let answer;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    answer = { status: response.status, body: await response.json() };
  } catch (error) {
    answer = { status: 0, failure: String(error) };
  }
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
`;

/** JSON-RPC of an admin port, whose calls return when the answer is there. `close` it at the end. */
export class AdminRpcClient {
  readonly #url: string;
  readonly #worker: Worker;
  readonly #port: MessageChannel["port1"];
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));

  constructor(url: string, flags: GivenFlags) {
    this.#url = url.replace(/\/$/, "");
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const token = readToken(readSettings(flags, process.env).settings.datadir);
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const workerData = {
      port: port2,
      flag: this.#flag,
      url: `${this.#url}/`,
      headers,
      timeoutMs: TIMEOUT_MS,
    };
    this.#worker = new Worker(WORKER, { eval: true, workerData, transferList: [port2] });
  }

  /** Errors: CLI_SERVER_UNREACHABLE, CLI_DATADIR (no token), CLI_REFUSED with the server's words. */
  call(method: string, params: unknown[]): unknown {
    const { status, body, failure } = this.#ask(method, params);
    if (failure !== undefined || body === undefined) {
      throw cliError(
        "CLI_SERVER_UNREACHABLE",
        `No Fovea server answers at ${this.#url}; name its admin port with --rpc (${failure ?? status}).`,
      );
    }
    if (status === 401) {
      throw cliError(
        "CLI_DATADIR",
        `The server at ${this.#url} wants a token; name its data directory with --datadir.`,
      );
    }
    if (body.error !== undefined || body.result === undefined) {
      const words = body.error?.message ?? `status ${status}`;
      throw cliError("CLI_REFUSED", `${method}: ${words}.`);
    }
    return body.result;
  }

  /** A trie node or code of the engine; undefined if it has none. Errors: CLI_SERVER_UNREACHABLE, CLI_DATADIR. */
  dbGet(hash: Hash): Uint8Array | undefined {
    try {
      return fromHex(String(this.call("debug_dbGet", [hash])));
    } catch (error) {
      if ((error as { code?: unknown }).code === "CLI_REFUSED") return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(method: string, params: unknown[]): Answer {
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    // The worker gives up first; the rest is for its start.
    const outcome = Atomics.wait(this.#flag, 0, 0, 2 * TIMEOUT_MS);
    const received = receiveMessageOnPort(this.#port) as { message: Answer } | undefined;
    return received?.message ?? { status: 0, failure: outcome };
  }
}
