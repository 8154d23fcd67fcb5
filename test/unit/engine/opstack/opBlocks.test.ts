import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../../../src/engine/ethereum/jsonFields.js";
import { executeStateless } from "../../../../src/engine/opstack/executeStateless.js";
import { parseOpWitness } from "../../../../src/engine/opstack/opWitness.js";
import type { FoveaError } from "../../../../src/util/errors.js";
import type { Hash } from "../../../../src/util/hex.js";

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

test("a witness that lacks any part names its hash, and one with a false part too", async () => {
  const witness = parseOpWitness(committed);
  const hashes = [...witness.preimages.keys()];
  const { parent, preimages, expectedBlockHash } = witness;
  let needed = 0;
  for (let index = 0; index < hashes.length; index += 30) {
    const hash = hashes[index] as Hash;
    const less = new Map(preimages);
    less.delete(hash);
    const outcome = await executeStateless({ ...witness, preimages: less }).then(
      ({ header }) => header.hash,
      (error: FoveaError) => [error.code, ...Object.values(error.data)],
    );
    // Some parts are there though the block does not need them.
    if (outcome === expectedBlockHash) continue;
    expect(outcome).toEqual(["ENGINE_STATE_MISSING", hash]);
    needed++;
  }
  expect(needed).toBeGreaterThan(5);
  const root = parent.stateRoot;
  const changed = new Map([...preimages, [root, "0xc0"] as const]);
  await expect(executeStateless({ ...witness, preimages: changed })).rejects.toMatchObject({
    code: "ENGINE_BAD_WITNESS",
    data: { hash: root },
  });
});

test("a witness that is none ends with a sentence that names the place", () => {
  const { attributes, ...rest } = committed as typeof committed & Record<string, JsonObject>;
  const sentenceOf = (json: JsonObject): unknown => {
    try {
      parseOpWitness(json);
    } catch (error) {
      return (error as FoveaError).data.sentence;
    }
    return undefined;
  };
  expect(sentenceOf(rest)).toBe("The witness has no attributes.");
  const { parentHeader } = committed as unknown as { parentHeader: JsonObject };
  expect(sentenceOf({ ...committed, parentHeader: { ...parentHeader, stateRoot: "0x12" } })).toBe(
    "The witness's parentHeader.stateRoot is not a hash.",
  );
  expect(sentenceOf({ ...committed, attributes: { ...attributes, transactions: ["0x1"] } })).toBe(
    "The file's attributes.transactions[0] is not hex.",
  );
});
