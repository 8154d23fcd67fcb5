import { CREATE2_PROXY_CREATION, WELL_KNOWN } from "../contracts/addresses.js";
import {
  type PlannedContract,
  planAddresses,
  planContracts,
  planDeployer,
  planMulticall3,
  planOracle,
} from "../contracts/deployPlan.js";
import { chainConfigHash } from "../protocol/chainConfig.js";
import type { ChainConfig, RollupConfig } from "../protocol/types.js";
import type { Logger } from "../telemetry/logger.js";
import { systemClock } from "../util/clock.js";
import { EMPTY_BYTES, fromHex } from "../util/hex.js";
import {
  assertConfigHash,
  assertL1Chain,
  type ComputeGenesisOutputRoot,
  findMulticall3,
  hasCodeAt,
  readDeployment,
  readGenesisOrigin,
} from "./deployment.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { parseQuantity } from "./rpcValues.js";
import type { L1Sender } from "./types.js";

const PROXY_LOOKS = 120;
const PROXY_POLL_MS = 500;

/** What deploying needs. `sender` is that of `chain.deployer`; on a public L1 it should wait for confirmations. */
export interface DeployInput {
  chain: ChainConfig;
  rpc: JsonRpc;
  sender: L1Sender;
  computeGenesisOutputRoot: ComputeGenesisOutputRoot;
  logger: Logger;
}

/**
 * Puts the chain's contracts on L1, in the order of the plan; what is there already is left alone, so it can be repeated
 * after any failure.
 * Errors: L1_WRONG_CHAIN, L1_WRONG_DEPLOYER, L1_CREATE2_PROXY_MISSING, L1_OTHER_CODE, L1_OTHER_CONFIG, those of L1Sender.
 * Source: docs/protocol/genesis.md#l1-addresses
 */
export async function deployContracts(input: DeployInput): Promise<RollupConfig> {
  const { chain, rpc, sender } = input;
  await assertL1Chain(rpc, chain.l1ChainId);
  if (sender.address !== chain.deployer) {
    throw new L1Error("L1_WRONG_DEPLOYER", { expected: chain.deployer, found: sender.address });
  }
  await ensureCreate2Proxy(input);

  const addresses = planAddresses(chain);
  if ((await findMulticall3(rpc)) !== WELL_KNOWN.multicall3) await ensure(input, planMulticall3());
  await ensure(input, planDeployer());
  for (const contract of planContracts(chain, chainConfigHash(chain))) {
    await ensure(input, contract);
    // A half finished deployment of another config must not be completed with ours.
    if (contract.name === "SystemConfig") await assertConfigHash(chain, rpc, contract.address);
  }
  const genesisOrigin = await readGenesisOrigin(chain, rpc, addresses.sequencerFeed);
  const multicall3 = await findMulticall3(rpc);
  const rollup: RollupConfig = { chain, addresses: { ...addresses, multicall3 }, genesisOrigin };
  await ensure(input, planOracle(chain, await input.computeGenesisOutputRoot(rollup)));
  return readDeployment(input);
}

/** Most L1s have the proxy; a plain development node gets it in the usual way: a transaction that nobody has the key of. */
async function ensureCreate2Proxy({ chain, rpc, sender, logger }: DeployInput): Promise<void> {
  const { signer, feeWei, rawTransaction } = CREATE2_PROXY_CREATION;
  const isThere = async () =>
    (await rpc.call("eth_getCode", [WELL_KNOWN.create2Proxy, "latest"])) !== "0x";
  if (await isThere()) return;
  try {
    const balance = parseQuantity(await rpc.call("eth_getBalance", [signer, "latest"]), "balance");
    if (balance < feeWei) {
      const label = "fund the CREATE2 proxy";
      await sender.send({ to: signer, data: EMPTY_BYTES, valueWei: feeWei - balance, label });
    }
    await rpc.call("eth_sendRawTransaction", [rawTransaction]);
    for (let look = 0; look < PROXY_LOOKS; look++) {
      if (await isThere())
        return logger.info({ address: WELL_KNOWN.create2Proxy }, "CREATE2 proxy deployed on L1");
      await systemClock.sleep(PROXY_POLL_MS);
    }
  } catch (cause) {
    // Many nodes refuse transactions without a chain id.
    throw new L1Error("L1_CREATE2_PROXY_MISSING", { chainId: chain.l1ChainId }, cause);
  }
  throw new L1Error("L1_CREATE2_PROXY_MISSING", { chainId: chain.l1ChainId });
}

/** Deploys one contract unless it is there. */
async function ensure(input: DeployInput, contract: PlannedContract): Promise<void> {
  const { rpc, sender, logger } = input;
  const { name, address, runtimeCode, to } = contract;
  if (await hasCodeAt(rpc, address, runtimeCode, name)) return;
  const { txHash, gasUsed } = await sender.send({
    to,
    data: fromHex(contract.data),
    label: `deploy ${name}`,
  });
  if (!(await hasCodeAt(rpc, address, runtimeCode, name))) {
    throw new L1Error("L1_NOT_DEPLOYED", { missing: [name], address, txHash });
  }
  logger.info({ name, address, txHash, gasUsed }, "deployed on L1");
}
