// The real server on a chain that was made before.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startBenchL1 } from "./benchL1.mjs";

const READY_MS = Number(process.env.READY_MS ?? 600_000);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Starts `fovea start` on the chain in `dir` with an L1 that mines a block every two seconds, and waits until the index is whole.
 * `nodeArgs` go to node, `prefix` before it.
 */
export async function startBenchServer(dir, { nodeArgs = [], args = [] } = {}) {
  const figures = JSON.parse(readFileSync(join(dir, "figures.json"), "utf8"));
  const l1 = await startBenchL1(join(dir, "l1"), { chainId: 900 });
  await l1.goLive(2);
  const [port, admin] = [await freePort(), await freePort()];
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...nodeArgs,
      "bin/fovea.mjs",
      "start",
      ...["--datadir", dir, "--l1-rpc-url", l1.url],
      ...["--port", `${port}`, "--admin-port", `${admin}`, "--log-level", "warn", ...args],
    ],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } },
  );
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const status = await fetch(`${url}/api/v1/status`).catch(() => undefined);
    const body = status?.ok ? await status.json() : undefined;
    if (body?.ready && body.index.complete && body.state === "synced") break;
    const isLate = performance.now() - startedMs > READY_MS;
    if (child.exitCode !== null || isLate) {
      if (process.env.BENCH_DEBUG) console.error(body);
      child.kill("SIGKILL");
      await l1.stop();
      throw new Error(`the server on ${dir} is not ready`);
    }
    await sleep(100);
  }
  return {
    url,
    figures,
    readySec: (performance.now() - startedMs) / 1000,
    /** Milliseconds of processor time so far; undefined where the system does not tell. */
    cpuMs() {
      const path = `/proc/${child.pid}/stat`;
      if (!existsSync(path)) return undefined;
      // After the name in brackets; user and system time in hundredths of a second.
      const fields = readFileSync(path, "utf8").split(") ").at(-1).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    async stop() {
      child.kill("SIGINT");
      if (child.exitCode === null) await new Promise((done) => child.once("exit", done));
      await l1.stop();
    },
  };
}
