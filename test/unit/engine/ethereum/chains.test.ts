import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { executeStrictly } from "../../../../src/engine/chain/payloads.js";
import { parseGethGenesis } from "../../../../src/engine/ethereum/gethGenesis.js";
import { type Insertion, MemoryChain } from "../../../../src/engine/ethereum/memoryChain.js";
import { payloadFromCall } from "../../../helpers/enginePayload.js";
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

/** Why a payload is not valid, as the engine finds it; valid ones are put on the chain. */
async function findPayloadProblem(
  chain: MemoryChain,
  params: unknown[],
): Promise<string | undefined> {
  const { rules, stores } = chain;
  const payload = payloadFromCall(params);
  if (rules.payloadHeader(payload).hash !== payload.blockHash) return "block hash";
  const parent = stores.ancestors.getHeader(payload.parentHash);
  if (!parent) return "parent";
  const input = rules.checkPayload(payload, parent);
  if ("invalid" in input) return input.invalid;
  const block = await executeStrictly(rules, stores, parent, payload.transactions, input);
  if ("invalid" in block) return block.invalid;
  if (block.header.hash !== payload.blockHash) return "another block";
  await chain.add(block);
  return undefined;
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

  test("payloads that must be refused are refused, and no others", async () => {
    const cases = join(dir, "eest-engine");
    const wrong: string[] = [];
    const counts = { VALID: 0, INVALID: 0 };
    for (const name of readdirSync(cases)) {
      const calls = JSON.parse(readFileSync(join(cases, name, "calls.json"), "utf8"));
      const genesis = readFileSync(join(cases, name, "genesis.json"), "utf8");
      const chain = await MemoryChain.create(parseGethGenesis(genesis));
      for (const { method, params, expect: wanted } of calls) {
        if (!method.startsWith("engine_newPayload") || typeof wanted !== "string") continue;
        const reason = await findPayloadProblem(chain, params);
        const status = reason === undefined ? "VALID" : "INVALID";
        counts[status]++;
        if (status !== wanted) wrong.push(`${name}: ${status}, not ${wanted}: ${reason}`);
      }
    }
    process.stdout.write(`${counts.VALID} payloads valid, ${counts.INVALID} refused\n`);
    expect(wrong).toEqual([]);
  }, 600_000);

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
