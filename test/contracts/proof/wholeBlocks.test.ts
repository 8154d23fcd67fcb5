import { describe, expect, test } from "@jest/globals";
import { fromHex } from "../../../src/util/hex.js";
import {
  BlockProver,
  figuresText,
  machineOfWorld,
  proveBlocks,
} from "../../helpers/provenBlocks.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";

/** Init code that leaves 32 bytes of code; what its lines do stands behind them. */
const MANY_OPCODES = fromHex(
  `0x${[
    "602a5f555f5450", // SSTORE, SLOAD
    "6001600260215fa2", // LOG2
    "60405f2050", // KECCAK256
    "600760015d60015c50", // TSTORE, TLOAD
    "60095f5260205f60205e", // MSTORE, MCOPY
    "5860060156fe5b", // JUMP
    "600960015f5ff5", // CREATE2 of a contract without code
    "5f5f5f5f60018561fffff150", // CALL of it with value
    "803150803f50803b5060045f5f833c", // BALANCE, EXTCODEHASH, EXTCODESIZE, EXTCODECOPY
    "60205f60205f600461fffffa50", // STATICCALL of the precompile that copies
    "60fd5f5360015f5ff050", // CREATE that fails
    "60205ff3", // RETURN
  ].join("")}`,
);

describe("every step of whole blocks, in the deployed StepVerifier", () => {
  test("transfers, and deposits that store, log, call, create, destroy themselves and fail", async () => {
    const world = await RollupWorld.create();
    await world.sendTx(0);
    await world.tick();
    world.l1.deposit({ mint: 5n, value: 3n });
    world.l1.deposit({ mint: 9n, value: 4n, to: null, data: MANY_OPCODES, gasLimit: 900_000n });
    world.l1.deposit({ mint: 9n, value: 4n, to: null, data: fromHex("0x30ff") });
    world.l1.deposit({ to: null, data: fromHex("0x60205ffd") });
    world.l1.deposit({ to: null, data: fromHex("0xfe") });
    world.l1.deposit({ value: 10n ** 30n });
    await world.ticks(3);
    await world.batch();
    const start = await machineOfWorld(world);
    const prover = await BlockProver.create(start);
    const figures = await proveBlocks(start, prover);
    process.stdout.write(figuresText(figures));
    expect(start.machine.state.chain.number).toBe((await world.safe()).number);
    expect(figures.proven).toBeGreaterThan(1_000);
  });
});
