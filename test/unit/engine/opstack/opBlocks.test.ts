import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../../../src/engine/ethereum/jsonFields.js";
import { executeStateless } from "../../../../src/engine/opstack/executeStateless.js";
import { parseOpWitness } from "../../../../src/engine/opstack/opWitness.js";

/** OP Sepolia's block 26207960, made public with the Kona project's test data. */
const VECTOR = "test/vectors/opSepoliaBlock26207960.json.gz";
/** OP Sepolia's fork times; the vector has none. */
const ROLLUP_CONFIG = {
  l2_chain_id: 11_155_420,
  canyon_time: 1_699_981_200,
  delta_time: 1_703_203_200,
  ecotone_time: 1_708_534_800,
  fjord_time: 1_716_998_400,
  granite_time: 1_723_478_400,
  holocene_time: 1_732_633_200,
  isthmus_time: 1_744_905_600,
};

const committed = {
  rollupConfig: ROLLUP_CONFIG,
  ...(JSON.parse(gunzipSync(readFileSync(VECTOR)).toString()) as Record<string, JsonObject>),
};
const folder = `${process.env.FOVEA_CONFORMANCE ?? ""}/op-blocks`;
const files = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith(".json")) : [];

test("a block of OP Sepolia comes out of its witness with its real hash", async () => {
  const witness = parseOpWitness(committed);
  const { header } = await executeStateless(witness);
  expect(header.hash).toBe(witness.expectedBlockHash);
});

const given = files.length > 0 ? test.each(files) : test.skip.each(["$FOVEA_CONFORMANCE"]);
given("OP block %s comes out of its witness with its real hash", async (file) => {
  const witness = parseOpWitness(JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
  const { header, transactions } = await executeStateless(witness);
  expect(header.hash).toBe(witness.expectedBlockHash);
  process.stdout.write(`${file}: ${transactions.length} transactions, ${header.gasUsed} gas\n`);
});
