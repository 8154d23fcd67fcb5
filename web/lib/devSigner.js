import { rpc } from "./api.js";

/**
 * An EIP-1193 provider that signs with a public test key. Only for development chains: the server hands out such keys nowhere else.
 * `rpcUrls` by chain id; a transaction goes to the chain that was switched to last.
 */
export function createDevProvider({ account, rpcUrls }) {
  let chainId = Object.keys(rpcUrls).map(Number)[0];
  const call = (method, params) => rpc(method, params, { url: rpcUrls[chainId] });
  return {
    async request({ method, params = [] }) {
      if (method === "eth_requestAccounts" || method === "eth_accounts") return [account.address];
      if (method === "eth_chainId") return `0x${chainId.toString(16)}`;
      if (method === "wallet_switchEthereumChain") {
        chainId = Number(params[0].chainId);
        return null;
      }
      if (method !== "eth_sendTransaction") return call(method, params);
      const raw = await signTransaction(params[0], { account, chainId, call });
      return call("eth_sendRawTransaction", [raw]);
    },
  };
}

/** Fills in what the chain knows (nonce, gas, fees) and signs. */
async function signTransaction(request, { account, chainId, call }) {
  const { to, data = "0x", value = "0x0", gas } = request;
  const [nonce, gasLimit, price] = await Promise.all([
    call("eth_getTransactionCount", [account.address, "pending"]),
    gas ?? call("eth_estimateGas", [{ from: account.address, to, data, value }]),
    call("eth_gasPrice", []),
  ]);
  // Large, and only needed by who signs.
  const { Transaction } = await import("micro-eth-signer");
  // Twice the price of now outlives some full blocks; what is not needed is not paid.
  const maxFeePerGas = BigInt(price) * 2n + 1_000_000n;
  return Transaction.prepare({
    to,
    data,
    value: BigInt(value),
    nonce: BigInt(nonce),
    gasLimit: BigInt(gasLimit),
    maxFeePerGas,
    maxPriorityFeePerGas: 1_000_000n,
    chainId: BigInt(chainId),
  })
    .signBy(account.key)
    .toHex();
}
