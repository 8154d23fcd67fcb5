import { Address as EvmAddress } from "@ethereumjs/util";
import { expect, test } from "@jest/globals";
import { EvmMachine } from "../../../../src/engine/execution/evmMachine.js";
import { evmBlock } from "../../../../src/engine/execution/runMessage.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";
import { type Alloc, BLOCK, type EvmMessage } from "../../../helpers/proofEvm.js";
import { randomProgram } from "../../../helpers/randomProgram.js";

/** More with FOVEA_FUZZ_RUNS; FOVEA_FUZZ_SEED replays from one on. */
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 400);
const FIRST = Number(process.env.FOVEA_FUZZ_SEED ?? 1);

const bytesOf = (value: bigint, length: number): Uint8Array =>
  fromHex(`0x${value.toString(16).padStart(2 * length, "0")}`);
const addressOf = (value: bigint): Address => toHex(bytesOf(value, 20)) as Address;
const libraryAddress = (value: bigint): EvmAddress => new EvmAddress(bytesOf(value, 20));

function stateOf(alloc: Alloc): BlockState {
  const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
  for (const [key, { nonce, balance, code, storage }] of alloc) {
    const address = addressOf(key);
    state.writeAccount(address, { nonce, balance });
    if (code.length > 0) state.writeCode(address, code);
    for (const [slot, value] of storage) {
      state.writeStorage(address, bytesOf(slot, 32), bytesOf(value, 32));
    }
  }
  state.settle();
  return state;
}

/** Runs a message; while somebody listens to the steps, everything is the library's. */
async function run(alloc: Alloc, message: EvmMessage, isObserved: boolean) {
  const state = stateOf(alloc);
  const rules = { chainId: Number(BLOCK.chainId), provablePrecompiles: true };
  const machine = await EvmMachine.create(rules, state);
  const { evm } = machine;
  let steps = 0;
  const count = (_step: unknown, resume?: () => void): void => {
    steps++;
    resume?.();
  };
  if (isObserved) evm.events.on("step", count);
  evm.journal.addAlwaysWarmAddress(addressOf(message.caller));
  if (message.to !== undefined) evm.journal.addAlwaysWarmAddress(addressOf(message.to));
  await evm.journal.checkpoint();
  const { execResult } = await evm.runCall({
    block: evmBlock({
      number: BLOCK.number,
      timestamp: BLOCK.timestamp,
      gasLimit: BLOCK.gasLimit,
      baseFeePerGas: BLOCK.baseFee,
      prevRandao: bytesOf(BLOCK.prevRandao, 32),
      feeRecipient: addressOf(BLOCK.coinbase),
    }),
    gasPrice: BLOCK.gasPrice,
    caller: libraryAddress(message.caller),
    gasLimit: BigInt(message.gas),
    ...(message.to === undefined ? {} : { to: libraryAddress(message.to) }),
    value: message.value,
    data: message.data,
    skipNonceIncrement: true,
  });
  await evm.journal.cleanup();
  if (isObserved) evm.events.off("step", count);
  machine.release();
  const { executionGasUsed, exceptionError, gasRefund, returnValue, logs } = execResult;
  return {
    outcome: {
      gas: executionGasUsed,
      exception: exceptionError?.error.split(" at ")[0],
      refund: gasRefund,
      returned: toHex(returnValue),
      logs: logs ?? [],
      root: toHex(state.seal().root),
    },
    steps,
  };
}

test(`${RUNS} random programs end in our loop as in the library's`, async () => {
  let steps = 0;
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const ours = await run(alloc, message, false);
    const theirs = await run(alloc, message, true);
    expect(ours.steps).toBe(0);
    steps += theirs.steps;
    expect({ seed, ...ours.outcome }).toEqual({ seed, ...theirs.outcome });
  }
  expect(steps).toBeGreaterThan(RUNS);
}, 3_600_000);
