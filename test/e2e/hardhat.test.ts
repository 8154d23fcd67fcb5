import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { devKey, type FoveaServer, startFovea } from "../helpers/foveaServer.js";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname ?? ".", "../..");
let server: FoveaServer;
let project: string;

beforeAll(async () => {
  server = await startFovea();
  project = mkdtempSync(join(tmpdir(), "fovea-hardhat-"));
  cpSync(join(ROOT, "test/e2e/fixtures/hardhat"), project, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
  rmSync(project, { recursive: true, force: true });
});

test("a Hardhat project builds, deploys and exercises a contract on the L2 URL", async () => {
  const { stdout } = await run(
    "npx",
    ["hardhat", "run", "scripts/counter.ts", "--network", "fovea"],
    {
      cwd: project,
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        HARDHAT_DISABLE_TELEMETRY: "true",
        FOVEA_TEST_URL: server.url,
        FOVEA_TEST_KEY: devKey(3),
      },
      timeout: 120_000,
    },
  );
  expect(stdout).toContain("COUNTER OK");
}, 150_000);
