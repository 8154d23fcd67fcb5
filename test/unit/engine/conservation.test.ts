import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { PREDEPLOYS } from "../../../src/protocol/index.js";
import type { Address } from "../../../src/util/hex.js";
import {
  accounts,
  addressOf,
  depositTx,
  EngineChain,
  signTx,
  testRollup,
} from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const OTHERS: Address[] = [
  "0x00000000000000000000000000000000000000aa",
  "0x00000000000000000000000000000000000000bb",
];
// Without the one contract that the EVM lets burn its balance: it destroys itself in favour of itself.
const names = (Object.keys(CODE) as (keyof typeof CODE)[]).filter((n) => n !== "createAndDestroy");

const action = fc.oneof(
  fc.record({
    kind: fc.constant("deposit" as const),
    mint: fc.bigInt(0n, 1_000n),
    value: fc.bigInt(0n, 1_500n),
    to: fc.nat(9),
    from: fc.nat(1),
    gas: fc.constantFrom(20_000n, 21_000n, 90_000n),
  }),
  fc.record({
    kind: fc.constant("call" as const),
    from: fc.nat(2),
    to: fc.nat(9),
    value: fc.bigInt(0n, 1_000n),
    gas: fc.constantFrom(21_000n, 60_000n, 200_000n),
  }),
  fc.record({
    kind: fc.constant("create" as const),
    from: fc.nat(2),
    code: fc.nat(names.length - 1),
    value: fc.bigInt(0n, 9n),
  }),
);

test("the sum of all balances is the allocation plus what deposits minted, whatever a block does", async () => {
  // With an operator fee, so that all four vaults take part.
  const rollup = testRollup((c) => ({
    ...c,
    system: { ...c.system, operatorFeeScalar: 1_234, operatorFeeConstant: 98_765n },
  }));
  const chain = await EngineChain.open({ rollup });
  const { engine } = chain;
  const seen = new Set<Address>([
    ...Object.values(PREDEPLOYS),
    ...(Object.keys(rollup.chain.alloc) as Address[]),
    ...OTHERS,
    "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001",
  ]);
  let expected = Object.values(rollup.chain.alloc).reduce((sum, wei) => sum + wei, 0n);
  const targets: Address[] = [...OTHERS, addressOf(accounts[1])];
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 8 }), async (actions) => {
      const nonces = await Promise.all(
        accounts.map((a) => engine.getNonce(addressOf(a), "latest")),
      );
      const txs: Uint8Array[] = [];
      const target = (n: number): Address => targets[n % targets.length] as Address;
      for (const item of actions) {
        if (item.kind === "deposit") {
          const from = OTHERS[item.from] as Address;
          txs.push(depositTx({ ...item, from, to: target(item.to) }));
          expected += item.mint;
          continue;
        }
        const nonce = Number(nonces[item.from]);
        nonces[item.from] = BigInt(nonce + 1);
        const common = { from: item.from, nonce, value: item.value };
        const code = item.kind === "create" ? CODE[names[item.code] as keyof typeof CODE] : "0x";
        txs.push(
          await (item.kind === "create"
            ? signTx({ ...common, data: creationCode(code), gas: 300_000n })
            : signTx({ ...common, to: target(item.to), data: words(3, 4), gas: item.gas })),
        );
      }
      const { blockHash } = await chain.mine(txs);
      for (const receipt of (await engine.getReceipts(blockHash)) ?? []) {
        if (receipt.contractAddress) {
          seen.add(receipt.contractAddress);
          if (receipt.status === 1) targets.push(receipt.contractAddress);
        }
      }
      for (const n of [3n, 4n]) seen.add(`0x${n.toString(16).padStart(40, "0")}`);
      let sum = 0n;
      for (const address of seen) sum += await engine.getBalance(address, "latest");
      expect(sum).toBe(expected);
    }),
    { numRuns: 40, seed: 11 },
  );
  expect(await engine.getBalance(PREDEPLOYS.operatorFeeVault, "latest")).toBeGreaterThan(0n);
  await engine.close();
});
