import { PREDEPLOYS } from "../../contracts/predeploys.js";
import type { ChainReader } from "../../engine/types.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import type { RollupConfig } from "../../protocol/types.js";
import { type Address, fromHex, type Hex, toHex } from "../../util/hex.js";
import { encodeInitiate } from "./portalCalls.js";
import { codeOnL1, isContract } from "./prepareDeposit.js";
import { type Simulation, simulateOnL1, simulateOnL2, type TransactionDraft } from "./simulate.js";

/** A withdrawal that somebody wants to initiate. */
export interface InitiateWish {
  from: Address;
  target: Address;
  value: bigint;
  data: Hex;
  /** L1 gas of the call. Left out: what it needs now, and a fifth. */
  gasLimit?: bigint;
}

/** A withdrawal's first transaction, ready to sign. */
export interface PreparedInitiate {
  draft: TransactionDraft;
  simulation: Simulation;
  /** L1 gas that the call gets. */
  gasLimit: bigint;
  warnings: { code: string; message: string }[];
}

/** For a call whose need cannot be estimated, because it fails now. */
const FALLBACK_GAS_LIMIT = 200_000n;

/** Makes the L2 transaction that initiates a withdrawal, and tries it. Errors: those of JsonRpc, ENGINE_CALL_BUSY. */
export async function prepareInitiate(
  config: RollupConfig,
  { from, target, value, data, gasLimit: asked }: InitiateWish,
  deps: {
    engine: Pick<ChainReader, "estimateGas" | "getCode">;
    rpc: JsonRpc;
    signal?: AbortSignal;
  },
): Promise<PreparedInitiate> {
  const call = { from: config.addresses.portal, to: target, data, value };
  const onL1 = await simulateOnL1(deps.rpc, call, deps.signal);
  const gasLimit = asked ?? onL1.gas ?? FALLBACK_GAS_LIMIT;
  const draft = {
    from,
    to: PREDEPLOYS.L2ToL1MessagePasser,
    data: encodeInitiate(target, gasLimit, data),
    value,
  };
  const warnings: { code: string; message: string }[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });
  const isOnL1 = isContract(await codeOnL1(deps.rpc, target, deps.signal));
  const codeOnL2 = toHex(await deps.engine.getCode(target, "latest"));
  if (!isOnL1 && isContract(codeOnL2)) {
    warn("target-has-code-on-l2-only", "On L1 nobody may have the key of the target.");
  }
  if (!isOnL1 && data !== "0x") {
    warn("target-has-no-code", "The data go to an account without code on L1.");
  }
  if (!onL1.ok) {
    warn("call-fails-on-l1-now", `The call on L1 would fail now: ${onL1.revertReason}.`);
  }
  const simulation = await simulateOnL2(deps.engine, {
    from,
    to: draft.to,
    value,
    data: fromHex(draft.data),
  });
  return { draft, simulation, gasLimit, warnings };
}
