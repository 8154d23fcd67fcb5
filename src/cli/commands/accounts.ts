import { formatEther, getAddress } from "viem";
import { devAccounts, isDevChain } from "../devKeys.js";
import { cliError } from "../errors.js";
import { callRpc, findServer } from "../findServer.js";
import { loadChainConfig } from "../loadChainConfig.js";
import { print, printJson } from "../output.js";
import { type GivenFlags, readSettings } from "../readSettings.js";

/** `fovea accounts`: the public accounts of a development chain with their roles, keys, and L2 balances if a server runs. */
export async function accounts(flags: GivenFlags & { json?: boolean }): Promise<void> {
  const { settings } = readSettings(flags, process.env);
  const chain = loadChainConfig(settings.chainConfig);
  if (!isDevChain(chain.l1ChainId)) {
    throw cliError(
      "CLI_USAGE",
      `Chain ${chain.l2ChainId} is no development chain: it has no public accounts.`,
    );
  }
  const { url } = findServer(flags);
  const rows = await Promise.all(
    devAccounts().map(async ({ index, address, key }) => {
      const balance = await callRpc(url, "eth_getBalance", [address, "latest"]).catch(
        () => undefined,
      );
      const roles = (["deployer", "owner", "batcher", "proposer"] as const).filter(
        (role) => chain[role] === address,
      );
      const balanceWei = typeof balance === "string" ? BigInt(balance) : undefined;
      return { index, address: getAddress(address), key, roles, balanceWei };
    }),
  );
  if (flags.json) return printJson(rows);
  for (const { index, address, key, roles, balanceWei } of rows) {
    const balance = balanceWei === undefined ? "" : `  ${formatEther(balanceWei)} ETH on L2`;
    print(
      `(${index}) ${address}  key ${key}${balance}${roles.length > 0 ? `  ${roles.join(", ")}` : ""}`,
    );
  }
  print("These keys are public. They are refused on any chain that is not a development chain.");
}
