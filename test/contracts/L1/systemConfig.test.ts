import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { concatHex, type Log, pad, parseEventLogs, toHex } from "viem";
import { DepositFeed } from "../../../src/contracts/generated/DepositFeed.js";
import { SystemConfig } from "../../../src/contracts/generated/SystemConfig.js";
import { type Address, type Hex, ZERO_ADDRESS } from "../../../src/util/hex.js";
import { startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import {
  deployL1,
  L1_PARAMETERS,
  type L1Deployment,
  START_VALUES,
} from "../../helpers/l1Deployment.js";

let anvil: TestAnvil;
let l1: L1Deployment;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil);
});
afterAll(() => anvil.close());

const set = (functionName: string, args: unknown[], from: Address = l1.owner) => ({
  ...l1.systemConfig,
  functionName,
  args,
  from,
});
const read = (functionName: string) => anvil.read({ ...l1.systemConfig, functionName });
const word = (value: bigint) => toHex(value, { size: 32 });
const lower = (value: unknown) => String(value).toLowerCase();

/** The record and OP's event that a setter left, in order. */
function recordAndEvent(logs: Log[]) {
  expect(logs).toHaveLength(2);
  const [record] = parseEventLogs({ abi: DepositFeed.abi, logs: [logs[0]!] });
  const [update] = parseEventLogs({ abi: SystemConfig.abi, logs: [logs[1]!] });
  if (record?.eventName !== "RecordAppended" || update?.eventName !== "ConfigUpdate") {
    throw new Error("not a record followed by a config update");
  }
  return { record: record.args.data, update: update.args };
}

const NEW_BATCHER = "0x00000000000000000000000000000000000000bb";

/** Setter, arguments, type, packed value, what getters then answer. */
const SETTERS: [string, unknown[], number, bigint, Record<string, unknown>][] = [
  ["setBatcher", [NEW_BATCHER], 0, BigInt(NEW_BATCHER), { batcherHash: pad(NEW_BATCHER) }],
  [
    "setGasConfigEcotone",
    [77, 0],
    1,
    (1n << 248n) | 77n,
    { basefeeScalar: 77, blobbasefeeScalar: 0, scalar: (1n << 248n) | 77n },
  ],
  ["setGasLimit", [21_000_000n], 2, 21_000_000n, { gasLimit: 21_000_000n }],
  ["setGasLimit", [60_000_000n], 2, 60_000_000n, { gasLimit: 60_000_000n }],
  [
    "setEIP1559Params",
    [65_536, 256],
    4,
    (65_536n << 32n) | 256n,
    { eip1559Denominator: 65_536, eip1559Elasticity: 256 },
  ],
  ["setEIP1559Params", [1, 1], 4, (1n << 32n) | 1n, { eip1559Denominator: 1 }],
  [
    "setOperatorFeeScalars",
    [4_294_967_295, 2n ** 64n - 1n],
    5,
    2n ** 96n - 1n,
    { operatorFeeScalar: 4_294_967_295, operatorFeeConstant: 2n ** 64n - 1n },
  ],
  ["setMinBaseFee", [10n ** 12n], 6, 10n ** 12n, { minBaseFee: 10n ** 12n }],
  ["setDAFootprintGasScalar", [65_535], 7, 65_535n, { daFootprintGasScalar: 65_535 }],
];

describe("SystemConfig", () => {
  test("starts with the config it was given, without a record", async () => {
    expect(await anvil.read({ ...l1.depositFeed, functionName: "length" })).toBe(0n);
    expect(await read("basefeeScalar")).toBe(START_VALUES.baseFeeScalar);
    expect(await read("blobbasefeeScalar")).toBe(START_VALUES.blobBaseFeeScalar);
    expect(await read("gasLimit")).toBe(START_VALUES.gasLimit);
    expect(await read("eip1559Denominator")).toBe(START_VALUES.eip1559Denominator);
    expect(await read("eip1559Elasticity")).toBe(START_VALUES.eip1559Elasticity);
    expect(await read("daFootprintGasScalar")).toBe(START_VALUES.daFootprintGasScalar);
    expect(await read("batcherHash")).toBe(pad(l1.batcher));
    expect(await read("configHash")).toBe(L1_PARAMETERS.configHash);
    expect(await read("l2ChainId")).toBe(L1_PARAMETERS.l2ChainId);
  });

  test("names its neighbours by the names that tools ask for", async () => {
    const expected = {
      owner: l1.owner,
      optimismPortal: l1.portal.address,
      disputeGameFactory: l1.oracle.address,
      blockOracle: l1.oracle.address,
      depositFeed: l1.depositFeed.address,
      sequencerFeed: l1.sequencerFeed.address,
      batchInbox: l1.sequencerFeed.address,
      l1CrossDomainMessenger: L1_PARAMETERS.l1CrossDomainMessenger,
      l1StandardBridge: L1_PARAMETERS.l1StandardBridge,
      unsafeBlockSigner: ZERO_ADDRESS,
    };
    for (const [name, address] of Object.entries(expected)) {
      expect([name, lower(await read(name))]).toEqual([name, address]);
    }
    const start = await anvil.read({ ...l1.sequencerFeed, functionName: "startBlock" });
    expect(await read("startBlock")).toBe(start);
    expect(await read("version")).toBe("3.0.0");
    expect(await read("minimumGasLimit")).toBe(21_000_000n);
    expect(await read("maximumGasLimit")).toBe(60_000_000n);
    expect(await read("resourceConfig")).toEqual({
      maxResourceLimit: 20_000_000,
      elasticityMultiplier: 10,
      baseFeeMaxChangeDenominator: 8,
      minimumBaseFee: 1_000_000_000,
      systemTxMaxGas: 1_000_000,
      maximumBaseFee: 2n ** 128n - 1n,
    });
  });

  test.each(SETTERS)(
    "%s(%s) writes a record of type %i, then emits OP's ConfigUpdate",
    async (name, args, type, value, getters) => {
      const { logs } = await anvil.send(set(name, args));
      const { record, update } = recordAndEvent(logs);
      expect(record).toBe(concatHex([toHex(type, { size: 1 }), word(value)]));
      const words: Hex[] = type === 1 ? [word(0n), word(value)] : [word(value)];
      expect(update).toEqual({ version: 0n, updateType: type, data: concatHex(words) });
      for (const [getter, expected] of Object.entries(getters)) {
        expect(await read(getter)).toEqual(expected);
      }
    },
  );

  const refused: [string, unknown[], number][] = [
    ["setBatcher", [ZERO_ADDRESS], 0],
    ["setGasConfigEcotone", [1, 1], 1],
    ["setGasLimit", [20_999_999n], 2],
    ["setGasLimit", [60_000_001n], 2],
    ["setEIP1559Params", [0, 1], 4],
    ["setEIP1559Params", [65_537, 1], 4],
    ["setEIP1559Params", [1, 0], 4],
    ["setEIP1559Params", [1, 257], 4],
    ["setMinBaseFee", [10n ** 12n + 1n], 6],
  ];
  test.each(refused)("%s(%s) is out of bounds", async (name, args, type) => {
    const revert = await anvil.revertOf(set(name, args));
    expect([revert.name, revert.args[0]]).toEqual(["SystemConfigOutOfBounds", type]);
  });

  test("lets nobody but the owner change anything", async () => {
    const stranger = anvil.accounts[8]!;
    const setters = [...SETTERS.map(([name, args]) => [name, args] as const)];
    for (const [name, args] of [...setters, ["transferOwnership", [stranger]] as const]) {
      const revert = await anvil.revertOf(set(name, [...args], stranger));
      expect([name, revert.name]).toEqual([name, "SystemConfigNotOwner"]);
    }
  });

  test("goes to a new owner, but not to nobody", async () => {
    const next = anvil.accounts[3]!;
    const toNobody = await anvil.revertOf(set("transferOwnership", [ZERO_ADDRESS]));
    expect(toNobody.name).toBe("SystemConfigZeroAddress");
    const { logs } = await anvil.send(set("transferOwnership", [next]));
    const [event] = parseEventLogs({ abi: SystemConfig.abi, logs });
    expect(event!.eventName).toBe("OwnershipTransferred");
    expect(lower(await read("owner"))).toBe(next);
    expect((await anvil.revertOf(set("setBatcher", [NEW_BATCHER]))).name).toBe(
      "SystemConfigNotOwner",
    );
    await anvil.send(set("transferOwnership", [l1.owner], next));
  });
});
