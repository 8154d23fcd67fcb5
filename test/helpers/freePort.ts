import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Below the ports that systems hand out by themselves, so that no outgoing connection sits on one.
const FIRST = 15_000;
const LAST = 31_000;
const CLAIMS = join(tmpdir(), "fovea-test-ports");

/** A port that nobody listens on and that no other test process on this machine gets while this one lives. */
export async function freePort(): Promise<number> {
  mkdirSync(CLAIMS, { recursive: true });
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (claim(port) && (await isFree(port))) return port;
  }
  throw new Error("no free port found");
}

/** The claim lives as long as this process: a file of a dead one is taken over. */
function claim(port: number): boolean {
  const file = join(CLAIMS, String(port));
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = openSync(file, "wx");
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return true;
    } catch {
      if (isOwned(file)) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

function isOwned(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // Empty for the moment between its creation and its writing.
    if (pid === 0) return true;
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
