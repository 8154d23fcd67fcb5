import { ApiError } from "./api.js";

/** Wallets that announced themselves. Source: EIP-6963; `window.ethereum` counts where none does. */
export function findWallets() {
  const found = [];
  const onAnnounce = ({ detail }) =>
    found.push({ name: detail.info.name, provider: detail.provider });
  window.addEventListener("eip6963:announceProvider", onAnnounce);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  window.removeEventListener("eip6963:announceProvider", onAnnounce);
  if (found.length === 0 && window.ethereum !== undefined) {
    found.push({ name: "Browser wallet", provider: window.ethereum });
  }
  return found;
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

/** The account that signs, after the person agreed. */
export async function connect(wallet) {
  const [address] = await ask(wallet.provider, "eth_requestAccounts");
  return { ...wallet, address };
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
  const { chainId } = chainOf(layer, settings);
  if ((await ask(provider, "eth_chainId")) === chainId) return;
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
  } catch (error) {
    if (error.code !== UNKNOWN_CHAIN) throw asProblem(error);
    await addChain(provider, layer, settings);
  }
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
