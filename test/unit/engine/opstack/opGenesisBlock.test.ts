import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { CREATE2_DEPLOYER_CODE } from "../../../../src/engine/opstack/create2Deployer.js";
import { KNOWN_OP_CHAINS } from "../../../../src/engine/opstack/knownChains.js";
import { genesisBlockOf } from "../../../../src/engine/opstack/opGenesisBlock.js";
import { fromHex } from "../../../../src/util/hex.js";
import { keccakHex } from "../../../../src/util/keccak.js";

const folder = `${process.env.FOVEA_CONFORMANCE ?? ""}/superchain-genesis`;
const names = existsSync(folder)
  ? readdirSync(folder).flatMap((file) => (file.endsWith(".gz") ? [file.split(".")[0] ?? ""] : []))
  : [];
const expected = (
  names.length > 0 ? JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) : {}
) as Record<string, string>;

const given = names.length > 0 ? test.each(names) : test.skip.each(["$FOVEA_CONFORMANCE"]);
given(
  "the genesis block of %s has the hash that the Superchain registry names",
  (name) => {
    const text = gunzipSync(readFileSync(`${folder}/${name}.json.gz`)).toString();
    const started = performance.now();
    const { header } = genesisBlockOf(text);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `${name}: ${header.hash}, ${header.fieldCount ?? 21} fields, ${seconds} s\n`,
    );
    expect(header.hash).toBe(expected[name]);
  },
  60_000,
);

test("public chains are told apart by the time of their genesis block", () => {
  const times = new Set(KNOWN_OP_CHAINS.map(({ genesisTime }) => genesisTime));
  expect(times.size).toBe(KNOWN_OP_CHAINS.length);
  expect(KNOWN_OP_CHAINS.find(({ chainId }) => chainId === 11_155_420)).toMatchObject({
    name: "sepolia-op",
    genesisTime: 1_691_802_540n,
    schedule: { canyon: 1_699_981_200n, jovian: 1_763_568_001n },
    eip1559: { elasticity: 6, denominator: 50, denominatorCanyon: 250 },
  });
});

test("create2Deployer's code has the hash that op-geth names", () => {
  expect(keccakHex(fromHex(CREATE2_DEPLOYER_CODE))).toBe(
    "0xb0550b5b431e30d38000efb7107aaa0ade03d48a7198a140edda9d27134468b2",
  );
});
