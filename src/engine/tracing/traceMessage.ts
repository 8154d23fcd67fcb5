import { generateAddress } from "@ethereumjs/util";
import { type Address, EMPTY_BYTES, fromHex, toHex } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { isDelegation } from "../execution/runMessage.js";
import { integerToBytes } from "../state/rlp.js";
import type { EvmObserver } from "./evmObserver.js";
import type { Tracer } from "./types.js";

const MAX_NONCE = 2n ** 64n - 1n;
/** EIP-7702: what an authorization of an account that exists gives back. */
const AUTHORIZATION_REFUND = 12_500n;

/** Refund that the authorizations of a message bring before it runs. */
function authorizationRefund({ state, evm }: EvmMachine, { authorizations }: TxMessage): bigint {
  const chainId = evm.common.chainId();
  /** Nonces after the authorizations so far. */
  const nonces = new Map<Address, bigint>();
  let refund = 0n;
  for (const { chainId: forChain, nonce, authority } of authorizations) {
    if ((forChain !== 0n && forChain !== chainId) || nonce >= MAX_NONCE || !authority) continue;
    const account = state.readAccount(authority);
    const code = state.readCode(authority);
    if (code.length > 0 && !isDelegation(code)) continue;
    const known = nonces.get(authority);
    if ((known ?? account?.nonce ?? 0n) !== nonce) continue;
    if (account || known !== undefined) refund += AUTHORIZATION_REFUND;
    nonces.set(authority, nonce + 1n);
  }
  return refund;
}

/** A deposit that could not start is part of its block nevertheless, so its trace has a frame too. */
function showUnstarted(tracer: Tracer, message: TxMessage, nonce: bigint, gasUsed: bigint): void {
  const { from, to, data, gasLimit, value } = message;
  const made = to ?? toHex(generateAddress(fromHex(from), integerToBytes(nonce)));
  const type = to ? "CALL" : "CREATE";
  tracer.onEnter?.({ depth: 0, type, from, to: made, input: data, gas: gasLimit, value });
  const error = "failed deposit: it could not start";
  tracer.onExit?.({ depth: 0, output: EMPTY_BYTES, gasUsed, error, isReverted: true });
}

/** Has a tracer follow one message. `run` executes it and tells the gas that it used. */
export async function followMessage(
  observer: EvmObserver,
  tracer: Tracer,
  machine: EvmMachine,
  about: { message: TxMessage; feeRecipient: Address },
  run: () => Promise<bigint>,
): Promise<void> {
  const precompiles = new Set<Address>();
  for (const address of machine.evm.precompiles.keys()) precompiles.add(`0x${address}`);
  const { state, rules: fork } = machine;
  tracer.onTxStart?.({ ...about, state, precompiles, fork });
  observer.follow(tracer, authorizationRefund(machine, about.message));
  const nonce = state.readAccount(about.message.from)?.nonce ?? 0n;
  const gasUsed = await run();
  if (!observer.hasStarted) showUnstarted(tracer, about.message, nonce, gasUsed);
  observer.follow(undefined);
  tracer.onTxEnd?.(gasUsed);
}
