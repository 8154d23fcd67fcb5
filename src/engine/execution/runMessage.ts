import type { EVMResult } from "@ethereumjs/evm";
import { Address as EvmAddress } from "@ethereumjs/util";
import { type Address, EMPTY_BYTES, fromHex, toHex } from "../../util/hex.js";
import type { Authorization, TxMessage } from "../envelope.js";
import type { Log } from "../types.js";
import type { EvmMachine } from "./evmMachine.js";
import { intrinsicGas } from "./intrinsicGas.js";
import type { WarmJournal } from "./warmJournal.js";

/** What the EVM sees of the block that is being executed. */
export interface BlockEnv {
  number: bigint;
  timestamp: bigint;
  gasLimit: bigint;
  baseFeePerGas: bigint;
  prevRandao: Uint8Array;
  feeRecipient: Address;
  /** Before the merge only. */
  difficulty?: bigint;
  /** Price of blob gas; absent on chains without blobs, where BLOBBASEFEE gives 1. Units: wei. */
  blobBaseFee?: bigint;
}

/** Outcome of a message that could start. */
export interface MessageResult {
  /** Undefined: success. The name of the EVM's exception otherwise. */
  exception: string | undefined;
  returnData: Uint8Array;
  logs: Log[];
  gasUsed: bigint;
  /** The most gas in use at any time, refunds not yet taken off. */
  peakGas: bigint;
}

const REVERT = "revert";
const DELEGATION_PREFIX = Uint8Array.of(0xef, 0x01, 0x00);
const MAX_NONCE = 2n ** 64n - 1n;
/** EIP-7702: what an authorization of an account that exists gives back. */
const AUTHORIZATION_REFUND = 12_500n;
/** Refunds are at most this part of the gas used; since EIP-3529 a smaller one. */
const MAX_REFUND_QUOTIENT = 5n;
const MAX_REFUND_QUOTIENT_BEFORE_LONDON = 2n;

/** True if code is an EIP-7702 delegation. */
export function isDelegation(code: Uint8Array): boolean {
  return code.length === 23 && DELEGATION_PREFIX.every((byte, i) => code[i] === byte);
}

/** The same environment as @ethereumjs/evm wants it. */
export function evmBlock(env: BlockEnv) {
  return {
    header: {
      number: env.number,
      coinbase: new EvmAddress(fromHex(env.feeRecipient)),
      timestamp: env.timestamp,
      difficulty: env.difficulty ?? 0n,
      prevRandao: env.prevRandao,
      gasLimit: env.gasLimit,
      baseFeePerGas: env.baseFeePerGas,
      slotNumber: 0n,
      getBlobGasPrice: () => env.blobBaseFee ?? 1n,
    },
  };
}

/** Applies EIP-7702 authorizations. Returns the refund. */
function applyAuthorizations(
  { evm, state }: EvmMachine,
  list: Authorization[],
  chainId: bigint,
): bigint {
  let refund = 0n;
  for (const { chainId: forChain, address, nonce, authority } of list) {
    if ((forChain !== 0n && forChain !== chainId) || nonce >= MAX_NONCE) continue;
    if (authority === undefined) continue;
    evm.journal.addAlwaysWarmAddress(authority);
    const account = state.readAccount(authority);
    const code = state.readCode(authority);
    if (code.length > 0 && !isDelegation(code)) continue;
    if ((account?.nonce ?? 0n) !== nonce) continue;
    if (account) refund += AUTHORIZATION_REFUND;
    const target = fromHex(address);
    const clears = target.every((byte) => byte === 0);
    state.writeCode(
      authority,
      clears ? EMPTY_BYTES : Uint8Array.of(...DELEGATION_PREFIX, ...target),
    );
    state.writeAccount(authority, { nonce: nonce + 1n });
  }
  return refund;
}

/** Keys of maps of precompiles, which stay as they are once an EVM is made. */
const precompileAddresses = new WeakMap<object, ReadonlySet<string>>();

function addressesOf(precompiles: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  let addresses = precompileAddresses.get(precompiles);
  if (!addresses) {
    addresses = new Set(precompiles.keys());
    precompileAddresses.set(precompiles, addresses);
  }
  return addresses;
}

/** Addresses and slots that cost less from the start. Sources: EIP-2929, 2930, 3651 */
function warmUp({ evm, rules }: EvmMachine, message: TxMessage, env: BlockEnv): void {
  if (!rules.isBerlin) return;
  const { journal } = evm;
  (journal as unknown as WarmJournal).addAlwaysWarmSet(addressesOf(evm.precompiles));
  journal.addAlwaysWarmAddress(message.from);
  if (message.to) journal.addAlwaysWarmAddress(message.to);
  if (rules.isShanghai) journal.addAlwaysWarmAddress(env.feeRecipient);
  for (const { address, storageKeys } of message.accessList) {
    journal.addAlwaysWarmAddress(address, true);
    for (const key of storageKeys) journal.addAlwaysWarmSlot(address, key, true);
  }
}

async function removeDestroyed(machine: EvmMachine, result: EVMResult): Promise<void> {
  const { selfdestruct, createdAddresses } = result.execResult;
  for (const address of selfdestruct?.keys() ?? []) {
    // EIP-6780: only contracts made in the same transaction go away.
    if (!machine.rules.isCancun || createdAddresses?.has(address)) {
      await machine.evm.journal.deleteAccount(new EvmAddress(fromHex(address)));
    }
  }
}

/**
 * Runs one message: warming, authorizations, the EVM, refunds, the calldata floor, removal of accounts.
 * The caller has checked that it can start (gas for `intrinsicGas`, value in the balance), has taken fees, and has raised the
 * sender's nonce. Account balances are settled by the caller after it, in `settle`, before touched empty accounts go.
 */
export async function runMessage(
  machine: EvmMachine,
  env: BlockEnv,
  message: TxMessage,
  gasPrice: bigint,
  settle: (gasUsed: bigint) => void = () => {},
): Promise<MessageResult> {
  const { evm, rules } = machine;
  const { intrinsic, floor } = intrinsicGas(message, rules);
  warmUp(machine, message, env);
  // A checkpoint of our own: the journal forgets touched accounts below its lowest level.
  await evm.journal.checkpoint();
  let refund = applyAuthorizations(machine, message.authorizations, evm.common.chainId());
  const result = await evm.runCall({
    block: evmBlock(env),
    gasPrice,
    caller: new EvmAddress(fromHex(message.from)),
    gasLimit: message.gasLimit - intrinsic,
    ...(message.to ? { to: new EvmAddress(fromHex(message.to)) } : {}),
    value: message.value,
    data: message.data,
    ...(message.blobHashes ? { blobVersionedHashes: message.blobHashes } : {}),
    skipNonceIncrement: true,
  });
  const { execResult } = result;
  const spent = intrinsic + execResult.executionGasUsed;
  refund += execResult.gasRefund ?? 0n;
  const maxRefund =
    spent / (rules.isLondon ? MAX_REFUND_QUOTIENT : MAX_REFUND_QUOTIENT_BEFORE_LONDON);
  const afterRefund = spent - (refund < maxRefund ? refund : maxRefund);
  const gasUsed = afterRefund > floor ? afterRefund : floor;
  settle(gasUsed);
  await removeDestroyed(machine, result);
  await evm.journal.cleanup();
  machine.state.settle();
  evm.transientStorage.clear();
  return {
    exception: execResult.exceptionError?.error,
    returnData: execResult.returnValue,
    logs: (execResult.logs ?? []).map(([address, topics, data]) => ({
      address: toHex(address),
      topics: topics.map((topic) => toHex(topic)),
      data,
    })),
    gasUsed,
    peakGas: spent > floor ? spent : floor,
  };
}

/** True if the exception is a REVERT, whose return data are the reason. */
export function isRevert(exception: string | undefined): boolean {
  return exception === REVERT;
}
