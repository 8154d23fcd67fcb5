import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { VectorHarness } from "../../../src/contracts/generated/VectorHarness.js";
import { applyAlias, undoAlias } from "../../../src/protocol/alias.js";
import { chunkHash } from "../../../src/protocol/chunkHash.js";
import { MAX_DEPOSIT_DATA_BYTES, MAX_ENTRY_DATA_BYTES } from "../../../src/protocol/constants.js";
import { encodeEntryHeader, hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import { outputRoot } from "../../../src/protocol/outputRoot.js";
import { encodeRecordHeader, hashRecordHeader } from "../../../src/protocol/recordHeader.js";
import type { EntryHeader, RecordHeader } from "../../../src/protocol/types.js";
import { sentMessageSlot, withdrawalHash } from "../../../src/protocol/withdrawal.js";
import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  ZERO_HASH,
} from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import { type PredeployChain, startPredeployChain } from "../universal/predeployChain.js";
import { inBatches } from "./batches.js";
import { createRandom, lengthOf, SEED, VECTORS } from "./random.js";

let chain: PredeployChain;
let harness: Address;
beforeAll(async () => {
  chain = await startPredeployChain("prague");
  harness = await chain.deploy(VectorHarness);
});
afterAll(() => chain.stop());

const lower = (address: string) => address.toLowerCase() as Address;

describe(`Solidity and TypeScript agree on ${VECTORS} vectors, FOVEA_SEED=${SEED}`, () => {
  test("chunk hash", async () => {
    const random = createRandom(SEED);
    const inputs = Array.from({ length: VECTORS }, (_, i) =>
      toHex(random.bytes(lengthOf(i, random, MAX_ENTRY_DATA_BYTES))),
    );
    const answers: Hash[] = [];
    await inBatches<Hex, Hash[]>(
      chain,
      harness,
      "chunkHash",
      inputs,
      (input) => input.length / 2,
      (batch) => answers.push(...batch),
    );
    expectSame(
      answers,
      inputs.map((input) => chunkHash(fromHex(input))),
      inputs,
    );
  });

  test("record header and record hash", async () => {
    const random = createRandom(SEED + 1);
    const inputs = Array.from(
      { length: VECTORS },
      (): RecordHeader => ({
        kind: random.below(256),
        index: random.uint(64),
        l1Number: random.uint(64),
        l1Time: random.uint(64),
        from: random.address(),
        to: random.address(),
        isCreation: random.bool(),
        mint: random.uint(256),
        value: random.uint(256),
        gasLimit: random.uint(64),
        dataLength: Number(random.uint(32)) % (MAX_DEPOSIT_DATA_BYTES + 1),
        dataHash: random.hash(),
        prevRecordHash: random.hash(),
      }),
    );
    const answers = await packedAndHashed("recordHeader", inputs);
    const expected = inputs.map((input) => [
      toHex(encodeRecordHeader(input)),
      hashRecordHeader(input),
    ]);
    expectSame(answers, expected, inputs);
  });

  test("entry header and entry hash", async () => {
    const random = createRandom(SEED + 2);
    const inputs = Array.from(
      { length: VECTORS },
      (): EntryHeader => ({
        format: random.below(256),
        index: random.uint(64),
        l1Number: random.uint(64),
        l1Time: random.uint(64),
        firstOrigin: random.uint(64),
        lastOrigin: random.uint(64),
        originsHash: random.hash(),
        depTo: random.uint(64),
        depRecordHash: random.hash(),
        dataLength: Number(random.uint(32)) % (MAX_ENTRY_DATA_BYTES + 1),
        dataHash: random.hash(),
        prevEntryHash: random.hash(),
      }),
    );
    const answers = await packedAndHashed("entryHeader", inputs);
    const expected = inputs.map((input) => [
      toHex(encodeEntryHeader(input)),
      hashEntryHeader(input),
    ]);
    expectSame(answers, expected, inputs);
  });

  test("withdrawal hash and its storage key", async () => {
    const random = createRandom(SEED + 3);
    const inputs = Array.from({ length: VECTORS }, (_, i) => ({
      nonce: random.uint(256),
      sender: random.address(),
      target: random.address(),
      value: random.uint(256),
      gasLimit: random.uint(256),
      data: random.hex(lengthOf(i, random, MAX_DEPOSIT_DATA_BYTES)),
    }));
    const answers: unknown[] = [];
    await inBatches<(typeof inputs)[number], [Hash[], Hash[]]>(
      chain,
      harness,
      "withdrawal",
      inputs,
      (input) => 300 + input.data.length / 2,
      ([hashes, keys]) => {
        answers.push(...hashes.map((hash, i) => [hash, keys[i]]));
      },
    );
    const expected = inputs.map((input) => {
      const hash = withdrawalHash({ ...input, data: fromHex(input.data) });
      return [hash, keccakHex(fromHex(sentMessageSlot(hash)))];
    });
    expectSame(answers, expected, inputs);
  });

  test("output root", async () => {
    const random = createRandom(SEED + 4);
    const inputs = Array.from({ length: VECTORS }, () => ({
      version: ZERO_HASH,
      stateRoot: random.hash(),
      messagePasserStorageRoot: random.hash(),
      latestBlockhash: random.hash(),
    }));
    const answers: Hash[] = [];
    await inBatches<(typeof inputs)[number], Hash[]>(
      chain,
      harness,
      "outputRoot",
      inputs,
      () => 128,
      (batch) => answers.push(...batch),
    );
    const expected = inputs.map(({ latestBlockhash, ...rest }) =>
      outputRoot({ ...rest, blockHash: latestBlockhash }),
    );
    expectSame(answers, expected, inputs);
  });

  test("address alias, both ways", async () => {
    const random = createRandom(SEED + 5);
    const inputs = Array.from({ length: VECTORS }, () => random.address());
    const answers: unknown[] = [];
    await inBatches<Address, [Address[], Address[]]>(
      chain,
      harness,
      "aliases",
      inputs,
      () => 32,
      ([applied, undone]) => {
        answers.push(...applied.map((address, i) => [lower(address), lower(undone[i] as string)]));
      },
    );
    expectSame(
      answers,
      inputs.map((input) => [applyAlias(input), undoAlias(input)]),
      inputs,
    );
  });
});

async function packedAndHashed(
  functionName: string,
  inputs: readonly unknown[],
): Promise<unknown[]> {
  const answers: unknown[] = [];
  await inBatches<unknown, [Hex[], Hash[]]>(
    chain,
    harness,
    functionName,
    inputs,
    () => 416,
    ([packed, hashes]) => {
      answers.push(...packed.map((bytes, i) => [bytes, hashes[i]]));
    },
  );
  return answers;
}

/** Compares all, and shows the first input that differs. */
function expectSame(
  answers: readonly unknown[],
  expected: readonly unknown[],
  inputs: readonly unknown[],
): void {
  expect(answers.length).toBe(inputs.length);
  const at = inputs.findIndex((_, i) => JSON.stringify(answers[i]) !== JSON.stringify(expected[i]));
  if (at >= 0)
    expect({ at, input: inputs[at], value: answers[at] }).toEqual({
      at,
      input: inputs[at],
      value: expected[at],
    });
}
