import { expect, test } from "@jest/globals";
import { parseOpConfig, parseRollupConfig } from "../../../../src/engine/opstack/opConfig.js";
import { genesisBlockOf, parseOpGenesis } from "../../../../src/engine/opstack/opGenesisBlock.js";
import { PREDEPLOYS, SYSTEM_CONTRACTS } from "../../../../src/protocol/index.js";
import type { FoveaError } from "../../../../src/util/errors.js";

const OPTIMISM = { eip1559Elasticity: 6, eip1559Denominator: 50, eip1559DenominatorCanyon: 250 };
const GENESIS = {
  chainId: 10,
  bedrockBlock: 0,
  regolithTime: 0,
  canyonTime: 10,
  shanghaiTime: 10,
  ecotoneTime: 20,
  cancunTime: 20,
  fjordTime: 30,
  optimism: OPTIMISM,
};

function sentenceOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as FoveaError).data.sentence;
  }
  return undefined;
}

test("op-geth's genesis config and op-node's rollup config give the same schedule", () => {
  const config = parseOpConfig(GENESIS);
  expect(config).toEqual({
    chainId: 10,
    schedule: {
      bedrock: 0n,
      regolith: 0n,
      canyon: 10n,
      delta: 20n,
      ecotone: 20n,
      fjord: 30n,
      granite: null,
      holocene: null,
      isthmus: null,
      jovian: null,
      karst: null,
    },
    eip1559: { elasticity: 6, denominator: 50, denominatorCanyon: 250 },
  });
  const rollup = {
    l2_chain_id: 10,
    regolith_time: 0,
    canyon_time: 10,
    ecotone_time: 20,
    fjord_time: 30,
  };
  expect(parseRollupConfig(rollup)).toEqual(config);
});

test("a config that no chain can have ends with a sentence that names the place", () => {
  const cases: [object, string][] = [
    [
      { lagoonTime: 50 },
      "config.lagoonTime names a fork of OP chains that this version does not know",
    ],
    [{ fjordTime: 15 }, "config.fjordTime is 15, before a fork that it builds on"],
    [{ cancunTime: 21 }, "config.cancunTime is 21, but must be config.ecotoneTime, 20"],
    [{ chainId: undefined }, "config.chainId is missing"],
    [{ canyonTime: "soon" }, "config.canyonTime is not an unsigned integer"],
    [{ optimism: { eip1559Elasticity: 0 } }, "config.optimism.eip1559Elasticity is not usable"],
  ];
  for (const [change, words] of cases) {
    expect(sentenceOf(() => parseOpConfig({ ...GENESIS, ...change }))).toContain(words);
  }
});

test("a genesis file without a config tells its fork by its state; one that is no OP chain's is not taken for one", () => {
  const l1Block = { [PREDEPLOYS.l1Block]: { balance: "0x0" } };
  const forkOf = (alloc: object, fields: object = {}) =>
    parseOpGenesis({ alloc, timestamp: 5, ...fields })?.fork;
  expect(forkOf(l1Block)).toBe("bedrock");
  expect(forkOf({ ...l1Block, "0x13b0d85ccb8bf860b6b79af3029fca081ae9bef2": {} })).toBe("canyon");
  expect(forkOf({ ...l1Block, [SYSTEM_CONTRACTS.beaconRoots]: {} })).toBe("ecotone");
  expect(forkOf(l1Block, { excessBlobGas: "0x0" })).toBe("ecotone");
  // OP Sepolia's time: the table of public chains knows it.
  expect(forkOf(l1Block, { timestamp: 1_691_802_540, excessBlobGas: "0x0" })).toBe("regolith");
  expect(forkOf({})).toBeUndefined();
  expect(sentenceOf(() => genesisBlockOf({ alloc: {} }))).toBe("The genesis file has no config.");
  expect(
    sentenceOf(() => genesisBlockOf({ stateHash: `0x${"11".repeat(32)}`, timestamp: 0 })),
  ).toBe("The genesis file gives its state as a hash only; the accounts are needed.");
});
