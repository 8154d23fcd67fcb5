import { decodeFunctionResult } from "viem";
import { BlockOracle } from "../../contracts/generated/BlockOracle.js";
import { Proposal } from "../../contracts/generated/Proposal.js";
import { GENESIS_PARENT_INDEX } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Address, Hex } from "../../util/hex.js";
import type { GameNode } from "../indexer/types.js";
import { ProposalStatus } from "../proposals/types.js";
import type { L1Calls } from "./l1Calls.js";
import { staticCall } from "./staticCall.js";

const oracleAbi = BlockOracle.abi;
const indexCall = staticCall(Proposal.abi, "index");
const genesisCall = staticCall(oracleAbi, "genesisNode");
const proposalCall = staticCall(oracleAbi, "proposalAt");

/** Proposals by their addresses, as withdrawals are proven against them. */
export class GameReader {
  readonly #oracle: Address;
  readonly #calls: L1Calls;

  constructor(oracle: Address, deps: { calls: L1Calls }) {
    this.#oracle = oracle;
    this.#calls = deps.calls;
  }

  /** Those that exist at this L1 block. Errors: those of L1Calls. */
  async read(games: readonly Address[], at: L1BlockRef): Promise<Map<Address, GameNode>> {
    const indexOf = await this.#indexes([...new Set(games)], at);
    const nodes = await this.#nodes([...indexOf.values()], at);
    const parents = await this.#nodes(
      [...nodes.values()].map(({ parentIndex }) => parentIndex),
      at,
    );
    const found = new Map<Address, GameNode>();
    for (const [game, index] of indexOf) {
      const node = nodes.get(index);
      const parent = node && parents.get(node.parentIndex);
      if (node && parent) found.set(game, toGame(index, node, parent));
    }
    return found;
  }

  async #indexes(games: readonly Address[], at: L1BlockRef): Promise<Map<Address, bigint>> {
    const data = indexCall();
    const answers = await this.#calls.read(
      games.map((target) => ({ target, data })),
      at,
    );
    return new Map(
      games.flatMap((game, i) => {
        const word = answers[i];
        return word === undefined || word === "0x" ? [] : [[game, BigInt(word)] as const];
      }),
    );
  }

  async #nodes(indexes: readonly bigint[], at: L1BlockRef): Promise<Map<bigint, OracleNode>> {
    const wanted = [...new Set(indexes)];
    const answers = await this.#calls.read(
      wanted.map((index) => ({ target: this.#oracle, data: nodeCall(index) })),
      at,
    );
    return new Map(
      wanted.flatMap((index, i) => {
        const data = answers[i];
        if (data === undefined) return [];
        return [[index, decodeNode(data)] as const];
      }),
    );
  }
}

type OracleNode = ReturnType<typeof decodeNode>;

/** Both getters of nodes answer the same struct. */
function decodeNode(data: Hex) {
  return decodeFunctionResult({ abi: oracleAbi, functionName: "proposalAt", data });
}

function nodeCall(index: bigint): Hex {
  return index === GENESIS_PARENT_INDEX ? genesisCall() : proposalCall(index);
}

function toGame(index: bigint, node: OracleNode, parent: OracleNode): GameNode {
  const isOpen = node.status === ProposalStatus.inProgress;
  return {
    index,
    createdAt: node.createdAt,
    resolvedAt: node.resolvedAt,
    status: node.status,
    parentStatus: parent.status,
    unresolvedSiblings: parent.unresolvedChildren - (isOpen ? 1n : 0n),
    // A proposal that is open cannot be the confirmed child itself.
    hasConfirmedSibling: isOpen && parent.hasConfirmedChild,
  };
}
