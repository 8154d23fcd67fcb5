import { JSONRPCErrorException, JSONRPCServer } from "json-rpc-2.0";
import { FoveaError, hasCode } from "../../util/errors.js";
import { type Hash, toHex } from "../../util/hex.js";
import type { AdminDeps } from "./adminDeps.js";
import { AdminProblem } from "./adminProblem.js";
import type { AdminRole } from "./adminTokens.js";
import { setLogLevel } from "./routes/logLevelRoutes.js";
import { setRunning } from "./routes/roleRoutes.js";

type Deps = Pick<AdminDeps, "roles" | "node" | "logControl" | "engine" | "prover">;

/** Methods that only look. */
const VIEWER_METHODS = ["admin_sequencerActive", "debug_dbGet", "debug_blockPayload"];
const HASH = /^0x[0-9a-fA-F]{64}$/;
const BLOCK = /^0x(0|[1-9a-f][0-9a-f]{0,12})$/;

/** JSON-RPC of the admin port, with the names of op-node, op-batcher and op-proposer; one request at a time, no batches. */
export class AdminRpc {
  readonly #server = new JSONRPCServer<{ role: AdminRole }>({ errorListener: () => {} });

  constructor(deps: Deps) {
    const { roles, logControl } = deps;
    const set = async (name: string, isRunning: boolean): Promise<null> => {
      const { changed } = await setRunning(roles, name, isRunning);
      // As op-node does: who starts what runs has the wrong picture.
      if (!changed) throw refusal(`${name} is ${isRunning ? "already" : "not"} running`);
      return null;
    };
    this.#add("admin_startSequencer", async ([hash]) => {
      const head = (await deps.node.syncStatus()).unsafeL2.hash;
      if (hash !== undefined && hash !== head) throw refusal(`the unsafe head is ${head}`);
      return set("sequencer", true);
    });
    this.#add("admin_stopSequencer", async () => {
      await set("sequencer", false);
      return (await deps.node.syncStatus()).unsafeL2.hash;
    });
    this.#add("admin_sequencerActive", async () => roles.isRunning("sequencer"));
    for (const name of ["batcher", "proposer"]) {
      const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
      this.#add(`admin_start${title}`, () => set(name, true));
      this.#add(`admin_stop${title}`, () => set(name, false));
    }
    this.#add("debug_dbGet", async ([hash]) => {
      if (typeof hash !== "string" || !HASH.test(hash)) {
        throw refusal("the parameter is a hash of 32 bytes", INVALID_PARAMS);
      }
      const name = hash.toLowerCase() as Hash;
      const content = deps.engine?.dbGet(name);
      if (content === undefined) throw refusal(`nothing has the hash ${name}`);
      return toHex(content);
    });
    this.#add("debug_blockPayload", async ([block]) => {
      if (typeof block !== "string" || !BLOCK.test(block)) {
        throw refusal("the parameter is a block number as a hex quantity", INVALID_PARAMS);
      }
      if (deps.prover === undefined) throw refusal("this server proves no steps");
      return toHex(await deps.prover.payload(BigInt(block)));
    });
    this.#add("admin_setLogLevel", async ([level]) => {
      const name = typeof level === "string" ? level.toLowerCase() : level;
      setLogLevel(logControl, name);
      return null;
    });
  }

  /** Answer to one request; `body` is parsed JSON. */
  async handle(body: unknown, role: AdminRole): Promise<object | null> {
    const { jsonrpc, method } = (body ?? {}) as { jsonrpc?: unknown; method?: unknown };
    if (jsonrpc !== "2.0" || typeof method !== "string") {
      return errorAnswer(null, -32600, "invalid request");
    }
    const { id = null, params } = body as { id?: string | number | null; params?: unknown };
    const request = { jsonrpc, id, method: method.slice(0, 64), params: params ?? [] } as const;
    return this.#server.receive(request, { role });
  }

  #add(name: string, run: (params: readonly unknown[]) => Promise<unknown>): void {
    this.#server.addMethod(name, async (params: unknown, { role }) => {
      if (role !== "operator" && !VIEWER_METHODS.includes(name)) {
        throw refusal("only an operator may do this", -32001);
      }
      try {
        return await run(Array.isArray(params) ? params : []);
      } catch (error) {
        if (error instanceof AdminProblem) throw refusal(`${error.message}: ${error.help}`);
        if (hasCode(error, "JOBS_ROLE_UNKNOWN")) throw refusal("no such role");
        if (isAnswer(error)) throw refusal(error.message);
        throw error;
      }
    });
  }
}

const INVALID_PARAMS = -32602;
/** Failures of a payload that are nobody's bug. */
const PAYLOAD_CODES = ["NODE_UNKNOWN_BLOCK", "PROVER_NOT_DERIVED", "PROVER_NO_STEP"];

function isAnswer(error: unknown): error is FoveaError {
  return error instanceof FoveaError && PAYLOAD_CODES.includes(error.code);
}

function refusal(message: string, code = -32000): JSONRPCErrorException {
  return new JSONRPCErrorException(message, code);
}

function errorAnswer(id: null, code: number, message: string): object {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
