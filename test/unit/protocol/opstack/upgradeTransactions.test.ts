import { expect, test } from "@jest/globals";
import {
  createOpSchedule,
  decodeDepositTx,
  findDisorder,
  isOpActive,
  l1ForkOf,
  OP_FORKS,
  opForkAt,
  opForksStarting,
  UPGRADE_TRANSACTIONS,
  upgradeSourceHash,
  upgradeTransactionsOf,
} from "../../../../src/protocol/index.js";

/** Stated beside each transaction in specs.optimism.io, protocol/{ecotone,fjord,isthmus,jovian}/derivation.md, in order. */
const SOURCE_HASHES = {
  ecotone: [
    "0x877a6077205782ea15a6dc8699fa5ebcec5e0f4389f09cb8eda09488231346f8",
    "0xa312b4510adf943510f05fcc8f15f86995a5066bd83ce11384688ae20e6ecf42",
    "0x18acb38c5ff1c238a7460ebc1b421fa49ec4874bdf1e0a530d234104e5e67dbc",
    "0xee4f9385eceef498af0be7ec5862229f426dec41c8d42397c7257a5117d9230a",
    "0x0c1cb38e99dbc9cbfab3bb80863380b0905290b37eb3d6ab18dc01c1f3e75f93",
    "0x69b763c48478b9dc2f65ada09b3d92133ec592ea715ec65ad6e7f3dc519dc00c",
  ],
  fjord: [
    "0x86122c533fdcb89b16d8713174625e44578a89751d96c098ec19ab40a51a8ea3",
    "0x1e6bb0c28bfab3dc9b36ffb0f721f00d6937f33577606325692db0965a7d58c6",
    "0xbac7bb0d5961cad209a345408b0280a0d4686b1b20665e1b0f9cdafd73b19b6b",
  ],
  isthmus: [
    "0x3b2d0821ca2411ad5cd3595804d1213d15737188ae4cbd58aa19c821a6c211bf",
    "0xfc70b48424763fa3fab9844253b4f8d508f91eb1f7cb11a247c9baec0afb8035",
    "0x107a570d3db75e6110817eb024f09f3172657e920634111ce9875d08a16daa96",
    "0xebe8b5cb10ca47e0d8bda8f5355f2d66711a54ddeb0ef1d30e29418c9bf17a0e",
    "0xecf2d9161d26c54eda6b7bfdd9142719b1e1199a6e5641468d1bf705bc531ab0",
    "0xad74e1adb877ccbe176b8fa1cc559388a16e090ddbe8b512f5b37d07d887a927",
    "0x3ddf4b1302548dd92939826e970f260ba36167f4c25f18390a5e8b194b295319",
    "0xbfb734dae514c5974ddf803e54c1bc43d5cdb4a48ae27e1d9b875a5a150b553a",
  ],
  jovian: [
    "0x98faf23b9795967bc0b1c543144739d50dba3ea40420e77ad6ca9848dbfb62e8",
    "0x08447273a4fbce97bc8c515f97ac74efc461f6a4001553712f31ebc11288bad2",
    "0xd939cca6eca7bd0ee0c7e89f7e5b5cf7bf6f7afe7b6966bb45dfb95344b31545",
    "0x46b597e2d8346ed7749b46734074361e0b41a0ab9af7afda5bb4e367e072bcb8",
    "0xe836db6a959371756f8941be3e962d000f7e12a32e49e2c9ca42ba177a92716c",
  ],
} as const;

test("the source hash of every upgrade transaction is the one that the specification states", () => {
  const computed = Object.fromEntries(
    Object.entries(UPGRADE_TRANSACTIONS).map(([fork, list]) => [
      fork,
      list.map(({ intent }) => upgradeSourceHash(intent)),
    ]),
  );
  expect(computed).toEqual(SOURCE_HASHES);
});

test("a block holds the upgrade transactions of the forks that start with it, and only those", () => {
  const schedule = createOpSchedule({ canyon: 0n, ecotone: 10n, fjord: 10n, isthmus: 20n });
  const counts = [
    [8n, 9n, 0],
    [8n, 10n, 9],
    [10n, 12n, 0],
    [18n, 21n, 8],
  ] as const;
  for (const [parent, time, count] of counts) {
    const envelopes = upgradeTransactionsOf(schedule, parent, time);
    expect(envelopes.length).toBe(count);
    for (const raw of envelopes) {
      expect(decodeDepositTx(raw)).toMatchObject({ mint: 0n, value: 0n, isSystemTx: false });
    }
  }
  expect(opForksStarting(schedule, 18n, 21n)).toEqual(["granite", "holocene", "isthmus"]);
});

test("a schedule knows the fork of each time, its L1 fork, and a fork out of order", () => {
  const schedule = createOpSchedule({ regolith: 0n, canyon: 100n, ecotone: 200n, isthmus: 300n });
  expect([0n, 99n, 100n, 200n, 299n, 300n].map((time) => opForkAt(schedule, time))).toEqual([
    "regolith",
    "regolith",
    "canyon",
    "ecotone",
    "ecotone",
    "isthmus",
  ]);
  expect(isOpActive(schedule, "jovian", 10n ** 12n)).toBe(false);
  expect(OP_FORKS.map(l1ForkOf)).toEqual([
    "paris",
    "paris",
    "shanghai",
    "shanghai",
    "cancun",
    "cancun",
    "cancun",
    "cancun",
    "prague",
    "prague",
    "osaka",
  ]);
  expect(findDisorder(schedule)).toBeUndefined();
  expect(findDisorder({ canyon: 100n, ecotone: 50n })).toBe("ecotone");
});
