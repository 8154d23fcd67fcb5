import { cp, mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { LevelStore } from "../../../src/storage/levelStore.js";
import type { Address } from "../../../src/util/hex.js";
import { EngineChain, signTx } from "../../helpers/engineChain.js";

const TO: Address = "0x00000000000000000000000000000000000000aa";
const BLOCKS = 6;

test("a database whose log lost any part of its end opens at some block with its whole state, and catches up", async () => {
  const root = await mkdtemp(join(tmpdir(), "fovea-torn-"));
  const live = join(root, "live");
  const chain = await EngineChain.open({ store: await LevelStore.open(live) });
  const payloads = [];
  for (let nonce = 0; nonce < BLOCKS; nonce++) {
    payloads.push(await chain.mine([await signTx({ nonce, to: TO, value: 1n })]));
  }
  const log = (await readdir(live)).find((name) => name.endsWith(".log")) as string;
  const { size } = await stat(join(live, log));
  const heads = new Set<bigint>();
  for (let i = 1; i <= 24; i++) {
    const copy = join(root, `copy${i}`);
    await cp(live, copy, { recursive: true });
    // From the end of the genesis batch on, in uneven steps, so that records are cut in their middle.
    await truncate(join(copy, log), Math.floor((size * i) / 24) - (i % 7));
    const again = await EngineChain.open({ store: await LevelStore.open(copy) });
    const head = await again.engine.getHeader("latest");
    const number = head?.number ?? -1n;
    heads.add(number);
    expect(await again.engine.getBalance(TO, "latest")).toBe(number);
    if (number > 0n) {
      expect(head?.hash).toBe(payloads[Number(number) - 1]?.blockHash);
      expect(await again.engine.getReceipts(head?.hash ?? "0x")).toHaveLength(2);
    }
    for (const payload of payloads) {
      expect((await again.engine.newPayload(payload)).status).toBe("VALID");
    }
    await again.setHead(payloads.at(-1)?.blockHash ?? "0x");
    expect(await again.engine.getBalance(TO, "latest")).toBe(BigInt(BLOCKS));
    await again.engine.close();
  }
  expect(heads.size).toBeGreaterThan(2);
  await chain.engine.close();
  await rm(root, { recursive: true });
});
