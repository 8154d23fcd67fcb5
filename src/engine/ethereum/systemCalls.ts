import { Address as EvmAddress } from "@ethereumjs/util";
import { SYSTEM_CONTRACTS } from "../../protocol/index.js";
import { type Address, EMPTY_BYTES, fromHex, type Hash } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { type BlockEnv, evmBlock } from "../execution/runMessage.js";

/** Who calls when the protocol itself does. Source: EIP-4788 */
const SYSTEM_ADDRESS = fromHex("0xfffffffffffffffffffffffffffffffffffffffe");
const SYSTEM_GAS = 30_000_000n;
/** Queue of withdrawal requests. Source: EIP-7002 */
const WITHDRAWAL_REQUESTS: Address = "0x00000961ef480eb55e80d19ad83579a64c007002";
/** Queue of consolidation requests. Source: EIP-7251 */
const CONSOLIDATION_REQUESTS: Address = "0x0000bbddc7ce488642fb579f8b00f3a590007251";

interface SystemCallResult {
  returnData: Uint8Array;
  exception: string | undefined;
}

async function systemCall(
  machine: EvmMachine,
  env: BlockEnv,
  to: Address,
  data: Uint8Array,
): Promise<SystemCallResult> {
  const { evm, state } = machine;
  await evm.journal.checkpoint();
  const { execResult } = await evm.runCall({
    block: evmBlock(env),
    gasPrice: 0n,
    caller: new EvmAddress(SYSTEM_ADDRESS),
    to: new EvmAddress(fromHex(to)),
    gasLimit: SYSTEM_GAS,
    value: 0n,
    data,
    skipNonceIncrement: true,
  });
  await evm.journal.cleanup();
  state.settle();
  evm.transientStorage.clear();
  return {
    returnData: execResult.returnValue,
    exception: execResult.exceptionError?.error,
  };
}

/** Calls a contract whose absence or failure does no harm. */
async function callIfThere(
  machine: EvmMachine,
  env: BlockEnv,
  to: Address,
  data: Hash,
): Promise<void> {
  if (machine.state.readCode(to).length === 0) return;
  await systemCall(machine, env, to, fromHex(data));
}

/** System calls before the first transaction: EIP-4788's beacon root and EIP-2935's parent hash. */
export async function callBeforeTransactions(
  machine: EvmMachine,
  env: BlockEnv,
  parentHash: Hash,
  parentBeaconBlockRoot: Hash,
): Promise<void> {
  const { rules } = machine;
  const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
  if (rules.isCancun) await callIfThere(machine, env, beaconRoots, parentBeaconBlockRoot);
  if (rules.isPrague) await callIfThere(machine, env, blockHashHistory, parentHash);
}

async function readQueue(
  machine: EvmMachine,
  env: BlockEnv,
  name: string,
  contract: Address,
): Promise<Uint8Array> {
  if (machine.state.readCode(contract).length === 0) {
    throw new EngineError("ENGINE_INVALID_BLOCK", { reason: `no ${name} contract` });
  }
  const { returnData, exception } = await systemCall(machine, env, contract, EMPTY_BYTES);
  if (exception === undefined) return returnData;
  throw new EngineError("ENGINE_INVALID_BLOCK", { reason: `${name} contract: ${exception}` });
}

/**
 * Requests that contracts have gathered, by request type.
 * Errors: ENGINE_INVALID_BLOCK if a contract is missing or fails. Sources: EIP-7002, EIP-7251
 */
export async function readRequestQueues(
  machine: EvmMachine,
  env: BlockEnv,
): Promise<{ withdrawals: Uint8Array; consolidations: Uint8Array }> {
  const withdrawals = await readQueue(machine, env, "withdrawal request", WITHDRAWAL_REQUESTS);
  const consolidations = await readQueue(
    machine,
    env,
    "consolidation request",
    CONSOLIDATION_REQUESTS,
  );
  return { withdrawals, consolidations };
}
