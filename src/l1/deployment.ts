import { type Abi, decodeFunctionResult, encodeFunctionData } from "viem";
import { WELL_KNOWN } from "../contracts/addresses.js";
import { planAddresses, planMulticall3, plannedCode } from "../contracts/deployPlan.js";
import { BlockOracle } from "../contracts/generated/BlockOracle.js";
import { SequencerFeed } from "../contracts/generated/SequencerFeed.js";
import { SystemConfig } from "../contracts/generated/SystemConfig.js";
import { chainConfigHash } from "../protocol/chainConfig.js";
import type { ChainConfig, L1Addresses, L1Origin, RollupConfig } from "../protocol/types.js";
import type { Address, Hash, Hex } from "../util/hex.js";
import { L1Error } from "./errors.js";
import { L1Headers } from "./headers.js";
import type { JsonRpc } from "./jsonRpc.js";
import { parseHex, parseQuantity } from "./rpcValues.js";

/** Output root of the L2 genesis block; the engine computes it. */
export type ComputeGenesisOutputRoot = (rollup: RollupConfig) => Hash | Promise<Hash>;

/** What reading a deployment needs. */
export interface ReadDeploymentInput {
  chain: ChainConfig;
  rpc: JsonRpc;
  /** If given, it is compared with the root that the oracle was started with. */
  computeGenesisOutputRoot?: ComputeGenesisOutputRoot;
}

/**
 * Finds the chain's contracts on L1 and the L1 block its genesis refers to.
 * Errors: L1_WRONG_CHAIN, L1_NOT_DEPLOYED (also if only a part is there), L1_OTHER_CODE, L1_OTHER_CONFIG, L1_LIED.
 */
export async function readDeployment(input: ReadDeploymentInput): Promise<RollupConfig> {
  const { chain, rpc } = input;
  await assertL1Chain(rpc, chain.l1ChainId);
  const planned = planAddresses(chain);
  const codes = plannedCode();
  const missing: string[] = [];
  for (const [name, address] of Object.entries(planned) as [keyof typeof planned, Address][]) {
    if (!(await hasCodeAt(rpc, address, codes[name], name))) missing.push(name);
  }
  if (missing.length > 0) throw new L1Error("L1_NOT_DEPLOYED", { missing });
  await assertConfigHash(chain, rpc, planned.systemConfig);
  const addresses: L1Addresses = { ...planned, multicall3: await findMulticall3(rpc) };
  const rollup = {
    chain,
    addresses,
    genesisOrigin: await readGenesisOrigin(chain, rpc, planned.sequencerFeed),
  };
  if (input.computeGenesisOutputRoot) {
    const expected = await input.computeGenesisOutputRoot(rollup);
    const found = await view(rpc, planned.blockOracle, BlockOracle.abi, "genesisOutputRoot");
    if (found !== expected) {
      throw new L1Error("L1_OTHER_CONFIG", { what: "genesis output root", expected, found });
    }
  }
  return rollup;
}

/** Errors: L1_WRONG_CHAIN. */
export async function assertL1Chain(rpc: JsonRpc, expected: number): Promise<void> {
  const found = Number(parseQuantity(await rpc.call("eth_chainId", []), "chainId"));
  if (found !== expected) throw new L1Error("L1_WRONG_CHAIN", { expected, found });
}

/** False if there is no code. Errors: L1_OTHER_CODE if it is not `expected`. */
export async function hasCodeAt(
  rpc: JsonRpc,
  address: Address,
  expected: Hex,
  name: string,
): Promise<boolean> {
  const code = parseHex(await rpc.call("eth_getCode", [address, "latest"]), "code");
  if (code === "0x") return false;
  if (code === expected.toLowerCase()) return true;
  throw new L1Error("L1_OTHER_CODE", { name, address });
}

/** Errors: L1_OTHER_CONFIG. */
export async function assertConfigHash(
  chain: ChainConfig,
  rpc: JsonRpc,
  systemConfig: Address,
): Promise<void> {
  const expected = chainConfigHash(chain);
  const found = await view(rpc, systemConfig, SystemConfig.abi, "configHash");
  if (found !== expected)
    throw new L1Error("L1_OTHER_CONFIG", { what: "configHash", expected, found });
}

/** L1 block S, checked against the hash that the feed kept while it has no other. */
export async function readGenesisOrigin(
  chain: ChainConfig,
  rpc: JsonRpc,
  sequencerFeed: Address,
): Promise<L1Origin> {
  const number = (await view(rpc, sequencerFeed, SequencerFeed.abi, "startBlock")) as bigint;
  const header = await new L1Headers(rpc, chain.l1ChainId).getByNumber(number);
  const lastOrigin = await view(rpc, sequencerFeed, SequencerFeed.abi, "lastOrigin");
  const lastHash = await view(rpc, sequencerFeed, SequencerFeed.abi, "lastOriginHash");
  if (lastOrigin === number && lastHash !== header.hash) {
    throw new L1Error("L1_LIED", { what: "block S", expected: lastHash, found: header.hash });
  }
  const { hash, time, baseFee, prevRandao, parentBeaconBlockRoot } = header;
  return { number, hash, time, baseFee, prevRandao, parentBeaconBlockRoot };
}

/** The usual one, or ours if L1 lacks that. */
export async function findMulticall3(rpc: JsonRpc): Promise<Address> {
  const code = await rpc.call("eth_getCode", [WELL_KNOWN.multicall3, "latest"]);
  return parseHex(code, "code") === "0x" ? planMulticall3().address : WELL_KNOWN.multicall3;
}

/** Result of a getter without parameters. */
async function view(rpc: JsonRpc, to: Address, abi: Abi, functionName: string): Promise<unknown> {
  const data = encodeFunctionData({ abi, functionName });
  const answer = parseHex(await rpc.call("eth_call", [{ to, data }, "latest"]), functionName);
  return decodeFunctionResult({ abi, functionName, data: answer });
}
