import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { probeRedis } from "../../jobs/redisProbe.js";
import { type Check, type Finding, problem } from "./types.js";

const TIMEOUT_MS = 3_000;

/** The Redis of REDIS_URL, or the program from which the server makes its own. */
export const redisCheck: Check = {
  name: "redis",
  async run({ settings }) {
    if (settings.redisUrl === undefined) return checkPrograms();
    const url = settings.redisUrl.reveal();
    const shown = new URL(url).host;
    let info: string;
    try {
      info = await probeRedis(url, TIMEOUT_MS, (client) => client.info());
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isRefused = /NOAUTH|WRONGPASS|NOPERM|invalid password/i.test(message);
      return [
        isRefused
          ? problem(
              `The Redis at ${shown} refuses our user or password`,
              "correct those in REDIS_URL",
            )
          : problem(
              `The Redis at ${shown} does not answer (${code ?? message})`,
              "start it or correct REDIS_URL; without REDIS_URL the server brings its own",
            ),
      ];
    }
    const findings = judge(info, shown);
    return findings.length > 0 ? findings : `${shown}, persistent`;
  },
};

function judge(info: string, shown: string): Finding[] {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const findings: Finding[] = [];
  const [major = 0, minor = 0] = (field("redis_version") ?? "").split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    findings.push(
      problem(
        `The Redis at ${shown} is version ${field("redis_version")}, older than 6.2`,
        "use Redis 6.2 or later, or Valkey",
      ),
    );
  }
  if (field("aof_enabled") === "0") {
    findings.push(
      problem(
        `The Redis at ${shown} runs without persistence (appendonly no), so a restart loses its jobs`,
        "run `redis-cli CONFIG SET appendonly yes` and set it in redis.conf too",
      ),
    );
  }
  const policy = field("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    findings.push(
      problem(
        `The Redis at ${shown} may throw jobs away when its memory is full (maxmemory-policy ${policy})`,
        "run `redis-cli CONFIG SET maxmemory-policy noeviction` and set it in redis.conf too",
      ),
    );
  }
  return findings;
}

function checkPrograms(): Finding[] | string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = ["redis-server", "valkey-server"].find((program) =>
    folders.some((folder) => existsSync(join(folder, program))),
  );
  if (found !== undefined) return `${found} of this machine, started with the server`;
  return [
    {
      level: "note",
      problem: "No redis-server is on the PATH, so the embedded one is used, which forgets jobs",
      cure: "nothing is lost that L1 does not bring back; to keep them `sudo apt-get install redis-server` or set REDIS_URL",
    },
  ];
}
