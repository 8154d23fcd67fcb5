import type { Hex } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import type { Address, Hash } from "../../util/hex.js";
import type { RollupClient } from "./rollupClient.js";

/** A proposal and what the server's own node says about it. */
export interface CheckedProposal {
  index: bigint;
  address: Address;
  rootClaim: Hash;
  l2BlockNumber: bigint;
  createdAt: bigint;
  status: ProposalStatus;
}

/** How far a proposal is: still open, lost against another, or won and past its delays. */
export type ProposalStatus = "unresolved" | "lost" | "confirmed";

const STATUS: ProposalStatus[] = ["unresolved", "lost", "confirmed"];
const GAME_TYPE = 7001;
const PAGE = 100n;
/** Proposals are looked through from the newest back; 2,000 are hours of the development chain and weeks of others. */
const MAX_PAGES = 20;
const GENESIS_PARENT = 2n ** 256n - 1n;

interface Game {
  index: bigint;
  rootClaim: Hash;
}

/**
 * The oldest proposal that covers an L2 block and with which our own node agrees, its unresolved ancestors included: viem
 * takes a random one, and a proof against a wrong proposal is lost with it. The oldest is confirmed first.
 * Undefined while there is none.
 */
export async function findAgreeingProposal(
  client: RollupClient,
  l2BlockNumber: bigint,
): Promise<CheckedProposal | undefined> {
  const oracle = { address: client.contracts.blockOracle, abi: BlockOracle.abi } as const;
  const count = await client.l1.readContract({ ...oracle, functionName: "gameCount" });
  const covering: Game[] = [];
  let start = count - 1n;
  for (let page = 0; page < MAX_PAGES && start >= 0n; page++) {
    const games = await client.l1.readContract({
      ...oracle,
      functionName: "findLatestGames",
      args: [GAME_TYPE, start, PAGE],
    });
    const found = games.filter(({ extraData }) => firstWord(extraData) >= l2BlockNumber);
    covering.push(...found);
    if (found.length === 0) break;
    start = (games.at(-1)?.index ?? 0n) - 1n;
  }
  for (const game of covering.reverse()) {
    const proposal = await readProposal(client, game);
    if (await willStand(client, proposal)) return proposal;
  }
  return undefined;
}

/** Extra data begins with the block number. Source: docs/protocol/proposals.md#identity */
function firstWord(extraData: Hex): bigint {
  return BigInt(extraData.slice(0, 66));
}

/** A proposal by its index. */
export async function readProposal(
  { l1, contracts }: RollupClient,
  { index, rootClaim }: Game,
): Promise<CheckedProposal> {
  const node = await l1.readContract({
    address: contracts.blockOracle,
    abi: BlockOracle.abi,
    functionName: "proposalAt",
    args: [index],
  });
  return {
    index,
    rootClaim,
    address: node.proposal.toLowerCase() as Address,
    l2BlockNumber: node.l2BlockNumber,
    createdAt: node.createdAt,
    status: STATUS[node.status] ?? "unresolved",
  };
}

/** True if the node agrees with it and with every ancestor that is not confirmed yet. */
async function willStand(client: RollupClient, proposal: CheckedProposal): Promise<boolean> {
  let current: CheckedProposal = proposal;
  for (;;) {
    if (current.status === "lost" || !(await agrees(client, current))) return false;
    if (current.status === "confirmed") return true;
    const { parentIndex } = await client.l1.readContract({
      address: client.contracts.blockOracle,
      abi: BlockOracle.abi,
      functionName: "proposalAt",
      args: [current.index],
    });
    if (parentIndex === GENESIS_PARENT) return true;
    const [, , address] = await client.l1.readContract({
      address: client.contracts.blockOracle,
      abi: BlockOracle.abi,
      functionName: "gameAtIndex",
      args: [parentIndex],
    });
    current = await readProposal(client, {
      index: parentIndex,
      rootClaim: await readRootClaim(client, address),
    });
  }
}

/** Roots do not change once a block is safe: each is asked for once. */
const verdicts = new WeakMap<RollupClient, Map<string, boolean>>();

async function agrees(client: RollupClient, proposal: CheckedProposal): Promise<boolean> {
  const known = verdicts.get(client) ?? new Map<string, boolean>();
  verdicts.set(client, known);
  const key = `${proposal.l2BlockNumber} ${proposal.rootClaim}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const own = await fetchOutputRoot(client, proposal.l2BlockNumber);
  if (own === undefined) return false;
  known.set(key, own === proposal.rootClaim);
  return own === proposal.rootClaim;
}

/** Our node's output root of a safe block; undefined while the block is not safe there. */
export async function fetchOutputRoot(
  { l2 }: RollupClient,
  blockNumber: bigint,
): Promise<Hash | undefined> {
  const safe = await l2.getBlock({ blockTag: "safe" }).catch(() => undefined);
  if (safe === undefined || safe.number < blockNumber) return undefined;
  const output = await l2.request({
    method: "optimism_outputAtBlock",
    params: [`0x${blockNumber.toString(16)}`],
  } as never);
  return (output as { outputRoot: Hex }).outputRoot;
}

function readRootClaim({ l1 }: RollupClient, address: Address): Promise<Hash> {
  return l1.readContract({
    address,
    abi: [
      {
        type: "function",
        name: "rootClaim",
        inputs: [],
        outputs: [{ type: "bytes32" }],
        stateMutability: "view",
      },
    ] as const,
    functionName: "rootClaim",
  });
}
