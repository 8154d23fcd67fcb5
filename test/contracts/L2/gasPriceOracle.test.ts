import { RLP } from "@ethereumjs/rlp";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { hexToBigInt, serializeTransaction, type TransactionSerializable } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { GasPriceOracle } from "../../../src/contracts/generated/GasPriceOracle.js";
import { VectorHarness } from "../../../src/contracts/generated/VectorHarness.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { PREINSTALLS } from "../../../src/contracts/preinstalls.js";
import { DEPOSITOR, L1_ATTRIBUTES_GAS } from "../../../src/protocol/constants.js";
import { fastLzLength } from "../../../src/protocol/fastLz.js";
import { daSize, daSizeOfTx, l1Fee, l1GasUsed } from "../../../src/protocol/fees.js";
import { type Address, fromHex, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { ALICE, type PredeployChain, startPredeployChain } from "../universal/predeployChain.js";
import { inBatches } from "../vectors/batches.js";
import { createRandom, type Random, SEED } from "../vectors/random.js";
import { attributesCalldata } from "./attributes.js";

const TRANSACTIONS = 1_000;
const oracle = { address: PREDEPLOYS.GasPriceOracle as Address, abi: GasPriceOracle.abi };
const VALUES = {
  baseFeeScalar: 1_368,
  blobBaseFeeScalar: 810_949,
  basefee: 12_345_678_901n,
  blobBaseFee: 77n,
  operatorFeeScalar: 1_234,
  operatorFeeConstant: 5_678n,
};
const FEES = { ...VALUES, l1BaseFee: VALUES.basefee };

let chain: PredeployChain;
let harness: Address;
beforeAll(async () => {
  chain = await startPredeployChain("prague");
  await chain.putPredeploys(ALICE.address, ALICE.address, ALICE.address);
  for (const preinstall of PREINSTALLS) await chain.put(preinstall);
  harness = await chain.deploy(VectorHarness);
});
afterAll(() => chain.stop());

const read = <T>(functionName: string, args: unknown[] = []) =>
  chain.read<T>({ ...oracle, functionName, args });

async function l1FeesOf(transactions: readonly Hex[]): Promise<readonly bigint[]> {
  return chain.client.multicall({
    multicallAddress: PREINSTALLS[0]?.address as Address,
    allowFailure: false,
    batchSize: 200_000,
    contracts: transactions.map((transaction) => ({
      ...oracle,
      functionName: "getL1Fee" as const,
      args: [transaction] as const,
    })),
  });
}

test("before the first attributes the L1 fee is 0", async () => {
  expect(await read("getL1Fee", ["0x1234"])).toBe(0n);
});

describe("after the attributes of a block", () => {
  beforeAll(async () => {
    const rest = {
      sequenceNumber: 0n,
      timestamp: 0n,
      number: 0n,
      hash: ZERO_HASH,
      batcherHash: ZERO_HASH,
      daFootprintGasScalar: 400,
    };
    await chain.send({
      from: DEPOSITOR,
      to: PREDEPLOYS.L1Block,
      data: attributesCalldata({ ...VALUES, ...rest }),
      gas: L1_ATTRIBUTES_GAS,
    });
  });

  test("the getters answer what L1Block holds", async () => {
    expect(await read("l1BaseFee")).toBe(VALUES.basefee);
    expect(await read("blobBaseFee")).toBe(VALUES.blobBaseFee);
    expect(await read("baseFeeScalar")).toBe(VALUES.baseFeeScalar);
    expect(await read("blobBaseFeeScalar")).toBe(VALUES.blobBaseFeeScalar);
    expect([await read("decimals"), await read("DECIMALS")]).toEqual([6n, 6n]);
    expect(await read("getOperatorFee", [21_000n])).toBe(21_000n * 1_234n * 100n + 5_678n);
    for (const fork of ["isEcotone", "isFjord", "isIsthmus", "isJovian"])
      expect(await read(fork)).toBe(true);
    const block = await chain.client.getBlock();
    const { data } = await chain.client.call({
      to: oracle.address,
      data: "0x6ef25c3a",
      blockNumber: block.number,
    });
    expect(hexToBigInt(data ?? "0x")).toBe(await read("gasPrice"));
  });

  test("what the formula does not have reverts", async () => {
    for (const functionName of ["overhead", "scalar"]) {
      expect(await chain.revertOf({ ...oracle, functionName })).toBe("GasPriceOracleDeprecated");
    }
    expect(
      await chain.revertOf({ ...oracle, functionName: "getOperatorFee", args: [2n ** 256n - 1n] }),
    ).not.toBe("none");
  });

  test(`the fee of ${TRANSACTIONS} random signed transactions is what a block charges, to the wei (FOVEA_SEED=${SEED})`, async () => {
    const random = createRandom(SEED + 20);
    const signed = await Promise.all(Array.from({ length: TRANSACTIONS }, () => sign(random)));
    const fees = await l1FeesOf(signed);
    expect(fees).toEqual(signed.map((raw) => l1Fee(daSizeOfTx(fromHex(raw)), FEES)));
    const raw = signed[0] as Hex;
    expect(await read("getL1GasUsed", [raw])).toBe(l1GasUsed(daSizeOfTx(fromHex(raw))));
  });

  test("the unsigned form of each counts 68 bytes for the signature", async () => {
    const random = createRandom(SEED + 21);
    const unsigned = Array.from({ length: TRANSACTIONS }, () =>
      serializeTransaction(transaction(random)),
    );
    const fees = await l1FeesOf(unsigned);
    expect(fees).toEqual(
      unsigned.map((raw) => l1Fee(daSize(fastLzLength(fromHex(raw)) + 68), FEES)),
    );
  });

  test("the upper bound is not below the fee of any signed transaction", async () => {
    const random = createRandom(SEED + 22);
    for (let i = 0; i < 50; i++) {
      // Noise in the data is the worst case: it grows.
      const data = toHex(random.bytes(random.below(6_000)));
      const tx = { ...transaction(random), data } as TransactionSerializable;
      const unsigned = serializeTransaction(tx);
      const signed = fromHex(
        await privateKeyToAccount(toHex(random.bytes(32))).signTransaction(tx),
      );
      const bound = await read<bigint>("getL1FeeUpperBound", [BigInt(unsigned.length / 2 - 1)]);
      expect(bound).toBeGreaterThanOrEqual(l1Fee(daSizeOfTx(signed), FEES));
    }
  });
});

describe(`telling signed from unsigned never reverts (FOVEA_SEED=${SEED})`, () => {
  async function isSigned(inputs: Hex[]): Promise<boolean[]> {
    const answers: boolean[] = [];
    await inBatches<Hex, boolean[]>(
      chain,
      harness,
      "isSigned",
      inputs,
      (input) => input.length / 2,
      (batch) => answers.push(...batch),
    );
    return answers;
  }

  test("transactions, cut and changed ones, and noise", async () => {
    const random = createRandom(SEED + 23);
    const inputs: Hex[] = [];
    for (let i = 0; i < 300; i++) {
      const raw = fromHex(await sign(random));
      const changed = raw.slice();
      changed[random.below(Math.min(12, raw.length))] = random.below(256);
      inputs.push(toHex(raw), toHex(raw.subarray(0, random.below(raw.length))), toHex(changed));
      inputs.push(
        serializeTransaction(transaction(random)),
        random.hex(random.below(40)),
        toHex(Uint8Array.of(...raw, 0)),
      );
    }
    const answers = await isSigned(inputs);
    const at = inputs.findIndex((input, i) => answers[i] !== looksSigned(fromHex(input)));
    expect(at < 0 ? "none differs" : inputs[at]).toBe("none differs");
    expect(answers.filter((answer) => answer).length).toBeGreaterThanOrEqual(300);
  });

  test("lengths that lie: longer than the bytes, of 8 bytes, nested", async () => {
    const inputs: Hex[] = [
      "0x",
      "0x02",
      "0x02c0",
      "0x02f8",
      "0x02ff",
      "0x02ffffffffffffffffff",
      "0xff",
      "0xf8",
      "0xffffffffffffffffff",
      "0x02cbff",
      "0xc9bfffffffffffffffff",
      "0x02cc8080808080808080808080",
      `0x02cc${"80".repeat(12)}`,
      `0xc9${"80".repeat(9)}`,
      `0xc9${"80".repeat(8)}01`,
      `0xc9${"80".repeat(7)}0180`,
    ];
    expect(await isSigned(inputs)).toEqual([...Array(12).fill(false), true, false, true, true]);
  });
});

/** The rule of decision 0004, by way of an RLP decoder; where the decoder is stricter than the contract, nothing is compared. */
function looksSigned(bytes: Uint8Array): boolean {
  const isLegacy = (bytes[0] ?? 0) >= 0xc0;
  const items = itemCount(isLegacy ? bytes : bytes.subarray(1));
  if (items === null) return false;
  if (isLegacy) return items.count === 9 && !items.endsEmpty;
  return items.count === { 1: 11, 2: 12, 4: 13 }[bytes[0] ?? 0];
}

/** Items of a list that ends with the bytes; lengths may be written in more bytes than needed. */
function itemCount(bytes: Uint8Array): { count: number; endsEmpty: boolean } | null {
  if (bytes.length === 0 || (bytes[0] as number) < 0xc0) return null;
  const list = itemAt(bytes, 0);
  if (list === null || list.end !== BigInt(bytes.length)) return null;
  const starts: number[] = [];
  for (let at = Number(list.start); at < bytes.length; ) {
    starts.push(at);
    const item = itemAt(bytes, at);
    if (item === null || item.end > BigInt(bytes.length)) return null;
    at = Number(item.end);
  }
  return {
    count: starts.length,
    endsEmpty: starts.length >= 2 && starts.slice(-2).every((at) => bytes[at] === 0x80),
  };
}

function itemAt(bytes: Uint8Array, at: number): { start: bigint; end: bigint } | null {
  const prefix = bytes[at] as number;
  if (prefix < 0x80) return { start: BigInt(at), end: BigInt(at + 1) };
  const short = prefix < 0xc0 ? prefix - 0x80 : prefix - 0xc0;
  if (short <= 55) return { start: BigInt(at + 1), end: BigInt(at + 1 + short) };
  const width = short - 55;
  if (at + 1 + width > bytes.length) return null;
  const length = hexToBigInt(toHex(bytes.subarray(at + 1, at + 1 + width)));
  const start = BigInt(at + 1 + width);
  return { start, end: start + length };
}

test("the model above agrees with a strict decoder on real transactions", async () => {
  const random = createRandom(SEED + 24);
  for (let i = 0; i < 100; i++) {
    const raw = fromHex(await sign(random));
    const list = RLP.decode((raw[0] as number) >= 0xc0 ? raw : raw.subarray(1)) as unknown[];
    expect(itemCount((raw[0] as number) >= 0xc0 ? raw : raw.subarray(1))?.count).toBe(list.length);
    expect(looksSigned(raw)).toBe(true);
  }
});

function sign(random: Random): Promise<Hex> {
  return privateKeyToAccount(toHex(random.bytes(32))).signTransaction(transaction(random));
}

/** Transactions of all types of L2, with and without recipient, protected and not. */
function transaction(random: Random): TransactionSerializable {
  const kind = random.below(5);
  const data = random.hex(random.below(8) === 0 ? random.below(3_000) : random.below(200));
  const to = kind === 4 || random.below(4) > 0 ? random.address() : undefined;
  const common = {
    nonce: random.below(1_000),
    gas: random.uint(24),
    value: random.uint(80),
    data,
    to,
  };
  const accessList = Array.from({ length: random.below(3) }, () => ({
    address: random.address(),
    storageKeys: Array.from({ length: random.below(3) }, () => random.hash()),
  }));
  const maxPriorityFeePerGas = random.uint(30);
  const fees = { maxPriorityFeePerGas, maxFeePerGas: maxPriorityFeePerGas + random.uint(35) };
  const chainId = 901;
  if (kind === 0)
    return { ...common, type: "legacy", gasPrice: random.uint(40) } as TransactionSerializable;
  if (kind === 1)
    return {
      ...common,
      type: "legacy",
      gasPrice: random.uint(40),
      chainId,
    } as TransactionSerializable;
  if (kind === 2)
    return {
      ...common,
      type: "eip2930",
      gasPrice: random.uint(40),
      chainId,
      accessList,
    } as TransactionSerializable;
  if (kind === 3)
    return { ...common, ...fees, type: "eip1559", chainId, accessList } as TransactionSerializable;
  const authorizationList = Array.from({ length: 1 + random.below(2) }, () => ({
    address: random.address(),
    chainId,
    nonce: random.below(9),
    r: random.hash(),
    s: random.hash(),
    yParity: random.below(2),
  }));
  return {
    ...common,
    ...fees,
    type: "eip7702",
    chainId,
    accessList,
    authorizationList,
  } as TransactionSerializable;
}
