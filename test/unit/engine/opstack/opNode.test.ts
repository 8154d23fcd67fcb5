import { expect, test } from "@jest/globals";
import { plainForks } from "../../../../src/cli/chainFile/plainForks.js";
import { encodeBlock } from "../../../../src/engine/blockCodec.js";
import { EthereumRules } from "../../../../src/engine/ethereum/ethereumRules.js";
import { ethereumRulesOf } from "../../../../src/engine/ethereumRulesOf.js";
import { openEthereumEngine } from "../../../../src/engine/openEthereumEngine.js";
import { genesisConfigOf, parseOpConfig } from "../../../../src/engine/opstack/opConfig.js";
import { OpStackRules } from "../../../../src/engine/opstack/opStackRules.js";
import {
  createOpSchedule,
  OP_FORKS,
  PREDEPLOYS,
  upgradeTransactionsOf,
} from "../../../../src/protocol/index.js";
import { encodeReceipt } from "../../../../src/rpc/encode/receipt.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import { systemClock } from "../../../../src/util/clock.js";
import { fromHex, toHex, ZERO_HASH } from "../../../../src/util/hex.js";
import { EngineApiHarness } from "../../../helpers/engineApi.js";
import { accounts, addressOf, depositTx, signTx } from "../../../helpers/engineChain.js";
import { account, OpChain, slotWord } from "../../../helpers/opChain.js";

const ETHER = 10n ** 18n;
const RICH = addressOf(accounts[0]);
const TIMES = Object.fromEntries(
  OP_FORKS.slice(1).map((fork, index) => [fork, BigInt(10 * (index + 1))]),
);

/** The genesis file of the chain that `OpChain.open(TIMES, ...)` begins. */
function genesisFile(): string {
  const config = genesisConfigOf({
    chainId: 901,
    schedule: createOpSchedule(TIMES),
    eip1559: { elasticity: 6, denominator: 50, denominatorCanyon: 250 },
  });
  return JSON.stringify({
    config,
    gasLimit: "0x1c9c380",
    difficulty: "0x0",
    coinbase: PREDEPLOYS.sequencerFeeVault,
    baseFeePerGas: "0x3b9aca00",
    alloc: { [RICH]: { balance: toHex(Uint8Array.of(0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x64, 0, 0)) } },
  });
}

test("the blocks of an OP chain of every fork are imported as RLP, and a changed one is not", async () => {
  const chain = await OpChain.open(TIMES, new Map([[RICH, account({ balance: ETHER })]]));
  const { engine, schedule } = await openEthereumEngine({
    store: new MemoryStore(),
    clock: systemClock,
    genesis: genesisFile(),
  });
  expect(engine.genesisHash).toBe(chain.head.hash);
  let nonce = 0;
  for (let time = 5n; time <= 105n; time += 5n) {
    const upgrades = upgradeTransactionsOf(chain.rules.config.schedule, chain.head.timestamp, time);
    const transactions = [
      depositTx({ mint: time, isSystemTx: time < 10n }),
      ...upgrades,
      ...(upgrades.length > 0 ? [] : [await signTx({ nonce: nonce++, to: RICH })]),
    ];
    const minBaseFee = time >= 90n ? 3n : 0n;
    const eip1559Params = { denominator: 250, elasticity: 6 };
    const block = await chain.add(time, transactions, { eip1559Params, minBaseFee });
    const { header } = block;
    const bad = { ...header, stateRoot: header.parentHash };
    const refused = await engine.importBlock(encodeBlock({ ...block, header: bad }));
    expect(refused.invalid).toContain("stateRoot");
    const rlp = encodeBlock({ ...block, withdrawals: [] });
    expect(rlp.length).toBe(header.sizeBytes);
    expect((await engine.importBlock(rlp)).invalid).toBeNull();
    expect((await engine.getHeader({ hash: header.hash }))?.stateRoot).toBe(header.stateRoot);
  }
  const { hash } = chain.head;
  await engine.forkchoiceUpdated({
    headBlockHash: hash,
    safeBlockHash: hash,
    finalizedBlockHash: hash,
  });
  expect((await engine.getHeader("latest"))?.hash).toBe(hash);
  const fields = async (number: bigint, index: number) => {
    const header = await engine.getHeader(number);
    const receipt = header && (await engine.getReceipts(header.hash))?.[index];
    if (!receipt) throw new Error("no receipt");
    return Object.keys(encodeReceipt(receipt, 0n)).filter((name) => /^(l1|da|blob|dep)/.test(name));
  };
  const prices = ["l1GasPrice", "l1GasUsed", "l1Fee"];
  expect([await fields(1n, 0), await fields(2n, 0), await fields(4n, 0)]).toEqual([
    [],
    ["depositNonce"],
    ["depositNonce", "depositReceiptVersion"],
  ]);
  expect([await fields(1n, 1), await fields(3n, 1)]).toEqual([
    [...prices, "l1FeeScalar"],
    [...prices, "l1FeeScalar"],
  ]);
  const forks = plainForks(schedule);
  expect([forks.isRollup, forks.forkAt(5n), forks.forkAt(25n), forks.forkAt(85n)]).toEqual([
    true,
    "paris",
    "shanghai",
    "prague",
  ]);
  await engine.close();
});

test("a genesis config makes the rules of its kind of chain, and comes back from them", () => {
  const op = parseOpConfig(JSON.parse(genesisFile()).config);
  expect(parseOpConfig(genesisConfigOf(op))).toEqual(op);
  expect(ethereumRulesOf(JSON.stringify(genesisConfigOf(op)))).toBeInstanceOf(OpStackRules);
  expect(ethereumRulesOf('{"chainId":1}')).toBeInstanceOf(EthereumRules);
});

/** Versions of fcU, getPayload and newPayload by the time of the block. */
const versionsAt = (time: bigint): [number, number, number] => {
  if (time < 40n) return [2, 2, 2];
  return time < 80n ? [3, 3, 3] : [3, 4, 4];
};

test("a chain of every fork is built and checked through the Engine API, with the fields of each fork", async () => {
  const chain = await OpChain.open(TIMES, new Map([[RICH, account({ balance: ETHER })]]));
  const open = () =>
    openEthereumEngine({ store: new MemoryStore(), clock: systemClock, genesis: genesisFile() });
  const [builder, follower] = [await open(), await open()];
  const forks = plainForks(builder.schedule);
  const [build, follow] = [
    await EngineApiHarness.open(builder.engine, forks),
    await EngineApiHarness.open(follower.engine, forks),
  ];
  const fields: string[] = [];
  for (let time = 5n; time <= 105n; time += 5n) {
    const [fcu, get, put] = versionsAt(time);
    const parent = chain.head.hash;
    const state = { headBlockHash: parent, safeBlockHash: parent, finalizedBlockHash: parent };
    const raw = depositTx({ mint: time });
    const started = await build.call(`engine_forkchoiceUpdatedV${fcu}`, state, {
      timestamp: `0x${time.toString(16)}`,
      prevRandao: ZERO_HASH,
      suggestedFeeRecipient: PREDEPLOYS.sequencerFeeVault,
      ...(time < 20n ? {} : { withdrawals: [] }),
      ...(time < 40n ? {} : { parentBeaconBlockRoot: slotWord(time) }),
      transactions: [toHex(raw)],
      noTxPool: true,
      gasLimit: "0x1c9c380",
      eip1559Params: time < 70n ? null : "0x000000fa00000006",
      ...(time < 90n ? {} : { minBaseFee: "0x3" }),
    });
    expect([time, started.error]).toEqual([time, undefined]);
    const { payloadId } = started.result as { payloadId: string };
    const got = await build.call(`engine_getPayloadV${get}`, payloadId);
    const { executionPayload } = got.result as { executionPayload: Record<string, unknown> };
    const extras = put < 3 ? [] : [[], slotWord(time), ...(put < 4 ? [] : [[]])];
    const status = await follow.call(`engine_newPayloadV${put}`, executionPayload, ...extras);
    expect(status.result).toMatchObject({
      status: "VALID",
      latestValidHash: executionPayload.blockHash,
    });
    const change = {
      eip1559Params: { denominator: 250, elasticity: 6 },
      minBaseFee: time < 90n ? 0n : 3n,
    };
    const { header } = await chain.add(time, [raw], change);
    expect(executionPayload.blockHash).toBe(header.hash);
    expect(
      (await build.call(`engine_newPayloadV${put}`, executionPayload, ...extras)).result,
    ).toMatchObject({ status: "VALID" });
    fields.push(
      ["withdrawals", "blobGasUsed", "withdrawalsRoot"]
        .map((name) => (name in executionPayload ? "x" : "-"))
        .join(""),
    );
  }
  expect([...new Set(fields)]).toEqual(["---", "x--", "xx-", "xxx"]);
  for (const part of [build, follow, builder.engine, follower.engine]) await part.close();
});

test("the pool of an OP chain takes what the fork of its head does", async () => {
  const store = new MemoryStore();
  const { engine } = await openEthereumEngine({
    store,
    clock: systemClock,
    genesis: genesisFile(),
  });
  const transfer = await signTx({ nonce: 0, to: RICH, gas: 17_000_000n });
  const authorization = { chainId: 901, nonce: 0, contractAddress: RICH } as const;
  const setCode = await accounts[0].signTransaction({
    type: "eip7702",
    chainId: 901,
    nonce: 0,
    to: RICH,
    gas: 100_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 9n,
    authorizationList: [await accounts[1].signAuthorization(authorization)],
  });
  await expect(engine.pool.add(fromHex(setCode))).rejects.toMatchObject({ code: "POOL_TYPE" });
  await expect(engine.pool.add(depositTx({}))).rejects.toMatchObject({ code: "POOL_TYPE" });
  // Above the gas that one transaction may have since Karst.
  await engine.pool.add(transfer);
  expect(engine.pool.status().pending).toBe(1);
  await engine.close();
});
