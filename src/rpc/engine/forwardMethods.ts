import { invalidParams } from "../errors.js";
import type { RpcMethod } from "../method.js";
import { SHARED_METHODS } from "./engineMethods.js";

/** What this server answers itself although its engine could: it knows these, or more about them. */
const OWN_METHODS: readonly string[] = [
  "eth_chainId",
  // A deposit has a second hash, which only the rollup node knows.
  "eth_getTransactionByHash",
  "eth_getTransactionReceipt",
  // Its request is followed to L1.
  "eth_sendRawTransaction",
  "eth_syncing",
  "net_version",
  "web3_clientVersion",
];

/** An engine elsewhere that answers questions as they are. */
export interface Forwarder {
  forward(method: string, params: readonly unknown[]): Promise<unknown>;
}

/** The methods of a gateway whose engine is elsewhere: what reads blocks, states and the pool is asked there, word for word. */
export function forwardMethods(
  methods: ReadonlyMap<string, RpcMethod>,
  engine: Forwarder,
): ReadonlyMap<string, RpcMethod> {
  const isForwarded = (name: string) =>
    SHARED_METHODS.includes(name) && !OWN_METHODS.includes(name);
  return new Map(
    [...methods].map(([name, method]) => [
      name,
      isForwarded(name) ? forwarded(name, method, engine) : method,
    ]),
  );
}

function forwarded(name: string, method: RpcMethod, engine: Forwarder): RpcMethod {
  return {
    ...method,
    async handle(params) {
      if (params !== undefined && params !== null && !Array.isArray(params)) {
        throw invalidParams("non-array args");
      }
      return engine.forward(name, params ?? []);
    },
  };
}
