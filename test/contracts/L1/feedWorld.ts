import { afterAll, afterEach, beforeEach, expect } from "@jest/globals";
import { concatHex, keccak256, parseEventLogs, toHex as toHexValue } from "viem";
import { SequencerFeed } from "../../../src/contracts/generated/SequencerFeed.js";
import { decodeEntryHeader, hashEntryHeader } from "../../../src/protocol/entryHeader.js";
import { type Address, fromHex, type Hex, ZERO_HASH } from "../../../src/util/hex.js";
import { type ContractCall, startAnvil } from "../../helpers/anvil.js";
import { deployL1, L1_PARAMETERS } from "../../helpers/l1Deployment.js";

export const { periodSeconds, forceDelaySeconds } = L1_PARAMETERS;
export const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
export const EMPTY_HASH = keccak256("0x");

/** An L1 of its own; every test starts from the same state. */
export const anvil = await startAnvil();
export const l1 = await deployL1(anvil);

export const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.sequencerFeed, functionName, args });
export const genesisTime = await read<bigint>("genesisTime");
export const blockHash = async (number: bigint) =>
  (await anvil.client.getBlock({ blockNumber: number })).hash as Hex;

export interface Append {
  index: bigint;
  prevHash: Hex;
  first: bigint;
  last: bigint;
  lastHash: Hex;
  depTo: bigint;
  data: Hex;
}

/** Arguments of an append that fits, with changes. Without `first`/`last` the range ends at the head. */
export async function fitting(changes: Partial<Append> = {}): Promise<Append> {
  const last = changes.last ?? (await anvil.client.getBlockNumber());
  return {
    index: await read<bigint>("length"),
    prevHash: await read<Hex>("lastHash"),
    first: (await read<bigint>("lastOrigin")) + 1n,
    last,
    lastHash: await blockHash(last).catch(() => ZERO_HASH),
    depTo: await recordsUpTo(last),
    data: "0x01",
    ...changes,
  };
}

export async function recordsUpTo(l1Number: bigint): Promise<bigint> {
  const feed = { ...l1.depositFeed };
  let count = await anvil.read<bigint>({ ...feed, functionName: "length" });
  while (count > 0n) {
    const meta = { ...feed, functionName: "recordMeta", args: [count - 1n] };
    if ((await anvil.read<[bigint, bigint]>(meta))[0] <= l1Number) break;
    count--;
  }
  return count;
}

export function appendCall(a: Append, from: Address = l1.batcher): ContractCall {
  const args = [a.index, a.prevHash, a.first, a.last, a.lastHash, a.depTo, a.data];
  return { ...l1.sequencerFeed, functionName: "append", args, from };
}

export async function force(
  changes: { index?: bigint; prevHash?: Hex } = {},
): Promise<ContractCall> {
  const index = changes.index ?? (await read<bigint>("length"));
  const prevHash = changes.prevHash ?? (await read<Hex>("lastHash"));
  const from = anvil.accounts[6]!;
  return { ...l1.sequencerFeed, functionName: "forceInclude", args: [index, prevHash], from };
}

/** Sends an append or forceInclude and returns the header it left. */
export async function entryOf(call: ContractCall) {
  const receipt = await anvil.send(call);
  const [log] = parseEventLogs({ abi: SequencerFeed.abi, logs: receipt.logs });
  if (log?.eventName !== "EntryAppended") throw new Error("no entry");
  const header = decodeEntryHeader(fromHex(log.args.header));
  expect(await read("entryHash", log.args.index)).toBe(hashEntryHeader(header));
  expect(await read("lastHash")).toBe(hashEntryHeader(header));
  expect(header.l1Number).toBe(receipt.blockNumber);
  return header;
}

export const deposit = () =>
  anvil.send({
    ...l1.portal,
    functionName: "depositTransaction",
    args: [anvil.accounts[4]!, 0n, 100_000n, false, "0x"],
  });

export const originsHash = async (first: bigint, last: bigint) => {
  const hashes: Hex[] = [];
  for (let n = first; n <= last; n++) hashes.push(await blockHash(n));
  return keccak256(concatHex(hashes));
};

/** Name of the error of a call with these very bytes. */
export async function rawRevert(data: Hex): Promise<string> {
  try {
    await anvil.client.request({
      method: "eth_call",
      params: [{ from: l1.batcher, to: l1.sequencerFeed.address, data }, "pending"],
    } as never);
    return "none";
  } catch (error) {
    const text = JSON.stringify(error, (_, v) => (typeof v === "bigint" ? `${v}` : v));
    const selector = keccak256(toHexValue("SequencerFeedNotCanonicalCalldata(uint256,uint256)"));
    return text.includes(selector.slice(0, 10)) ? "SequencerFeedNotCanonicalCalldata" : text;
  }
}

let snapshot: Hex;
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());
