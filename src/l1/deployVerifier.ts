import { WELL_KNOWN } from "../contracts/addresses.js";
import { planVerifier, verifierAddress } from "../contracts/verifierPlan.js";
import type { Logger } from "../telemetry/logger.js";
import { type Address, fromHex } from "../util/hex.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { L1Sender } from "./types.js";

/** What deploying the verifier needs; any account may do it. */
export interface VerifierDeployInput {
  rpc: JsonRpc;
  sender: L1Sender;
  logger: Logger;
}

/** True if the step verifier is on this L1. */
export async function hasVerifier(rpc: JsonRpc): Promise<boolean> {
  return (await rpc.call("eth_getCode", [verifierAddress(), "latest"])) !== "0x";
}

/**
 * Puts the step verifier and its families on L1 through the CREATE2 proxy. What is there is left alone, so it can be repeated.
 * Errors: L1_CREATE2_PROXY_MISSING, L1_NOT_DEPLOYED, those of L1Sender.
 */
export async function deployVerifier({
  rpc,
  sender,
  logger,
}: VerifierDeployInput): Promise<Address> {
  const codeAt = (address: Address) => rpc.call("eth_getCode", [address, "latest"]);
  if ((await codeAt(WELL_KNOWN.create2Proxy)) === "0x") {
    throw new L1Error("L1_CREATE2_PROXY_MISSING", {});
  }
  for (const { name, address, data } of planVerifier()) {
    if ((await codeAt(address)) !== "0x") continue;
    const request = { to: WELL_KNOWN.create2Proxy, data: fromHex(data), label: `deploy ${name}` };
    const { txHash, gasUsed } = await sender.send(request);
    if ((await codeAt(address)) === "0x") {
      throw new L1Error("L1_NOT_DEPLOYED", { missing: [name], address, txHash });
    }
    logger.info({ name, address, txHash, gasUsed }, "deployed on L1");
  }
  return verifierAddress();
}
