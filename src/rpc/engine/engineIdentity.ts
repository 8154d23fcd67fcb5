import { method, type RpcMethod } from "../method.js";
import { parseList, parseObject, parseText } from "../params/basic.js";
import { optional, required } from "../params/param.js";

const MAX_CAPABILITIES = 1_024;
/** Two letters that tell this client from others. Source: execution-apis, engine/identification */
const CLIENT_CODE = "FV";
/** First four bytes of the commit that it was built from; the package is not built from one. */
const UNKNOWN_COMMIT = "0x00000000";

/** engine_exchangeCapabilities and engine_getClientVersionV1: what this side can do and what it is. */
export function engineIdentityMethods(
  version: string,
  capabilities: () => string[],
): Record<string, RpcMethod> {
  return {
    engine_exchangeCapabilities: method({
      doc: "Names of the Engine API's methods that are answered here.",
      params: [required((value) => parseList(value, MAX_CAPABILITIES, (name) => parseText(name)))],
      run: () => capabilities(),
    }),
    engine_getClientVersionV1: method({
      doc: "Name and version of this engine.",
      params: [optional<Record<string, unknown> | null>(parseObject, null)],
      run: () => [
        { code: CLIENT_CODE, name: "Fovea", version: `v${version}`, commit: UNKNOWN_COMMIT },
      ],
    }),
  };
}
