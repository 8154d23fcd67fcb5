import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type DevL1, startDevL1 } from "../../../../src/l1/dev/devL1.js";
import { silentLogger } from "../../../../src/telemetry/logger.js";
import { systemClock } from "../../../../src/util/clock.js";
import { devChainConfig, SOME_ROOT } from "../../../helpers/devL1.js";
import { freePort } from "../../../helpers/freePort.js";

// viem compares L1 timestamps with the wall clock, so the embedded L1 may not run away from it. Between two blocks its head gets
// as old as the block time, by design: what counts is a block's timestamp against the moment it was mined.

const MAX_SKEW_SECONDS = 2;
const HEADS = 6;

let dir: string;
let l1: DevL1 | undefined;
let busy: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fovea-clock-"));
  busy = [1, 2].map(() => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
});
afterEach(async () => {
  for (const child of busy) child.kill("SIGKILL");
  await l1?.embedded.stop();
  rmSync(dir, { recursive: true, force: true });
});

const start = async () => {
  const started = await startDevL1(
    { dataDir: dir, port: await freePort(), chain: devChainConfig(), fresh: false },
    { logger: silentLogger(), computeGenesisOutputRoot: () => SOME_ROOT },
  );
  l1 = started;
  return started;
};

/** Seconds by which each of the next heads is away from all moments at which it can have been mined; 0: from none. */
async function skews(chain: DevL1, count: number): Promise<number[]> {
  const found: number[] = [];
  let known: number | undefined;
  let earliest = 0;
  while (found.length < count) {
    const asked = Math.floor(Date.now() / 1000);
    const head = (await chain.embedded.rpc.call("eth_getBlockByNumber", ["latest", false])) as {
      number: string;
      timestamp: string;
    };
    const latest = Math.floor(Date.now() / 1000);
    const [number, time] = [Number(head.number), Number(head.timestamp)];
    if (known !== undefined && number > known) {
      found.push(time < earliest ? time - earliest : Math.max(0, time - latest));
    }
    known = number;
    earliest = asked;
    await systemClock.sleep(25);
  }
  return found;
}

test("under load each L1 block bears the time at which it was mined, after the deployment and after a restart", async () => {
  for (let run = 0; run < 2; run++) {
    const chain = await start();
    const found = await skews(chain, HEADS);
    const worst = Math.max(...found.map(Math.abs));
    expect({ found, ok: worst <= MAX_SKEW_SECONDS }).toEqual({ found, ok: true });
    if (run === 0) await chain.embedded.stop();
  }
}, 120_000);
