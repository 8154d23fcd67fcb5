import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { GasPriceOracle } from "../../../src/contracts/generated/GasPriceOracle.js";
import { l1AttributesTx, PREDEPLOYS } from "../../../src/protocol/index.js";
import { type Address, fromHex, type Hash, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { createRandom, type Random, SEED } from "../../contracts/vectors/random.js";
import { accounts, EngineChain } from "../../helpers/engineChain.js";

const TRANSACTIONS = 1_000;
const PER_BLOCK = 50;
const RECIPIENT: Address = "0x00000000000000000000000000000000000000aa";
const KINDS = ["legacy", "eip2930", "eip1559", "eip7702"] as const;

let chain: EngineChain;
beforeEach(async () => {
  chain = await EngineChain.open({ callTimeoutMs: 60_000 });
});
afterEach(() => chain.engine.close());

describe(`L1 fees, FOVEA_SEED=${SEED}`, () => {
  test(`${TRANSACTIONS} random signed transactions pay to the wei what GasPriceOracle.getL1Fee answers`, async () => {
    const random = createRandom(SEED);
    const nonces = accounts.map(() => 0);
    const types = new Map<number, number>();
    const fees = new Set<bigint>();
    for (let done = 0; done < TRANSACTIONS; done += PER_BLOCK) {
      const signed: Uint8Array[] = [];
      for (let i = 0; i < PER_BLOCK; i++) signed.push(await randomTx(random, nonces));
      const receipts = await chain.receipts([], {
        transactions: [attributesTx(random, done), ...signed],
      });
      expect(receipts.length).toBe(1 + PER_BLOCK);
      for (const [i, raw] of signed.entries()) {
        const receipt = receipts[i + 1];
        const fee = await oracleFee(raw);
        expect({ raw: toHex(raw), fee: receipt?.l1?.fee }).toEqual({ raw: toHex(raw), fee });
        fees.add(fee);
        types.set(receipt?.type ?? -1, (types.get(receipt?.type ?? -1) ?? 0) + 1);
      }
    }
    expect([...types.keys()].sort()).toEqual([0, 1, 2, 4]);
    expect(Math.min(...types.values())).toBeGreaterThan(TRANSACTIONS / 8);
    expect(fees.size).toBeGreaterThan(TRANSACTIONS / 10);
  }, 300_000);
});

async function oracleFee(raw: Uint8Array): Promise<bigint> {
  const { abi } = GasPriceOracle;
  const data = encodeFunctionData({ abi, functionName: "getL1Fee", args: [toHex(raw)] });
  const request = { to: PREDEPLOYS.gasPriceOracle, data: fromHex(data), gas: 400_000_000n };
  const { failure, returnData } = await chain.engine.call(request, "latest");
  expect(failure).toBeNull();
  return decodeFunctionResult({ abi, functionName: "getL1Fee", data: toHex(returnData) });
}

/** As the node puts it first into a block, with other L1 prices each time. */
function attributesTx(random: Random, sequence: number): Uint8Array {
  const { chain: config, genesisOrigin } = chain.rollup;
  return l1AttributesTx({
    origin: { ...genesisOrigin, baseFee: random.uint(42) },
    sequenceNumber: BigInt(sequence),
    config: {
      ...config.system,
      baseFeeScalar: Number(random.uint(20)),
      blobBaseFeeScalar: Number(random.uint(20)),
      batcherHash: ZERO_HASH,
    },
  });
}

/** A valid transaction of a random type and account, some of them contract creations. */
async function randomTx(random: Random, nonces: number[]): Promise<Uint8Array> {
  const from = random.below(accounts.length);
  const account = accounts[from] ?? accounts[0];
  const type = KINDS[random.below(KINDS.length)] ?? "legacy";
  const nonce = nonces[from] ?? 0;
  nonces[from] = nonce + 1;
  const size = random.below(10) === 0 ? random.below(1_500) : random.below(300);
  const data = toHex(random.contents(size));
  const isCreation = type !== "eip7702" && random.below(10) === 0;
  const common = {
    chainId: chain.rollup.chain.l2ChainId,
    nonce,
    data,
    gas: BigInt(200_000 + 60 * size),
    value: random.uint(30),
    ...(isCreation ? {} : { to: RECIPIENT }),
  };
  const feeCap = 10_000_000_000n + random.uint(36);
  const list = { accessList: accessListOf(random) };
  const fees = { maxFeePerGas: feeCap, maxPriorityFeePerGas: 1n + random.uint(30) };
  switch (type) {
    case "legacy":
      return fromHex(await account.signTransaction({ ...common, type, gasPrice: feeCap }));
    case "eip2930":
      return fromHex(await account.signTransaction({ ...common, ...list, type, gasPrice: feeCap }));
    case "eip1559":
      return fromHex(await account.signTransaction({ ...common, ...list, ...fees, type }));
    case "eip7702": {
      // Nonces of authorizations that never fit, so that the accounts stay what they are.
      const authorization = await account.signAuthorization({
        address: RECIPIENT,
        chainId: common.chainId,
        nonce: 1_000_000 + random.below(1_000_000),
      });
      const authorizationList = Array.from({ length: 1 + random.below(3) }, () => authorization);
      return fromHex(
        await account.signTransaction({ ...common, ...list, ...fees, type, authorizationList }),
      );
    }
  }
}

function accessListOf(random: Random): { address: Address; storageKeys: Hash[] }[] {
  return Array.from({ length: random.below(3) }, () => ({
    address: random.address(),
    storageKeys: Array.from({ length: random.below(3) }, () => random.hash()),
  }));
}
