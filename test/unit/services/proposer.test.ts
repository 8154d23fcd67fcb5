import { expect, test } from "@jest/globals";
import { GENESIS_PARENT_INDEX } from "../../../src/protocol/index.js";
import { type ProposalState, ProposalStatus } from "../../../src/services/proposals/types.js";
import { honestPath } from "../../../src/services/proposer/honestPath.js";
import { findResolvable } from "../../../src/services/proposer/resolvable.js";
import { ZERO_HASH } from "../../../src/util/hex.js";

const { inProgress, challengerWins, defenderWins } = ProposalStatus;

function proposal(index: bigint, parentIndex: bigint, status: number = inProgress): ProposalState {
  return {
    index,
    parentIndex,
    status,
    address: `0x${index.toString(16).padStart(40, "0")}`,
    rootClaim: ZERO_HASH,
    l2BlockNumber: index,
    feedEnd: index,
    machineRoot: ZERO_HASH,
    feedTipHash: ZERO_HASH,
    createdAt: 100n,
    resolvedAt: 0n,
  };
}

const indexes = (path: ProposalState[]) => path.map(({ index }) => index);
const config = { challengePeriodSeconds: 30, genesisIndex: GENESIS_PARENT_INDEX };

test("the honest path passes by wrong siblings and ends where nothing more is agreed with", () => {
  const open = [
    proposal(0n, GENESIS_PARENT_INDEX, defenderWins),
    proposal(1n, 0n),
    proposal(2n, 0n),
    proposal(3n, 1n),
    proposal(4n, 2n),
    proposal(5n, 4n),
  ];
  expect(indexes(honestPath(open, new Set([2n, 3n, 4n])))).toEqual([0n, 2n, 4n]);
  expect(indexes(honestPath([], new Set()))).toEqual([]);
});

test("only an agreed proposal without open sibling is resolved, after its time", () => {
  const open = [proposal(0n, GENESIS_PARENT_INDEX), proposal(1n, 0n)];
  const find = (agreed: bigint[], time: bigint, list = open) =>
    findResolvable(list, new Set(agreed), time, config)?.index;
  expect(find([0n, 1n], 130n)).toBeUndefined();
  expect(find([0n, 1n], 131n)).toBe(0n);
  expect(find([], 131n)).toBeUndefined();
  expect(find([0n], 131n, [...open, proposal(2n, GENESIS_PARENT_INDEX)])).toBeUndefined();
});

test("what is lost with its parent or to a confirmed sibling is written down as lost", () => {
  const lostParent = [proposal(0n, GENESIS_PARENT_INDEX, challengerWins), proposal(1n, 0n)];
  expect(findResolvable(lostParent, new Set(), 0n, config)?.index).toBe(1n);
  const beaten = [
    proposal(0n, GENESIS_PARENT_INDEX, defenderWins),
    proposal(1n, GENESIS_PARENT_INDEX),
  ];
  expect(findResolvable(beaten, new Set(), 0n, config)?.index).toBe(1n);
});
