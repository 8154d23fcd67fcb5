import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { GasPriceOracle } from "../../../src/contracts/generated/GasPriceOracle.js";
import { VectorHarness } from "../../../src/contracts/generated/VectorHarness.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import { PREINSTALLS } from "../../../src/contracts/preinstalls.js";
import { DEPOSITOR, L1_ATTRIBUTES_GAS, MAX_TX_BYTES } from "../../../src/protocol/constants.js";
import { fastLzLength } from "../../../src/protocol/fastLz.js";
import { daSize, l1Fee, l1GasUsed, operatorFee } from "../../../src/protocol/fees.js";
import { type Address, fromHex, type Hex, ZERO_HASH } from "../../../src/util/hex.js";
import { attributesCalldata } from "../L2/attributes.js";
import { ALICE, type PredeployChain, startPredeployChain } from "../universal/predeployChain.js";
import { inBatches } from "./batches.js";
import { createRandom, lengthOf, type Random, SEED, VECTORS } from "./random.js";

/** Attribute values change so often. */
const VECTORS_PER_BLOCK = 250;
const SIGNATURE_BYTES = 68;

let chain: PredeployChain;
let harness: Address;
beforeAll(async () => {
  chain = await startPredeployChain("prague");
  await chain.putPredeploys(ALICE.address, ALICE.address, ALICE.address);
  for (const preinstall of PREINSTALLS) await chain.put(preinstall);
  harness = await chain.deploy(VectorHarness);
});
afterAll(() => chain.stop());

describe(`Solidity and TypeScript agree on ${VECTORS} vectors, FOVEA_SEED=${SEED}`, () => {
  test("FastLZ length", async () => {
    const random = createRandom(SEED + 6);
    const inputs = Array.from({ length: VECTORS }, (_, i) =>
      random.hex(lengthOf(i, random, MAX_TX_BYTES)),
    );
    const answers: bigint[] = [];
    await inBatches<Hex, bigint[]>(
      chain,
      harness,
      "fastLz",
      inputs,
      (input) => input.length / 2,
      (batch) => answers.push(...batch),
    );
    const at = inputs.findIndex((input, i) => answers[i] !== BigInt(fastLzLength(fromHex(input))));
    if (at >= 0)
      expect({ input: inputs[at], length: answers[at] }).toEqual({
        input: inputs[at],
        length: BigInt(fastLzLength(fromHex(inputs[at] as Hex))),
      });
    expect(answers.length).toBe(VECTORS);
    // What getL1FeeUpperBound relies on.
    const grown = inputs.filter((input, i) => {
      const size = BigInt(input.length / 2 - 1);
      return (answers[i] as bigint) > size + size / 32n + 1n;
    });
    expect(grown).toEqual([]);
  });

  test("FastLZ length of all short lengths", async () => {
    const random = createRandom(SEED + 7);
    const inputs = Array.from({ length: 400 }, (_, i) => random.hex(i % 80));
    const answers: bigint[] = [];
    await inBatches<Hex, bigint[]>(
      chain,
      harness,
      "fastLz",
      inputs,
      () => 80,
      (batch) => answers.push(...batch),
    );
    expect(answers).toEqual(inputs.map((input) => BigInt(fastLzLength(fromHex(input)))));
  });

  test("L1 fee, L1 gas, operator fee and upper bound", async () => {
    const random = createRandom(SEED + 8);
    for (let done = 0; done < VECTORS; done += VECTORS_PER_BLOCK) {
      const values = await writeAttributes(random);
      const inputs = Array.from({ length: VECTORS_PER_BLOCK }, () => ({
        data: random.hex(random.below(300)),
        gas: random.uint(40),
      }));
      const answers = await ask(
        inputs.flatMap(
          ({ data, gas }) =>
            [
              ["getL1Fee", data],
              ["getL1GasUsed", data],
              ["getOperatorFee", gas],
              ["getL1FeeUpperBound", gas],
            ] as const,
        ),
      );
      const expected = inputs.flatMap(({ data, gas }) => {
        // These bytes are no signed transactions, so a signature is counted.
        const size = daSize(fastLzLength(fromHex(data)) + SIGNATURE_BYTES);
        const longest = gas + BigInt(SIGNATURE_BYTES);
        const bound = 836_500n * (longest + longest / 32n + 16n) - 42_585_600n;
        return [
          l1Fee(size, values),
          l1GasUsed(size),
          operatorFee(gas, values.operatorFeeScalar, values.operatorFeeConstant),
          l1Fee(bound > 100_000_000n ? bound : 100_000_000n, values),
        ];
      });
      expect(answers).toEqual(expected);
    }
  });
});

async function ask(
  calls: (readonly [
    name: "getL1Fee" | "getL1GasUsed" | "getOperatorFee" | "getL1FeeUpperBound",
    argument: Hex | bigint,
  ])[],
): Promise<bigint[]> {
  const results = await chain.client.multicall({
    multicallAddress: PREINSTALLS[0]?.address as Address,
    allowFailure: false,
    batchSize: 200_000,
    contracts: calls.map(([functionName, argument]) => ({
      address: PREDEPLOYS.GasPriceOracle as Address,
      abi: GasPriceOracle.abi,
      functionName,
      args: [argument] as never,
    })),
  });
  return results as bigint[];
}

/** Sets random fee parameters, as large as can be without an overflow, and answers them. */
async function writeAttributes(random: Random) {
  const values = {
    baseFeeScalar: Number(random.uint(32)),
    blobBaseFeeScalar: Number(random.uint(32)),
    l1BaseFee: random.uint(96),
    blobBaseFee: random.uint(96),
    operatorFeeScalar: Number(random.uint(32)),
    operatorFeeConstant: random.uint(64),
  };
  const rest = {
    sequenceNumber: 0n,
    timestamp: 0n,
    number: 0n,
    hash: ZERO_HASH,
    batcherHash: ZERO_HASH,
    daFootprintGasScalar: 400,
  };
  const data = attributesCalldata({ ...values, ...rest, basefee: values.l1BaseFee });
  const receipt = await chain.send({
    from: DEPOSITOR,
    to: PREDEPLOYS.L1Block,
    data,
    gas: L1_ATTRIBUTES_GAS,
  });
  expect(receipt.status).toBe("success");
  return values;
}
