import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { sentenceOf } from "../../../src/cli/errors.js";
import { readSettings } from "../../../src/cli/readSettings.js";
import { SETTINGS } from "../../../src/cli/settings.js";

const KEY = `0x${"ab".repeat(32)}`;

/** The sentence a wrong configuration ends with. */
function problem(flags: Parameters<typeof readSettings>[0], env: Record<string, string>): string {
  try {
    readSettings(flags, env);
  } catch (error) {
    expect((error as { code?: string }).code).toBe("CLI_CONFIG");
    return sentenceOf(error);
  }
  return "no problem";
}

describe("readSettings", () => {
  test("gives the documented defaults", () => {
    const { settings, sources } = readSettings({}, {});
    expect(settings).toMatchObject({
      port: 9545,
      adminPort: 9546,
      engineHost: "127.0.0.1",
      l1Port: 8545,
      host: "127.0.0.1",
      datadir: "./data",
      roles: ["node", "sequencer", "batcher", "proposer", "verifier"],
      fresh: false,
    });
    expect(settings.l1RpcUrl).toBeUndefined();
    expect(settings.enginePort).toBeUndefined();
    expect(new Set(Object.values(sources))).toEqual(new Set(["default"]));
  });

  test("a flag wins over the environment, the environment over the default", () => {
    const { settings, sources } = readSettings(
      { port: "1" },
      { FOVEA_PORT: "2", FOVEA_ADMIN_PORT: "3", FOVEA_L1_PORT: "" },
    );
    expect([settings.port, settings.adminPort, settings.l1Port]).toEqual([1, 3, 8545]);
    expect([sources.port, sources.adminPort, sources.l1Port]).toEqual([
      "flag",
      "environment",
      "default",
    ]);
  });

  test("every flag has an environment twin with the same name", () => {
    for (const row of Object.values(SETTINGS)) {
      if (row.flag === null) continue;
      expect(row.env).toBe(`FOVEA_${row.flag.toUpperCase().replaceAll("-", "_")}`);
    }
  });

  test("reports all problems at once, with what was given", () => {
    const sentence = problem(
      { port: "70000", roles: "node,minter" },
      { FOVEA_BLOCK_TIME: "soon", FOVEA_L1_RPC_URL: "ws://x" },
    );
    expect(sentence).toContain('--port must be from 0 to 65535 (given: "70000")');
    expect(sentence).toContain("--roles knows no role minter");
    expect(sentence).toContain("FOVEA_BLOCK_TIME must be a whole number");
    expect(sentence).toContain("FOVEA_L1_RPC_URL must start with http");
  });

  test("names the variable that a misspelled one was meant to be, and leaves strangers alone", () => {
    expect(problem({}, { FOVEA_DATA_DIR: "/x" })).toContain("did you mean FOVEA_DATADIR?");
    expect(problem({}, { FOVEA_SOMETHING_ELSE: "1" })).toBe("no problem");
  });

  test("the verifier role alone brings the node and no other role", () => {
    expect(readSettings({ roles: "verifier" }, {}).settings.roles).toEqual(["node", "verifier"]);
    expect(readSettings({ roles: "batcher, proposer" }, {}).settings.roles).toEqual([
      "node",
      "batcher",
      "proposer",
    ]);
  });

  test("secrets never print, and a wrong one is not repeated", () => {
    const { settings } = readSettings({}, { FOVEA_BATCHER_KEY: KEY, REDIS_URL: "redis://:pw@h" });
    expect(settings.batcherKey?.reveal()).toBe(KEY);
    const printed = `${JSON.stringify(settings)} ${inspect(settings)} ${settings.batcherKey} ${settings.redisUrl}`;
    expect(printed).not.toContain("abab");
    expect(printed).not.toContain("pw");
    const sentence = problem({}, { FOVEA_BATCHER_KEY: "0xsecretsecret" });
    expect(sentence).toContain("FOVEA_BATCHER_KEY must be a private key");
    expect(sentence).not.toContain("secretsecret");
  });

  test("a key may come from a file that only its owner can read", () => {
    const file = join(mkdtempSync(join(tmpdir(), "fovea-key-")), "key");
    writeFileSync(file, `${KEY}\n`, { mode: 0o600 });
    const env = { FOVEA_BATCHER_KEY_FILE: file };
    expect(readSettings({}, env).settings.batcherKey?.reveal()).toBe(KEY);
    chmodSync(file, 0o644);
    expect(problem({}, env)).toContain(`chmod 600 ${file}`);
    expect(problem({}, { FOVEA_BATCHER_KEY_FILE: `${file}.gone` })).toContain("ENOENT");
  });
});
