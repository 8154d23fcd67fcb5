import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeEnvelope } from "../../../../src/engine/envelope.js";
import type { BlockHeader, CallRequest, Engine } from "../../../../src/engine/types.js";
import { type Address, fromHex, type Hex, toHex, ZERO_HASH } from "../../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../../helpers/engineChain.js";
import { creationCode, wordOf } from "../../../helpers/evmCode.js";
import { codeOf, openPlainEngine, simulate } from "../../../helpers/simulation.js";

const SENDER = addressOf(accounts[0]);
const POOR: Address = "0x00000000000000000000000000000000000000bb";
const OTHER: Address = "0x00000000000000000000000000000000000000cc";
const CONTRACT: Address = "0x00000000000000000000000000000000000000dd";
const GWEI = 10n ** 9n;
const word = (value: bigint | number): Hex => `0x${wordOf(value)}`;
const wordOfAddress = (address: Address): Hex => `0x${"00".repeat(12)}${address.slice(2)}`;
const code = (hex: string) => ({ code: fromHex(hex) });

/** Returns NUMBER, TIMESTAMP, COINBASE, PREVRANDAO, GASLIMIT, BASEFEE and BLOBBASEFEE. */
const ENVIRONMENT = "0x43600052426020524160405244606052456080524860a0524a60c05260e06000f3";
/** Returns the block hash of the number in the calldata. */
const BLOCK_HASH = "0x6000354060005260206000f3";
/** Reverts with 32 bytes of value 7. */
const REVERTS = "0x600760005260206000fd";
/** Logs nothing under topic 1, calls the address in the calldata with 5 wei, logs again under topic 2. */
const FORWARDS = "0x600160006000a1600060006000600060056000355af150600260006000a100";
/** Gives all its ether to the address in the calldata. */
const DESTROYS = "0x600035ff";
/** Calls itself as long as there is gas. */
const ENDLESS = "0x5b600056";

let plain: Engine;
let l2: EngineChain;
beforeAll(async () => {
  plain = await openPlainEngine();
  l2 = await EngineChain.open();
});
afterAll(async () => {
  await plain.close();
  await l2.engine.close();
});

const one = async (call: CallRequest, state = {}, options = {}) => {
  const [result] = await simulate(plain, [{ state, calls: [call] }], options);
  return result?.calls[0];
};

describe("simulated blocks of plain Ethereum", () => {
  test("have the state, receipts and fees of a real block with the same transactions", async () => {
    const fees = { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: 2n * GWEI };
    const coinbase = OTHER;
    const data = creationCode(FORWARDS);
    const specs = [
      { nonce: 0, to: POOR, value: 5n, gas: 21_000n },
      { nonce: 1, data, gas: 200_000n },
      { nonce: 2, to: POOR, value: 7n, gas: 50_000n },
    ];
    const { execution } = plain;
    const parent = (await plain.getHeader("latest")) as BlockHeader;
    if (!execution) throw new Error("no execution");
    const run = await execution.rules.begin(execution.stores, parent, {
      timestamp: parent.timestamp + 12n,
      prevRandao: ZERO_HASH,
      parentBeaconBlockRoot: ZERO_HASH,
      gasLimit: parent.gasLimit,
      feeRecipient: coinbase,
      extraData: new Uint8Array(),
      withdrawals: [{ index: 0n, validatorIndex: 0n, address: CONTRACT, amountGwei: 3n }],
    });
    for (const spec of specs) {
      const raw = await signTx({ ...fees, ...spec }, 1337);
      expect(await run.add(decodeEnvelope(raw))).toBeUndefined();
    }
    const real = (await run.seal()).header;

    const calls = specs.map(
      ({ nonce, to, value, gas, data: input }): CallRequest => ({
        ...fees,
        from: SENDER,
        nonce: BigInt(nonce),
        gas,
        ...(to ? { to } : {}),
        ...(value ? { value } : {}),
        ...(input ? { data: fromHex(input) } : {}),
      }),
    );
    const block = {
      feeRecipient: coinbase,
      withdrawals: [{ index: 0n, validatorIndex: 0n, address: CONTRACT, amountGwei: 3n }],
    };
    const [simulated] = await simulate(plain, [{ block, calls }], { validation: true });
    const { header } = simulated?.block ?? {};
    const same = (of: BlockHeader | undefined) => ({
      stateRoot: of?.stateRoot,
      receiptsRoot: of?.receiptsRoot,
      withdrawalsRoot: of?.withdrawalsRoot,
      gasUsed: of?.gasUsed,
      baseFeePerGas: of?.baseFeePerGas,
      excessBlobGas: of?.excessBlobGas,
      logsBloom: of && toHex(of.logsBloom),
      parentHash: of?.parentHash,
      fieldCount: of?.fieldCount,
    });
    expect(same(header)).toEqual(same(real));
    expect(header?.hash).not.toBe(real.hash);
  });

  test("see the block as it is overridden", async () => {
    const block = {
      number: 5n,
      time: 7_777n,
      feeRecipient: OTHER,
      prevRandao: word(99),
      gasLimit: 1_000_000n,
      baseFeePerGas: 11n,
      blobBaseFee: 13n,
    };
    const calls = [{ to: CONTRACT }];
    const results = await simulate(plain, [
      { block, state: { [CONTRACT]: code(ENVIRONMENT) }, calls },
    ]);
    expect(results.map(({ block: { header } }) => header.number)).toEqual([1n, 2n, 3n, 4n, 5n]);
    const last = results.at(-1);
    const expected = [5, 7_777, BigInt(OTHER), 99, 1_000_000, 11, 13].map(wordOf).join("");
    expect(toHex(last?.calls[0]?.returnData ?? new Uint8Array())).toBe(`0x${expected}`);
    expect(last?.block.header).toMatchObject({ ...{ gasLimit: 1_000_000n, baseFeePerGas: 11n } });
    expect(last?.block.header.prevRandao).toBe(word(99));
  });

  test("stand on each other: parents, hashes for BLOCKHASH, gas limit and fee recipient go on", async () => {
    const ask = (number: bigint): CallRequest => ({ to: CONTRACT, data: fromHex(word(number)) });
    const results = await simulate(plain, [
      {
        block: { feeRecipient: OTHER, gasLimit: 5_000_000n },
        state: { [CONTRACT]: code(BLOCK_HASH) },
      },
      { calls: [ask(0n), ask(1n), ask(2n)] },
    ]);
    const [first, second] = results.map(({ block }) => block.header);
    expect(second).toMatchObject({
      parentHash: first?.hash,
      feeRecipient: OTHER,
      gasLimit: 5_000_000n,
      timestamp: 124n,
    });
    const genesis = (await plain.getHeader(0n)) as BlockHeader;
    const answers = results[1]?.calls.map(({ returnData }) => toHex(returnData));
    expect(answers).toEqual([genesis.hash, first?.hash, ZERO_HASH]);
  });

  test("keep state from call to call and from block to block, and nothing of it in the chain", async () => {
    const calls = [{ from: POOR, to: OTHER, value: 60n }];
    const results = await simulate(plain, [
      { state: { [POOR]: { balance: 100n } }, calls },
      { calls: [{ from: OTHER, to: CONTRACT, value: 50n }] },
    ]);
    expect(results.map((result) => result.calls[0]?.failure)).toEqual([null, null]);
    expect(await plain.getBalance(OTHER, "latest")).toBe(0n);
    expect(await codeOf(simulate(plain, [{ calls }]))).toBe("SIMULATE_INSUFFICIENT_FUNDS");
  });

  test("tell of a revert and of other failures apart", async () => {
    const reverted = await one({ to: CONTRACT }, { [CONTRACT]: code(REVERTS) });
    expect(reverted?.failure).toEqual({ kind: "revert", reason: "execution reverted" });
    expect(toHex(reverted?.returnData ?? new Uint8Array())).toBe(word(7));
    const failed = await one({ to: CONTRACT, gas: 50_000n }, { [CONTRACT]: code("0xfe") });
    expect(failed).toMatchObject({ failure: { kind: "exception" }, gasUsed: 50_000n, logs: [] });
    expect(failed?.returnData).toHaveLength(0);
  });

  test("give all calls together the gas that the server allows", async () => {
    const calls = [{ to: CONTRACT, gas: 70_000n }, { to: CONTRACT, gas: 70_000n }, { to: POOR }];
    const state = { [CONTRACT]: code(ENDLESS) };
    const [result] = await simulate(plain, [{ state, calls: calls.slice(0, 2) }], {
      gas: 100_000n,
    });
    expect(result?.calls.map(({ gasUsed, isGasCapped }) => [gasUsed, isGasCapped])).toEqual([
      [70_000n, false],
      [30_000n, true],
    ]);
    expect(await codeOf(simulate(plain, [{ state, calls }], { gas: 100_000n }))).toBe(
      "SIMULATE_INTRINSIC_GAS",
    );
  });

  test("end when they take too long", async () => {
    const state = { [CONTRACT]: code(ENDLESS) };
    const promise = simulate(plain, [{ state, calls: [{ to: CONTRACT }] }], { timeoutMs: 1 });
    expect(await codeOf(promise)).toBe("SIMULATE_TIMEOUT");
  });
});

describe("what a simulated call must be", () => {
  const state = { [POOR]: { balance: 10n ** 18n, nonce: 3n } };
  const fees = { maxFeePerGas: 5n * GWEI };
  const cases: [string, CallRequest, string | undefined][] = [
    ["a nonce that is used", { ...fees, nonce: 2n }, "SIMULATE_NONCE_TOO_LOW"],
    ["a nonce that skips", { ...fees, nonce: 4n }, "SIMULATE_NONCE_TOO_HIGH"],
    ["no fee at all", { nonce: 3n }, "SIMULATE_FEE_CAP"],
    ["a tip above the cap", { ...fees, maxPriorityFeePerGas: 6n * GWEI }, "SIMULATE_PARAMS"],
    [
      "more ether than there is",
      { ...fees, gas: 21_000n, value: 10n ** 18n },
      "SIMULATE_INSUFFICIENT_FUNDS",
    ],
    ["too little gas", { ...fees, gas: 20_999n }, "SIMULATE_INTRINSIC_GAS"],
    ["more gas than the block", { ...fees, gas: 30_000_001n }, "SIMULATE_BLOCK_GAS"],
    [
      "too long init code",
      { ...fees, gas: 10_000_000n, to: null, data: new Uint8Array(49_153) },
      "SIMULATE_INIT_CODE",
    ],
    ["everything in order", { ...fees, gas: 21_000n, nonce: 3n }, undefined],
  ];
  test.each(cases)("with validation: %s", async (_name, call, expected) => {
    const calls = [{ from: POOR, to: OTHER, ...call }];
    expect(await codeOf(simulate(plain, [{ state, calls }], { validation: true }))).toBe(expected);
  });

  test("without validation: whatever nonce, no fees, and a sender with code", async () => {
    const [result] = await simulate(plain, [
      {
        state: { ...state, [POOR]: { ...code("0x00"), balance: 1n } },
        calls: [{ from: POOR, to: OTHER, value: 1n, nonce: 77n }],
      },
    ]);
    expect(result?.calls[0]?.failure).toBeNull();
    expect(result?.block.header.baseFeePerGas).toBe(0n);
  });

  test("a nonce left out is the account's, and the highest of all cannot be raised", async () => {
    const call = { from: POOR, to: OTHER };
    const [result] = await simulate(plain, [{ state, calls: [call, call] }]);
    const nonces = result?.block.transactions.map((raw) => {
      const tx = toHex(raw);
      return tx.slice(0, 4);
    });
    expect(nonces).toEqual(["0x02", "0x02"]);
    expect(result?.block.transactionHashes[0]).not.toBe(result?.block.transactionHashes[1]);
    const highest = { [POOR]: { balance: 10n ** 18n, nonce: 2n ** 64n - 1n } };
    const calls = [{ ...call, ...fees, gas: 21_000n }];
    expect(await codeOf(simulate(plain, [{ state: highest, calls }], { validation: true }))).toBe(
      "SIMULATE_INVALID",
    );
  });
});

test("an account with the highest nonce creates nothing", async () => {
  const state = { [POOR]: { nonce: 2n ** 64n - 1n } };
  const [result] = await simulate(plain, [
    { state, calls: [{ from: POOR, data: fromHex("0x00") }] },
  ]);
  expect(result?.calls[0]).toMatchObject({
    failure: { kind: "exception", reason: "nonce uint64 overflow" },
    gasUsed: 53_006n,
  });
});

describe("transfers as logs", () => {
  const options = { traceTransfers: true };
  const ether = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
  const shown = (
    logs: { address: string; topics: string[]; data: Uint8Array; logIndex: number }[] = [],
  ) =>
    logs.map(({ address, topics, data, logIndex }) =>
      address === ether
        ? [logIndex, topics[1], topics[2], BigInt(toHex(data))]
        : [logIndex, BigInt(topics[0] ?? 0)],
    );

  test("stand between the logs of contracts where they happened, and not in the receipt", async () => {
    const data = fromHex(wordOfAddress(POOR));
    const state = { [CONTRACT]: code(FORWARDS), [OTHER]: { balance: 9n } };
    const calls = [{ from: OTHER, to: CONTRACT, value: 9n, data }];
    const [traced] = await simulate(plain, [{ state, calls }], options);
    expect(shown(traced?.calls[0]?.logs)).toEqual([
      [0, wordOfAddress(OTHER), wordOfAddress(CONTRACT), 9n],
      [1, 1n],
      [2, wordOfAddress(CONTRACT), wordOfAddress(POOR), 5n],
      [3, 2n],
    ]);
    const [untraced] = await simulate(plain, [{ state, calls }]);
    expect(untraced?.calls[0]?.logs.map(({ logIndex }) => logIndex)).toEqual([0, 1]);
    expect(untraced?.block.header.hash).toBe(traced?.block.header.hash);
  });

  test("of a frame that reverts are gone, but their index is used up", async () => {
    const state = { [CONTRACT]: code(FORWARDS), [POOR]: code(REVERTS), [OTHER]: { balance: 9n } };
    const data = fromHex(wordOfAddress(POOR));
    const calls = [
      { from: OTHER, to: CONTRACT, value: 9n, data },
      { from: OTHER, to: CONTRACT },
    ];
    const [result] = await simulate(plain, [{ state, calls }], options);
    expect(shown(result?.calls[0]?.logs).map(([index]) => index)).toEqual([0, 1, 3]);
    expect(shown(result?.calls[1]?.logs)[0]?.[0]).toBe(4);
  });

  test("are made by creations and by self-destruction", async () => {
    const state = { [CONTRACT]: { ...code(DESTROYS), balance: 4n }, [OTHER]: { balance: 9n } };
    const [result] = await simulate(
      plain,
      [
        {
          state,
          calls: [
            { from: OTHER, to: CONTRACT, data: fromHex(wordOfAddress(POOR)) },
            { from: OTHER, to: null, value: 2n },
          ],
        },
      ],
      options,
    );
    expect(shown(result?.calls[0]?.logs)).toEqual([
      [0, wordOfAddress(CONTRACT), wordOfAddress(POOR), 4n],
    ]);
    expect(shown(result?.calls[1]?.logs)).toEqual([
      [1, wordOfAddress(OTHER), expect.stringMatching(/^0x0{24}[0-9a-f]{40}$/), 2n],
    ]);
  });
});

describe("precompiles", () => {
  const IDENTITY: Address = "0x0000000000000000000000000000000000000004";
  const SHA256: Address = "0x0000000000000000000000000000000000000002";
  const data = fromHex(word(42));
  const answers = async (state: object) => {
    const calls = [IDENTITY, OTHER].map((to) => ({ to, data }));
    const [result] = await simulate(plain, [{ state: state as never, calls }]);
    return result?.calls.map(({ returnData }) => toHex(returnData));
  };

  test("can be moved, and only for the block that says so", async () => {
    expect(await answers({ [IDENTITY]: { movePrecompileTo: OTHER } })).toEqual(["0x", word(42)]);
    expect(await answers({})).toEqual([word(42), "0x"]);
    const results = await simulate(plain, [
      { state: { [IDENTITY]: { movePrecompileTo: OTHER } } },
      { calls: [{ to: IDENTITY, data }] },
    ]);
    expect(toHex(results[1]?.calls[0]?.returnData ?? new Uint8Array())).toBe(word(42));
  });

  test("are ordinary accounts when anything of them is overridden", async () => {
    expect(await answers({ [IDENTITY]: { balance: 1n } })).toEqual(["0x", "0x"]);
    expect(await answers({ [IDENTITY]: code(ENVIRONMENT.replace("60e0", "6020")) })).toEqual([
      word(1),
      "0x",
    ]);
  });

  test("cannot be moved onto what is overridden, and nothing else can be moved", async () => {
    const refused = [
      { [OTHER]: { movePrecompileTo: POOR } },
      { [IDENTITY]: { movePrecompileTo: OTHER }, [OTHER]: { balance: 1n } },
      { [IDENTITY]: { movePrecompileTo: IDENTITY } },
      { [SHA256]: { movePrecompileTo: IDENTITY }, [IDENTITY]: { balance: 1n } },
    ];
    for (const state of refused) {
      expect(await codeOf(simulate(plain, [{ state }]))).toBe("ENGINE_CALL_INVALID");
    }
  });

  test("can be moved for one call too, and come back", async () => {
    const options = { stateOverrides: { [IDENTITY]: { movePrecompileTo: OTHER } } };
    const at = async (to: Address, given = {}) =>
      toHex((await plain.call({ to, data }, "latest", given)).returnData);
    expect(await at(OTHER, options)).toBe(word(42));
    expect(await at(IDENTITY, options)).toBe("0x");
    expect(await at(IDENTITY)).toBe(word(42));
  });
});

describe("simulated blocks of the L2", () => {
  test("have the L2's header and give the base fee to its vault", async () => {
    const { engine } = l2;
    const base = (await engine.getHeader("latest")) as BlockHeader;
    const calls = [{ from: SENDER, to: POOR, value: 5n, maxFeePerGas: 20n * GWEI, gas: 21_000n }];
    const [first, second] = await simulate(engine, [{ calls }, {}], { validation: true });
    const header = first?.block.header;
    expect(header).toMatchObject({
      parentHash: base.hash,
      baseFeePerGas: engine.nextBaseFee(base),
      withdrawalsRoot: base.withdrawalsRoot,
      feeRecipient: base.feeRecipient,
      gasUsed: 21_000n,
    });
    expect(toHex(header?.extraData ?? new Uint8Array())).toBe(toHex(base.extraData));
    expect(second?.block.header.baseFeePerGas).toBe(engine.nextBaseFee(header as BlockHeader));
    expect(second?.block.header.parentHash).toBe(header?.hash);
  });

  test("do not touch the chain", async () => {
    const before = await l2.engine.getHeader("latest");
    await simulate(l2.engine, [{ state: { [POOR]: { balance: 7n } } }]);
    expect(await l2.engine.getBalance(POOR, "latest")).toBe(0n);
    expect(await l2.engine.getHeader("latest")).toEqual(before);
    await l2.mine();
  });
});
