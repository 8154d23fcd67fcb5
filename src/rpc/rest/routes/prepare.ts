import { periodEndTime, periodOf } from "../../../protocol/index.js";
import { encodeUnstake } from "../../../services/prepare/portalCalls.js";
import { prepareDeposit } from "../../../services/prepare/prepareDeposit.js";
import { prepareInitiate } from "../../../services/prepare/prepareInitiate.js";
import { simulateOnL1 } from "../../../services/prepare/simulate.js";
import { type Claim, ClaimPlanner } from "../../../services/proposals/claimPlanner.js";
import { encodeCreate, encodeJoin, encodeStake } from "../../../services/proposals/oracleCalls.js";
import { RpcOracleReader } from "../../../services/proposals/oracleReader.js";
import type { Address, Hex } from "../../../util/hex.js";
import { toHex } from "../../../util/hex.js";
import { preparedReply } from "../prepared.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";
import { type WithdrawalParts, withdrawalParts } from "../withdrawalParts.js";
import { tooEarly } from "./prepareWithdrawal.js";

/** A call that needs more could not be made by any L1 transaction: the portal needs some of the 2^24 for itself. */
const MAX_CALL_GAS = 16_000_000n;

/** Transactions for the caller to sign; the server's own keys are never used. */
export function prepareRoutes(deps: RestDeps): RestRoute[] {
  const parts = withdrawalParts(deps);
  const route = (
    operationId: string,
    path: string,
    prepare: (parts: WithdrawalParts, request: RestRequest) => Promise<RestReply>,
  ): RestRoute => ({
    operationId,
    method: "post",
    path,
    handle: async (request) => prepare(parts(), request),
  });
  return [
    route("prepareDeposit", "/deposits/prepare", deposit),
    route("prepareWithdrawal", "/withdrawals/prepare", withdrawal),
    route("prepareProposal", "/proposals/prepare", proposal),
    route("prepareClaim", "/bonds/prepare-claim", claim),
  ];
}

interface DepositBody {
  from: string;
  to?: string;
  valueWei?: string;
  mintWei?: string;
  gasLimit?: string;
  data?: string;
  isCreation?: boolean;
}

async function deposit(
  { config, engine, l1 }: WithdrawalParts,
  request: RestRequest,
): Promise<RestReply> {
  const body = request.body as DepositBody;
  const value = BigInt(body.valueWei ?? 0);
  const isCreation = body.isCreation ?? false;
  if (isCreation && body.to !== undefined) throw new RestProblem("creation-with-recipient");
  if (!isCreation && body.to === undefined) {
    const errors = [{ pointer: "/body/to", message: "is needed unless isCreation is true" }];
    throw new RestProblem("validation-failed", { errors });
  }
  const prepared = await prepareDeposit(
    config,
    {
      from: body.from.toLowerCase() as Address,
      to: isCreation ? null : ((body.to as string).toLowerCase() as Address),
      value,
      mint: body.mintWei === undefined ? value : BigInt(body.mintWei),
      data: (body.data ?? "0x").toLowerCase() as Hex,
      ...(body.gasLimit !== undefined && { gasLimit: BigInt(body.gasLimit) }),
    },
    { engine, rpc: l1, signal: request.signal },
  );
  if (prepared.refused !== undefined) throw refusal(prepared.refused, prepared.limits);
  return preparedReply({
    layer: "l1",
    chainId: config.chain.l1ChainId,
    action: "deposit",
    draft: prepared.draft,
    simulation: prepared.simulation,
    warnings: prepared.warnings,
    extra: { deposit: prepared.deposit },
  });
}

function refusal(
  code: "gas-limit-out-of-range" | "data-too-large",
  limits: Record<string, bigint | number>,
): RestProblem {
  return new RestProblem(code, { limits });
}

interface WithdrawalBody {
  from: string;
  target: string;
  valueWei?: string;
  gasLimit?: string;
  data?: string;
}

async function withdrawal(
  { config, engine, l1 }: WithdrawalParts,
  request: RestRequest,
): Promise<RestReply> {
  const body = request.body as WithdrawalBody;
  const target = body.target.toLowerCase() as Address;
  const { portal, depositFeed, systemConfig, blockOracle, sequencerFeed } = config.addresses;
  if ([portal, depositFeed, systemConfig, blockOracle, sequencerFeed].includes(target)) {
    throw new RestProblem("target-refused");
  }
  if (body.gasLimit !== undefined && BigInt(body.gasLimit) > MAX_CALL_GAS) {
    const limits = { minimum: 0n, maximum: MAX_CALL_GAS };
    throw new RestProblem("gas-limit-out-of-range", { limits });
  }
  const prepared = await prepareInitiate(
    config,
    {
      from: body.from.toLowerCase() as Address,
      target,
      value: BigInt(body.valueWei ?? 0),
      data: (body.data ?? "0x").toLowerCase() as Hex,
      ...(body.gasLimit !== undefined && { gasLimit: BigInt(body.gasLimit) }),
    },
    { engine, rpc: l1, signal: request.signal },
  );
  return preparedReply({
    layer: "l2",
    chainId: config.chain.l2ChainId,
    action: "initiate",
    draft: prepared.draft,
    simulation: prepared.simulation,
    warnings: prepared.warnings,
    extra: { gasLimit: prepared.gasLimit },
  });
}

/** What an honest account would send now: its stake, a move to a claim it agrees with, or a new claim. */
async function proposal(parts: WithdrawalParts, request: RestRequest): Promise<RestReply> {
  const { config, chain, l1, genesisTime } = parts;
  const from = (request.body as { from: string }).from.toLowerCase() as Address;
  const at = chain.feeds.snapshot?.at;
  if (!at) throw new RestProblem("syncing", { retryAfterSec: 2 });
  // Made anew for each request: it holds the open proposals of one L1 block.
  const reader = new RpcOracleReader(config.addresses.blockOracle, { rpc: l1 });
  const planner = new ClaimPlanner({ finalizedOnly: false }, { node: chain, reader, genesisTime });
  const { next, stuck } = await planner.plan(from, at);
  if (stuck !== undefined)
    throw new RestProblem("claim-impossible", { detail: `Not now: ${stuck}.` });
  if (!next) {
    const start = await genesisTime();
    const { periodSeconds } = config.chain;
    const period = periodOf(at.time, start, periodSeconds);
    throw tooEarly("claim-not-due", periodEndTime(period, start, periodSeconds), at.time);
  }
  const base = { from, to: config.addresses.blockOracle };
  const draft = {
    stake: () => ({ ...base, data: toHex(encodeStake()), value: config.chain.stakeWei }),
    join: (index: bigint) => ({ ...base, data: toHex(encodeJoin(index)), value: 0n }),
    create: ({ rootClaim, extraData, proof }: Claim) => ({
      ...base,
      data: toHex(encodeCreate(rootClaim, extraData, proof)),
      value: 0n,
    }),
  };
  const chosen =
    next.kind === "stake"
      ? draft.stake()
      : next.kind === "join"
        ? draft.join(next.index)
        : draft.create(next.claim);
  return preparedReply({
    layer: "l1",
    chainId: config.chain.l1ChainId,
    action: next.kind,
    draft: chosen,
    simulation: await simulateOnL1(l1, chosen, request.signal),
    extra: { claim: next.kind === "create" ? encodeClaim(next.claim) : null },
  });
}

function encodeClaim({ rootClaim, extraData }: Claim) {
  const isFirst = extraData.parentIndex >= 1n << 64n;
  return {
    outputRoot: rootClaim,
    l2BlockNumber: Number(extraData.l2BlockNumber),
    parentIndex: isFirst ? null : Number(extraData.parentIndex),
    feedEnd: Number(extraData.feedEnd),
    feedTipHash: extraData.feedTipHash,
  };
}

async function claim(
  { config, index, l1, calls }: WithdrawalParts,
  request: RestRequest,
): Promise<RestReply> {
  const from = (request.body as { address: string }).address.toLowerCase() as Address;
  const stake = await index.getStake(from);
  if (stake.status === "none") throw new RestProblem("stake-missing");
  if (stake.status === "lost") throw new RestProblem("stake-lost");
  if (stake.status === "locked") {
    throw tooEarly("stake-locked", stake.claimableAt, (await calls.head()).time, {
      proposalIndex: stake.standsOn === null ? null : Number(stake.standsOn),
    });
  }
  const draft = { from, to: config.addresses.blockOracle, data: encodeUnstake(), value: 0n };
  return preparedReply({
    layer: "l1",
    chainId: config.chain.l1ChainId,
    action: "unstake",
    draft,
    simulation: await simulateOnL1(l1, draft, request.signal),
    extra: { amountWei: stake.amountWei },
  });
}
