import { getAddress } from "viem";
import type { Simulation, TransactionDraft } from "../../services/prepare/simulate.js";
import { isoTime } from "./encode/common.js";
import type { RestReply } from "./route.js";

/** Something the sender should know before signing. */
export interface PreparedWarning {
  code: string;
  message: string;
}

/** A transaction for the caller to sign, as all prepare routes answer it. */
export interface PreparedTransaction {
  layer: "l1" | "l2";
  chainId: number;
  /** What it does, in one word. */
  action: string;
  draft: TransactionDraft;
  simulation: Simulation;
  warnings?: PreparedWarning[];
  /** L1 time in seconds until which it makes sense. */
  expiresAt?: bigint;
  /** What is particular to the route. */
  extra?: Record<string, unknown>;
}

/** The answer of a prepare route. */
export function preparedReply(prepared: PreparedTransaction): RestReply {
  const { draft, simulation, expiresAt } = prepared;
  return {
    body: {
      layer: prepared.layer,
      chainId: prepared.chainId,
      action: prepared.action,
      from: getAddress(draft.from),
      to: getAddress(draft.to),
      data: draft.data,
      value: draft.value,
      gas: simulation.gas,
      simulation: {
        ok: simulation.ok,
        ...(simulation.revertReason !== null && { revertReason: simulation.revertReason }),
      },
      warnings: prepared.warnings ?? [],
      ...(expiresAt !== undefined && {
        expiresAt: isoTime(Number(expiresAt) * 1_000),
      }),
      ...prepared.extra,
    },
  };
}
