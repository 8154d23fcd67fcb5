import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";

// Errors that nobody handled, in real processes, wherever they may come from.

const urlOf = (path: string) => JSON.stringify(pathToFileURL(resolve(path)).href);
const BEGIN = `
import { register } from "node:module";
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { Transform } from "node:stream";
import { Worker } from "node:worker_threads";
register(${urlOf("test/helpers/sourceLoader.mjs")});
const { exitOnCrash } = await import(${urlOf("src/cli/exitOnCrash.ts")});
exitOnCrash(process);
// What keeps a server alive, and would keep a broken one.
setInterval(() => {}, 1_000);
const fail = () => { throw new Error("planted"); };
`;

const PLACES: Readonly<Record<string, string>> = {
  "a promise that nobody waits for": "void (async () => fail())();",
  "a promise refused without an error": 'void Promise.reject("planted");',
  "a chain of promises": "Promise.resolve().then(fail).finally(() => {});",
  "one of many promises": "void Promise.all([Promise.resolve(), (async () => fail())()]);",
  "a timer": "setTimeout(fail, 5);",
  "an immediate": "setImmediate(fail);",
  "a microtask": "queueMicrotask(fail);",
  "the next tick": "process.nextTick(fail);",
  "an event": 'const e = new EventEmitter(); e.on("x", fail); setTimeout(() => e.emit("x"), 5);',
  "an error event without a listener": 'new EventEmitter().emit("error", new Error("planted"));',
  "an async listener":
    'const e = new EventEmitter(); e.on("x", async () => fail()); setTimeout(() => e.emit("x"), 5);',
  "a request handler":
    "const s = createServer(() => fail()).listen(0, '127.0.0.1', () => void fetch('http://127.0.0.1:' + s.address().port).catch(() => {}));",
  "an async request handler":
    "const s = createServer(async () => fail()).listen(0, '127.0.0.1', () => void fetch('http://127.0.0.1:' + s.address().port).catch(() => {}));",
  "a stream": "new Transform({ transform: fail }).write('x');",
  "a thread without a listener": 'new Worker("throw new Error(\\"planted\\")", { eval: true });',
  "an abort listener":
    'const a = new AbortController(); a.signal.addEventListener("abort", fail); setTimeout(() => a.abort(), 5);',
};

function run(fault: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", BEGIN + fault], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.once("close", (code) => done({ code, stderr })));
}

test.each(Object.entries(PLACES))(
  "an error in %s ends the process with 70 and one line",
  async (_name, fault) => {
    const { code, stderr } = await run(fault);
    const lines = stderr
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    expect({ code, lines: lines.length, stderr }).toEqual({ code: 70, lines: 1, stderr });
    const line = JSON.parse(lines[0] ?? "{}") as Record<string, string>;
    expect(line).toMatchObject({ level: "fatal", msg: "unhandled error" });
    expect(line.stack).toContain("planted");
  },
  60_000,
);
