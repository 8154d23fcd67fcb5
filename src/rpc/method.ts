import { type Param, type ParsedParams, parseParams } from "./params/param.js";
import type { RpcContext } from "./types.js";

/** A JSON-RPC method: its name is the name of its file and of its export. */
export interface RpcMethod {
  /** One sentence for people. */
  readonly doc: string;
  /** True: runs the EVM; the number of those at once is limited. */
  readonly usesEvm: boolean;
  /** Parses, runs, and returns a value ready for JSON. Errors: of the rooms below, mapped by errorMap. */
  handle(rawParams: unknown, context: RpcContext): Promise<unknown>;
}

/** Defines a method from its parameters and what it does with them. */
export function method<const Params extends readonly Param<unknown>[]>(definition: {
  doc: string;
  params: Params;
  usesEvm?: boolean;
  run(params: ParsedParams<Params>, context: RpcContext): unknown;
}): RpcMethod {
  return {
    doc: definition.doc,
    usesEvm: definition.usesEvm ?? false,
    async handle(rawParams, context) {
      return definition.run(parseParams(definition.params, rawParams), context);
    },
  };
}
