import { describe, expect, test } from "@jest/globals";
import { encodeErrorResult, encodeFunctionData } from "viem";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import {
  anvil,
  challengePeriodSeconds,
  checking,
  ETH,
  errorOf,
  FINALITY,
  finalize,
  finalizing,
  hashOf,
  L2_SENDER,
  l1,
  NO_SENDER,
  noted,
  onOracle,
  other,
  passSeconds,
  prepare,
  proofMaturityDelaySeconds,
  propose,
  proving,
  read,
  target,
  user,
  withdrawal,
} from "./withdrawalWorld.js";

describe("checkWithdrawal", () => {
  test("tells the reason at each stage, to the very second", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_Unproven");
    await passSeconds(challengePeriodSeconds);
    await anvil.send(await proving(w, outputs));
    const provenAt = (await anvil.client.getBlock()).timestamp;
    await anvil.send(onOracle("resolveProposal", 0n));
    expect(await errorOf(checking(w, other))).toBe("OptimismPortal_Unproven");
    const mineAt = async (timestamp: bigint) => {
      await anvil.client.setNextBlockTimestamp({ timestamp });
      await anvil.client.mine({ blocks: 1 });
      return await errorOf({ ...checking(w), at: "latest" });
    };
    expect(await mineAt(provenAt + proofMaturityDelaySeconds)).toBe(
      "OptimismPortal_ProofNotOldEnough",
    );
    expect(await mineAt(provenAt + proofMaturityDelaySeconds + 1n)).toBe("none");
    expect(await finalize(w)).toBe(true);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_AlreadyFinalized");
  });

  test("waits for the proposal's finality, to the very second", async () => {
    const w = withdrawal();
    await anvil.send(await proving(w, await propose([w])));
    await passSeconds(challengePeriodSeconds + 1n);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_InvalidRootClaim");
    await anvil.send(onOracle("resolveProposal", 0n));
    const resolvedAt = (await anvil.client.getBlock()).timestamp;
    await anvil.client.setNextBlockTimestamp({ timestamp: resolvedAt + FINALITY });
    await anvil.client.mine({ blocks: 1 });
    const now = { ...checking(w), at: "latest" } as const;
    expect(await errorOf(now)).toBe("OptimismPortal_InvalidRootClaim");
    await passSeconds(1n);
    expect(await errorOf(now)).toBe("none");
  });

  test("refuses a withdrawal whose proposal was lost, until it is proven against another", async () => {
    const w = withdrawal();
    const [wrong, right] = [await propose([w]), await propose([w, withdrawal()], other)];
    await anvil.send(await proving(w, wrong, 0n));
    await anvil.send(await proving(w, right, 1n, other));
    const untouched = await read("provenWithdrawals", hashOf(w), other);
    await anvil.send(onOracle("lose", 0n));
    await passSeconds(challengePeriodSeconds + 1n);
    await anvil.send(onOracle("resolveProposal", 1n));
    await passSeconds(proofMaturityDelaySeconds + 1n);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_InvalidRootClaim");
    expect(await errorOf(checking(w, other))).toBe("none");
    await anvil.send(await proving(w, right, 1n));
    expect(await read("provenWithdrawals", hashOf(w), other)).toEqual(untouched);
    expect(await errorOf(checking(w))).toBe("OptimismPortal_ProofNotOldEnough");
    await passSeconds(proofMaturityDelaySeconds + 1n);
    expect(await errorOf(checking(w))).toBe("none");
  });
});

describe("finalizeWithdrawalTransaction", () => {
  test("calls the target with sender, value and gas, once", async () => {
    const w = withdrawal("note", { value: ETH });
    await prepare(w);
    expect(await finalize(w)).toBe(true);
    expect((await noted<string>("sender")).toLowerCase()).toBe(L2_SENDER);
    expect(await noted("valueReceived")).toBe(ETH);
    expect(await noted<bigint>("gasReceived")).toBeGreaterThanOrEqual(w.gasLimit);
    expect(await read("finalizedWithdrawals", hashOf(w))).toBe(true);
    expect(await read("l2Sender")).toBe(NO_SENDER);
    expect(await errorOf(finalizing(w))).toBe("OptimismPortal_AlreadyFinalized");
    // Not even with a new proof by somebody else.
    const external = "finalizeWithdrawalTransactionExternalProof";
    const again = { ...finalizing(w, other), functionName: external, args: [w, user] };
    expect(await errorOf(again)).toBe("OptimismPortal_AlreadyFinalized");
    expect(await noted("calls")).toBe(1n);
  });

  test("may be done by others with the submitter's proof only", async () => {
    const w = withdrawal();
    await prepare(w);
    expect(await errorOf(finalizing(w, other))).toBe("OptimismPortal_Unproven");
    const functionName = "finalizeWithdrawalTransactionExternalProof";
    const external = { ...finalizing(w, other), functionName };
    expect(await errorOf({ ...external, args: [w, other] })).toBe("OptimismPortal_Unproven");
    await anvil.send({ ...external, args: [w, user], gas: 1_000_000n });
    expect(await noted("calls")).toBe(1n);
  });

  test("refuses a withdrawal that differs in a field from the proven one", async () => {
    const w = withdrawal();
    await prepare(w);
    expect(await errorOf(finalizing({ ...w, value: ETH }))).toBe("OptimismPortal_Unproven");
    expect(await errorOf(finalizing({ ...w, gasLimit: 0n }))).toBe("OptimismPortal_Unproven");
  });

  test("stays finalized when the target fails, or the portal cannot pay", async () => {
    const failing = withdrawal("refuse");
    const tooMuch = withdrawal("note", { value: 1000n * ETH });
    await prepare(failing, tooMuch);
    for (const w of [failing, tooMuch]) {
      expect(await finalize(w)).toBe(false);
      expect(await errorOf(finalizing(w))).toBe("OptimismPortal_AlreadyFinalized");
    }
    expect(await read("l2Sender")).toBe(NO_SENDER);
    expect(await noted("calls")).toBe(0n);
  });

  test("is not harmed by a long answer", async () => {
    const w = withdrawal("bomb", { gasLimit: 3_000_000n });
    await prepare(w);
    expect(await finalize(w, 4_000_000n)).toBe(true);
  });

  test("gives the target its gas or reverts as a whole, for every gas limit", async () => {
    const w = withdrawal("note", { gasLimit: 200_000n, value: 1n });
    await prepare(w);
    const seen = new Set<string>();
    for (let gas = 60_000n; gas <= 480_000n; gas += 7_001n) {
      const id = await anvil.client.snapshot();
      const isDone = await anvil.send({ ...finalizing(w), gas }).then(
        () => true,
        () => false,
      );
      expect(await read("finalizedWithdrawals", hashOf(w))).toBe(isDone);
      expect(await noted("calls")).toBe(isDone ? 1n : 0n);
      if (isDone) expect(await noted<bigint>("gasReceived")).toBeGreaterThanOrEqual(w.gasLimit);
      seen.add(`${isDone}`);
      await anvil.client.revert({ id });
    }
    expect([...seen].sort()).toEqual(["false", "true"]);
    const short = { ...finalizing(w), gas: 250_000n };
    expect(await errorOf(short)).toBe("OptimismPortal_NotEnoughGas");
  });

  test("refuses gas limits that no transaction can give", async () => {
    const w = withdrawal("note", { gasLimit: 2n ** 256n - 1n });
    await prepare(w);
    expect(await errorOf(finalizing(w))).toBe("OptimismPortal_NotEnoughGas");
  });

  test("cannot be entered again, and the inner withdrawal stays open", async () => {
    const inner = withdrawal();
    const outer = withdrawal("note", { gasLimit: 500_000n });
    const functionName = "finalizeWithdrawalTransactionExternalProof";
    const data = encodeFunctionData({ ...l1.portal, functionName, args: [inner, user] });
    outer.data = encodeFunctionData({ ...target, functionName: "reenter", args: [data] });
    await prepare(inner, outer);
    expect(await finalize(outer)).toBe(true);
    const errorName = "OptimismPortal_NoReentrancy";
    expect(await noted("reentryError")).toBe(
      encodeErrorResult({ abi: OptimismPortal.abi, errorName }),
    );
    expect(await read("finalizedWithdrawals", hashOf(inner))).toBe(false);
    expect(await finalize(inner)).toBe(true);
  });
});

test("errors have the selectors that wallets know", () => {
  const selectors = {
    OptimismPortal_Unproven: "0xcca6afda",
    OptimismPortal_InvalidProofTimestamp: "0xb4caa4e5",
    OptimismPortal_ProofNotOldEnough: "0xd9bc01be",
    OptimismPortal_InvalidRootClaim: "0x332a57f8",
    OptimismPortal_AlreadyFinalized: "0x730a1074",
  } as const;
  for (const [name, selector] of Object.entries(selectors)) {
    const errorName = name as keyof typeof selectors;
    expect(encodeErrorResult({ abi: OptimismPortal.abi, errorName })).toBe(selector);
  }
});
