import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { parseAlloc } from "../../../../src/engine/ethereum/gethGenesis.js";
import {
  type OpFork,
  PREDEPLOYS,
  UPGRADE_TRANSACTIONS,
  upgradeTransactionsOf,
} from "../../../../src/protocol/index.js";
import type { Address } from "../../../../src/util/hex.js";
import { OpChain } from "../../../helpers/opChain.js";

const FILE = `${process.env.FOVEA_CONFORMANCE ?? ""}/superchain-genesis/sepolia-op.json.gz`;
const IMPLEMENTATION = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
const TIMES = {
  regolith: 0n,
  canyon: 10n,
  ecotone: 20n,
  fjord: 30n,
  granite: 40n,
  holocene: 50n,
} as const;
const LATER = { isthmus: 60n, jovian: 70n } as const;

/** Who the proxies of the predeploys lead to after each fork, as the specification states. */
const IMPLEMENTATIONS: readonly [
  OpFork,
  bigint,
  Partial<Record<keyof typeof PREDEPLOYS, Address>>,
][] = [
  [
    "ecotone",
    20n,
    {
      l1Block: "0x07dbe8500fc591d1852b76fee44d5a05e13097ff",
      gasPriceOracle: "0xb528d11cc114e026f138fe568744c6d45ce6da7a",
    },
  ],
  ["fjord", 30n, { gasPriceOracle: "0xa919894851548179a0750865e7974da599c0fac7" }],
  [
    "isthmus",
    60n,
    {
      l1Block: "0xff256497d61dcd71a9e9ff43967c13fde1f72d12",
      gasPriceOracle: "0x93e57a196454cb919193fa9946f14943cf733845",
      operatorFeeVault: "0x4fa2be8cd41504037f1838bce3bcc93bc68ff537",
    },
  ],
  [
    "jovian",
    70n,
    {
      l1Block: "0x3ba4007f5c922fbb33c454b41ea7a1f11e83df2c",
      gasPriceOracle: "0x4f1db3c6abd250ba86e0928471a8f7db3afd88f1",
    },
  ],
];

const given = existsSync(FILE) ? test : test.skip;
given(
  "on OP Sepolia's genesis state every upgrade transaction succeeds and leads the proxies to the new contracts",
  async () => {
    const file = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as { alloc: unknown };
    const chain = await OpChain.open({ ...TIMES, ...LATER }, parseAlloc(file.alloc));
    const { schedule } = chain.rules.config;
    for (const [fork, time, proxies] of IMPLEMENTATIONS) {
      const upgrades = upgradeTransactionsOf(schedule, chain.head.timestamp, time);
      expect(upgrades.length).toBe(UPGRADE_TRANSACTIONS[fork]?.length);
      const { list } = await chain.add(time, upgrades, {
        eip1559Params: { denominator: 250, elasticity: 6 },
      });
      expect([fork, list.map(({ status }) => status)]).toEqual([fork, list.map(() => 1)]);
      for (const [name, implementation] of Object.entries(proxies)) {
        const proxy = PREDEPLOYS[name as keyof typeof PREDEPLOYS];
        expect(chain.slot(proxy, IMPLEMENTATION)).toBe(BigInt(implementation));
      }
      process.stdout.write(`${fork}: ${list.length} transactions, ${chain.head.gasUsed} gas\n`);
    }
  },
  60_000,
);
