import { expect, test } from "@jest/globals";
import { logsBloom } from "../../../../src/engine/execution/bloom.js";
import { CREATE2_DEPLOYER } from "../../../../src/engine/opstack/create2Deployer.js";
import { encodeReceipt } from "../../../../src/engine/receipts.js";
import { listRoot } from "../../../../src/engine/state/trie.js";
import {
  OP_FORKS,
  type OpFork,
  type OpForkTimes,
  PREDEPLOYS,
  SYSTEM_CONTRACTS,
  UPGRADE_TRANSACTIONS,
  upgradeTransactionsOf,
} from "../../../../src/protocol/index.js";
import { type Address, fromHex, toHex } from "../../../../src/util/hex.js";
import { keccakHex } from "../../../../src/util/keccak.js";
import { accounts, addressOf, depositTx, signTx } from "../../../helpers/engineChain.js";
import { account, OpChain, slotWord } from "../../../helpers/opChain.js";

const ETHER = 10n ** 18n;
const RICH = addressOf(accounts[0]);
const CALLER: Address = `0x${"ca".repeat(20)}`;
const CONTRACT: Address = `0x${"c0".repeat(20)}`;
/** One fork every 100 seconds, from Bedrock at genesis. */
const TIMES = Object.fromEntries(
  OP_FORKS.map((fork, index) => [fork, BigInt(index * 100)]),
) as OpForkTimes;
const timeOf = (fork: OpFork): bigint => BigInt(OP_FORKS.indexOf(fork) * 100);
/** All forks up to one from genesis on. */
const upTo = (fork: OpFork): OpForkTimes =>
  Object.fromEntries(OP_FORKS.slice(0, OP_FORKS.indexOf(fork) + 1).map((name) => [name, 0n]));
const HOLOCENE = { eip1559Params: { denominator: 250, elasticity: 6 } };

const PROBE_GAS = 28_000_000n;

/** STATICCALLs a precompile with as many zero bytes as calldata says; stores success + 1, and the gas it took. */
function prober(precompile: number): Uint8Array {
  const callee = precompile.toString(16).padStart(4, "0");
  const call = `5f5f5f355f61${callee}63${PROBE_GAS.toString(16).padStart(8, "0")}fa`;
  return fromHex(`0x5a${call}6001015f55${"5a900360015500"}`);
}

test("headers have the fields of their fork, and every fork's activation block is valid", async () => {
  const chain = await OpChain.open(TIMES);
  const shapes: [OpFork, number, string, string][] = [];
  for (const fork of OP_FORKS.slice(1)) {
    const time = timeOf(fork);
    const upgrades = upgradeTransactionsOf(chain.rules.config.schedule, time - 2n, time);
    const isJovian = time >= timeOf("jovian");
    const { header } = await chain.add(time, upgrades, {
      ...HOLOCENE,
      minBaseFee: isJovian ? 7n : 0n,
    });
    const withdrawals =
      header.withdrawalsRoot === toHex(listRoot([])) ? "empty" : header.withdrawalsRoot.slice(0, 6);
    shapes.push([fork, header.fieldCount ?? 21, toHex(header.extraData), withdrawals]);
    for (const { deploys } of UPGRADE_TRANSACTIONS[fork] ?? []) {
      if (deploys) expect(keccakHex(chain.state.readCode(deploys.address))).toBe(deploys.codeHash);
    }
  }
  expect(shapes).toEqual([
    ["regolith", 16, "0x", "0x0000"],
    ["canyon", 17, "0x", "empty"],
    ["delta", 17, "0x", "empty"],
    ["ecotone", 20, "0x", "empty"],
    ["fjord", 20, "0x", "empty"],
    ["granite", 20, "0x", "empty"],
    ["holocene", 20, "0x00000000fa00000006", "empty"],
    ["isthmus", 21, "0x00000000fa00000006", "empty"],
    ["jovian", 21, "0x01000000fa000000060000000000000007", "empty"],
    ["karst", 21, "0x01000000fa000000060000000000000007", "empty"],
  ]);
});

test("a deposit counts its gas limit before Regolith and what it used since; a system transaction nothing, then it fails", async () => {
  const chain = await OpChain.open(TIMES);
  const deposit = depositTx({ from: CALLER, mint: ETHER, value: 5n, gas: 100_000n });
  const system = depositTx({ from: CALLER, value: 7n, gas: 31_000_000n, isSystemTx: true });
  const failing = depositTx({ from: CALLER, value: 2n * ETHER, gas: 50_000n });
  const old = await chain.add(2n, [deposit, system, failing]);
  expect(
    old.list.map(({ status, gasUsed, depositNonce }) => [status, gasUsed, depositNonce]),
  ).toEqual([
    [1, 100_000n, null],
    [1, 0n, null],
    [0, 50_000n, null],
  ]);
  expect(chain.balance(CALLER)).toBe(ETHER - 12n);
  expect(chain.state.readAccount(CALLER)?.nonce).toBe(3n);
  const small = depositTx({ from: CALLER, value: 7n, gas: 50_000n, isSystemTx: true });
  const now = await chain.add(timeOf("regolith"), [deposit, small]);
  expect(
    now.list.map(({ status, gasUsed, depositNonce }) => [status, gasUsed, depositNonce]),
  ).toEqual([
    [1, 21_000n, 3n],
    [0, 50_000n, 4n],
  ]);
});

test("nonce and version are part of the hashed receipt of a deposit from Canyon on", async () => {
  const chain = await OpChain.open(TIMES);
  const lengths: number[] = [];
  for (const fork of ["regolith", "canyon"] as const) {
    const { list, header } = await chain.add(timeOf(fork), [depositTx({ from: CALLER })]);
    const [receipt] = list;
    if (!receipt) throw new Error("no receipt");
    const encoded = encodeReceipt(receipt, receipt.gasUsed, logsBloom([]));
    expect(toHex(listRoot([encoded]))).toBe(header.receiptsRoot);
    lengths.push(encoded.length);
  }
  expect((lengths[1] ?? 0) - (lengths[0] ?? 0)).toBe(2);
});

test("create2Deployer's code appears with Canyon's first block, whatever stood there, and not before", async () => {
  const alloc = new Map([[CREATE2_DEPLOYER, account({ balance: 3n })]]);
  const chain = await OpChain.open({ canyon: 11n, ecotone: 100n }, alloc);
  await chain.add(10n);
  expect(chain.state.readCode(CREATE2_DEPLOYER).length).toBe(0);
  await chain.add(12n);
  expect(keccakHex(chain.state.readCode(CREATE2_DEPLOYER))).toBe(
    "0xb0550b5b431e30d38000efb7107aaa0ade03d48a7198a140edda9d27134468b2",
  );
  expect(chain.balance(CREATE2_DEPLOYER)).toBe(3n);
});

test("the base fee falls by the denominator of the block's own fork until Holocene, then by the parent's extraData", async () => {
  const chain = await OpChain.open({ canyon: 10n, ecotone: 20n, holocene: 30n, jovian: 50n });
  const fees: bigint[] = [];
  const params = { eip1559Params: { denominator: 8, elasticity: 2 } };
  for (const time of [2n, 10n, 30n, 32n, 50n, 52n]) {
    const minBaseFee = time >= 50n ? 10n ** 9n : 0n;
    const { header } = await chain.add(time, [], { ...params, minBaseFee });
    fees.push(header.baseFeePerGas);
  }
  const start = 1_000_000_000n;
  const afterBedrock = start - start / 50n;
  const afterCanyon = afterBedrock - afterBedrock / 250n;
  const first = afterCanyon - afterCanyon / 250n;
  const second = first - first / 8n;
  const third = second - second / 8n;
  expect(fees).toEqual([afterBedrock, afterCanyon, first, second, third, 10n ** 9n]);
});

test("EIP-4788 and EIP-2935 write from the block after their upgrade transaction on", async () => {
  const chain = await OpChain.open(TIMES);
  const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
  const { schedule } = chain.rules.config;
  for (const fork of ["ecotone", "isthmus"] as const) {
    const time = timeOf(fork);
    await chain.add(time, upgradeTransactionsOf(schedule, time - 2n, time), HOLOCENE);
    const contract = fork === "ecotone" ? beaconRoots : blockHashHistory;
    const { number } = chain.head;
    const slot = fork === "ecotone" ? time % 8191n : number - 1n;
    expect(chain.slot(contract, slot)).toBe(0n);
    const parent = chain.head;
    await chain.add(time + 2n, [], HOLOCENE);
    const expected = fork === "ecotone" ? time + 2n : BigInt(parent.hash);
    expect(chain.slot(contract, fork === "ecotone" ? slot + 2n : slot + 1n)).toBe(expected);
  }
});

test.each([
  ["granite", 0x08, 112_688, 112_512],
  ["jovian", 0x08, 82_176, 81_984],
  ["karst", 0x08, 57_792, 57_600],
  ["isthmus", 0x0f, 235_392, 234_624],
  ["jovian", 0x0f, 157_056, 156_672],
  ["karst", 0x0f, 157_056, 156_672],
] as const)(
  "from %s on precompile %i does not take %i bytes, but %i",
  async (fork, precompile, tooLong, taken) => {
    const alloc = new Map([[CONTRACT, account({ code: prober(precompile) })]]);
    const chain = await OpChain.open(upTo(fork), alloc);
    const probe = async (time: bigint, size: number) => {
      const data = fromHex(slotWord(size));
      const deposit = depositTx({ from: CALLER, to: CONTRACT, gas: 30_000_000n, data });
      await chain.add(time, [deposit], HOLOCENE);
      return { isTaken: chain.slot(CONTRACT, 0) === 2n, gas: chain.slot(CONTRACT, 1) };
    };
    const refused = await probe(2n, tooLong);
    expect(refused.isTaken).toBe(false);
    // All gas of the call is gone.
    expect(refused.gas).toBeGreaterThan(PROBE_GAS - 1n);
    // Zero bytes are points at infinity, whose product is one.
    const answered = await probe(4n, taken);
    expect(answered.isTaken).toBe(true);
    expect(answered.gas).toBeLessThan(PROBE_GAS);
  },
  60_000,
);

test("P256VERIFY is there from Fjord on for 3,450 gas, in Karst for 6,900", async () => {
  const gas = async (fork: OpFork): Promise<bigint> => {
    const alloc = new Map([[CONTRACT, account({ code: prober(0x100) })]]);
    const chain = await OpChain.open(upTo(fork), alloc);
    const data = fromHex(slotWord(160));
    await chain.add(
      2n,
      [depositTx({ from: CALLER, to: CONTRACT, gas: 20_000_000n, data })],
      HOLOCENE,
    );
    expect(chain.slot(CONTRACT, 0)).toBe(2n);
    return chain.slot(CONTRACT, 1);
  };
  const [ecotone, fjord, jovian, karst] = [
    await gas("ecotone"),
    await gas("fjord"),
    await gas("jovian"),
    await gas("karst"),
  ];
  // Before Fjord it is an account without code that is cold: 2,600 instead of 100.
  expect(fjord - ecotone).toBe(3_450n - 2_500n);
  expect(jovian).toBe(fjord);
  expect(karst - jovian).toBe(3_450n);
});

test("type 4 comes with Isthmus, the cap of a transaction's gas with Karst", async () => {
  const alloc = new Map([[RICH, account({ balance: 100n * ETHER })]]);
  const big = await signTx({ nonce: 0, to: CALLER, gas: 17_000_000n });
  const setCode = fromHex(
    await accounts[0].signTransaction({
      type: "eip7702",
      chainId: 901,
      nonce: 0,
      to: CALLER,
      gas: 100_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
      authorizationList: [
        await accounts[1].signAuthorization({ chainId: 901, nonce: 0, contractAddress: CALLER }),
      ],
    }),
  );
  const outcome = async (fork: OpFork, raw: Uint8Array) => {
    const chain = await OpChain.open(upTo(fork), alloc);
    const result = await chain.tryAdd(2n, [raw], HOLOCENE);
    return "invalid" in result ? result.invalid : "valid";
  };
  expect([await outcome("holocene", setCode), await outcome("isthmus", setCode)]).toEqual([
    "transaction 0: type 4",
    "valid",
  ]);
  expect([await outcome("jovian", big), await outcome("karst", big)]).toEqual([
    "valid",
    "transaction 0: gas limit above 2^24",
  ]);
});

test("fees go to the vaults of the fork, and every wei of a block is accounted for", async () => {
  const storage = new Map([
    [slotWord(1), slotWord(20_000_000_000n)],
    [slotWord(3), `0x${"00".repeat(16)}0000055800000c5e${"00".repeat(8)}`],
    [slotWord(5), slotWord(188)],
    [slotWord(6), slotWord(684_000)],
    [slotWord(7), slotWord(3)],
    [slotWord(8), `0x${"00".repeat(18)}0190${"00".repeat(3)}05${"00".repeat(7)}09`],
  ] as const);
  const paid: [OpFork, bigint, bigint, bigint][] = [];
  const vaults = [
    PREDEPLOYS.sequencerFeeVault,
    PREDEPLOYS.baseFeeVault,
    PREDEPLOYS.l1FeeVault,
    PREDEPLOYS.operatorFeeVault,
  ];
  for (const fork of OP_FORKS) {
    const alloc = new Map([
      [RICH, account({ balance: ETHER })],
      [PREDEPLOYS.l1Block, account({ storage })],
    ]);
    const chain = await OpChain.open(upTo(fork), alloc);
    const raw = await signTx({ nonce: 0, to: CALLER, value: 1n, gas: 50_000n });
    const { header, list } = await chain.add(2n, [raw], HOLOCENE);
    const total = [RICH, CALLER, ...vaults].reduce(
      (sum, address) => sum + chain.balance(address),
      0n,
    );
    expect([fork, total]).toEqual([fork, ETHER]);
    const costs = list[0]?.costs;
    expect(chain.balance(PREDEPLOYS.l1FeeVault)).toBe(costs?.l1Fee);
    paid.push([
      fork,
      costs?.l1Fee ?? -1n,
      chain.balance(PREDEPLOYS.operatorFeeVault),
      header.blobGasUsed,
    ]);
  }
  const byFork = Object.fromEntries(paid.map(([fork, l1, ...rest]) => [fork, [l1, ...rest]]));
  expect(byFork.bedrock?.[0]).toBe(
    (byFork.regolith?.[0] ?? 0n) + (68n * 16n * 20_000_000_000n * 684_000n) / 1_000_000n,
  );
  expect(byFork.canyon).toEqual(byFork.regolith);
  expect(byFork.ecotone?.[0]).not.toBe(byFork.canyon?.[0]);
  expect(byFork.fjord?.[0]).not.toBe(byFork.ecotone?.[0]);
  expect(byFork.holocene?.slice(1)).toEqual([0n, 0n]);
  // 21,000 gas: scalar 5 in millionths is nothing, the constant 9; then 100 times 5.
  expect(byFork.isthmus?.slice(1)).toEqual([9n, 0n]);
  expect(byFork.jovian).toEqual([byFork.isthmus?.[0], 21_000n * 500n + 9n, 40_000n]);
  expect(byFork.karst).toEqual(byFork.jovian);
});

test("Ecotone's first block charges by Bedrock's formula while L1Block holds Bedrock's values", async () => {
  const storage = new Map([
    [slotWord(1), slotWord(10n ** 9n)],
    [slotWord(5), slotWord(50)],
    [slotWord(6), slotWord(7_000_000)],
  ] as const);
  const alloc = new Map([
    [RICH, account({ balance: ETHER })],
    [PREDEPLOYS.l1Block, account({ storage })],
  ]);
  const chain = await OpChain.open({ regolith: 0n, ecotone: 10n }, alloc);
  const before = await chain.add(2n, [await signTx({ nonce: 0, to: CALLER })]);
  const first = await chain.add(10n, [await signTx({ nonce: 1, to: CALLER })]);
  expect(first.list[0]?.costs?.l1Fee).toBeGreaterThan(3_000_000_000_000n);
  const difference = (first.list[0]?.costs?.l1Fee ?? 0n) - (before.list[0]?.costs?.l1Fee ?? 0n);
  expect(difference < 10n ** 12n && difference > -(10n ** 12n)).toBe(true);
});

test("BLOCKHASH knows the ancestors before EIP-2935 too, and none further than 256 back", async () => {
  // slot[n] = blockhash(n) for the number in calldata.
  const code = fromHex("0x5f35405f355500");
  const chain = await OpChain.open({ canyon: 0n }, new Map([[CONTRACT, account({ code })]]));
  const hashes = [chain.head.hash];
  for (let time = 2n; time <= 520n; time += 2n) hashes.push((await chain.add(time)).header.hash);
  const known = [260, 259, 100, 5];
  const asked = [...known, 4, 3];
  const calls = asked.map((number) =>
    depositTx({ from: CALLER, to: CONTRACT, data: fromHex(slotWord(number)) }),
  );
  const { header } = await chain.add(600n, calls);
  expect(header.number).toBe(261n);
  const expected = known.map((number) => BigInt(hashes[number] as string));
  expect(asked.map((number) => chain.slot(CONTRACT, number))).toEqual([...expected, 0n, 0n]);
});
