import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { importBlocks } from "../../../../src/cli/chainFile/importBlocks.js";
import { readChunks } from "../../../../src/cli/chainFile/openFile.js";
import { openEthereumEngine } from "../../../../src/engine/openEthereumEngine.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { systemClock } from "../../../../src/util/clock.js";
import { inPieces, readForksChain } from "../../../helpers/forksChain.js";

const chain = readForksChain();
const file = Buffer.concat(chain.blocks.map(({ rlp }) => rlp));
const open = async (genesis = chain.genesis) =>
  (await openEthereumEngine({ store: new MemoryStore(), clock: systemClock, genesis })).engine;

describe("fovea import", () => {
  test("makes the last block head, safe and finalized, however the file comes in", async () => {
    for (const size of [37, 1_000, file.length]) {
      const engine = await open();
      const done = await importBlocks(engine, "chain.rlp", inPieces(file, size));
      expect(done).toMatchObject({ imported: 13, known: 0, failure: undefined });
      expect(done.head.hash).toBe(chain.blocks.at(-1)?.hash);
      for (const label of ["latest", "safe", "finalized"] as const) {
        expect((await engine.getHeader(label))?.hash).toBe(done.head.hash);
      }
      const again = await importBlocks(engine, "chain.rlp", inPieces(file, size));
      expect(again).toMatchObject({ imported: 0, known: 13, failure: undefined });
      await engine.close();
    }
  });

  test("a file that is cut short ends with the place, and what was whole is there", async () => {
    const engine = await open();
    const start = chain.blocks.slice(0, 5).reduce((sum, { rlp }) => sum + rlp.length, 0);
    const cut = inPieces(file.subarray(0, start + 100), 64);
    const done = await importBlocks(engine, "chain.rlp", cut);
    expect(done).toMatchObject({ imported: 5, head: { number: 5n } });
    expect(done.failure).toMatchObject({ code: "CLI_REFUSED" });
    const size = chain.blocks[5]?.rlp.length;
    expect((done.failure as unknown as { data: { sentence: string } }).data.sentence).toBe(
      `chain.rlp is cut short: its block 5, counted from 0, begins at byte ${start}, and only 100 of ${size} bytes are there.`,
    );
    const rest = await importBlocks(engine, "chain.rlp", inPieces(file, 500));
    expect(rest).toMatchObject({ imported: 8, known: 5, failure: undefined });
    await engine.close();
  });

  test("ends at the first bad block with its number, hash and reason", async () => {
    const engine = await open();
    const damaged = Uint8Array.from(file);
    const start = chain.blocks.slice(0, 6).reduce((sum, { rlp }) => sum + rlp.length, 0);
    const end = start + (chain.blocks[6]?.rlp.length ?? 0);
    // The last byte before the empty list of ommers is one of a signature.
    damaged[end - 2] = (damaged[end - 2] as number) ^ 1;
    const done = await importBlocks(engine, "chain.rlp", inPieces(damaged, 4_096));
    expect(done).toMatchObject({ imported: 6, head: { number: 6n } });
    const { sentence } = (done.failure as unknown as { data: { sentence: string } }).data;
    expect(sentence).toContain(`block 6 of the file, at byte ${start}, is not valid: number 7`);
    expect(sentence).toContain(chain.blocks[6]?.hash);
    expect(sentence).toContain("transactionsRoot");
    await engine.close();
  });

  test.each([
    ["text", Buffer.from("hello"), "there is no list"],
    ["a list without end", Buffer.from("ffffffffffffffffff", "hex"), "claims"],
    ["an empty list", Buffer.from("c0", "hex"), "is not a block"],
    ["a list of another kind", Buffer.from("c3c0c0c0", "hex"), "is not a block"],
    ["the head of a list", Buffer.from("f9", "hex"), "is cut short"],
  ])("%s is no file of blocks", async (_name, bytes, reason) => {
    const engine = await open();
    const done = await importBlocks(engine, "x", inPieces(bytes, 3));
    expect(done).toMatchObject({ imported: 0, head: { number: 0n } });
    expect((done.failure as unknown as { data: { sentence: string } }).data.sentence).toContain(
      reason,
    );
    await engine.close();
  });

  // The suite of ethereum/execution-apis is not part of this repository.
  const suite = join(process.env.FOVEA_CONFORMANCE ?? "/nowhere", "rpc-compat/tests");
  (existsSync(suite) ? test : test.skip)(
    "the chain of the rpc-compat suite, with every fork up to Osaka, ends in its head",
    async () => {
      const engine = await open(readFileSync(join(suite, "genesis.json"), "utf8"));
      const done = await importBlocks(engine, "chain", readChunks(join(suite, "chain.rlp")));
      const { params } = JSON.parse(readFileSync(join(suite, "headfcu.json"), "utf8"));
      expect(done).toMatchObject({ imported: 54, failure: undefined });
      expect(done.head.hash).toBe(params[0].headBlockHash);
      await engine.close();
    },
  );
});
