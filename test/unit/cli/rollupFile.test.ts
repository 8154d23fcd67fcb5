import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { sentenceOf } from "../../../src/cli/errors.js";
import { readJwtSecret } from "../../../src/cli/jwtSecret.js";
import { readRollupFile, writeRollupFile } from "../../../src/cli/rollupFile.js";
import { toHex } from "../../../src/util/hex.js";
import { testRollup } from "../../helpers/engineChain.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-files-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function failureOf(read: () => unknown): { code?: string; sentence: string } {
  try {
    read();
  } catch (error) {
    return { code: (error as { code?: string }).code ?? "none", sentence: sentenceOf(error) };
  }
  return { sentence: "no failure" };
}

describe("rollup.json", () => {
  test("comes back as it was", () => {
    const rollup = testRollup();
    writeRollupFile(at("rollup.json"), rollup);
    expect(readRollupFile(at("rollup.json"))).toEqual(rollup);
  });

  test("a file that is wrong is refused with the place of the fault", () => {
    const json = JSON.parse(readFileSync(at("rollup.json"), "utf8"));
    const wrong: [unknown, string][] = [
      [{ ...json, addresses: { ...json.addresses, portal: "0x1" } }, "addresses.portal"],
      [{ ...json, genesisOrigin: { ...json.genesisOrigin, time: 7 } }, "genesisOrigin.time"],
      [{ ...json, chain: { ...json.chain, l2ChainId: "x" } }, "l2ChainId"],
      [{ ...json, more: 1 }, "more"],
      [{}, "chain"],
    ];
    for (const [content, place] of wrong) {
      writeFileSync(at("wrong.json"), JSON.stringify(content));
      const failure = failureOf(() => readRollupFile(at("wrong.json")));
      expect(failure.code).toBe("CLI_CONFIG");
      expect(failure.sentence).toContain(place);
    }
    writeFileSync(at("wrong.json"), "{");
    expect(failureOf(() => readRollupFile(at("wrong.json"))).code).toBe("CLI_CONFIG");
    expect(failureOf(() => readRollupFile(at("absent.json"))).code).toBe("CLI_CONFIG");
  });
});

describe("the secret of an Engine API", () => {
  test("is made if it is missing, for its owner's eyes only, and read again", () => {
    const made = readJwtSecret(at("jwt.hex"));
    expect(made).toHaveLength(32);
    expect(statSync(at("jwt.hex")).mode & 0o777).toBe(0o600);
    expect(readJwtSecret(at("jwt.hex"))).toEqual(made);
  });

  test("may stand there with or without 0x; anything else is refused", () => {
    const hex = toHex(new Uint8Array(32).fill(0xab));
    for (const text of [hex, hex.slice(2), `${hex}\n`, hex.toUpperCase().replace("0X", "0x")]) {
      writeFileSync(at("given.hex"), text);
      expect(toHex(readJwtSecret(at("given.hex")))).toBe(hex);
    }
    for (const text of ["", hex.slice(0, -1), `${hex}00`, "secret"]) {
      writeFileSync(at("given.hex"), text);
      expect(failureOf(() => readJwtSecret(at("given.hex"))).code).toBe("CLI_CONFIG");
    }
  });

  test("of an engine elsewhere must be there", () => {
    const read = () => readJwtSecret(at("absent.hex"), { mayCreate: false });
    expect(failureOf(read).code).toBe("CLI_CONFIG");
  });
});
