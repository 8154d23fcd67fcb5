import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { toFunctionSelector } from "viem";
import { L1Block } from "../../../src/contracts/generated/L1Block.js";
import { L1BlockNumber } from "../../../src/contracts/generated/L1BlockNumber.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { DEPOSITOR, L1_ATTRIBUTES_GAS } from "../../../src/protocol/constants.js";
import { encodeL1Attributes } from "../../../src/protocol/l1Attributes.js";
import { type Address, type Hash, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { ALICE, type PredeployChain, startPredeployChain } from "../universal/predeployChain.js";
import { createRandom, SEED } from "../vectors/random.js";
import { attributesCalldata } from "./attributes.js";

const l1Block = { address: PREDEPLOYS.L1Block as Address, abi: L1Block.abi };
const VALUES = {
  baseFeeScalar: 0x01020304,
  blobBaseFeeScalar: 0x05060708,
  sequenceNumber: 0x1112131415161718n,
  timestamp: 0x2122232425262728n,
  number: 0x3132333435363738n,
  basefee: BigInt(`0x41${"42".repeat(31)}`),
  blobBaseFee: BigInt(`0x51${"52".repeat(31)}`),
  hash: `0x61${"62".repeat(31)}` as Hash,
  batcherHash: `0x71${"72".repeat(31)}` as Hash,
  operatorFeeScalar: 0x81828384,
  operatorFeeConstant: 0x9192939495969798n,
  daFootprintGasScalar: 0xa1a2,
};

let chain: PredeployChain;
beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(ALICE.address, ALICE.address, ALICE.address);
});
afterAll(() => chain.stop());

const write = (from: Address, data: Hex) =>
  chain.send({ from, to: l1Block.address, data, gas: L1_ATTRIBUTES_GAS });

test("the attributes are written by the depositor and answered by the getters", async () => {
  const receipt = await write(DEPOSITOR, attributesCalldata(VALUES));
  expect(receipt.status).toBe("success");
  for (const [functionName, value] of Object.entries(VALUES)) {
    expect([functionName, await chain.read({ ...l1Block, functionName })]).toEqual([
      functionName,
      value,
    ]);
  }
});

test("the storage layout is the one that nodes read", async () => {
  const slot = (index: number) =>
    chain.client.getStorageAt({ address: l1Block.address, slot: `0x${index}` });
  expect(await slot(0)).toBe(`0x${"0".repeat(32)}21222324252627283132333435363738`);
  expect(await slot(1)).toBe(`0x41${"42".repeat(31)}`);
  expect(await slot(2)).toBe(VALUES.hash);
  expect(await slot(3)).toBe(`0x${"0".repeat(32)}01020304050607081112131415161718`);
  expect(await slot(4)).toBe(VALUES.batcherHash);
  expect([await slot(5), await slot(6)]).toEqual([ZERO_HASH, ZERO_HASH]);
  expect(await slot(7)).toBe(`0x51${"52".repeat(31)}`);
  expect(await slot(8)).toBe(`0x${"0".repeat(36)}a1a2818283849192939495969798`);
});

test("nobody else writes, and only 178 bytes are taken", async () => {
  const data = attributesCalldata(VALUES);
  const call = (from: Address, bytes: Hex) =>
    chain.client.call({ account: from, to: l1Block.address, data: bytes }).then(
      () => "none",
      (error: Error) => error.message,
    );
  expect(await call(ALICE.address, data)).toContain(toFunctionSelector("NotDepositor()"));
  for (const bytes of [data.slice(0, -2) as Hex, `${data}00` as Hex, data.slice(0, 10) as Hex]) {
    expect(await call(DEPOSITOR, bytes)).toContain(
      toFunctionSelector("L1BlockCalldataLength(uint256)"),
    );
  }
  expect(await call(DEPOSITOR, data)).toBe("none");
});

test(`what the protocol room encodes is what the getters answer (FOVEA_SEED=${SEED})`, async () => {
  const random = createRandom(SEED + 30);
  for (let i = 0; i < 50; i++) {
    const origin = {
      number: random.uint(64),
      hash: random.hash(),
      time: random.uint(64),
      baseFee: random.uint(256),
      prevRandao: random.hash(),
      parentBeaconBlockRoot: random.hash(),
    };
    const config = {
      batcherHash: random.hash(),
      baseFeeScalar: Number(random.uint(32)),
      blobBaseFeeScalar: Number(random.uint(32)),
      gasLimit: 30_000_000n,
      eip1559Denominator: 250,
      eip1559Elasticity: 6,
      operatorFeeScalar: Number(random.uint(32)),
      operatorFeeConstant: random.uint(64),
      minBaseFee: 0n,
      daFootprintGasScalar: Number(random.uint(16)),
    };
    const sequenceNumber = random.uint(64);
    const data = toHex(encodeL1Attributes({ origin, sequenceNumber, config }));
    const receipt = await write(DEPOSITOR, data);
    expect(receipt.status).toBe("success");
    const expected = {
      number: origin.number,
      hash: origin.hash,
      timestamp: origin.time,
      basefee: origin.baseFee,
      sequenceNumber,
      batcherHash: config.batcherHash,
      baseFeeScalar: config.baseFeeScalar,
      blobBaseFeeScalar: config.blobBaseFeeScalar,
      blobBaseFee: 1n,
      operatorFeeScalar: config.operatorFeeScalar,
      operatorFeeConstant: config.operatorFeeConstant,
      daFootprintGasScalar: config.daFootprintGasScalar || 400,
    };
    const names = Object.keys(expected);
    const answers = await Promise.all(
      names.map((functionName) => chain.read({ ...l1Block, functionName })),
    );
    expect(Object.fromEntries(names.map((name, at) => [name, answers[at]]))).toEqual(expected);
  }
  await write(DEPOSITOR, attributesCalldata(VALUES));
});

test("ETH pays for gas", async () => {
  const answers = [
    "gasPayingToken",
    "gasPayingTokenName",
    "gasPayingTokenSymbol",
    "isCustomGasToken",
    "l1FeeOverhead",
    "l1FeeScalar",
    "DEPOSITOR_ACCOUNT",
  ].map((functionName) => chain.read({ ...l1Block, functionName }));
  expect(await Promise.all(answers)).toEqual([
    ["0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE", 18],
    "Ether",
    "ETH",
    false,
    0n,
    0n,
    "0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001",
  ]);
});

test("L1BlockNumber answers the origin's number to its function, to any other call, and to ETH", async () => {
  const at = { address: PREDEPLOYS.L1BlockNumber as Address, abi: L1BlockNumber.abi };
  expect(await chain.read({ ...at, functionName: "getL1BlockNumber" })).toBe(VALUES.number);
  const word = `0x${VALUES.number.toString(16).padStart(64, "0")}`;
  for (const request of [{ data: "0x" }, { data: "0x12345678" }, { value: 1n }] as const) {
    const { data } = await chain.client.call({
      account: ALICE.address,
      to: at.address,
      ...request,
    });
    expect(data).toBe(word);
  }
});
