import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { findTokenProblem, signJwt } from "../../../src/util/jwt.js";

const SECRET = new Uint8Array(32).fill(7);
const NOW = 1_800_000_000;
const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");

function token(header: object, claims: object, secret = SECRET, hash = "sha256"): string {
  const text = `${part(header)}.${part(claims)}`;
  return `Bearer ${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
}
const HS256 = { alg: "HS256", typ: "JWT" };
const problem = (authorization: string | undefined) => findTokenProblem(authorization, SECRET, NOW);

describe("tokens of the Engine API", () => {
  test("one that was just signed is good, and for a minute in both directions", () => {
    expect(problem(`Bearer ${signJwt(SECRET, NOW)}`)).toBeUndefined();
    for (const iat of [NOW - 60, NOW, NOW + 60]) {
      expect(problem(token(HS256, { iat }))).toBeUndefined();
    }
    for (const iat of [NOW - 61, NOW + 61, Number.NaN, 1e300]) {
      expect(problem(token(HS256, { iat }))).toBeDefined();
    }
  });

  test("no other algorithm is taken, whatever the signature", () => {
    expect(problem(token({ alg: "none" }, { iat: NOW }))).toContain("HS256");
    expect(problem(token({ alg: "HS512" }, { iat: NOW }, SECRET, "sha512"))).toContain("HS256");
    expect(problem(token({}, { iat: NOW }))).toContain("HS256");
    expect(problem(`Bearer ${part({ alg: "none" })}.${part({ iat: NOW })}.`)).toBeDefined();
  });

  test("another secret, missing claims and malformed headers are refused", () => {
    expect(problem(token(HS256, { iat: NOW }, new Uint8Array(32)))).toContain("signature");
    expect(problem(token(HS256, {}))).toBe("missing issued-at");
    expect(problem(token(HS256, { iat: `${NOW}` }))).toBe("missing issued-at");
    expect(problem(token(HS256, { iat: NOW, exp: NOW - 1 }))).toBe("expired token");
    expect(problem(token(HS256, { iat: NOW, nbf: NOW + 5 }))).toBe("token not valid yet");
    for (const header of [undefined, "", "Bearer", "Bearer a.b", "Basic a.b.c", "Bearer a.b.c"]) {
      expect(problem(header)).toBeDefined();
    }
  });
});
