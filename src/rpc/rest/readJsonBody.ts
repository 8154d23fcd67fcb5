import type { Request } from "express";
import { hasCode } from "../../util/errors.js";
import { isDeeperThan } from "../jsonDepth.js";
import { readBody } from "../readBody.js";
import { RestProblem } from "./problems.js";

/**
 * Parses the body of a request into `request.body`, within limits; leaves it undefined where there is none.
 * Errors: payload-too-large, unsupported-media-type, json-too-deep, json-malformed.
 */
export async function readJsonBody(
  request: Request,
  limits: { bodyBytes: number; jsonDepth: number },
): Promise<void> {
  const text = await readBody(request, limits.bodyBytes).catch((error) => {
    throw bodyProblem(error);
  });
  if (text === "") return;
  if (request.is("application/json") === false) throw new RestProblem("unsupported-media-type");
  if (isDeeperThan(text, limits.jsonDepth)) throw new RestProblem("json-too-deep");
  try {
    request.body = JSON.parse(text);
  } catch (cause) {
    throw new RestProblem("json-malformed", {}, cause);
  }
}

function bodyProblem(error: unknown): unknown {
  if (hasCode(error, "RPC_BODY_TOO_LARGE")) return new RestProblem("payload-too-large", {}, error);
  if (hasCode(error, "RPC_MEDIA_TYPE")) return new RestProblem("unsupported-media-type", {}, error);
  if (hasCode(error, "RPC_PARSE_ERROR")) return new RestProblem("json-malformed", {}, error);
  return error;
}
