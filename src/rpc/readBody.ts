import type { IncomingMessage } from "node:http";
import { RpcError } from "./errors.js";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Body of a request as text.
 * Errors: RPC_BODY_TOO_LARGE before more than the limit is kept, RPC_MEDIA_TYPE for compressed bodies, RPC_PARSE_ERROR for bad UTF-8.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  const encoding = request.headers["content-encoding"];
  // A small compressed body can be a huge one; JSON-RPC clients do not compress.
  if (encoding !== undefined && encoding !== "identity") throw new RpcError("RPC_MEDIA_TYPE");
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) {
    throw new RpcError("RPC_BODY_TOO_LARGE");
  }
  const chunks = await readChunks(request, limitBytes);
  try {
    return decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  } catch (cause) {
    throw new RpcError("RPC_PARSE_ERROR", {}, cause);
  }
}

/** By events and not by `for await`, which would cut the connection before the refusal is sent. */
function readChunks(request: IncomingMessage, limitBytes: number): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners("data").pause();
      reject(new RpcError("RPC_BODY_TOO_LARGE"));
    });
    request.once("end", () => {
      request.off("close", abandon);
      resolve(chunks);
    });
    // The client went away; nobody will read the answer.
    const abandon = () => reject(new RpcError("RPC_PARSE_ERROR"));
    request.once("error", abandon);
    request.once("close", abandon);
  });
}
