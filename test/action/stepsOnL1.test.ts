import { afterAll, expect, test } from "@jest/globals";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { StepVerifier } from "../../src/contracts/generated/StepVerifier.js";
import { deployVerifier, hasVerifier } from "../../src/l1/deployVerifier.js";
import { Machine } from "../../src/proof/machine.js";
import { MODE } from "../../src/proof/table.js";
import type { StepProof } from "../../src/proof/witness/witnessOf.js";
import { FeedInputs } from "../../src/services/machine/feedInputs.js";
import { stateBefore } from "../../src/services/machine/machineTracker.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { type Hex, toHex } from "../../src/util/hex.js";
import { LiveRestWorld } from "../helpers/liveRestWorld.js";
import { opcodeOf } from "../helpers/stepEquivalence.js";

/** Arithmetic, comparison and bits: 0x01 to 0x1e. */
const PLAIN = 0x01;
const LAST_PLAIN = 0x1e;
const SSTORE = 0x55;
/** Bar of issue 4: gas of a step as an L1 transaction. */
const MOST_PLAIN_GAS = 120_000n;
const MOST_SSTORE_GAS = 600_000n;

function kindOf(opcode: number): number | undefined {
  if (opcode >= PLAIN && opcode <= LAST_PLAIN) return PLAIN;
  return opcode === SSTORE ? SSTORE : undefined;
}

const world = await LiveRestWorld.open();
afterAll(() => world.close());

test("every step of a real block is proven on a real L1, within its gas", async () => {
  const { rpc, node, engine, reader, rollup } = world;
  await world.run(6);
  const sender = world.sender(rollup.chain.deployer);
  const to = await deployVerifier({ rpc, sender, logger: silentLogger() });
  expect(await hasVerifier(rpc)).toBe(true);
  expect(await deployVerifier({ rpc, sender, logger: silentLogger() })).toBe(to);

  const inputs = new FeedInputs({ engine, feeds: node.feeds, l1: reader });
  const state = await stateBefore({ node, engine }, 0n);
  if (state === undefined) throw new Error("no state");
  await inputs.prepare(0n);
  const machine = new Machine({ state, inputs, entryBound: 1n });
  const { sequencerFeed, depositFeed } = rollup.addresses;
  const callOf = (proof: StepProof): Hex =>
    encodeFunctionData({
      abi: StepVerifier.abi,
      functionName: "step",
      args: [
        { sequencerFeed, depositFeed, entryBound: 1n, t: machine.t },
        toHex(proof.pre),
        toHex(proof.packed),
      ],
    });
  const gas = new Map<number, bigint>();
  let steps = 0;
  while (machine.state.chain.number === 0n) {
    const kind = machine.state.ctl.mode === MODE.op ? kindOf(opcodeOf(machine.state)) : undefined;
    const proof = machine.witness();
    const data = callOf(proof);
    const answer = (await rpc.call("eth_call", [{ to, data }, "latest"])) as Hex;
    const post = decodeFunctionResult({
      abi: StepVerifier.abi,
      functionName: "step",
      data: answer,
    });
    expect(post).toBe(toHex(proof.post));
    if (kind !== undefined && !gas.has(kind)) {
      const receipt = await sender.send({
        to,
        data: Buffer.from(data.slice(2), "hex"),
        label: "step",
      });
      gas.set(kind, receipt.gasUsed);
    }
    machine.step();
    steps++;
  }
  process.stdout.write(
    `${steps} of ${steps} steps proven by eth_call; as L1 transactions: a plain opcode ${gas.get(PLAIN)} gas, SSTORE ${gas.get(SSTORE)} gas\n`,
  );
  expect(gas.get(PLAIN)).toBeLessThanOrEqual(MOST_PLAIN_GAS);
  expect(gas.get(SSTORE)).toBeLessThanOrEqual(MOST_SSTORE_GAS);
}, 240_000);
