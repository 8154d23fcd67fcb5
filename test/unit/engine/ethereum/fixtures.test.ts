import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { privateKeyToAccount } from "viem/accounts";
import {
  ethereumGenesisBlock,
  parseGethGenesis,
} from "../../../../src/engine/ethereum/gethGenesis.js";
import type { JsonObject } from "../../../../src/engine/ethereum/jsonFields.js";
import { runBlockTests } from "../../../../src/engine/ethereum/suites/blockTest.js";
import { networkConfig } from "../../../../src/engine/ethereum/suites/networkConfig.js";
import { runStateTests } from "../../../../src/engine/ethereum/suites/stateTest.js";
import { type Address, fromHex, type Hex, toHex } from "../../../../src/util/hex.js";
import { blockFixture, networkChain, nextBlock, rich } from "../../../helpers/blockFixture.js";
import { itemsOf } from "../../../helpers/rlpItems.js";

const DIR = process.env.FOVEA_CONFORMANCE;
const sender = privateKeyToAccount(`0x${"45".repeat(32)}`);
const alloc = new Map([[sender.address.toLowerCase() as Address, rich(10n ** 18n)]]);
const target: Hex = `0x${"77".repeat(20)}`;

async function transfer(nonce: number): Promise<Uint8Array> {
  const tx = { type: "legacy", nonce, gas: 21_000n, gasPrice: 10n, to: target, value: 5n } as const;
  return fromHex(await sender.signTransaction(tx));
}

async function results<Result>(from: AsyncIterable<Result>): Promise<Result[]> {
  const all: Result[] = [];
  for await (const result of from) all.push(result);
  return all;
}

describe.each([
  "Frontier",
  "Homestead",
  "Byzantium",
  "Constantinople",
  "London",
  "Paris",
  "Shanghai",
])("blockchain tests of %s", (network) => {
  test("pass with the blocks they expect, and fail with any other outcome", async () => {
    const chain = await networkChain(network, alloc);
    const genesisHash = chain.genesis.header.hash;
    const first = await nextBlock(chain, [await transfer(0), await transfer(1)]);
    expect(await chain.insert(first)).toHaveProperty("header");
    const second = await nextBlock(chain, [await transfer(2)]);
    expect(await chain.insert(second)).toHaveProperty("header");
    const last = chain.head.hash;
    const broken = Uint8Array.from(second);
    broken[200] = (broken[200] as number) ^ 1;
    const valid = [{ rlp: toHex(first) }, { rlp: toHex(second) }];
    const invalid = { rlp: toHex(broken), expectException: "BlockException.INVALID_STATE_ROOT" };
    const make = (blocks: Parameters<typeof blockFixture>[3], end: Hex = last) =>
      blockFixture(network, alloc, genesisHash, blocks, end);
    const cases = {
      good: make([valid[0], invalid, valid[1]] as typeof valid),
      unexpectedFailure: make([{ rlp: toHex(broken) }]),
      unexpectedSuccess: make([{ ...invalid, rlp: toHex(first) }]),
      otherHead: make(valid, genesisHash),
      otherGenesis: blockFixture(network, alloc, last, valid, last),
    };
    const passed = (await results(runBlockTests(cases))).map(({ name, pass }) => [name, pass]);
    expect(passed).toEqual(Object.keys(cases).map((name) => [name, name === "good"]));
  });
});

test("an ommer is paid for, but neither twice, nor from an unknown parent", async () => {
  const chain = await networkChain("Homestead", alloc);
  await chain.insert(await nextBlock(chain, []));
  const { hash: _, sizeBytes: __, ...main } = chain.head;
  // A brother of block 1 by somebody else.
  const brother = { ...chain.head, ...main, feeRecipient: `0x${"0b".repeat(20)}` as const };
  const withOmmer = await nextBlock(chain, [], [brother]);
  expect(await chain.insert(withOmmer)).toHaveProperty("header");
  const again = await nextBlock(chain, [], [brother]);
  expect(await chain.insert(again)).toEqual({ invalid: "ommer named before" });
  const stranger = await nextBlock(chain, [], [{ ...brother, parentHash: chain.head.hash }]);
  expect(await chain.insert(stranger)).toEqual({ invalid: "ommer of a strange parent" });
  const own = await nextBlock(chain, [], [chain.head]);
  expect(await chain.insert(own)).toEqual({ invalid: "ommer is an ancestor" });
});

describe("state tests", () => {
  const fixture = (post: object, network = "London"): JsonObject => ({
    case: {
      env: {
        currentCoinbase: `0x${"c0".repeat(20)}`,
        currentGasLimit: "0x7270e00",
        currentNumber: "0x1",
        currentTimestamp: "0x3e8",
        currentDifficulty: "0x20000",
        currentBaseFee: "0x7",
      },
      pre: {
        [sender.address]: { balance: "0x100000000", nonce: "0x0", code: "0x", storage: {} },
      },
      // Without `txbytes` the transaction is made of these.
      transaction: {
        nonce: "0x0",
        gasPrice: "0x0a",
        gasLimit: ["0x5208", "0x5207"],
        to: target,
        value: ["0x05"],
        data: ["0x"],
        secretKey: `0x${"45".repeat(32)}`,
      },
      post: { [network]: [{ indexes: { data: 0, gas: 0, value: 0 }, ...post }] },
    },
  });
  const only = async (json: JsonObject) => (await results(runStateTests(json)))[0];

  test("name the root that they found", async () => {
    const found = await only(fixture({ hash: "0x" }));
    expect(found).toMatchObject({ name: "case", fork: "London", pass: false });
    expect(found?.error).toMatch(/^post state root mismatch/);
    expect(await only(fixture({ hash: found?.stateRoot }))).toMatchObject({ pass: true });
    expect(await only(fixture({ hash: found?.stateRoot, logs: "0x12" }))).toMatchObject({
      pass: false,
    });
  });

  test("pass where a transaction must be refused and is", async () => {
    const indexes = { data: 0, gas: 1, value: 0 };
    const expectException = "TransactionException.INTRINSIC_GAS_TOO_LOW";
    expect(await only(fixture({ hash: "0x", indexes, expectException }))).toMatchObject({
      pass: true,
    });
    expect(await only(fixture({ hash: "0x", indexes }))).toMatchObject({
      pass: false,
      error: "unexpected error: intrinsic gas",
    });
    expect(await only(fixture({ hash: "0x", expectException }))).toMatchObject({ pass: false });
  });

  test("of one fork only, if asked for", async () => {
    expect(await results(runStateTests(fixture({ hash: "0x" }), "berlin"))).toEqual([]);
    expect(await results(runStateTests(fixture({ hash: "0x" }), "london"))).toHaveLength(1);
  });

  test("of a network that nobody knows are refused", () => {
    expect(() => networkConfig("Atlantis", 1n, undefined)).toThrow(
      expect.objectContaining({ code: "ETHEREUM_BAD_FIXTURE" }),
    );
  });

  test.each([
    ["ShanghaiToCancunAtTime15k", "cancun", 15_000n],
    ["PragueToOsakaAtTime15k", "osaka", 15_000n],
  ])("of %s change their fork in time", (network, fork, time) => {
    expect(networkConfig(network, 1n, undefined).times.get(fork as never)).toBe(time);
  });

  test("of the DAO fork and of the merge know their blocks", () => {
    expect(networkConfig("HomesteadToDaoAt5", 1n, undefined).dao).toEqual({
      block: 5n,
      isSupported: true,
    });
    const merge = networkConfig("ArrowGlacierToParisAtDiffC0000", 1n, undefined);
    expect(merge.terminalTotalDifficulty).toBe(0xc0000n);
  });
});

(DIR === undefined ? describe.skip : describe)("cases of the Engine API suite", () => {
  test("pass as blockchain tests", async () => {
    const folder = join(DIR as string, "eest-engine");
    const failures: string[] = [];
    let total = 0;
    for (const name of readdirSync(folder)) {
      const read = (file: string): Buffer => readFileSync(join(folder, name, file));
      const { network, lastblockhash } = JSON.parse(read("expect.json").toString());
      const { alloc: pre, ...genesis } = JSON.parse(read("genesis.json").toString());
      const { hash } = ethereumGenesisBlock(parseGethGenesis({ ...genesis, alloc: pre })).header;
      const blocks = [...itemsOf(read("chain.rlp"))].map((rlp) => ({ rlp: toHex(rlp) }));
      const fixture = {
        network,
        pre,
        genesisBlockHeader: { ...genesis, hash },
        blocks,
        lastblockhash,
      };
      for (const result of await results(runBlockTests({ [name]: fixture }))) {
        total++;
        if (!result.pass) failures.push(`${name}: ${result.error}`);
      }
    }
    process.stdout.write(`${total - failures.length} of ${total} blockchain tests\n`);
    expect(failures).toEqual([]);
  }, 300_000);
});
