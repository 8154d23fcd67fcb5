import type { Address } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import { isDelegation } from "../execution/runMessage.js";
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
  const gasUsed = await run();
  observer.follow(undefined);
  tracer.onTxEnd?.(gasUsed);
}
