import { decodeFunctionData } from "viem";
import { SequencerFeed } from "../contracts/generated/SequencerFeed.js";
import { chunkHash } from "../protocol/chunkHash.js";
import type { EntryHeader } from "../protocol/types.js";
import { EMPTY_BYTES, fromHex, type Hash, type Hex } from "../util/hex.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { parseHex, parseObject } from "./rpcValues.js";

/** What one request for transactions may bring, roughly. */
const MAX_BYTES_AT_ONCE = 2 << 20;

/** An entry's header and the transaction that brought it. */
export interface EntryPlace {
  header: EntryHeader;
  log: { txHash: Hash };
}

/**
 * Data of entries, from the calldata of their L1 transactions, checked against the headers. Entries without data cost no
 * request. Shapes: in the order of `entries`.
 * Errors: L1_LIED if the data do not fit; L1_BLOCK_MISSING if L1 does not know a transaction.
 */
export async function fetchEntryData(
  rpc: JsonRpc,
  entries: readonly EntryPlace[],
): Promise<Uint8Array[]> {
  const data: Uint8Array[] = entries.map(() => EMPTY_BYTES);
  const open = entries.flatMap((entry, i) => (entry.header.dataLength > 0 ? [{ entry, i }] : []));
  while (open.length > 0) {
    const part: typeof open = [];
    for (let bytes = 0; open[0] && (part.length === 0 || bytes < MAX_BYTES_AT_ONCE); ) {
      bytes += open[0].entry.header.dataLength;
      part.push(...open.splice(0, 1));
    }
    const answers = await rpc.batch(
      part.map(({ entry }) => ({ method: "eth_getTransactionByHash", params: [entry.log.txHash] })),
    );
    part.forEach(({ entry, i }, k) => {
      data[i] = readAppendData(answers[k], entry);
    });
  }
  for (const [i, { header }] of entries.entries()) assertData(header, data[i] ?? EMPTY_BYTES);
  return data;
}

/** Checks data against an element's header. Errors: L1_LIED. */
export function assertData(
  header: { index: bigint; dataLength: number; dataHash: Hash },
  data: Uint8Array,
): void {
  if (data.length === header.dataLength && chunkHash(data) === header.dataHash) return;
  throw new L1Error("L1_LIED", { what: "data", index: header.index, length: data.length });
}

function readAppendData(answer: unknown, { header, log }: EntryPlace): Uint8Array {
  if (answer === null) throw new L1Error("L1_BLOCK_MISSING", { txHash: log.txHash });
  const input: Hex = parseHex(parseObject(answer, "transaction").input, "input");
  try {
    const call = decodeFunctionData({ abi: SequencerFeed.abi, data: input });
    if (call.functionName === "append") return fromHex(call.args[6]);
  } catch {
    // Not a call of the feed.
  }
  throw new L1Error("L1_LIED", { what: "calldata", index: header.index, txHash: log.txHash });
}
