import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createClient } from "redis";
import { type RedisServer, startRedis } from "../../../src/jobs/redisServer.js";
import { redisModes } from "../../helpers/redisModes.js";

let dir = "";
const running: RedisServer[] = [];
const start = async (mode?: "private" | "embedded", url?: string) => {
  const server = await startRedis({ dir, mode, url });
  running.push(server);
  return server;
};
const ask = async <T>(
  url: string,
  use: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> => {
  const client = createClient({
    url,
    socket: { reconnectStrategy: false },
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client as unknown as ReturnType<typeof createClient>);
  } finally {
    client.destroy();
  }
};
const pidOf = () =>
  (JSON.parse(readFileSync(join(dir, "server.json"), "utf8")) as { pid: number }).pid;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fovea-redis-"));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe.each(redisModes)("redis server: %s", (mode) => {
  test("answers, wants its password, and is gone after close", async () => {
    const server = await start(mode);
    expect(server.mode).toBe(mode);
    expect(await ask(server.url, (client) => client.eval("return 7"))).toBe(7);
    const withoutPassword = server.url.replace(/:[^:@]*@/, "");
    await expect(ask(withoutPassword, (client) => client.get("a"))).rejects.toThrow(/NOAUTH/);
    expect(server.label).not.toContain(new URL(server.url).password);
    const pid = pidOf();
    await server.close();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test("a child that is killed comes back on the same address", async () => {
    const server = await start(mode);
    const pid = pidOf();
    process.kill(pid, "SIGKILL");
    for (let i = 0; i < 200; i++) {
      const isBack = await ask(server.url, (client) => client.ping()).catch(() => "");
      if (isBack === "PONG" && pidOf() !== pid) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(pidOf()).not.toBe(pid);
    expect(await ask(server.url, (client) => client.ping())).toBe("PONG");
  });

  test("the child of a server that was killed is ended by the next start", async () => {
    const first = await start(mode);
    await ask(first.url, (client) => client.set("kept", "yes"));
    const pid = pidOf();
    const second = await startRedis({ dir, mode });
    try {
      expect(pidOf()).not.toBe(pid);
      expect(() => process.kill(pid, 0)).toThrow();
      const kept = await ask(second.url, (client) => client.get("kept"));
      expect(kept).toBe(second.persistent ? "yes" : null);
    } finally {
      await first.close();
      await second.close();
    }
  });
});

describe("redis server: external", () => {
  test("an address that does not answer is a hard error, without the password in it", async () => {
    const failure = await start(undefined, "redis://:hunter2@127.0.0.1:1").catch((error) => error);
    expect(failure.code).toBe("REDIS_UNREACHABLE");
    expect(JSON.stringify(failure.data)).not.toContain("hunter2");
  });

  test("a given address is used and nothing is started", async () => {
    const other = await start("embedded");
    const server = await start(undefined, other.url);
    expect(server.mode).toBe("external");
    expect(server.url).toBe(other.url);
  });
});
