import { createEVM } from "@ethereumjs/evm";
import { Account, Address as EvmAddress } from "@ethereumjs/util";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { WarmJournal } from "../../../../src/engine/execution/warmJournal.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { createL2Common } from "../../../../src/protocol/index.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";

const common = createL2Common(901);
/** The third one is RIPEMD160's, which stays touched. */
const addresses = [0xaan, 0xbbn, 3n, 0xccn].map((n) =>
  fromHex(`0x${n.toString(16).padStart(40, "0")}`),
);
const slots = [1n, 2n].map((n) => fromHex(`0x${n.toString(16).padStart(64, "0")}`));

const freshState = (): BlockState =>
  new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);

const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      ...["checkpoint", "commit", "revert", "warm", "warmSlot", "always", "alwaysSlot", "put"],
    ),
    who: fc.nat(addresses.length - 1),
    slot: fc.nat(slots.length - 1),
    isReported: fc.boolean(),
    balance: fc.constantFrom(0n, 5n),
  }),
  { maxLength: 40 },
);

test("whatever is warmed, touched and taken back, it ends as with the library's journal", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (run, reports) => {
      const states = [freshState(), freshState()] as const;
      const evm = await createEVM({ common, stateManager: states[1] });
      common.events.removeAllListeners();
      const journals = [new WarmJournal(states[0], common), evm.journal] as const;
      if (reports) for (const journal of journals) journal.startReportingAccessList();
      for (const journal of journals) await journal.checkpoint();
      let depth = 0;
      for (const { what, who, slot, isReported, balance } of run) {
        const address = addresses[who] as Uint8Array;
        const key = slots[slot] as Uint8Array;
        if ((what === "commit" || what === "revert") && depth === 0) continue;
        if (what === "checkpoint") depth++;
        if (what === "commit" || what === "revert") depth--;
        for (const journal of journals) {
          if (what === "checkpoint") await journal.checkpoint();
          else if (what === "commit") await journal.commit();
          else if (what === "revert") await journal.revert();
          else if (what === "warm") journal.addWarmedAddress(address);
          else if (what === "warmSlot") journal.addWarmedStorage(address, key);
          else if (what === "always") journal.addAlwaysWarmAddress(toHex(address), isReported);
          else if (what === "alwaysSlot")
            journal.addAlwaysWarmSlot(toHex(address), toHex(key), isReported);
          else await journal.putAccount(new EvmAddress(address), new Account(0n, balance));
        }
        const [mine, theirs] = journals.map((journal) =>
          addresses.map((one) => [
            journal.isWarmedAddress(one),
            ...slots.map((other) => journal.isWarmedStorage(one, other)),
          ]),
        );
        expect(mine).toEqual(theirs);
      }
      expect(journals[0].accessList).toEqual(journals[1].accessList);
      for (const journal of journals) await journal.cleanup();
      const [mine, theirs] = states.map((state) =>
        addresses.map((one) => state.readAccount(toHex(one) as Address)?.balance),
      );
      expect(mine).toEqual(theirs);
    }),
    { numRuns: 60 },
  );
});

test("a set of addresses is warm from the start, until the transaction ends", () => {
  const journal = new WarmJournal(freshState(), common);
  const [first, second] = addresses as [Uint8Array, Uint8Array];
  journal.addAlwaysWarmSet(new Set([toHex(first).slice(2)]));
  expect(journal.isWarmedAddress(first)).toBe(true);
  expect(journal.isWarmedAddress(second)).toBe(false);
  journal.cleanJournal();
  expect(journal.isWarmedAddress(first)).toBe(false);
});
