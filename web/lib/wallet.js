import { ApiError } from "./api.js";

/** More announce themselves only on a page that wants to fill the list. */
const MAX_WALLETS = 16;

/**
 * Calls `onChange` with the wallets of the browser whenever one more announces itself, some of them late; `window.ethereum` counts
 * where none does. Answers the function that ends it. Source: EIP-6963
 */
export function watchWallets(onChange) {
  let found = [];
  const onAnnounce = ({ detail }) => {
    const { info, provider } = detail ?? {};
    if (typeof provider?.request !== "function" || found.length >= MAX_WALLETS) return;
    if (found.some((wallet) => wallet.provider === provider)) return;
    found = [...found, { name: String(info?.name ?? "Wallet").slice(0, 40), provider }];
    onChange(found);
  };
  window.addEventListener("eip6963:announceProvider", onAnnounce);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  if (found.length === 0 && typeof window.ethereum?.request === "function") {
    onChange([{ name: "Browser wallet", provider: window.ethereum }]);
  }
  return () => window.removeEventListener("eip6963:announceProvider", onAnnounce);
}

/** What wallets are told of a layer ("l1" or "l2"). L1 has an address only in development. */
export function chainOf(layer, settings) {
  const isL1 = layer === "l1";
  const rpcUrl = isL1 ? settings.l1RpcUrl : location.origin;
  return {
    chainId: `0x${(isL1 ? settings.l1ChainId : settings.l2ChainId).toString(16)}`,
    chainName: isL1 ? "Fovea L1 (development)" : `Fovea ${settings.l2ChainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: rpcUrl === undefined ? [] : [rpcUrl],
    ...(isL1 ? {} : { blockExplorerUrls: [location.origin] }),
  };
}

/** Makes the wallet know a layer. */
export async function addChain(provider, layer, settings) {
  const chain = chainOf(layer, settings);
  await ask(provider, "wallet_addEthereumChain", [chain]);
}

/** The account that signs, after the person agreed. Errors: ApiError when refused, or when the wallet has no account. */
export async function connect(wallet) {
  const [address] = await ask(wallet.provider, "eth_requestAccounts");
  if (address === undefined) throw new ApiError("The wallet gave no account.");
  return { ...wallet, address };
}

/** Calls `onChange` with the account that the wallet signs with from now on, or undefined. Answers the function that ends it. */
export function watchAccount({ provider }, onChange) {
  const onAccounts = (accounts) => onChange(accounts[0]);
  provider.on?.("accountsChanged", onAccounts);
  return () => provider.removeListener?.("accountsChanged", onAccounts);
}

/**
 * Sends a prepared transaction from the connected account on a layer, and waits until it is in a block.
 * Throws ApiError when it reverts, is refused, or does not get in for three minutes.
 */
export async function sendPrepared(wallet, layer, prepared, settings) {
  if (prepared.simulation?.ok === false) {
    throw new ApiError(`It would revert: ${prepared.simulation.revertReason ?? "no reason given"}`);
  }
  await switchChain(wallet.provider, layer, settings);
  const transaction = {
    from: wallet.address,
    chainId: chainOf(layer, settings).chainId,
    to: prepared.to,
    data: prepared.data,
    value: toQuantity(prepared.value),
    ...(prepared.gas ? { gas: toQuantity(prepared.gas) } : {}),
  };
  const hash = await ask(wallet.provider, "eth_sendTransaction", [transaction]);
  const receipt = await receiptOf(wallet.provider, hash);
  if (receipt.status !== "0x1") {
    throw new ApiError("The transaction was included, but it reverted.", { hint: hash });
  }
  return { hash, receipt };
}

const toQuantity = (value) => `0x${BigInt(value).toString(16)}`;
const UNKNOWN_CHAIN = 4902;

async function switchChain(provider, layer, settings) {
  const { chainId, chainName, rpcUrls } = chainOf(layer, settings);
  const isThere = async () => BigInt(await ask(provider, "eth_chainId")) === BigInt(chainId);
  if (await isThere()) return;
  const toChain = { method: "wallet_switchEthereumChain", params: [{ chainId }] };
  try {
    await provider.request(toChain);
  } catch (error) {
    // Some wallets wrap what other software told them.
    const isUnknown = [error?.code, error?.data?.originalError?.code].includes(UNKNOWN_CHAIN);
    if (!isUnknown || rpcUrls.length === 0) throw asProblem(error);
    await addChain(provider, layer, settings);
    // Adding a chain need not mean going there.
    if (!(await isThere())) await ask(provider, toChain.method, toChain.params);
  }
  if (!(await isThere())) throw new ApiError(`The wallet is not on ${chainName}.`);
}

async function receiptOf(provider, hash) {
  for (let i = 0; i < 180; i++) {
    const receipt = await ask(provider, "eth_getTransactionReceipt", [hash]);
    if (receipt) return receipt;
    await new Promise((done) => setTimeout(done, 1_000));
  }
  throw new ApiError("The transaction is not in a block after three minutes.", { hint: hash });
}

async function ask(provider, method, params = []) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw asProblem(error);
  }
}

function asProblem(error) {
  if (error instanceof ApiError) return error;
  const message =
    error?.code === 4001 ? "Refused in the wallet." : (error?.message ?? String(error));
  return new ApiError(message, { code: error?.code });
}
