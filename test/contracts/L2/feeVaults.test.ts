import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { getAddress, parseEventLogs } from "viem";
import { BaseFeeVault } from "../../../src/contracts/generated/BaseFeeVault.js";
import { L1FeeVault } from "../../../src/contracts/generated/L1FeeVault.js";
import { L2ToL1MessagePasser } from "../../../src/contracts/generated/L2ToL1MessagePasser.js";
import { OperatorFeeVault } from "../../../src/contracts/generated/OperatorFeeVault.js";
import { SequencerFeeVault } from "../../../src/contracts/generated/SequencerFeeVault.js";
import { PREDEPLOYS } from "../../../src/contracts/predeploys.js";
import type { Address } from "../../../src/util/hex.js";
import {
  ALICE,
  BOB,
  type PredeployChain,
  startPredeployChain,
} from "../universal/predeployChain.js";

const OWNER: Address = "0x00000000000000000000000000000000000f00d5";
const VAULTS = [SequencerFeeVault, BaseFeeVault, L1FeeVault, OperatorFeeVault];

let chain: PredeployChain;
beforeAll(async () => {
  chain = await startPredeployChain();
  await chain.putPredeploys(ALICE.address, ALICE.address, OWNER);
});
afterAll(() => chain.stop());

test.each(VAULTS.map((vault) => [vault.name, vault] as const))(
  "%s sends all it has to the recipient on L1, above a minimum",
  async (name, vault) => {
    const at = { address: PREDEPLOYS[name] as Address, abi: vault.abi };
    const minimum = await chain.read<bigint>({ ...at, functionName: "minWithdrawalAmount" });
    expect(minimum).toBe(10n ** 17n);
    expect(await chain.read({ ...at, functionName: "MIN_WITHDRAWAL_AMOUNT" })).toBe(minimum);
    await chain.client.setBalance({ address: at.address, value: minimum - 1n });
    expect(await chain.revertOf({ ...at, functionName: "withdraw" })).toBe("FeeVaultBelowMinimum");

    // The vault takes ETH by plain transfer, too.
    await chain.send({ to: at.address, value: 1n });
    for (const processed of [minimum, 2n * minimum]) {
      const receipt = await chain.write({ ...at, functionName: "withdraw", from: BOB.address });
      const events = parseEventLogs({
        abi: [...at.abi, ...L2ToL1MessagePasser.abi],
        logs: receipt.logs,
      });
      expect(events.map((event) => event.eventName)).toEqual([
        "Withdrawal",
        "Withdrawal",
        "MessagePassed",
      ]);
      expect(events[0]?.args).toEqual({ value: minimum, to: getAddress(OWNER), from: BOB.address });
      expect(events[1]?.args).toEqual({
        value: minimum,
        to: getAddress(OWNER),
        from: BOB.address,
        withdrawalNetwork: 0,
      });
      expect(events[2]?.args).toMatchObject({
        sender: getAddress(at.address),
        target: getAddress(OWNER),
        value: minimum,
        gasLimit: 400_000n,
        data: "0x",
      });
      expect(await chain.client.getBalance({ address: at.address })).toBe(0n);
      expect(await chain.read({ ...at, functionName: "totalProcessed" })).toBe(processed);
      await chain.client.setBalance({ address: at.address, value: minimum });
    }
  },
);
