import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseEther } from "viem";
import {
  devAccount,
  type FoveaServer,
  startFovea,
  until,
  viemClients,
} from "../helpers/foveaServer.js";
import { OpenApiChecker, sendApi } from "../helpers/openapi.js";

// A withdrawal from its first transaction to the exact balance on L1, by REST alone: wallets only sign what was prepared.

type Json = Record<string, unknown>;
interface Withdrawal extends Json {
  withdrawalHash: `0x${string}`;
  status: string;
  nextAction: { kind: string; validFromTimestamp: number | null; prepareUrl: string | null };
  blockedBy: { reason: string } | null;
  etaSec: number | null;
  provenBy: { submitter: string; proposalIndex: number }[];
  l2: { blockNumber: number };
}
interface Prepared extends Json {
  layer: "l1" | "l2";
  to: `0x${string}`;
  data: `0x${string}`;
  value: string;
  gas: string | null;
  simulation: { ok: boolean; revertReason?: string };
  warnings: { code: string }[];
}

const RECIPIENT = "0x00000000000000000000000000000000000e57f0";
const VALUE = parseEther("1.5");
const STRANGER = "0x00000000000000000000000000000000000dead1";
const ORDER = [
  "initiated",
  "waitingForProposal",
  "readyToProve",
  "proven",
  "inChallengePeriod",
  "readyToFinalize",
  "finalized",
];
/** viem's names for our statuses. `initiated` and `waitingForProposal` are one for viem, and so are the two while a proof waits. */
const VIEM: Record<string, string> = {
  initiated: "waiting-to-prove",
  waitingForProposal: "waiting-to-prove",
  readyToProve: "ready-to-prove",
  proven: "waiting-to-finalize",
  inChallengePeriod: "waiting-to-finalize",
  readyToFinalize: "ready-to-finalize",
  finalized: "finalized",
};

const checker = new OpenApiChecker();
const account = devAccount(2);
let server: FoveaServer;
let clients: Awaited<ReturnType<typeof viemClients>>;
/** Another account, which makes a withdrawal early, and proves it late. */
let other: Awaited<ReturnType<typeof viemClients>>;
const otherAccount = devAccount(3);
let lateHash: `0x${string}`;
let l2TxHash: `0x${string}`;
let hash: `0x${string}`;

beforeAll(async () => {
  server = await startFovea();
  clients = await viemClients(server, account);
  other = await viemClients(server, otherAccount);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  server?.clean();
});

/** One call of the API, its answer checked against the description. */
async function api<T = Json>(
  operationId: string,
  request: Parameters<typeof sendApi>[2] = {},
): Promise<{ status: number; body: T }> {
  const operation = checker.operation(operationId);
  const answer = await sendApi(server.url, operation, request);
  expect(checker.check(operation, answer)).toEqual([]);
  return { status: answer.status, body: answer.body as T };
}

const read = async () => (await api<Withdrawal>("getWithdrawal", { params: { hash } })).body;

/** Signs and sends a prepared transaction exactly as it came; answers the receipt. */
async function send({ layer, to, data, value, gas }: Prepared, signer = clients) {
  const request = { to, data, value: BigInt(value), gas: BigInt(gas ?? 0) } as never;
  const { l1Wallet, l2Wallet, l1Public, l2Public } = signer;
  const txHash = await (layer === "l1"
    ? l1Wallet.sendTransaction(request)
    : l2Wallet.sendTransaction(request));
  const wanted = { hash: txHash, timeout: 60_000 };
  const receipt = await (layer === "l1"
    ? l1Public.waitForTransactionReceipt(wanted)
    : l2Public.waitForTransactionReceipt(wanted));
  expect(receipt.status).toBe("success");
  return receipt;
}

async function prepare(operationId: string, body: Json, params: Json = {}): Promise<Prepared> {
  const { status, body: prepared } = await api<Prepared>(operationId, { params, body });
  expect([status, prepared.simulation]).toEqual([200, { ok: true }]);
  return prepared;
}

async function viemStatus(): Promise<string> {
  const receipt = await clients.l2Public.getTransactionReceipt({ hash: l2TxHash });
  return clients.l1Public.getWithdrawalStatus({ receipt, targetChain: clients.l2Chain as never });
}

/** Our status together with viem's, both read while neither changed. */
async function bothStatuses(): Promise<{ status: string; viem: string }> {
  for (;;) {
    const before = await read();
    const viem = await viemStatus();
    const after = await read();
    if (before.status === after.status) return { status: after.status, viem };
  }
}

describe("a withdrawal by REST", () => {
  const seen: string[] = [];

  async function follow(last: string): Promise<Withdrawal> {
    return until(
      `status ${last}`,
      async () => {
        const { status, viem } = await bothStatuses();
        // The index may lag a moment behind L1, on which viem looks.
        if (VIEM[status] !== viem) {
          const again = await bothStatuses();
          expect({ status: again.status, viem: VIEM[again.status] }).toEqual(again);
        }
        if (seen.at(-1) !== status) seen.push(status);
        return status === last ? read() : undefined;
      },
      120_000,
    );
  }

  test("is initiated with a prepared transaction", async () => {
    const body = { from: account.address, target: RECIPIENT, valueWei: VALUE.toString() };
    const prepared = await prepare("prepareWithdrawal", body);
    expect(prepared.layer).toBe("l2");
    l2TxHash = (await send(prepared)).transactionHash;
    const list = await until("the withdrawal in the index", async () => {
      const { status, body } = await api<{ withdrawals: Withdrawal[] }>("getWithdrawal", {
        params: { hash: l2TxHash },
      });
      return status === 200 ? body.withdrawals : undefined;
    });
    expect(list).toHaveLength(1);
    hash = list[0]?.withdrawalHash as `0x${string}`;
    seen.push((await read()).status);
    expect(seen).toEqual(["initiated"]);
    const late = { from: otherAccount.address, target: STRANGER, valueWei: "3" };
    const { transactionHash } = await send(await prepare("prepareWithdrawal", late), other);
    lateHash = await until("the other withdrawal", async () => {
      const query = { l2TxHash: transactionHash };
      const { body } = await api<{ data: Withdrawal[] }>("listWithdrawals", { query });
      return body.data[0]?.withdrawalHash;
    });
  }, 60_000);

  test("has no proof before a proposal, and says when to ask again", async () => {
    const { status, body } = await api("getWithdrawalProof", { params: { hash } });
    expect([status, body.code]).toEqual([409, "not-proposed-yet"]);
    expect(body.etaSec).toBeGreaterThanOrEqual(0);
    const early = await api("prepareProve", { params: { hash }, body: { from: account.address } });
    expect([early.status, early.body.code]).toEqual([409, "not-proposed-yet"]);
    const unproven = await api("prepareFinalize", {
      params: { hash },
      body: { from: account.address },
    });
    expect([unproven.status, unproven.body.code]).toEqual([409, "not-proven-yet"]);
  }, 60_000);

  test("is proven with a prepared transaction as soon as it says so", async () => {
    const ready = await follow("readyToProve");
    expect(ready.nextAction).toMatchObject({
      kind: "prove",
      prepareUrl: `/api/v1/withdrawals/${hash}/prepare-prove`,
    });
    const proof = await api("getWithdrawalProof", { params: { hash } });
    expect(proof.body).toMatchObject({ withdrawalHash: hash, verifiedLocally: true });
    await send(await prepare("prepareProve", { from: account.address }, { hash }));
    const proven = await until("the proof", async () => {
      const found = await read();
      return found.provenBy.length > 0 && found;
    });
    expect(proven.provenBy[0]?.submitter).toBe(account.address);
    const again = await prepare("prepareProve", { from: account.address }, { hash });
    expect(again.warnings.map(({ code }) => code)).toEqual(["already-proven"]);
  }, 120_000);

  test("cannot be finalized early, and the answer says when it can", async () => {
    const early = await api("prepareFinalize", { params: { hash }, body: { from: STRANGER } });
    expect(early.status).toBe(409);
    expect(["proof-not-mature", "challenge-period-active"]).toContain(early.body.code);
    expect(early.body.validFromTimestamp).toBeGreaterThan(0);
    const other = await api("prepareFinalize", {
      params: { hash },
      body: { from: account.address, proofSubmitter: STRANGER },
    });
    expect([other.status, other.body.code]).toEqual([409, "not-proven-yet"]);
  });

  test("is finalized by another account, to the wei, and nothing is left to do", async () => {
    const ready = await follow("readyToFinalize");
    expect(ready.nextAction.kind).toBe("finalize");
    await send(await prepare("prepareFinalize", { from: otherAccount.address }, { hash }), other);
    expect(await clients.l1Public.getBalance({ address: RECIPIENT })).toBe(VALUE);
    const done = await until("the event in the index", async () => {
      const found = await read();
      return found.status === "finalized" && found.finalized !== null && found;
    });
    expect(done).toMatchObject({
      nextAction: { kind: "none", prepareUrl: null },
      blockedBy: null,
      etaSec: null,
      call: { success: true, isReplayable: false },
    });
    expect(await viemStatus()).toBe("finalized");
    seen.push("finalized");
    for (const step of ["prepareFinalize", "prepareProve"]) {
      const { status, body } = await api(step, {
        params: { hash },
        body: { from: account.address },
      });
      expect([status, body.code]).toEqual([409, "already-finalized"]);
    }
    const replay = await api("prepareReplay", {
      params: { hash },
      body: { from: account.address },
    });
    expect(replay.body.code).toBe("not-replayable");
  }, 180_000);

  test("went through every status, in order", () => {
    expect(seen).toEqual(ORDER);
  });

  test("a proof against a proposal of long ago is given, and holds on L1", async () => {
    const params = { hash: lateHash };
    const first = (await api<{ proposalIndex: number }>("getWithdrawalProof", { params })).body;
    const oldest = first.proposalIndex;
    const query = { limit: 1, order: "desc" };
    const { body } = await api<{ data: { index: number }[] }>("listProposals", { query });
    const newest = body.data[0]?.index ?? 0;
    expect(newest - oldest).toBeGreaterThanOrEqual(3);
    for (const proposal of [oldest, newest]) {
      const found = await api("getWithdrawalProof", { params, query: { proposal } });
      expect([found.status, found.body.proposalIndex]).toEqual([200, proposal]);
    }
    const unknown = await api("getWithdrawalProof", {
      params,
      query: { proposal: newest + 1_000 },
    });
    expect([unknown.status, unknown.body.code]).toEqual([404, "proposal-unknown"]);
    if (oldest > 0) {
      const before = await api("getWithdrawalProof", { params, query: { proposal: oldest - 1 } });
      expect([before.status, before.body.code]).toEqual([409, "not-proposed-yet"]);
    }
    // The portal takes it, and only the maturity of the proof is left to wait for.
    const prove = { from: otherAccount.address, proposalIndex: oldest };
    await send(await prepare("prepareProve", prove, params), other);
    const proven = await until("the late proof", async () => {
      const found = await api<Withdrawal>("getWithdrawal", { params });
      return found.body.provenBy.length > 0 && found.body;
    });
    expect(proven.provenBy[0]).toMatchObject({ proposalIndex: oldest });
    expect(["proven", "readyToFinalize"]).toContain(proven.status);
    if (proven.status === "proven") expect(proven.blockedBy?.reason).toBe("proof-maturity");
    const finalize = await until("maturity", async () => {
      const body = { from: account.address };
      const found = await api<Prepared>("prepareFinalize", { params, body });
      return found.status === 200 && found.body;
    });
    await send(finalize);
    expect(await clients.l1Public.getBalance({ address: STRANGER })).toBe(3n);
  }, 90_000);

  test("is in the lists, by sender, target, status and transaction", async () => {
    for (const query of [
      { sender: account.address },
      { target: RECIPIENT },
      { status: "finalized", target: RECIPIENT },
      { l2TxHash },
      { sender: account.address, status: "finalized", target: RECIPIENT },
    ]) {
      const { body } = await api<{ data: Withdrawal[] }>("listWithdrawals", { query });
      expect(body.data.map(({ withdrawalHash }) => withdrawalHash)).toEqual([hash]);
    }
    for (const query of [{ sender: STRANGER }, { status: "proofInvalidated" }]) {
      const { body } = await api<{ data: Withdrawal[]; nextCursor: null }>("listWithdrawals", {
        query,
      });
      expect([body.data, body.nextCursor]).toEqual([[], null]);
    }
  });

  test("a deposit, a stake and a refused stake are prepared", async () => {
    const deposit = await prepare("prepareDeposit", {
      from: account.address,
      to: RECIPIENT,
      valueWei: "7",
    });
    await send(deposit);
    await until("the deposit on L2", async () => {
      return (await clients.l2Public.getBalance({ address: RECIPIENT })) === 7n;
    });
    const { body } = await api("prepareClaim", { body: { address: account.address } });
    expect(body.code).toBe("stake-missing");
    const proposal = await until("a claim is due, or not", async () => {
      const answer = await api("prepareProposal", { body: { from: account.address } });
      return answer.status === 200 || answer.body.code === "claim-not-due" ? answer : undefined;
    });
    if (proposal.status === 200) expect(proposal.body.action).toBe("stake");
    else expect(proposal.body.validFromTimestamp).toBeGreaterThan(0);
  }, 60_000);
});
