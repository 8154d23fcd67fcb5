import { spawnSync } from "node:child_process";

/** Ways to run a Redis of our own. */
export type OwnRedisMode = "embedded" | "private";

const isInstalled = ["redis-server", "valkey-server"].some(
  (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0,
);

/** The embedded Valkey everywhere, and a real server where one is on the PATH: for `describe.each`. */
export const redisModes: OwnRedisMode[] = isInstalled ? ["embedded", "private"] : ["embedded"];

if (!isInstalled) {
  process.stderr.write(
    "SKIPPED: queue tests against a real Redis, because neither redis-server nor valkey-server is on the PATH.\n",
  );
}
