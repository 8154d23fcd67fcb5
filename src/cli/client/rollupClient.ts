import { createPublicClient, defineChain, http, type PublicClient } from "viem";
import { chainConfig } from "viem/op-stack";
import { redactUrl } from "../../l1/jsonRpc.js";
import type { Address } from "../../util/hex.js";
import { fetchAdminJson } from "../adminClient.js";
import { readServerNote } from "../dataDir.js";
import { cliError } from "../errors.js";
import { fetchJson, findServer } from "../findServer.js";
import { type GivenFlags, readSettings } from "../readSettings.js";

/** Chain ids and addresses, as `GET /api/v1/contracts` answers them. */
export interface ContractsAnswer {
  l1ChainId: number;
  l2ChainId: number;
  portal: Address;
  blockOracle: Address;
  sequencerFeed: Address;
  depositFeed: Address;
  multicall3: Address;
}

/** Both layers of a rollup as a command of a user sees them: only JSON-RPC and the public REST of a server. */
export interface RollupClient {
  contracts: ContractsAnswer;
  l1: PublicClient;
  l2: PublicClient;
  l1Url: string;
  l2Url: string;
}

const TIMEOUT_MS = 10_000;
/** Blocks of development chains come every second or two; on others an answer now and then is enough. */
const POLL_MS = 500;

/**
 * Finds the server and its L1 and checks that they belong together.
 * Errors: CLI_SERVER_UNREACHABLE, CLI_L1_UNAVAILABLE, CLI_CONFIG (another L1).
 */
export async function connectRollup(flags: GivenFlags): Promise<RollupClient> {
  const { url: l2Url, adminUrl } = findServer(flags);
  const contracts = await fetchContracts(l2Url);
  const l1Url = await findL1Url(flags, l2Url, adminUrl);
  const l1 = connect(l1Url, contracts.l1ChainId, {});
  await assertL1(l1, l1Url, contracts.l1ChainId);
  const l2 = connect(l2Url, contracts.l2ChainId, chainConfig);
  return { contracts, l1, l2, l1Url, l2Url };
}

async function fetchContracts(l2Url: string): Promise<ContractsAnswer> {
  const answer = (await fetchJson(`${l2Url}/api/v1/contracts`)) as Partial<ContractsAnswer> | null;
  if (typeof answer?.portal === "string" && typeof answer.l1ChainId === "number") {
    return answer as ContractsAnswer;
  }
  throw cliError(
    "CLI_SERVER_UNREACHABLE",
    `What answers at ${redactUrl(l2Url)} is no Fovea server; name one with --rpc-url or ETH_RPC_URL.`,
  );
}

/** The L1 that the person names, else that of the server, else the usual port of the embedded one. */
async function findL1Url(flags: GivenFlags, l2Url: string, adminUrl: string): Promise<string> {
  const { settings } = readSettings(flags, process.env);
  if (settings.l1RpcUrl !== undefined) return settings.l1RpcUrl;
  const note = readServerNote(settings.datadir);
  if (note?.url === l2Url) return note.l1Url;
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(l2Url).hostname);
  const status = isLocal
    ? await fetchAdminJson(adminUrl, "/status", flags).catch(() => undefined)
    : undefined;
  const { l1, l2 } = (status ?? {}) as { l1?: { url?: string }; l2?: { url?: string } };
  if (l1?.url !== undefined && l2?.url === l2Url) return l1.url;
  return `http://127.0.0.1:${settings.l1Port}`;
}

async function assertL1(l1: PublicClient, url: string, expected: number): Promise<void> {
  const found = await l1.getChainId().catch((cause) => {
    throw cliError(
      "CLI_L1_UNAVAILABLE",
      `The L1 at ${redactUrl(url)} does not answer; name the L1 of the server with --l1-rpc-url or FOVEA_L1_RPC_URL.`,
      cause,
    );
  });
  if (found === expected) return;
  throw cliError(
    "CLI_CONFIG",
    `The L1 at ${redactUrl(url)} has chain id ${found}, but the server's L1 has ${expected}; name the right one with --l1-rpc-url or FOVEA_L1_RPC_URL.`,
  );
}

function connect(url: string, id: number, base: object): PublicClient {
  const chain = defineChain({
    ...base,
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  return createPublicClient({
    chain,
    transport: http(url, { timeout: TIMEOUT_MS }),
    cacheTime: 0,
    pollingInterval: POLL_MS,
  }) as PublicClient;
}
