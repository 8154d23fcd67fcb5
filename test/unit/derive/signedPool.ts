import type { TransactionSerializable } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { fromHex } from "../../../src/util/hex.js";
import { chain } from "./feeds.js";

/** Signed transactions, valid ones only. */
export async function signedPool(): Promise<Uint8Array[]> {
  const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
  const to = account.address;
  const base = { chainId: chain.l2ChainId, gas: 60_000n, to };
  const list: TransactionSerializable[] = [
    { ...base, type: "legacy", nonce: 0, gasPrice: 7n },
    {
      ...base,
      type: "eip2930",
      nonce: 1,
      gasPrice: 7n,
      accessList: [{ address: to, storageKeys: [] }],
    },
    { ...base, type: "eip1559", nonce: 2, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n },
    { ...base, type: "eip1559", nonce: 3, maxFeePerGas: 9n, data: "0x00112233" },
  ];
  return Promise.all(list.map(async (tx) => fromHex(await account.signTransaction(tx))));
}

/** Envelopes that no block may hold, whatever the state. */
export function invalidTransactions(valid: readonly Uint8Array[]): Uint8Array[] {
  const first = valid[2] as Uint8Array;
  return [
    new Uint8Array(0),
    Uint8Array.of(0x7e, 0xc0),
    Uint8Array.of(0x03, 0xc0),
    Uint8Array.of(0xc0),
    Uint8Array.from([...first, 0]),
    first.slice(0, -1),
    first.slice(1),
  ];
}
