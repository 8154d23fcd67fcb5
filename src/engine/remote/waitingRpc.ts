import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { signJwt } from "../../util/jwt.js";
import { EngineError } from "../errors.js";
import { type EngineRpcConfig, readAnswer } from "./engineRpc.js";

/** Everything in this thread waits as long. */
const TIMEOUT_MS = 2_000;

// A machine's step cannot wait for an event: the request is made in another thread while this one sleeps.
const WORKER = `
const { workerData: { port, flag, url, timeoutMs } } = require("node:worker_threads");
port.on("message", async ({ body, token }) => {
  let answer;
  try {
    const headers = { "content-type": "application/json", authorization: "Bearer " + token };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    answer = { status: response.status, text: await response.text() };
  } catch {
    answer = { status: 0, text: "" };
  }
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
`;

/** An external engine's JSON-RPC whose calls return when the answer is there; for the step machine, whose inputs are synchronous. */
export class WaitingRpc {
  readonly #config: EngineRpcConfig;
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));
  #thread: { worker: Worker; port: MessageChannel["port1"] } | undefined;

  constructor(config: EngineRpcConfig) {
    this.#config = config;
  }

  /** Errors: ENGINE_REMOTE_UNREACHABLE, ENGINE_REMOTE_REFUSED, ENGINE_REMOTE_BAD_ANSWER, ENGINE_REMOTE_ERROR. */
  call(method: string, params: readonly unknown[]): unknown {
    this.#thread ??= this.#start();
    const { port } = this.#thread;
    Atomics.store(this.#flag, 0, 0);
    port.postMessage({
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      token: signJwt(this.#config.secret, Date.now() / 1_000),
    });
    // The thread gives up first; the rest is for its start.
    Atomics.wait(this.#flag, 0, 0, 2 * TIMEOUT_MS);
    const received = receiveMessageOnPort(port) as
      | { message: { status: number; text: string } }
      | undefined;
    const { status, text } = received?.message ?? { status: 0, text: "" };
    if (status === 0) {
      // An answer that comes late must not be taken for that of the next question.
      void this.close();
      throw new EngineError("ENGINE_REMOTE_UNREACHABLE", { method });
    }
    if (status === 401 || status === 403)
      throw new EngineError("ENGINE_REMOTE_REFUSED", { status });
    return readAnswer(text, method);
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.port.close();
    await thread?.worker.terminate();
  }

  #start() {
    const { port1, port2 } = new MessageChannel();
    const { url } = this.#config;
    const workerData = { port: port2, flag: this.#flag, url, timeoutMs: TIMEOUT_MS };
    const worker = new Worker(WORKER, {
      eval: true,
      workerData,
      transferList: [port2],
      name: "engine contents",
      execArgv: [],
    });
    worker.unref();
    port1.unref();
    return { worker, port: port1 };
  }
}
