import { createEVM, type EVM } from "@ethereumjs/evm";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { Account, Address, setLengthLeft, unpadBytes } from "@ethereumjs/util";
import { boundedPrecompiles } from "../../src/engine/execution/precompiles.js";
import { keepReverts } from "../../src/engine/execution/revertedCreations.js";
import { encodeRlp } from "../../src/engine/state/rlp.js";
import { createL2Common } from "../../src/protocol/index.js";
import { type Alloc, BLOCK, type EvmMessage, type EvmOutcome } from "./proofEvm.js";

const common = createL2Common(Number(BLOCK.chainId));

/** A number as bytes of a length. */
function bytesOf(value: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
}

const addressOf = (value: bigint): Address => new Address(bytesOf(value, 20));

async function stateOf(alloc: Alloc): Promise<MerkleStateManager> {
  const state = new MerkleStateManager({ common });
  for (const [key, { nonce, balance, code, storage }] of alloc) {
    const address = addressOf(key);
    await state.putAccount(address, new Account(nonce, balance));
    if (code.length > 0) await state.putCode(address, code);
    for (const [slot, value] of storage) {
      await state.putStorage(address, bytesOf(slot, 32), unpadBytes(bytesOf(value, 32)));
    }
  }
  return state;
}

function block() {
  return {
    header: {
      number: BLOCK.number,
      coinbase: addressOf(BLOCK.coinbase),
      timestamp: BLOCK.timestamp,
      difficulty: 0n,
      prevRandao: bytesOf(BLOCK.prevRandao, 32),
      gasLimit: BLOCK.gasLimit,
      baseFeePerGas: BLOCK.baseFee,
      slotNumber: 0n,
      getBlobGasPrice: () => 1n,
    },
  };
}

let shared: EVM | undefined;

/** One EVM for all messages, since making one takes longer than most of them. */
async function openReference(alloc: Alloc): Promise<EVM> {
  const state = await stateOf(alloc);
  shared ??= await createReference();
  shared.stateManager = state;
  (shared.journal as unknown as { stateManager: MerkleStateManager }).stateManager = state;
  shared.journal.cleanJournal();
  shared.transientStorage.clear();
  return shared;
}

async function createReference(): Promise<EVM> {
  const evm = await createEVM({ common });
  const blockchain = {
    getBlock: async () => ({ hash: () => new Uint8Array(32) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  evm.blockchain = blockchain;
  for (const [suffix, run] of boundedPrecompiles(common, true)) evm.precompiles.set(suffix, run);
  // A defect of the library, found by seed 225587: see test/unit/engine/evmRules.test.ts.
  keepReverts(evm);
  return evm;
}

/** Runs a message in @ethereumjs/evm; `steps` counts opcodes. */
export async function runReference(alloc: Alloc, message: EvmMessage): Promise<EvmOutcome> {
  const evm = await openReference(alloc);
  const { journal } = evm;
  for (const address of evm.precompiles.keys()) journal.addAlwaysWarmAddress(`0x${address}`);
  for (const warm of [message.caller, BLOCK.coinbase, message.to]) {
    if (warm !== undefined) journal.addAlwaysWarmAddress(addressOf(warm).toString());
  }
  await journal.checkpoint();
  const { execResult } = await evm.runCall({
    block: block(),
    gasPrice: BLOCK.gasPrice,
    caller: addressOf(message.caller),
    gasLimit: BigInt(message.gas),
    ...(message.to === undefined ? {} : { to: addressOf(message.to) }),
    value: message.value,
    data: message.data,
    skipNonceIncrement: true,
  });
  const { selfdestruct, createdAddresses, exceptionError } = execResult;
  const isFailed = exceptionError !== undefined;
  if (!isFailed) {
    for (const address of selfdestruct?.keys() ?? []) {
      if (createdAddresses?.has(address)) {
        await journal.deleteAccount(addressOf(BigInt(address)));
      }
    }
  }
  await journal.cleanup();
  const logs = (execResult.logs ?? []).map((log) => Buffer.from(encodeRlp(log)).toString("hex"));
  const status = !isFailed ? "success" : exceptionError.error === "revert" ? "revert" : "halt";
  const root = await evm.stateManager.getStateRoot();
  return {
    status,
    gasLeft: message.gas - Number(execResult.executionGasUsed),
    refund: isFailed ? 0 : Number(execResult.gasRefund ?? 0n),
    stateRoot: `0x${Buffer.from(setLengthLeft(root, 32)).toString("hex")}`,
    logs: isFailed ? "" : logs.join(""),
    steps: 0,
    modes: new Map(),
  };
}
