import { expect, test } from "@jest/globals";
import { executeStrictly } from "../../../../src/engine/chain/payloads.js";
import { computeGenesis } from "../../../../src/engine/genesis.js";
import { L2Rules } from "../../../../src/engine/l2Rules.js";
import { OpStackRules } from "../../../../src/engine/opstack/opStackRules.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import type { BlockHeader } from "../../../../src/engine/types.js";
import { createOpSchedule, l1AttributesTx } from "../../../../src/protocol/index.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Hash, ZERO_HASH } from "../../../../src/util/hex.js";
import { depositTx, signTx, testRollup } from "../../../helpers/engineChain.js";

const BLOCKS = 4n;
/** Creates a contract that stores its caller's calldata size. */
const CREATION = "0x6005600c60003960056000f33660005500";

test("Fovea's chain is one point of the schedule: with all forks from genesis its blocks come out the same", async () => {
  const rollup = testRollup((chain) => ({
    ...chain,
    provablePrecompiles: false,
    system: { ...chain.system, operatorFeeScalar: 3, operatorFeeConstant: 11n },
  }));
  const { system, l2ChainId: chainId } = rollup.chain;
  const eip1559 = {
    elasticity: system.eip1559Elasticity,
    denominator: 50,
    denominatorCanyon: system.eip1559Denominator,
  };
  const own = new L2Rules(rollup.chain);
  const op = new OpStackRules({ chainId, eip1559, schedule: createOpSchedule({ karst: 0n }) });
  const genesis = await computeGenesis(rollup);
  const store = new MemoryStore();
  await store.batch(genesis.block.stateOperations);
  const headers = new Map<Hash, BlockHeader>([[genesis.hash, genesis.header]]);
  const stores = {
    states: new StateStore(store),
    ancestors: { getHeader: (hash: Hash) => headers.get(hash) },
  };
  let parent = genesis.header;
  for (let number = 1n; number <= BLOCKS; number++) {
    const config = { ...system, batcherHash: ZERO_HASH };
    const origin = rollup.genesisOrigin;
    const nonce = 3 * Number(number - 1n);
    const attributes = {
      timestamp: parent.timestamp + 2n,
      prevRandao: origin.prevRandao,
      suggestedFeeRecipient: "0x4200000000000000000000000000000000000011",
      parentBeaconBlockRoot: origin.parentBeaconBlockRoot,
      gasLimit: system.gasLimit,
      eip1559Params: { denominator: 0, elasticity: 0 },
      minBaseFee: system.minBaseFee,
      transactions: [
        l1AttributesTx({ origin, sequenceNumber: number, config }),
        depositTx({ mint: 5n * number, value: 3n }),
        depositTx({ value: 10n ** 20n, data: Uint8Array.of(1) }),
        depositTx({ to: null, data: Uint8Array.of(0x60, 0x01) }),
        await signTx({ nonce, to: `0x${"ab".repeat(20)}`, value: 7n }),
        await signTx({ nonce: nonce + 1, data: CREATION, gas: 200_000n }),
        await signTx({ nonce: nonce + 2, to: `0x${"00".repeat(18)}0100`, gas: 60_000n }),
      ],
      noTxPool: true,
      dropInvalid: false,
    } as const;
    const [a, b] = await Promise.all(
      [own, op].map((rules) => {
        const input = rules.checkAttributes(parent, { ...attributes, transactions: [] });
        return executeStrictly(rules, stores, parent, attributes.transactions, input);
      }),
    );
    if (!a || !b || "invalid" in a || "invalid" in b) throw new Error(JSON.stringify([a, b]));
    expect(b.header).toEqual(a.header);
    expect(b.receipts).toEqual(a.receipts);
    expect(op.nextBaseFee(a.header)).toBe(own.nextBaseFee(a.header));
    await store.batch(a.stateOperations);
    headers.set(a.header.hash, a.header);
    parent = a.header;
  }
  expect(parent.blobGasUsed).toBeGreaterThan(0n);
});

test("Fovea's chain takes no system transaction", async () => {
  const rollup = testRollup();
  const genesis = await computeGenesis(rollup);
  const store = new MemoryStore();
  await store.batch(genesis.block.stateOperations);
  const { system } = rollup.chain;
  const { prevRandao, parentBeaconBlockRoot, time } = rollup.genesisOrigin;
  const input = {
    timestamp: time + 2n,
    prevRandao,
    parentBeaconBlockRoot,
    gasLimit: system.gasLimit,
    eip1559Params: { denominator: 50, elasticity: 6 },
    minBaseFee: 0n,
  };
  const stores = { states: new StateStore(store), ancestors: { getHeader: () => undefined } };
  const rules = new L2Rules(rollup.chain);
  const deposit = depositTx({ isSystemTx: true });
  const block = await executeStrictly(rules, stores, genesis.header, [deposit], input);
  expect(block).toEqual({ invalid: "transaction 0: system transaction" });
});
