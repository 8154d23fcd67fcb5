import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fromHex, type Hex } from "../../../src/util/hex.js";
import {
  deliverOnL1,
  deliverOnL2,
  eventNamed,
  eventNames,
  type Message,
  type Messengers,
  NONCE_VERSION_1,
  relayCall,
  setTargetMode,
  startMessengers,
  TARGET_MODE,
} from "./messengers.js";
import { ALICE, BOB } from "./predeployChain.js";

let on: Messengers;
beforeAll(async () => {
  on = await startMessengers();
});
afterAll(() => on.chain.stop());

const MIN_GAS = 200_000n;
const GAS_FROM = 21_000n;
const GAS_TO = 480_000n;
const GAS_STEP = 1_000n;

let nonces = 0n;
function message(fields: Partial<Message> = {}): Message {
  nonces += 1n;
  return {
    nonce: NONCE_VERSION_1 + nonces,
    sender: ALICE.address,
    target: on.target,
    value: 1n,
    minGasLimit: MIN_GAS,
    data: "0xabcd",
    ...fields,
  };
}

/** What a delivery with some gas led to. */
async function outcomeOf(
  deliver: (gas: bigint) => Promise<Awaited<ReturnType<typeof deliverOnL2>>>,
  gas: bigint,
) {
  const receipt = await deliver(gas);
  if (receipt.status !== "success") return { kind: "reverted" };
  const names = eventNames(receipt);
  const gasAtEntry = names.includes("Called")
    ? (eventNamed(receipt, "Called").args.gasAtEntry as bigint)
    : 0n;
  return { kind: names.at(-1) as string, gasAtEntry, names };
}

/** Intrinsic gas of a transaction, or the floor of EIP-7623 if that is higher. */
function leastGas(data: Hex): bigint {
  const bytes = fromHex(data);
  const zeros = bytes.filter((byte) => byte === 0).length;
  const tokens = zeros + 4 * (bytes.length - zeros);
  return 21_000n + BigInt(10 * tokens);
}

/** Amounts of gas from the least that such a transaction is taken with to more than enough. */
function gasSteps(): bigint[] {
  const steps = [];
  const least = leastGas(relayCall(message()));
  for (let gas = GAS_FROM < least ? least : GAS_FROM; gas <= GAS_TO; gas += GAS_STEP)
    steps.push(gas);
  return steps;
}

/** Each amount with a message of its own, so that no outcome depends on another. */
async function sweep(deliver: (gas: bigint) => Promise<Awaited<ReturnType<typeof deliverOnL2>>>) {
  const outcomes = [];
  for (const gas of gasSteps()) outcomes.push({ gas, ...(await outcomeOf(deliver, gas)) });
  return outcomes;
}

test("a first delivery with any gas reverts whole, keeps the message for a replay, or gives the target its minimum", async () => {
  const outcomes = await sweep((gas) => deliverOnL2(on, message(), gas));
  for (const outcome of outcomes) {
    if (outcome.kind === "RelayedMessage")
      expect(outcome.gasAtEntry).toBeGreaterThanOrEqual(MIN_GAS);
    else expect(["reverted", "FailedRelayedMessage"]).toContain(outcome.kind);
  }
  // Each happens, in this order, and never goes back.
  const kinds = outcomes
    .map((outcome) => outcome.kind)
    .filter((kind, i, all) => kind !== all[i - 1]);
  expect(kinds).toEqual(["reverted", "FailedRelayedMessage", "RelayedMessage"]);
});

test("a replay with any gas reverts whole or gives the target its minimum", async () => {
  await setTargetMode(on.chain, on.target, TARGET_MODE.revert);
  const failed = gasSteps().map(() => message());
  for (const one of failed) await deliverOnL2(on, one);
  await setTargetMode(on.chain, on.target, TARGET_MODE.accept);
  const outcomes = await sweep((gas) => {
    const data = relayCall(failed.pop() as Message);
    return on.chain.send({ from: BOB.address, to: on.l2.address, data, gas });
  });
  for (const outcome of outcomes) {
    if (outcome.kind !== "reverted") expect(outcome).toMatchObject({ kind: "RelayedMessage" });
    if (outcome.kind === "RelayedMessage")
      expect(outcome.gasAtEntry).toBeGreaterThanOrEqual(MIN_GAS);
  }
  const kinds = outcomes
    .map((outcome) => outcome.kind)
    .filter((kind, i, all) => kind !== all[i - 1]);
  expect(kinds).toEqual(["reverted", "RelayedMessage"]);
});

test("a replay with too little gas names it", async () => {
  await setTargetMode(on.chain, on.target, TARGET_MODE.revert);
  const failed = message();
  await deliverOnL2(on, failed);
  await setTargetMode(on.chain, on.target, TARGET_MODE.accept);
  const { nonce, sender, target, value, minGasLimit, data } = failed;
  const args = [nonce, sender, target, value, minGasLimit, data];
  expect(
    await on.chain.revertOf({ ...on.l2, functionName: "relayMessage", args, gas: 200_000n }),
  ).toBe("CrossDomainMessengerGas");
});

const LENGTHS = [0, 1, 31, 32, 33, 1_000, 10_000, 60_000, 110_000];
const MINIMA = [0, 21_000, 200_000, 3_000_000];

/** Runs `check` for all lengths and minima, with the gas of `baseGas`. */
async function forAllSizes(check: (sent: Message, gas: bigint, label: string) => Promise<void>) {
  for (const length of LENGTHS) {
    for (const minGas of MINIMA) {
      const data: Hex = `0x${"ff".repeat(length)}`;
      const gas = await on.chain.read<bigint>({
        ...on.l2,
        functionName: "baseGas",
        args: [data, minGas],
        gas: 30_000_000n,
      });
      await check(
        message({ data, minGasLimit: BigInt(minGas) }),
        gas,
        `${length} bytes, ${minGas} gas`,
      );
    }
  }
}

test("with the gas of baseGas a deposit gives the target its minimum, whatever the length", async () => {
  await forAllSizes(async (sent, gas, label) => {
    // The log of the target costs more than the smaller minima; that it was called and recorded is enough.
    const receipt = await deliverOnL2(on, sent, gas);
    expect([label, receipt.status]).toEqual([label, "success"]);
    const names = eventNames(receipt);
    if (names.includes("Called"))
      expect(eventNamed(receipt, "Called").args.gasAtEntry).toBeGreaterThanOrEqual(
        sent.minGasLimit,
      );
    if (sent.minGasLimit >= 3_000_000n) expect(names).toEqual(["Called", "RelayedMessage"]);
  });
});

test("with the gas of baseGas a target that burns it all cannot make a deposit or a withdrawal revert", async () => {
  await setTargetMode(on.chain, on.target, TARGET_MODE.burnAllGas);
  await forAllSizes(async (sent, gas, label) => {
    const onL2 = await deliverOnL2(on, sent, gas);
    expect([label, onL2.status, eventNames(onL2)]).toEqual([
      label,
      "success",
      ["FailedRelayedMessage"],
    ]);
    const onL1 = await deliverOnL1(on, sent, gas);
    expect([label, eventNames(onL1)]).toEqual([label, ["FailedRelayedMessage", "Finalized"]]);
    expect(eventNamed(onL1, "Finalized").args).toEqual({ success: true });
  });
  await setTargetMode(on.chain, on.target, TARGET_MODE.accept);
});
