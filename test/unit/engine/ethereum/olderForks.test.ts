import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { privateKeyToAccount } from "viem/accounts";
import { runStateTests } from "../../../../src/engine/ethereum/suites/stateTest.js";
import type { Fork } from "../../../../src/engine/execution/forks.js";
import { fromHex, type Hex, toHex } from "../../../../src/util/hex.js";
import { jsonFiles } from "../../../helpers/jsonFiles.js";
import { randomProgram } from "../../../helpers/randomProgram.js";
import { type Pre, referenceRoot } from "../../../helpers/referenceTx.js";

/** Names of forks in fixtures, and in @ethereumjs. */
const FORKS: readonly (readonly [string, string])[] = [
  ["Frontier", "chainstart"],
  ["Homestead", "homestead"],
  ["EIP150", "tangerineWhistle"],
  ["EIP158", "spuriousDragon"],
  ["Byzantium", "byzantium"],
  ["Constantinople", "constantinople"],
  ["ConstantinopleFix", "petersburg"],
  ["Istanbul", "istanbul"],
  ["Berlin", "berlin"],
  ["London", "london"],
  ["Paris", "paris"],
  ["Shanghai", "shanghai"],
  ["Cancun", "cancun"],
  ["Prague", "prague"],
  ["Osaka", "osaka"],
];
const PROGRAMS = Number(process.env.FOVEA_FORK_PROGRAMS ?? 10);
const sender = privateKeyToAccount(`0x${"45".repeat(32)}`);
const hex = (value: bigint): Hex => `0x${value.toString(16)}`;
const address = (value: bigint): Hex => `0x${value.toString(16).padStart(40, "0")}`;
const env: Record<string, Hex> = {
  currentCoinbase: address(0xc0ffeen),
  currentGasLimit: hex(30_000_000n),
  currentNumber: "0x1",
  currentTimestamp: hex(1_800_000_000n),
  currentDifficulty: "0x20000",
  currentBaseFee: "0x7",
  currentRandom: `0x${"12".repeat(32)}`,
};

async function program(seed: number): Promise<{ pre: Pre; raw: Hex }> {
  const { alloc, message } = randomProgram(seed);
  const pre: Pre = {
    [sender.address.toLowerCase() as Hex]: {
      balance: hex(10n ** 18n),
      nonce: "0x0",
      code: "0x",
      storage: {},
    },
    // Empty from the start: what touches it removes it since EIP-158.
    [address(0xdeadbeefn)]: { balance: "0x0", nonce: "0x0", code: "0x", storage: {} },
  };
  for (const [number, { balance, nonce, code, storage }] of alloc) {
    pre[address(number)] = {
      balance: hex(balance),
      nonce: hex(nonce),
      code: toHex(code),
      storage: Object.fromEntries([...storage].map(([slot, value]) => [hex(slot), hex(value)])),
    };
  }
  const raw = await sender.signTransaction({
    type: "legacy",
    nonce: 0,
    gas: BigInt(message.gas),
    gasPrice: seed % 3 === 0 ? 7n : 11n,
    value: message.value,
    data: toHex(message.data),
    ...(message.to === undefined ? {} : { to: address(message.to) }),
  });
  return { pre, raw };
}

test.each(FORKS)(
  "random programs in %s leave the state that @ethereumjs/vm's own loop and state manager leave",
  async (network, fork) => {
    let executed = 0;
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const { pre, raw } = await program(seed);
      const expected = await referenceRoot(fork as Fork, env, padded(pre), fromHex(raw));
      const isRefused = "refused" in expected;
      const post = { hash: isRefused ? "0x" : expected.root, txbytes: raw };
      const exception = isRefused ? { expectException: expected.refused } : {};
      const fixture = {
        env,
        pre,
        transaction: {},
        post: { [network]: [{ ...post, ...exception }] },
      };
      for await (const result of runStateTests({ [`seed ${seed}`]: fixture })) {
        expect(result).toMatchObject({ name: `seed ${seed}`, pass: true });
      }
      if (!isRefused) executed++;
    }
    expect(executed).toBeGreaterThan(PROGRAMS / 2);
  },
  60_000,
);

/** The reference wants whole bytes. */
function padded(pre: Pre): Pre {
  const even = (value: string): Hex =>
    value.length % 2 === 0 ? (value as Hex) : `0x0${value.slice(2)}`;
  return Object.fromEntries(
    Object.entries(pre).map(([name, account]) => [
      name,
      {
        ...account,
        storage: Object.fromEntries(
          Object.entries(account.storage).map(([slot, value]) => [slot, even(value)]),
        ),
      },
    ]),
  );
}

interface StateFixture {
  env: Record<string, Hex>;
  pre: Pre;
  transaction: Record<string, Hex & Hex[]>;
  post: Record<string, { indexes: Record<"data" | "gas" | "value", number> }[]>;
}

/** The transaction of a fixture as one that every fork knows. */
async function legacyOf({ transaction, post }: StateFixture): Promise<Hex> {
  const { data = 0, gas = 0, value = 0 } = Object.values(post)[0]?.[0]?.indexes ?? {};
  const { gasLimit = [], value: values = [], data: inputs = [], to } = transaction;
  return privateKeyToAccount(transaction.secretKey as Hex).signTransaction({
    type: "legacy",
    nonce: Number(transaction.nonce),
    gas: BigInt(gasLimit[gas] ?? 0),
    value: BigInt(values[value] ?? 0),
    data: (inputs[data] ?? "0x") as Hex,
    gasPrice: BigInt(transaction.gasPrice ?? transaction.maxFeePerGas ?? 0),
    ...(to ? { to: to as Hex } : {}),
  });
}

const DIR = process.env.FOVEA_CONFORMANCE;
const STRIDE = Number(process.env.FOVEA_FORK_STRIDE ?? 40);

(DIR === undefined ? describe.skip : describe)("state tests of newer forks", () => {
  test("executed in every older fork end as @ethereumjs/vm ends", async () => {
    const failures: string[] = [];
    let total = 0;
    let index = 0;
    for (const path of jsonFiles(join(DIR as string, "eest-state"))) {
      const fixtures: Record<string, StateFixture> = JSON.parse(readFileSync(path, "utf8"));
      for (const [name, fixture] of Object.entries(fixtures)) {
        if (index++ % STRIDE !== 0 || BigInt(fixture.transaction.nonce ?? 0) > 10n ** 9n) continue;
        const raw = await legacyOf(fixture);
        const difficult = { ...fixture.env, currentDifficulty: "0x20000" as const };
        for (const [network, fork] of FORKS.slice(0, -3)) {
          const found = await referenceRoot(fork as Fork, difficult, fixture.pre, fromHex(raw));
          const post = "root" in found ? { hash: found.root } : { expectException: found.refused };
          const posts = { [network]: [{ ...post, txbytes: raw }] };
          const own = { ...fixture, env: difficult, config: {}, post: posts };
          for await (const { pass, error } of runStateTests({ [name]: own })) {
            total++;
            if (!pass) failures.push(`${network} ${name}: ${error}`);
          }
        }
      }
    }
    process.stdout.write(`${total - failures.length} of ${total} runs in older forks\n`);
    expect(failures).toEqual([]);
  }, 3_000_000);
});
