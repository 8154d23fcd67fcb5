import type { Engine } from "../../src/engine/types.js";
import { createEngineServer } from "../../src/rpc/engine/engineServer.js";
import { type EngineForks, L2_FORKS } from "../../src/rpc/engine/forks.js";
import type { GatewayLimits } from "../../src/rpc/types.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { signJwt } from "../../src/util/jwt.js";

/** Secret of all test servers. */
export const SECRET = new Uint8Array(32).fill(0x5e);

/** A JSON-RPC answer of the Engine API. */
export interface EngineAnswer {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** A real Engine API server on a free port, and a client of it. */
export class EngineApiHarness {
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async open(
    engine: Engine,
    forks: EngineForks = L2_FORKS,
    limits: Partial<GatewayLimits> = {},
  ): Promise<EngineApiHarness> {
    const server = createEngineServer({
      engine,
      forks,
      config: { port: 0, host: "127.0.0.1", secret: SECRET, version: "9.9.9", limits },
      logger: silentLogger(),
    });
    const { port } = await server.listen();
    return new EngineApiHarness(`http://127.0.0.1:${port}`, () => server.close());
  }

  /** Any request; without headers it has a good token. */
  send(body: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${signJwt(SECRET, Date.now() / 1_000)}`;
    return fetch(this.url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", authorization },
      ...init,
    });
  }

  async call(method: string, ...params: unknown[]): Promise<EngineAnswer> {
    const response = await this.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return (await response.json()) as EngineAnswer;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
