import type { RollupConfig } from "../protocol/types.js";
import type { PagesSettings } from "../rpc/pages/pagesRouter.js";
import { devAccounts, isDevChain } from "./devKeys.js";
import type { Settings } from "./settings.js";
import { VERSION } from "./version.js";

/** What the web pages are told. L1's address and the public test keys only on a development chain. */
export function pagesSettings(
  settings: Pick<Settings, "adminPort">,
  { chain }: RollupConfig,
  l1Url: string,
): PagesSettings {
  const { l1ChainId, l2ChainId } = chain;
  const isDev = isDevChain(l1ChainId) && isDevChain(l2ChainId);
  return {
    version: VERSION,
    l1ChainId,
    l2ChainId,
    ...(settings.adminPort === 0 ? {} : { adminUrl: `http://127.0.0.1:${settings.adminPort}` }),
    ...(isDev ? { l1RpcUrl: l1Url, devAccounts: devAccounts().map(toAccount) } : {}),
  };
}

const toAccount = ({ address, key }: { address: string; key: string }) => ({ address, key });
