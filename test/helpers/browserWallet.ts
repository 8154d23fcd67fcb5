import type { BrowserContext } from "playwright-core";
import { createWalletClient, defineChain, http } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { rpc } from "./foveaServer.js";

/** A wallet in the pages of one browser context, and what was asked of it. */
export interface BrowserWallet {
  /** Methods in the order in which pages asked for them, without plain reads. */
  readonly asked: string[];
  /** The person says no to the next question. */
  refuseNext(): void;
}

type Params = readonly unknown[];
type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };
interface ChainRequest {
  chainId: string;
  chainName: string;
  rpcUrls: string[];
}
interface TransactionRequest {
  from: string;
  to: `0x${string}`;
  data: `0x${string}`;
  value: string;
  gas?: string;
  chainId?: string;
}

/** Source: EIP-1193 and EIP-3326 */
const REFUSED = 4001;
const UNAUTHORIZED = 4100;
const UNKNOWN_CHAIN = 4902;
const MAINNET = 1;
const QUESTIONS = [
  "eth_requestAccounts",
  "eth_sendTransaction",
  "wallet_addEthereumChain",
  "wallet_switchEthereumChain",
];

class WalletError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Puts a wallet into all pages of a context: as `window.ethereum`, and announced by EIP-6963. Like those of people it starts on a chain
 * of its own, knows no other until it is told, asks a new chain for its id, does not go there by itself, and signs for its account only.
 */
export async function installWallet(
  context: BrowserContext,
  account: PrivateKeyAccount,
): Promise<BrowserWallet> {
  const asked: string[] = [];
  const urls = new Map<number, string>([[MAINNET, ""]]);
  let chainId = MAINNET;
  let isConnected = false;
  let isRefusing = false;

  const addChain = async ({ chainId: given, rpcUrls }: ChainRequest) => {
    const url = rpcUrls[0] ?? "";
    const told = Number(await rpc(url, "eth_chainId"));
    if (told !== Number(given)) throw new WalletError(-32602, `the chain says it is ${told}`);
    urls.set(told, url);
    return null;
  };
  const switchChain = ({ chainId: given }: { chainId: string }) => {
    const wanted = Number(given);
    if (!urls.has(wanted))
      throw new WalletError(UNKNOWN_CHAIN, `Unrecognized chain ID "${given}".`);
    chainId = wanted;
    return null;
  };
  const send = ({ from, to, data, value, gas, chainId: given }: TransactionRequest) => {
    if (!isConnected || from.toLowerCase() !== account.address.toLowerCase()) {
      throw new WalletError(UNAUTHORIZED, "The account is not connected.");
    }
    if (given !== undefined && Number(given) !== chainId) {
      throw new WalletError(-32602, "The transaction is for another chain.");
    }
    const url = urls.get(chainId) ?? "";
    const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
    const chain = defineChain({
      id: chainId,
      name: "added",
      nativeCurrency,
      rpcUrls: { default: { http: [url] } },
    });
    const client = createWalletClient({ account, chain, transport: http(url) });
    const limit = gas === undefined ? {} : { gas: BigInt(gas) };
    return client.sendTransaction({ to, data, value: BigInt(value), ...limit });
  };
  const answer = (method: string, params: Params): unknown => {
    switch (method) {
      case "eth_requestAccounts":
        isConnected = true;
        return [account.address];
      case "eth_accounts":
        return isConnected ? [account.address] : [];
      case "eth_chainId":
        return `0x${chainId.toString(16)}`;
      case "wallet_addEthereumChain":
        return addChain(params[0] as ChainRequest);
      case "wallet_switchEthereumChain":
        return switchChain(params[0] as { chainId: string });
      case "eth_sendTransaction":
        return send(params[0] as TransactionRequest);
      default:
        return rpc(urls.get(chainId) ?? "", method, [...params]);
    }
  };
  const request = async (method: string, params: Params): Promise<Answer> => {
    try {
      if (QUESTIONS.includes(method)) {
        asked.push(method);
        if (isRefusing) {
          isRefusing = false;
          throw new WalletError(REFUSED, "User rejected the request.");
        }
      }
      return { result: await answer(method, params) };
    } catch (error) {
      const code = error instanceof WalletError ? error.code : -32603;
      return { error: { code, message: (error as Error).message } };
    }
  };
  await context.exposeFunction("askTestWallet", request);
  await context.addInitScript(IN_PAGE);
  return {
    asked,
    refuseNext: () => {
      isRefusing = true;
    },
  };
}

const IN_PAGE = `{
  const provider = {
    async request({ method, params }) {
      const { result, error } = await window.askTestWallet(method, params ?? []);
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    },
    on() {},
    removeListener() {},
  };
  const info = { uuid: "350670db-19fa-4704-a166-e52e178b59d2", name: "Test Wallet", icon: "data:,", rdns: "test.wallet" };
  const announce = () =>
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", announce);
  window.ethereum = provider;
}`;
