import type { ForkConfig } from "../../engine/forkConfig.js";
import { quantity } from "../encode/hex.js";
import { RpcError } from "../errors.js";
import { method } from "../method.js";
import { requireExecution, requireHeader } from "./shared.js";

function encodeConfig(config: ForkConfig | null): Record<string, unknown> | null {
  if (!config) return null;
  const { activationTime, blobs, chainId, forkId, precompiles, systemContracts } = config;
  return {
    activationTime: Number(activationTime),
    blobSchedule: blobs && {
      baseFeeUpdateFraction: Number(blobs.updateFraction),
      max: Number(blobs.max),
      target: Number(blobs.target),
    },
    chainId: quantity(chainId),
    forkId,
    precompiles,
    systemContracts,
  };
}

/** Forks that this node follows: the one in force, the next, the last that is known (EIP-7910). */
export const eth_config = method({
  doc: "Forks that this node follows: the one in force, the next, the last that is known (EIP-7910).",
  params: [],
  async run(_params, context) {
    const { rules } = requireExecution(context);
    if (!rules.forkConfigs) {
      throw new RpcError("RPC_EXECUTION_FAILED", { reason: "this chain has no fork schedule" });
    }
    const genesis = await requireHeader(context, "earliest");
    const head = await requireHeader(context, "latest");
    const { current, next, last } = rules.forkConfigs(genesis, head);
    return {
      current: encodeConfig(current),
      next: encodeConfig(next),
      last: encodeConfig(last),
    };
  },
});
