import { expect, test } from "@jest/globals";
import { MULTICALL3_CODE } from "../../../src/contracts/multicall3Code.js";
import { HttpJsonRpc } from "../../../src/l1/jsonRpc.js";
import type { RollupConfig } from "../../../src/protocol/types.js";
import type { IndexedProposal, IndexedWithdrawal } from "../../../src/services/indexer/types.js";
import { L1Calls } from "../../../src/services/withdrawals/l1Calls.js";
import { WithdrawalReader } from "../../../src/services/withdrawals/withdrawalReader.js";
import { type Address, fromHex, ZERO_HASH } from "../../../src/util/hex.js";
import { devChainConfig } from "../../helpers/devL1.js";
import { L1_PARAMETERS } from "../../helpers/l1Deployment.js";
import {
  anvil,
  challengePeriodSeconds,
  checking,
  FINALITY,
  finalize,
  hashOf,
  l1,
  onOracle,
  other,
  passSeconds,
  propose,
  proving,
  type Withdrawal,
  withdrawal,
} from "./withdrawalWorld.js";

// The status that the server computes against what the contracts do.

const multicall3: Address = "0xca11bde05977b3631167028862be2a173976ca11";
await anvil.client.setCode({ address: multicall3, bytecode: MULTICALL3_CODE });

const lower = (address: string) => address.toLowerCase() as Address;
const config = {
  chain: devChainConfig(),
  addresses: {
    portal: lower(l1.portal.address),
    blockOracle: lower(l1.oracle.address),
    l1CrossDomainMessenger: L1_PARAMETERS.l1CrossDomainMessenger,
    multicall3,
  },
} as unknown as RollupConfig;
const calls = new L1Calls(multicall3, { rpc: new HttpJsonRpc({ url: anvil.url }) });
let usable: Partial<IndexedProposal>[] = [];
let success = true;
const reader = new WithdrawalReader(config, {
  calls,
  genesisTime: async () => 0n,
  engine: { getHeader: async () => ({ number: 5n }) as never },
  index: {
    coveringProposals: async () => usable as IndexedProposal[],
    getProposal: async () => ({ verdict: "agree" }) as IndexedProposal,
    getWithdrawalL1: async () => ({
      proofs: [],
      finalized: { success, l1: { blockNumber: 0n } as never },
    }),
    getGame: async () => undefined,
    hasWithdrawalEvents: () => false,
    standing: () => undefined,
  },
});

async function report(w: Withdrawal) {
  const indexed = {
    ...w,
    withdrawalHash: hashOf(w),
    data: fromHex(w.data),
    l2: { blockNumber: 5n, blockHash: ZERO_HASH, txHash: ZERO_HASH, logIndex: 0, timestamp: 0n },
    mark: { position: "0", anchor: "0" },
  } as unknown as IndexedWithdrawal;
  const [found] = await reader.report([indexed]);
  if (!found) throw new RangeError("no report");
  return found.progress;
}
const statusOf = async (w: Withdrawal) => (await report(w)).status;

/** Our readiness is the portal's. */
async function assertSameAsPortal(w: Withdrawal): Promise<string> {
  const status = await statusOf(w);
  const canFinalize = await anvil.read(checking(w)).then(
    () => true,
    () => false,
  );
  expect({ status, canFinalize }).toEqual({ status, canFinalize: status === "readyToFinalize" });
  return status;
}

test("withdrawalStatus: ready exactly when the portal takes it, second by second", async () => {
  const w = withdrawal();
  expect(await assertSameAsPortal(w)).toBe("waitingForProposal");
  const outputs = await propose([w]);
  const { createdAt } = await anvil.read<{ createdAt: bigint }>(onOracle("proposalAt", 0n));
  usable = [{ index: 0n, createdAt, confirmedAfter: null }];
  expect(await assertSameAsPortal(w)).toBe("readyToProve");
  await anvil.send(await proving(w, outputs));
  const seen: string[] = [];
  const note = async () => {
    const status = await assertSameAsPortal(w);
    if (seen.at(-1) !== status) seen.push(status);
  };
  for (let i = 0; i < 12; i += 1) {
    await note();
    await passSeconds(1n);
  }
  await passSeconds(challengePeriodSeconds);
  expect((await report(w)).blockedBy?.reason).toBe("resolution-due");
  await anvil.send(onOracle("resolveProposal", 0n));
  for (let i = 0n; i <= FINALITY + 1n; i += 1n) {
    await note();
    await passSeconds(1n);
  }
  expect(seen).toEqual(["proven", "inChallengePeriod", "readyToFinalize"]);
  success = await finalize(w);
  expect(await assertSameAsPortal(w)).toBe("finalized");
  usable = [];
});

test("withdrawalStatus: a call that fails is told, and it is not replayable", async () => {
  const w = withdrawal("refuse");
  const outputs = await propose([w]);
  await anvil.send(await proving(w, outputs));
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(onOracle("resolveProposal", 0n));
  await passSeconds(FINALITY + 1n);
  success = await finalize(w);
  expect(success).toBe(false);
  expect(await report(w)).toMatchObject({
    status: "failedReplayable",
    nextAction: { kind: "none" },
  });
  success = true;
});

test("withdrawalStatus: an unresolved sibling blocks for an unknown time; a lost proposal takes the proof along", async () => {
  const w = withdrawal();
  const outputs = await propose([w]);
  await anvil.send(await proving(w, outputs));
  await propose([withdrawal()], other);
  await passSeconds(challengePeriodSeconds + 1n);
  expect(await report(w)).toMatchObject({
    status: "inChallengePeriod",
    blockedBy: { reason: "sibling-unresolved", proposalIndex: 0n },
    nextAction: { kind: "wait", validFrom: null },
    etaSec: null,
  });
  await anvil.send(onOracle("lose", 0n));
  expect(await assertSameAsPortal(w)).toBe("proofInvalidated");
});

test("withdrawalStatus: the right one of two siblings is confirmed once the other is lost", async () => {
  const w = withdrawal();
  await propose([withdrawal()]);
  const outputs = await propose([w], other);
  await anvil.send(await proving(w, outputs, 1n));
  await anvil.send(onOracle("lose", 0n));
  expect((await report(w)).blockedBy?.reason).toBe("challenge-period");
  await passSeconds(challengePeriodSeconds + 1n);
  await anvil.send(onOracle("resolveProposal", 1n));
  await passSeconds(FINALITY + 1n);
  expect(await assertSameAsPortal(w)).toBe("readyToFinalize");
});
