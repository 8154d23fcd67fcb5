import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type FoveaServer, startFovea, until } from "../helpers/foveaServer.js";
import { freePort } from "../helpers/freePort.js";

// What README.md tells a newcomer to type beside a running server is typed here, with other ports and folders and else as written.

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const folder = mkdtempSync(join(tmpdir(), "fovea-readme-"));
let server: FoveaServer;
let second: { rpc: number; admin: number };

beforeAll(async () => {
  server = await startFovea();
  second = { rpc: await freePort(), admin: await freePort() };
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
  rmSync(folder, { recursive: true, force: true });
});

/** Commands of the `sh` blocks: all lines, or where output is shown those behind a `$`. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);
  return blocks.flatMap((block) => {
    const lines = block.replaceAll("\\\n", " ").split("\n");
    const typed = lines.some((line) => line.startsWith("$ "))
      ? lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2))
      : lines;
    return typed.map((line) => line.trim()).filter((line) => /^(curl|npx fovea)\b/.test(line));
  });
}

const commands = commandsOf(readFileSync(join(ROOT, "README.md"), "utf8"));
const isStart = (command: string) => /^npx fovea start\b/.test(command);

function run(command: string) {
  const places: [string, string][] = [
    ["9545", String(server.ports.rpc)],
    ["9546", String(server.ports.admin)],
    ["8545", String(server.ports.l1)],
    ["9645", String(second.rpc)],
    ["9646", String(second.admin)],
    ["./second", join(folder, "second")],
    ["./data", server.dataDir],
  ];
  const text = places.reduce((line, [from, to]) => line.replaceAll(from, to), command);
  const child = spawn("sh", ["-c", `exec ${text}`], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: npx runs the command as its child.
    detached: true,
    env: {
      ...process.env,
      ETH_RPC_URL: "",
      NODE_OPTIONS: "",
      FOVEA_DATADIR: server.dataDir,
      FOVEA_PORT: String(server.ports.rpc),
      FOVEA_ADMIN_PORT: String(server.ports.admin),
      FOVEA_L1_PORT: String(server.ports.l1),
    },
  });
  let stdout = "";
  let printed = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    printed += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; printed: string }>((done) => {
    child.once("close", (code) => done({ code, stdout, printed }));
  });
  return { child, ended };
}

test("readme: there are commands to type", () => {
  expect(commands.filter((command) => command.startsWith("curl")).length).toBeGreaterThan(2);
  expect(commands.filter((command) => command.startsWith("npx fovea")).length).toBeGreaterThan(3);
});

test.each(commands.filter((command) => !isStart(command)))(
  "readme: %s",
  async (command) => {
    const { code, stdout, printed } = await run(command).ended;
    expect([code, printed]).toEqual([0, printed]);
    expect(stdout).not.toBe("");
    // curl ends with 0 whatever it gets.
    if (!command.startsWith("curl")) return;
    if (stdout.startsWith("{")) expect(JSON.parse(stdout)).not.toHaveProperty("error");
    expect(stdout).not.toMatch(/"type":"[^"]*problem/);
  },
  240_000,
);

test.each(commands.filter(isStart))(
  "readme: %s",
  async (command) => {
    const { child, ended } = run(command);
    try {
      await until(
        "the second node is ready",
        async () => (await fetch(`http://127.0.0.1:${second.rpc}/readyz`)).status === 200,
        90_000,
      );
    } finally {
      process.kill(-(child.pid as number), "SIGINT");
    }
    await ended;
  },
  120_000,
);
