import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { type Check, type Finding, type Patient, problem } from "./types.js";

/** Nobody else listens where the server will. */
export const portCheck: Check = {
  name: "ports",
  async run({ settings, note }: Patient) {
    const own = [note?.url, note?.adminUrl, note?.l1Url].flatMap((url) =>
      url === undefined ? [] : [Number(new URL(url).port)],
    );
    const wanted: [flag: string, port: number, host: string][] = [
      ["--port", settings.port, settings.host],
      ["--admin-port", settings.adminPort, "127.0.0.1"],
      ...(settings.l1RpcUrl === undefined
        ? [["--l1-port", settings.l1Port, "127.0.0.1"] as [string, number, string]]
        : []),
    ];
    const open = wanted.filter(([, port]) => port !== 0 && !own.includes(port));
    const findings: Finding[] = [];
    for (const [flag, port, host] of open) {
      const code = await tryPort(port, host);
      if (code === undefined) continue;
      findings.push(
        code === "EADDRINUSE"
          ? problem(`Port ${port} is taken by ${describeOwner(port)}`, cureOf(flag))
          : problem(`Port ${port} cannot be opened on ${host} (${code})`, cureOf(flag)),
      );
    }
    if (findings.length > 0) return findings;
    return open.length === 0
      ? "those of the running server"
      : `${open.map(([, port]) => port).join(", ")} free`;
  },
};

function cureOf(flag: string): string {
  return flag === "--l1-port"
    ? "stop it, choose another with --l1-port, or use what runs there as L1 with --l1-rpc-url"
    : `stop it or choose another with ${flag}`;
}

/** Undefined if it can be listened on, else why not. */
function tryPort(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/** Who listens on a port, as far as this user may know. */
export function describeOwner(port: number): string {
  const pid = findListener(port);
  if (pid === undefined) return "another program";
  const name = commandOf(pid);
  return `pid ${pid}${name === undefined ? "" : ` (${name})`}`;
}

function findListener(port: number): number | undefined {
  const inodes = new Set(listeningSockets(port));
  if (inodes.size > 0) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (linksOf(`/proc/${pid}/fd`).some((link) => inodes.has(link))) return Number(pid);
    }
    return undefined;
  }
  const found = spawnSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"], {
    encoding: "utf8",
  });
  return Number.parseInt(found.stdout ?? "", 10) || undefined;
}

/** `socket:[inode]` of each socket that listens on a port, where the system has /proc. */
function listeningSockets(port: number): string[] {
  const isListening = "0A";
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => {
    try {
      return readFileSync(file, "utf8")
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((field) => field[3] === isListening)
        .filter((field) => Number.parseInt(field[1]?.split(":")[1] ?? "", 16) === port)
        .map((field) => `socket:[${field[9]}]`);
    } catch {
      return [];
    }
  });
}

function linksOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}
