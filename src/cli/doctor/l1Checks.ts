import { decodeFunctionResult, encodeFunctionData, formatEther } from "viem";
import { planAddresses } from "../../contracts/deployPlan.js";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import { readDeployment } from "../../l1/deployment.js";
import { findHardhatNode } from "../../l1/dev/hardhatProcess.js";
import { chooseL1Engine, isAnvilThere } from "../../l1/dev/startEmbeddedL1.js";
import { HttpJsonRpc, type JsonRpc, redactUrl } from "../../l1/jsonRpc.js";
import type { ChainConfig } from "../../protocol/types.js";
import { FoveaError } from "../../util/errors.js";
import type { Address, Hex } from "../../util/hex.js";
import { sentenceOf } from "../errors.js";
import { type Check, type Finding, type Patient, problem } from "./types.js";

/** Units: gas of a batch or a proposal, rather much than little. */
const GAS_PER_ACTION = 300_000n;
const LEAST_ACTIONS = 100n;
const MAX_SKEW_SECONDS = 30;

/** The L1: there, the right one, with our contracts, a clock like ours, and funds for the roles. */
export const l1Check: Check = {
  name: "L1",
  async run(patient) {
    const { settings, chain, note } = patient;
    const url = settings.l1RpcUrl ?? note?.l1Url;
    if (url === undefined) return checkEmbedded(patient);
    if (chain === undefined) return undefined;
    const rpc = new HttpJsonRpc({ url, timeoutMs: 3_000, maxAttempts: 1 });
    const shown = redactUrl(url);
    let chainId: number;
    try {
      chainId = Number(await rpc.call("eth_chainId", []));
    } catch (error) {
      return [
        problem(
          `The L1 at ${shown} does not answer (${reasonOf(error)})`,
          "start it or correct --l1-rpc-url; without it an L1 of our own is started",
        ),
      ];
    }
    if (chainId !== chain.l1ChainId) {
      return [
        problem(
          `The L1 at ${shown} has chain id ${chainId}, but the chain config wants ${chain.l1ChainId}`,
          "give the right --l1-rpc-url, or the --chain-config that belongs to it",
        ),
      ];
    }
    const findings = [
      ...(await checkClock(rpc, patient)),
      ...(await checkContracts(rpc, patient)),
      ...(await checkFunds(rpc, chain, patient)),
    ];
    return findings.length > 0 ? findings : `chain ${chainId} at ${shown}, funds and clock fine`;
  },
};

/** The embedded L1 needs its program. */
function checkEmbedded({ settings }: Patient): Finding[] | string {
  const engine = chooseL1Engine(settings.l1Engine);
  if (engine === "anvil") {
    if (isAnvilThere()) return "embedded, starts with the server";
    return [
      problem(
        "The embedded L1 needs anvil, which does not run on this machine",
        "install it (https://getfoundry.sh), use --l1-engine hardhat, or give an L1 with --l1-rpc-url",
      ),
    ];
  }
  try {
    findHardhatNode();
    return "embedded on Hardhat's node, which begins a new chain at each start";
  } catch (error) {
    const missing = error instanceof FoveaError ? String(error.data.missing) : sentenceOf(error);
    return [
      problem(
        `The embedded L1 on Hardhat's node needs ${missing}`,
        "install that or anvil (https://getfoundry.sh), or give an L1 with --l1-rpc-url",
      ),
    ];
  }
}

async function checkClock(rpc: JsonRpc, { machine }: Patient): Promise<Finding[]> {
  const head = (await rpc.call("eth_getBlockByNumber", ["latest", false])) as { timestamp: Hex };
  const skew = Math.round(machine.nowMs() / 1000) - Number(head.timestamp);
  if (Math.abs(skew) <= MAX_SKEW_SECONDS) return [];
  return skew < 0
    ? [
        problem(
          `This machine's clock is ${-skew} s behind the newest L1 block`,
          "set the clock (for example `timedatectl set-ntp true`)",
        ),
      ]
    : [
        problem(
          `The newest L1 block is ${skew} s old by this machine's clock`,
          "set the clock (for example `timedatectl set-ntp true`), or find out why the L1 makes no blocks",
        ),
      ];
}

async function checkContracts(rpc: JsonRpc, { chain, keys }: Patient): Promise<Finding[]> {
  if (chain === undefined) return [];
  try {
    await readDeployment({ chain, rpc });
    return [];
  } catch (error) {
    const code = error instanceof FoveaError ? error.code : "";
    switch (code) {
      case "L1_NOT_DEPLOYED":
        // A start with this key deploys them.
        if (keys?.deployer !== undefined) return [];
        return [
          problem(
            `The contracts of L2 chain ${chain.l2ChainId} are not on this L1`,
            "start once with FOVEA_DEPLOYER_KEY to deploy them, or correct --l1-rpc-url and --chain-config",
          ),
        ];
      case "L1_OTHER_CONFIG":
        return [
          problem(
            "The contracts on this L1 belong to another chain config",
            "give the --chain-config with which they were deployed, or another salt in this one to deploy anew",
          ),
        ];
      case "L1_OTHER_CODE":
        return [
          problem(
            "The contracts on this L1 have other code than this version of Fovea",
            "use the version that deployed them, or another salt in the chain config to deploy anew",
          ),
        ];
      default:
        return [problem(`The contracts cannot be read (${reasonOf(error)})`, "look at the L1")];
    }
  }
}

async function checkFunds(rpc: JsonRpc, chain: ChainConfig, { keys }: Patient): Promise<Finding[]> {
  const gasPrice = BigInt((await rpc.call("eth_gasPrice", [])) as Hex);
  const fees = gasPrice * GAS_PER_ACTION * LEAST_ACTIONS;
  const findings: Finding[] = [];
  for (const role of ["batcher", "proposer"] as const) {
    const address = keys?.[role]?.address;
    if (address === undefined) continue;
    const balance = BigInt((await rpc.call("eth_getBalance", [address, "latest"])) as Hex);
    const stake = role === "proposer" ? await missingStake(rpc, chain, address) : 0n;
    if (balance < stake + fees) {
      const why = stake > 0n ? ` for its stake of ${formatEther(stake)} ETH and fees` : " for fees";
      findings.push(
        problem(
          `The ${role} ${address} has ${formatEther(balance)} ETH on L1, too little${why}`,
          `send it at least ${formatEther(stake + fees - balance)} ETH`,
        ),
      );
    }
  }
  return findings;
}

/** The stake, unless it is paid already. Units: wei. */
async function missingStake(rpc: JsonRpc, chain: ChainConfig, account: Address): Promise<bigint> {
  const oracle = { abi: BlockOracle.abi, functionName: "stakeOf" } as const;
  const call = {
    to: planAddresses(chain).blockOracle,
    data: encodeFunctionData({ ...oracle, args: [account] }),
  };
  const data = (await rpc.call("eth_call", [call, "latest"]).catch(() => "0x")) as Hex;
  // No contract yet.
  if (data === "0x") return chain.stakeWei;
  const [paid] = decodeFunctionResult({ ...oracle, data });
  return paid > 0n ? 0n : chain.stakeWei;
}

function reasonOf(error: unknown): string {
  const { data } = error as { data?: { why?: unknown } };
  return typeof data?.why === "string" ? data.why : sentenceOf(error);
}
