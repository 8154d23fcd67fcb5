import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseGethGenesis } from "../../../../src/engine/ethereum/gethGenesis.js";
import { type Insertion, MemoryChain } from "../../../../src/engine/ethereum/memoryChain.js";
import { itemsOf } from "../../../helpers/rlpItems.js";

/** A folder with conformance suites of others; without one there is nothing to run. */
const DIR = process.env.FOVEA_CONFORMANCE;

async function importChain(
  genesis: string,
  chain: string,
): Promise<{ chain: MemoryChain; problems: string[] }> {
  const memory = await MemoryChain.create(parseGethGenesis(readFileSync(genesis, "utf8")));
  const problems: string[] = [];
  let number = 0;
  for (const rlp of itemsOf(readFileSync(chain))) {
    number++;
    const inserted: Insertion = await memory.insert(rlp);
    if ("invalid" in inserted) {
      problems.push(`block ${number}: ${inserted.invalid}`);
      break;
    }
  }
  return { chain: memory, problems };
}

(DIR === undefined ? describe.skip : describe)("chains of conformance suites", () => {
  const dir = DIR as string;

  test("54 blocks from Homestead with proof of work to BPO2 reach their head", async () => {
    const tests = join(dir, "rpc-compat/tests");
    const { chain, problems } = await importChain(
      join(tests, "genesis.json"),
      join(tests, "chain.rlp"),
    );
    expect(problems).toEqual([]);
    const { params } = JSON.parse(readFileSync(join(tests, "headfcu.json"), "utf8"));
    expect(chain.head.hash).toBe(params[0].headBlockHash);
  }, 120_000);

  test("a chain with BPO1 to BPO5 executes to its end", async () => {
    const { problems } = await importChain(
      join(dir, "besu-debug/genesis.json"),
      join(dir, "besu-debug/blocks.bin"),
    );
    expect(problems).toEqual([]);
  }, 120_000);

  test("every case of the Engine API suite reaches its last block", async () => {
    const cases = join(dir, "eest-engine");
    const failures: string[] = [];
    let total = 0;
    for (const name of readdirSync(cases)) {
      const at = (file: string): string => join(cases, name, file);
      if (!existsSync(at("expect.json"))) continue;
      total++;
      const expected = JSON.parse(readFileSync(at("expect.json"), "utf8"));
      const { chain, problems } = await importChain(at("genesis.json"), at("chain.rlp"));
      if (chain.genesis.header.hash !== expected.genesisHash) problems.push("genesis hash");
      if (chain.head.hash !== expected.lastblockhash) problems.push("last block");
      if (problems.length > 0) failures.push(`${expected.name}: ${problems.join("; ")}`);
    }
    process.stdout.write(`${total - failures.length} of ${total} chains\n`);
    expect(failures).toEqual([]);
  }, 600_000);
});
