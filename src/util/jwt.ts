import { createHmac, timingSafeEqual } from "node:crypto";

/** Largest difference between a token's `iat` and our clock. Units: seconds. Source: execution-apis, authentication */
const MAX_AGE_SECONDS = 60;
const HEADER = encodePart({ alg: "HS256", typ: "JWT" });

function encodePart(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

function signatureOf(text: string, secret: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

/** A token that says "now", signed with the secret. Units: seconds. */
export function signJwt(secret: Uint8Array, nowSeconds: number): string {
  const text = `${HEADER}.${encodePart({ iat: Math.floor(nowSeconds) })}`;
  return `${text}.${signatureOf(text, secret).toString("base64url")}`;
}

/**
 * Why the value of an Authorization header is refused, undefined if it is good: a bearer token with HS256 and no other algorithm,
 * signed with the secret, issued within a minute of our clock.
 */
export function findTokenProblem(
  authorization: string | undefined,
  secret: Uint8Array,
  nowSeconds: number,
): string | undefined {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return "missing token";
  const [header = "", claims = "", signature = ""] = token.split(".");
  if (decodePart(header)?.alg !== "HS256") return "the token's algorithm must be HS256";
  const given = Buffer.from(signature, "base64url");
  const expected = signatureOf(`${header}.${claims}`, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return "the token's signature is wrong";
  }
  const { iat, exp, nbf } = decodePart(claims) ?? {};
  if (typeof iat !== "number") return "missing issued-at";
  if (!(Math.abs(nowSeconds - iat) <= MAX_AGE_SECONDS)) return "stale token";
  if (exp !== undefined && !(typeof exp === "number" && exp > nowSeconds)) return "expired token";
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= nowSeconds)) {
    return "token not valid yet";
  }
  return undefined;
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof decoded === "object" && decoded !== null
      ? (decoded as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
