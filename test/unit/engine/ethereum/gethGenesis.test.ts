import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { EthereumError } from "../../../../src/engine/ethereum/errors.js";
import { ForkSchedule } from "../../../../src/engine/ethereum/forkSchedule.js";
import {
  ethereumGenesisBlock,
  parseGethGenesis,
} from "../../../../src/engine/ethereum/gethGenesis.js";

const ALL_BLOCKS = {
  homesteadBlock: 0,
  eip150Block: 0,
  eip155Block: 0,
  eip158Block: 0,
  byzantiumBlock: 0,
  constantinopleBlock: 0,
  petersburgBlock: 0,
  istanbulBlock: 0,
  berlinBlock: 0,
  londonBlock: 0,
};

function errorOf(json: unknown): { code: string; sentence: string } {
  try {
    parseGethGenesis(JSON.stringify(json));
  } catch (error) {
    if (error instanceof EthereumError) {
      return { code: error.code, sentence: String(error.data.sentence) };
    }
    throw error;
  }
  throw new Error("no error");
}

describe("a geth genesis file", () => {
  test("has the hash that its chain's first block names", () => {
    const path = new URL("../../../vectors/ethereum/homesteadToBpo2.json", import.meta.url);
    const genesis = parseGethGenesis(readFileSync(path, "utf8"));
    expect(genesis.config.chainId).toBe(3_503_995_874_084_926);
    expect(genesis.config.terminalTotalDifficulty).toBe(4_732_352n);
    const { header } = ethereumGenesisBlock(genesis);
    expect(header.fieldCount).toBe(15);
    expect(header.hash).toBe("0x44fd89d504659cd58f48f4796b77a7e7012cf296a2409afa2f6c3cb99b5b3d99");
  });

  test("may be empty but for its config: proof of work from Frontier on", () => {
    const genesis = parseGethGenesis('{"config":{}}');
    expect(genesis.config.chainId).toBe(1);
    expect(new ForkSchedule(genesis.config).forkAt({ number: 9n, timestamp: 9n })).toBe(
      "chainstart",
    );
    expect(ethereumGenesisBlock(genesis).header.difficulty).toBe(131_072n);
  });

  test("may have numbers beyond 2^53, decimal strings and odd hex", () => {
    const { config, header, alloc } = parseGethGenesis(
      '{"config":{"terminalTotalDifficulty":58750000000000000000000},"timestamp":"1753280940","nonce":"0x1234",' +
        '"mixhash":"0x1","alloc":{"aa":{"balance":"123456789012345678901234567890","storage":{"0x1":"0x2"}}}}',
    );
    expect(config.terminalTotalDifficulty).toBe(58_750_000_000_000_000_000_000n);
    expect(header).toMatchObject({ timestamp: 1_753_280_940n, nonce: "0x0000000000001234" });
    expect(header.mixHash).toBe(`0x${"1".padStart(64, "0")}`);
    const account = alloc.get(`0x${"aa".padStart(40, "0")}`);
    expect(account?.balance).toBe(123_456_789_012_345_678_901_234_567_890n);
    expect([...(account?.storage ?? [])]).toEqual([
      [`0x${"1".padStart(64, "0")}`, `0x${"2".padStart(64, "0")}`],
    ]);
  });

  test.each([
    ["xyzTime", { xyzTime: 5 }],
    ["amsterdamTime", { amsterdamTime: 5 }],
    ["fooBlock", { fooBlock: 5 }],
  ])("is refused for %s, which no version knows, by a sentence that names it", (name, config) => {
    const { code, sentence } = errorOf({ config });
    expect(code).toBe("ETHEREUM_UNKNOWN_FORK");
    expect(sentence).toContain(`config.${name}`);
  });

  test("is not refused for a fork that is named but never starts", () => {
    expect(() => parseGethGenesis({ config: { xyzTime: null } })).not.toThrow();
  });

  test.each([
    [{ config: { berlinBlock: 5, londonBlock: 4 } }, "ETHEREUM_FORK_ORDER", "config.londonBlock"],
    [{ config: { cancunTime: 5, pragueTime: 4 } }, "ETHEREUM_FORK_ORDER", "config.pragueTime"],
    [{ config: { bpo3Time: 5 } }, "ETHEREUM_GENESIS_INVALID", "config.blobSchedule.bpo3"],
    [{ config: { londonBlock: "five" } }, "ETHEREUM_GENESIS_INVALID", "config.londonBlock"],
    [{ config: {}, alloc: { zz: {} } }, "ETHEREUM_GENESIS_INVALID", "alloc"],
    [
      { config: {}, alloc: { "0x1": { code: "0x1" } } },
      "ETHEREUM_GENESIS_INVALID",
      "alloc.0x1.code",
    ],
    [{ config: {}, gasLimit: "-1" }, "ETHEREUM_GENESIS_INVALID", "gasLimit"],
    [{ alloc: {} }, "ETHEREUM_GENESIS_INVALID", "config"],
    [[], "ETHEREUM_GENESIS_INVALID", "contents"],
  ])("%j is refused with %s", (json, code, place) => {
    const error = errorOf(json);
    expect(error.code).toBe(code);
    expect(error.sentence).toContain(place);
  });

  test("that is no JSON is refused", () => {
    expect(() => parseGethGenesis("{")).toThrow(EthereumError);
  });
});

describe("the schedule of forks", () => {
  const config = {
    ...ALL_BLOCKS,
    terminalTotalDifficulty: 0,
    shanghaiTime: 10,
    cancunTime: 20,
    pragueTime: 30,
    osakaTime: 40,
    bpo1Time: 50,
    bpo4Time: 60,
    blobSchedule: {
      bpo1: { target: 9, max: 12, baseFeeUpdateFraction: 7 },
      bpo4: { target: 1, max: 2, baseFeeUpdateFraction: 8 },
    },
  };
  const schedule = new ForkSchedule(parseGethGenesis({ config }).config);

  test.each([
    [9n, "paris"],
    [10n, "shanghai"],
    [29n, "cancun"],
    [30n, "prague"],
    [40n, "osaka"],
    [1_000n, "osaka"],
  ])("at time %s it is %s", (timestamp, fork) => {
    expect(schedule.forkAt({ number: 1n, timestamp })).toBe(fork);
  });

  test.each([
    [19n, undefined],
    [20n, 6n],
    [30n, 9n],
    [50n, 12n],
    [59n, 12n],
    [60n, 2n],
  ])("blobs at time %s are at most %s", (timestamp, max) => {
    expect(schedule.blobParamsAt(timestamp)?.max).toBe(max);
  });

  test("a block with a difficulty has the forks by number only", () => {
    const mined = { number: 1n, timestamp: 100n, difficulty: 131_072n };
    expect(schedule.forkAt(mined)).toBe("london");
  });
});
