import { Address as EvmAddress } from "@ethereumjs/util";
import { expect, test } from "@jest/globals";
import { EvmMachine } from "../../../../src/engine/execution/evmMachine.js";
import { evmBlock } from "../../../../src/engine/execution/runMessage.js";
import type { WarmJournal } from "../../../../src/engine/execution/warmJournal.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { encodeRlp } from "../../../../src/engine/state/rlp.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";
import { type Alloc, BLOCK, type EvmMessage } from "../../../helpers/proofEvm.js";
import { randomProgram } from "../../../helpers/randomProgram.js";
import { runReference } from "../../../helpers/referenceEvm.js";

/** More with FOVEA_FUZZ_RUNS; FOVEA_FUZZ_SEED replays from one on. */
const RUNS = Number(process.env.FOVEA_FUZZ_RUNS ?? 300);
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

/** Runs a message as the engine does, and says of it what the reference says. */
async function run(alloc: Alloc, message: EvmMessage) {
  const state = stateOf(alloc);
  const rules = { chainId: Number(BLOCK.chainId), provablePrecompiles: true };
  const machine = await EvmMachine.create(rules, state);
  const { evm } = machine;
  const journal = evm.journal as unknown as WarmJournal;
  journal.addAlwaysWarmSet(new Set(evm.precompiles.keys()));
  for (const warm of [message.caller, BLOCK.coinbase, message.to]) {
    if (warm !== undefined) journal.addAlwaysWarmAddress(addressOf(warm));
  }
  await journal.checkpoint();
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
  const { selfdestruct, createdAddresses, exceptionError: error } = execResult;
  for (const address of error ? [] : (selfdestruct?.keys() ?? [])) {
    if (createdAddresses?.has(address))
      await journal.deleteAccount(libraryAddress(BigInt(address)));
  }
  await journal.cleanup();
  machine.release();
  const logs = (execResult.logs ?? []).map((log) => Buffer.from(encodeRlp(log)).toString("hex"));
  return {
    status: !error ? "success" : error.error === "revert" ? "revert" : "halt",
    gasLeft: message.gas - Number(execResult.executionGasUsed),
    refund: error ? 0 : Number(execResult.gasRefund ?? 0n),
    stateRoot: toHex(state.seal().root),
    logs: error ? "" : logs.join(""),
  };
}

test(`${RUNS} random programs end in our loop as in the library's`, async () => {
  const seen = new Set<string>();
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const { alloc, message } = randomProgram(seed);
    const { steps, modes, ...theirs } = await runReference(alloc, message);
    const ours = await run(alloc, message);
    expect({ seed, ...ours }).toEqual({ seed, ...theirs });
    seen.add(ours.status);
  }
  expect([...seen].sort()).toEqual(["halt", "revert", "success"]);
}, 3_600_000);
