import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { stringToHex, keccak256 as viemKeccak } from "viem";
import {
  applyConfigRecord,
  chainConfigHash,
  chainConfigToJson,
  encodeConfigRecord,
  parseChainConfig,
  readConfigRecord,
  type SystemConfigUpdate,
  type SystemConfigValues,
} from "../../../src/protocol/index.js";
import { check } from "./arbitraries.js";

const json = JSON.parse(readFileSync("config/dev.json", "utf8")) as Record<string, unknown>;
const chain = parseChainConfig(json);
const config: SystemConfigValues = { batcherHash: `0x${"00".repeat(31)}01`, ...chain.system };

describe("config records", () => {
  const accepted: [SystemConfigUpdate, Partial<SystemConfigValues>][] = [
    [
      { type: "batcher", batcherHash: `0x${"00".repeat(12)}${"cd".repeat(20)}` },
      { batcherHash: `0x${"00".repeat(12)}${"cd".repeat(20)}` },
    ],
    [
      { type: "feeScalars", baseFeeScalar: 2 ** 32 - 1, blobBaseFeeScalar: 0 },
      { baseFeeScalar: 2 ** 32 - 1, blobBaseFeeScalar: 0 },
    ],
    [{ type: "gasLimit", gasLimit: 21_000_000n }, { gasLimit: 21_000_000n }],
    [
      { type: "eip1559", denominator: 65_536, elasticity: 256 },
      { eip1559Denominator: 65_536, eip1559Elasticity: 256 },
    ],
    [
      { type: "operatorFee", scalar: 2 ** 32 - 1, constant: 2n ** 64n - 1n },
      { operatorFeeScalar: 2 ** 32 - 1, operatorFeeConstant: 2n ** 64n - 1n },
    ],
    [{ type: "minBaseFee", minBaseFee: 10n ** 12n }, { minBaseFee: 10n ** 12n }],
    [{ type: "daFootprintGasScalar", scalar: 65_535 }, { daFootprintGasScalar: 65_535 }],
  ];
  test.each(accepted)("%j changes its values only", (update, changed) => {
    const data = encodeConfigRecord(update);
    expect(data.length).toBe(33);
    expect(readConfigRecord(data)).toEqual(update);
    expect(applyConfigRecord(config, data)).toEqual({ ...config, ...changed });
  });

  const refused: SystemConfigUpdate[] = [
    { type: "batcher", batcherHash: `0x${"00".repeat(32)}` },
    { type: "batcher", batcherHash: `0x01${"00".repeat(31)}` },
    { type: "feeScalars", baseFeeScalar: 1, blobBaseFeeScalar: 1 },
    { type: "gasLimit", gasLimit: 20_999_999n },
    { type: "gasLimit", gasLimit: 60_000_001n },
    { type: "eip1559", denominator: 0, elasticity: 1 },
    { type: "eip1559", denominator: 1, elasticity: 257 },
    { type: "minBaseFee", minBaseFee: 10n ** 12n + 1n },
  ];
  test.each(refused)("%j is out of bounds and changes nothing", (update) => {
    expect(applyConfigRecord(config, encodeConfigRecord(update))).toEqual(config);
  });

  test("an unknown type, another length or bits beyond the width change nothing", () => {
    const data = encodeConfigRecord({ type: "gasLimit", gasLimit: 30_000_000n });
    const high = data.slice();
    high[1] = 1;
    const unknown = data.slice();
    unknown[0] = 3;
    for (const bytes of [high, unknown, data.subarray(1), Uint8Array.from([...data, 0])]) {
      expect(applyConfigRecord(config, bytes)).toEqual(config);
    }
  });

  test("what is read from any bytes writes the same bytes", () => {
    const typed = fc.tuple(fc.nat(8), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(32));
    check(
      typed,
      ([type, value, zeros]) => {
        const data = Uint8Array.from([type, ...value.fill(0, 0, zeros)]);
        const update = readConfigRecord(data);
        if (update) expect(encodeConfigRecord(update)).toEqual(data);
      },
      2_000,
    );
  });
});

describe("chain config", () => {
  const problemsOf = (changed: unknown): string[] => {
    try {
      parseChainConfig(changed);
    } catch (error) {
      expect(error).toMatchObject({ code: "PROTOCOL_BAD_CHAIN_CONFIG" });
      return (error as { data: { problems: string[] } }).data.problems;
    }
    return [];
  };

  test("the development chain's file is valid", () => {
    expect(chain).toMatchObject({ l2ChainId: 901, system: { gasLimit: 60_000_000n } });
    expect(chainConfigToJson(chain)).toEqual(json);
  });

  test("the hash is that of the file with sorted keys and no white space", () => {
    const sort = (value: unknown): unknown =>
      typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sort((value as Record<string, unknown>)[key])]),
          )
        : value;
    expect(chainConfigHash(chain)).toBe(viemKeccak(stringToHex(JSON.stringify(sort(json)))));
  });

  test("order of fields and case of hex do not change the hash, a value does", () => {
    const reversed = Object.fromEntries(Object.entries(json).reverse());
    const upper = { ...reversed, owner: `0x${(json.owner as string).slice(2).toUpperCase()}` };
    expect(chainConfigHash(parseChainConfig(upper))).toBe(chainConfigHash(chain));
    expect(chainConfigHash(parseChainConfig({ ...json, periodSeconds: 11 }))).not.toBe(
      chainConfigHash(chain),
    );
  });

  test("every wrong field is named", () => {
    expect(
      problemsOf({ ...json, owner: "0x12", periodSeconds: 0 }).map((text) => text.split(":")[0]),
    ).toEqual(["owner", "periodSeconds"]);
    expect(problemsOf({ ...json, system: { ...chain.system, gasLimit: "60000001" } })).toEqual(
      expect.arrayContaining([
        expect.stringContaining("system.gasLimit: must be 21000000 to 60000000"),
      ]),
    );
    expect(problemsOf({ ...json, stakeWei: 5 })[0]).toContain("stakeWei");
    expect(problemsOf({ ...json, stakeWei: "05" })[0]).toContain("stakeWei");
    expect(problemsOf({ ...json, unknownField: 1 })[0]).toContain("unknownField");
    expect(problemsOf(null)[0]).toContain("config");
    expect(problemsOf("text").length).toBe(1);
  });

  test("an account listed twice in different spelling is refused", () => {
    const alloc = { [`0x${"ab".repeat(20)}`]: "1", [`0x${"AB".repeat(20)}`]: "2" };
    expect(problemsOf({ ...json, alloc })).toEqual([`alloc.0x${"ab".repeat(20)}: listed twice`]);
  });
});
