import { formatEther, getAddress } from "viem";
import type { ChainConfig, L1Addresses } from "../protocol/types.js";
import { devAccounts, isDevChain } from "./devKeys.js";
import type { Progress } from "./progress.js";
import { VERSION } from "./version.js";

/** What the banner shows. */
export interface BannerFacts {
  chain: ChainConfig;
  addresses: L1Addresses;
  url: string;
  adminUrl: string;
  l1Url: string;
  /** File of the operator's token; the token itself is never printed. */
  tokenPath: string;
  roles: string[];
  /** Milliseconds from the first line to now. */
  tookMs: number;
}

/** Prints where everything is: for people a few lines, for machines one object. */
export function printBanner(progress: Progress, facts: BannerFacts): void {
  const { chain, addresses, url, adminUrl, l1Url } = facts;
  const isDev = isDevChain(chain.l1ChainId);
  progress.banner(
    [
      ` RPC         ${url}   chain ${chain.l2ChainId}, WebSocket on the same port`,
      ` L1          ${l1Url}   chain ${chain.l1ChainId}`,
      ` Health      ${url}/readyz   metrics ${adminUrl}/metrics`,
      ` Admin       ${adminUrl}/queues   token in ${facts.tokenPath}`,
      "",
      ` Contracts   portal ${addresses.portal}`,
      `             bridge ${addresses.l1StandardBridge}`,
      `             oracle ${addresses.blockOracle}     all: npx fovea contracts`,
      ...(isDev ? ["", ...accountLines(chain)] : []),
      "",
      ` Ready after ${(facts.tookMs / 1000).toFixed(1)} s.  Ctrl-C stops it, the next start goes on from here, --fresh begins anew.`,
      ` Try         npx fovea status`,
    ],
    {
      version: VERSION,
      url,
      adminUrl,
      l1Url,
      tokenPath: facts.tokenPath,
      l1ChainId: chain.l1ChainId,
      l2ChainId: chain.l2ChainId,
      roles: facts.roles,
      contracts: addresses,
      tookMs: facts.tookMs,
      ...(isDev ? { accounts: devAccounts().map(({ address }) => getAddress(address)) } : {}),
    },
  );
}

function accountLines(chain: ChainConfig): string[] {
  const [first] = devAccounts();
  if (first === undefined) return [];
  const balance = formatEther(chain.alloc[first.address] ?? 0n);
  return [
    ` Accounts    (0) ${getAddress(first.address)}  ${balance} ETH  key ${first.key}`,
    "             9 more: npx fovea accounts",
    " These keys are public. They are refused on any chain that is not a development chain.",
  ];
}
