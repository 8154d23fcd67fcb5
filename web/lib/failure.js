import { decodeRevert } from "./abi.js";
import { rpcBatch } from "./api.js";

/** A transaction in a block fails for one reason for ever; the newest few are kept. */
const known = new Map();
const KEPT = 32;
/** JSON-RPC errors that are about the transaction: reverted, or failed otherwise. Others are about the server. */
const ABOUT_IT = [3, -32000];

/**
 * Why a transaction failed: it is run again on the state before its block, without what came before it in the block.
 * `{ error }` with name and arguments where the revert is known, else `{ text }`; undefined when it does not fail there. `call` is the
 * JSON-RPC call behind it.
 */
export async function readFailure(tx, abis, signal) {
  const key = `${tx.blockHash}/${tx.hash}`;
  if (known.has(key)) return known.get(key);
  const failure = await runAgain(tx, abis, signal).catch((problem) => {
    if (problem.name === "AbortError") throw problem;
    return null;
  });
  if (failure === null) return undefined;
  known.set(key, failure);
  if (known.size > KEPT) known.delete(known.keys().next().value);
  return failure;
}

async function runAgain(tx, abis, signal) {
  const { from, to, input: data, value, gas } = tx;
  const request = { from, data, value, gas, ...(to ? { to } : {}) };
  const call = ["eth_call", [request, `0x${(BigInt(tx.blockNumber) - 1n).toString(16)}`]];
  try {
    await rpcBatch([call], { signal });
    return undefined;
  } catch (problem) {
    if (!ABOUT_IT.includes(problem.code)) throw problem;
    const error = typeof problem.data === "string" ? decodeRevert(abis, problem.data) : undefined;
    return { error, text: problem.message, call };
  }
}
