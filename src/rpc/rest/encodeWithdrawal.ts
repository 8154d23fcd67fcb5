import { getAddress } from "viem";
import type { WithdrawalProgress } from "../../services/withdrawals/types.js";
import type { WithdrawalReport } from "../../services/withdrawals/withdrawalReader.js";
import { type Hash, toHex } from "../../util/hex.js";
import { encodeL1Ref, isoTime } from "./encode/common.js";
import { API_BASE } from "./openApi.js";

/** L1 heads by which a place's depth is told. */
export type L1Heads = Parameters<typeof encodeL1Ref>[1];

/** RFC 3339 of a time in seconds; null stays null. */
export function toTime(seconds: bigint | null): string | null {
  return seconds === null ? null : isoTime(Number(seconds) * 1_000);
}

/** A withdrawal with its status, as /withdrawals answers it. */
export function encodeWithdrawal(
  { withdrawal, events, progress, snapshot }: WithdrawalReport,
  heads: L1Heads,
) {
  const { l2 } = withdrawal;
  const maturity = BigInt(snapshot.delays.proofMaturityDelaySeconds);
  const { outcome } = snapshot;
  return {
    withdrawalHash: withdrawal.withdrawalHash,
    nonce: withdrawal.nonce.toString(),
    sender: getAddress(withdrawal.sender),
    target: getAddress(withdrawal.target),
    valueWei: withdrawal.value.toString(),
    gasLimit: withdrawal.gasLimit.toString(),
    data: toHex(withdrawal.data),
    status: progress.status,
    nextAction: encodeAction(withdrawal.withdrawalHash, progress),
    blockedBy: progress.blockedBy && {
      reason: progress.blockedBy.reason,
      proposalIndex: toNumber(progress.blockedBy.proposalIndex),
    },
    etaSec: progress.etaSec,
    l2: {
      blockNumber: Number(l2.blockNumber),
      blockHash: l2.blockHash,
      txHash: l2.txHash,
      logIndex: l2.logIndex,
      time: toTime(l2.timestamp),
      timestamp: Number(l2.timestamp),
    },
    provenBy: snapshot.proofs.map(({ submitter, provenAt, proposal }) => ({
      submitter: getAddress(submitter),
      proposalIndex: Number(proposal.index),
      provenAt: toTime(provenAt),
      provenAtTimestamp: Number(provenAt),
      maturesAt: toTime(provenAt + maturity + 1n),
      maturesAtTimestamp: Number(provenAt + maturity + 1n),
    })),
    call: outcome && { success: outcome.success, isReplayable: outcome.isReplayable },
    finalized: events.finalized && encodeL1Ref(events.finalized.l1, heads),
  };
}

const PREPARE_ROUTES: Partial<Record<WithdrawalProgress["nextAction"]["kind"], string>> = {
  prove: "prepare-prove",
  finalize: "prepare-finalize",
  replay: "prepare-replay",
};

function encodeAction(hash: Hash, { nextAction }: WithdrawalProgress) {
  const { kind, validFrom, isEstimate, proposalIndex, proofSubmitter } = nextAction;
  const route = PREPARE_ROUTES[kind];
  return {
    kind,
    validFrom: toTime(validFrom),
    validFromTimestamp: toNumber(validFrom),
    isEstimate,
    proposalIndex: toNumber(proposalIndex),
    proofSubmitter: proofSubmitter && getAddress(proofSubmitter),
    prepareUrl: route === undefined ? null : `${API_BASE}/withdrawals/${hash}/${route}`,
  };
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
