import { type Hex, keccak256 } from "viem";

/** How far a chain was found to be whole. */
export interface WholeChain {
  blocks: number;
  transactions: number;
}

interface Block {
  hash: Hex;
  number: Hex;
  parentHash: Hex;
  transactions: { hash: Hex; transactionIndex: Hex; blockHash: Hex }[];
}

interface Receipt {
  transactionHash: Hex;
  transactionIndex: Hex;
  blockHash: Hex;
}

const BLOCKS_AT_ONCE = 16;
const hex = (value: number): Hex => `0x${value.toString(16)}`;

/**
 * Walks a server's chain from block `from` to its head and looks for gaps and half blocks: every block is there with the hash of
 * its header, names the one before it, is found by hash too, and has one receipt per transaction, which the index finds.
 * The head's state can be read. Throws at the first thing that is missing.
 */
export async function walkWholeChain(url: string, from = 0): Promise<WholeChain> {
  const head = Number((await batch(url, [["eth_blockNumber", []]]))[0]);
  const found: WholeChain = { blocks: 0, transactions: 0 };
  let parent: Hex | undefined;
  for (let first = from; first <= head; first += BLOCKS_AT_ONCE) {
    const last = Math.min(first + BLOCKS_AT_ONCE - 1, head);
    for (const entry of await readBlocks(url, first, last)) {
      assertWhole(entry, parent);
      parent = entry.block.hash;
      found.blocks++;
      found.transactions += entry.block.transactions.length;
    }
  }
  const account = `0x${"11".repeat(20)}`;
  const [proof] = await batch(url, [["eth_getProof", [account, [], "latest"]]]);
  if (!proof) throw new Error(`the state of head ${head} cannot be read`);
  return found;
}

interface Entry {
  number: number;
  block: Block;
  sameByHash: Block | null;
  rawHeader: Hex;
  receipts: Receipt[];
  indexed: (Receipt | null)[];
}

async function readBlocks(url: string, first: number, last: number): Promise<Entry[]> {
  const numbers = Array.from({ length: last - first + 1 }, (_item, index) => first + index);
  const calls = numbers.flatMap((number): [string, unknown[]][] => [
    ["eth_getBlockByNumber", [hex(number), true]],
    ["debug_getRawHeader", [hex(number)]],
    ["eth_getBlockReceipts", [hex(number)]],
  ]);
  const answers = await batch(url, calls);
  const entries: Entry[] = [];
  for (const [index, number] of numbers.entries()) {
    const [block, rawHeader, receipts] = answers.slice(index * 3, index * 3 + 3);
    if (!block) throw new Error(`block ${number} is missing below the head`);
    const { hash, transactions } = block as Block;
    const [sameByHash, ...indexed] = await batch(url, [
      ["eth_getBlockByHash", [hash, false]],
      ...transactions.map((tx): [string, unknown[]] => ["eth_getTransactionReceipt", [tx.hash]]),
    ]);
    entries.push({
      number,
      block: block as Block,
      sameByHash: sameByHash as Block | null,
      rawHeader: rawHeader as Hex,
      receipts: receipts as Receipt[],
      indexed: indexed as (Receipt | null)[],
    });
  }
  return entries;
}

function assertWhole(entry: Entry, parent: Hex | undefined): void {
  const { number, block, receipts, indexed } = entry;
  const check = (isRight: boolean, problem: string) => {
    if (!isRight) throw new Error(`block ${number}: ${problem}`);
  };
  check(Number(block.number) === number, `names itself ${block.number}`);
  check(parent === undefined || block.parentHash === parent, "is no child of the block before it");
  check(keccak256(entry.rawHeader) === block.hash, "has not the hash of its header");
  check(entry.sameByHash?.number === block.number, "is not found by its hash");
  check(receipts.length === block.transactions.length, "lacks receipts");
  for (const [index, tx] of block.transactions.entries()) {
    for (const receipt of [receipts[index], indexed[index]]) {
      check(receipt?.transactionHash === tx.hash, `lacks the receipt of transaction ${index}`);
      check(receipt?.blockHash === block.hash, `receipt ${index} is of another block`);
      check(Number(receipt?.transactionIndex) === index, `receipt ${index} has another index`);
    }
  }
}

/** Results of a JSON-RPC batch in order; an error becomes undefined. */
async function batch(url: string, calls: [string, unknown[]][]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let at = 0; at < calls.length; at += 100) {
    const items = calls.slice(at, at + 100).map(([method, params], id) => {
      return { jsonrpc: "2.0", id, method, params };
    });
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(items),
    });
    const answers = (await response.json()) as { result?: unknown }[];
    results.push(...answers.map(({ result }) => result));
  }
  return results;
}
