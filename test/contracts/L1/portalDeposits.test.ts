import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  concatHex,
  encodeFunctionData,
  encodePacked,
  getContractAddress,
  parseEventLogs,
} from "viem";
import { CallerMock } from "../../../src/contracts/generated/CallerMock.js";
import { DepositFeed } from "../../../src/contracts/generated/DepositFeed.js";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { applyAlias } from "../../../src/protocol/alias.js";
import { decodeRecordHeader } from "../../../src/protocol/recordHeader.js";
import { type Address, fromHex, type Hex, toHex, ZERO_ADDRESS } from "../../../src/util/hex.js";
import { type Contract, startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { deployL1, type L1Deployment } from "../../helpers/l1Deployment.js";
import { buyDepositGas, type Market } from "../../helpers/meteringModel.js";

const TO = "0x00000000000000000000000000000000000000aa";
const ETH = 10n ** 18n;
const MAX_GAS = 2n ** 24n;

let anvil: TestAnvil;
let l1: L1Deployment;
let user: Address;
let snapshot: Hex;

beforeAll(async () => {
  anvil = await startAnvil();
  l1 = await deployL1(anvil);
  user = anvil.accounts[5]!;
});
beforeEach(async () => {
  snapshot = await anvil.client.snapshot();
});
afterEach(() => anvil.client.revert({ id: snapshot }));
afterAll(() => anvil.close());

interface Deposit {
  to?: Address;
  value?: bigint;
  gas?: bigint;
  isCreation?: boolean;
  data?: Hex;
  mint?: bigint;
  from?: Address;
}
const deposit = (d: Deposit = {}) => ({
  ...l1.portal,
  functionName: "depositTransaction",
  args: [d.to ?? TO, d.value ?? 0n, d.gas ?? 100_000n, d.isCreation ?? false, d.data ?? "0x"],
  value: d.mint ?? 0n,
  from: d.from ?? user,
});
const read = <R>(functionName: string, ...args: unknown[]) =>
  anvil.read<R>({ ...l1.portal, functionName, args });
const errorOf = async (d: Deposit) => (await anvil.revertOf(deposit(d))).name;

async function market(): Promise<Market> {
  const [prevBaseFee, prevBoughtGas, prevBlockNum] = await read<bigint[]>("params");
  return { prevBaseFee: prevBaseFee!, prevBoughtGas: prevBoughtGas!, prevBlockNum: prevBlockNum! };
}

type Receipt = Awaited<ReturnType<TestAnvil["send"]>>;

/** Record and OP's event of a deposit, which must stand next to each other. */
function eventsOf(receipt: Receipt) {
  const [record] = parseEventLogs({ abi: DepositFeed.abi, logs: receipt.logs });
  const [event] = parseEventLogs({ abi: OptimismPortal.abi, logs: receipt.logs });
  if (record?.eventName !== "RecordAppended" || event?.eventName !== "TransactionDeposited") {
    throw new Error("not a deposit");
  }
  expect(event.logIndex).toBe(record.logIndex + 1);
  return { header: decodeRecordHeader(fromHex(record.args.header)), record, event };
}

/** Sender on L2 of a deposit. */
const senderOf = (receipt: Receipt) => eventsOf(receipt).event.args.from.toLowerCase();

describe("depositTransaction", () => {
  test("appends a record and emits OP's event right after it", async () => {
    const d = { value: 3n, gas: 200_000n, data: "0x010203" as Hex, mint: ETH };
    const { header, record, event } = eventsOf(await anvil.send(deposit(d)));
    expect(header).toMatchObject({ kind: 0, from: user, to: TO, isCreation: false });
    expect(header).toMatchObject({ mint: ETH, value: 3n, gasLimit: 200_000n, dataLength: 3 });
    expect(record.args.data).toBe("0x010203");
    expect(event.args.from.toLowerCase()).toBe(user);
    expect(event.args.to.toLowerCase()).toBe(TO);
    expect(event.args.version).toBe(0n);
    const types = ["uint256", "uint256", "uint64", "bool", "bytes"] as const;
    expect(event.args.opaqueData).toBe(encodePacked(types, [ETH, 3n, 200_000n, false, "0x010203"]));
    expect(event.topics[0]).toBe(
      "0xb3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32",
    );
    expect(await anvil.client.getBalance({ address: l1.portal.address })).toBe(ETH);
  });

  test("deposits a creation to nobody", async () => {
    const receipt = await anvil.send(deposit({ to: ZERO_ADDRESS, isCreation: true, data: "0x60" }));
    expect(eventsOf(receipt).header).toMatchObject({ isCreation: true, to: ZERO_ADDRESS });
    expect(await errorOf({ isCreation: true })).toBe("OptimismPortal_BadTarget");
  });

  test("takes plain ETH as a deposit to oneself, and donations as none", async () => {
    const hash = await anvil.client.sendTransaction({
      account: user,
      to: l1.portal.address,
      value: ETH,
    });
    const receipt = await anvil.client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
    expect(receipt.status).toBe("success");
    expect(eventsOf(receipt).header).toMatchObject({
      from: user,
      to: user,
      mint: ETH,
      value: ETH,
      gasLimit: 100_000n,
      dataLength: 0,
    });
    const donation = { ...l1.portal, functionName: "donateETH", value: ETH };
    expect((await anvil.send(donation)).logs).toEqual([]);
  });

  test("bounds gas from below by the size of the data, and from above by 2^24", async () => {
    expect(await read("minimumGasLimit", 0n)).toBe(21_000n);
    expect(await read("minimumGasLimit", 120_000n)).toBe(4_821_000n);
    const tooLow = "OptimismPortal_GasLimitTooLow";
    expect(await errorOf({ gas: 20_999n })).toBe(tooLow);
    expect(await errorOf({ gas: 21_000n })).toBe("none");
    expect(await errorOf({ gas: 21_119n, data: "0x000000" })).toBe(tooLow);
    expect(await errorOf({ gas: 21_120n, data: "0x000000" })).toBe("none");
    expect(await errorOf({ gas: MAX_GAS + 1n })).toBe("OptimismPortal_GasLimitTooHigh");
    expect(await errorOf({ gas: MAX_GAS })).toBe("none");
  });

  test("takes 120,000 bytes of data and no more", async () => {
    const data = (bytes: number) => toHex(new Uint8Array(bytes));
    const gas = 5_000_000n;
    expect(await errorOf({ data: data(120_001), gas })).toBe("OptimismPortal_CalldataTooLarge");
    const receipt = await anvil.send({
      ...deposit({ data: data(120_000), gas }),
      gas: 16_000_000n,
    });
    expect(eventsOf(receipt).header.dataLength).toBe(120_000);
  });
});

describe("aliasing", () => {
  /** A caller's call that makes a deposit. */
  const through = (caller: Contract, functionName: string) => ({
    ...caller,
    functionName,
    args: [l1.portal.address, encodeFunctionData(deposit())],
    from: user,
  });

  test("leaves plain accounts alone and aliases contracts", async () => {
    expect(senderOf(await anvil.send(deposit()))).toBe(user);
    const caller = await anvil.deploy(CallerMock);
    expect(senderOf(await anvil.send(through(caller, "execute")))).toBe(applyAlias(caller.address));
  });

  test("aliases a contract in construction, which has no code yet", async () => {
    const caller = await anvil.deploy(CallerMock);
    const built = getContractAddress({ from: caller.address, nonce: 1n }).toLowerCase() as Address;
    const receipt = await anvil.send(through(caller, "executeInConstructor"));
    expect(senderOf(receipt)).toBe(applyAlias(built));
  });

  test("leaves an account alone that delegates by EIP-7702, called directly or by others", async () => {
    const caller = await anvil.deploy(CallerMock);
    const delegation = concatHex(["0xef0100", caller.address]);
    await anvil.client.setCode({ address: user, bytecode: delegation });
    expect(senderOf(await anvil.send(deposit()))).toBe(user);
    // Now the account runs the delegate's code, and somebody else pays.
    const delegated = { ...through({ ...caller, address: user }, "execute") };
    const receipt = await anvil.send({ ...delegated, from: anvil.accounts[6]! });
    expect(senderOf(receipt)).toBe(user);
  });

  test("aliases an account with code of 23 bytes that is no delegation", async () => {
    // Code that makes no call cannot deposit: the account itself does, as transaction sender with code.
    const codes = [concatHex(["0x5b5b00", TO]), concatHex(["0x000100", TO])] as const;
    for (const bytecode of codes) {
      await anvil.client.setCode({ address: user, bytecode });
      const logs = await simulateLogs(user);
      expect(logs).toBe(applyAlias(user));
    }
  });

  /** Sender of a deposit made in a simulated call: an account with code sends no transactions. */
  async function simulateLogs(from: Address): Promise<string> {
    const call = { from, to: l1.portal.address, data: encodeFunctionData(deposit()) };
    const [result] = (await anvil.client.request({
      method: "eth_simulateV1",
      params: [{ blockStateCalls: [{ calls: [call] }] }, "latest"],
    } as never)) as [{ calls: { logs: { topics: Hex[] }[] }[] }];
    return `0x${result.calls[0]!.logs.at(-1)!.topics[1]!.slice(26)}`;
  }
});

describe("resource metering", () => {
  test("keeps the market of the model over blocks with and without deposits", async () => {
    let expected = await market();
    expect(expected).toMatchObject({ prevBaseFee: 10n ** 9n, prevBoughtGas: 0n });
    const amounts = [10_000_000n, 12_000_000n, 100_000n, 5_000_000n, 21_000n];
    for (const [i, gas] of amounts.entries()) {
      await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 100n * 10n ** 9n });
      const receipt = await anvil.send({ ...deposit({ gas }), gas: 15_000_000n });
      const model = buyDepositGas(expected, receipt.blockNumber, gas);
      expect(await market()).toEqual(model);
      expected = model as Market;
      await anvil.client.mine({ blocks: i });
    }
    expect(expected.prevBaseFee).toBeGreaterThan(10n ** 9n);
  });

  test("sells 20,000,000 gas in an L1 block, however many deposits share it", async () => {
    await anvil.client.setAutomine(false);
    await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 100n * 10n ** 9n });
    const hashes: Hex[] = [];
    const senders = anvil.accounts.slice(3, 7);
    for (const [i, gas] of [10_000_000n, 9_000_000n, 1_000_001n, 1_000_000n].entries()) {
      const hash = await anvil.client.sendTransaction({
        account: senders[i]!,
        to: l1.portal.address,
        data: encodeFunctionData(deposit({ gas })),
        gas: 2_000_000n,
        // Paid by order, so that they run in this order.
        maxPriorityFeePerGas: 10n ** 9n * BigInt(10 - i),
        maxFeePerGas: 10n ** 12n,
      });
      hashes.push(hash);
    }
    await anvil.client.mine({ blocks: 1 });
    await anvil.client.setAutomine(true);
    const receipts = await Promise.all(
      hashes.map((hash) => anvil.client.getTransactionReceipt({ hash })),
    );
    expect(new Set(receipts.map((r) => r.blockNumber)).size).toBe(1);
    expect(receipts.map((r) => r.status)).toEqual(["success", "success", "reverted", "success"]);
    expect((await market()).prevBoughtGas).toBe(20_000_000n);
  });

  test("uses up the L1 gas that the L2 gas costs", async () => {
    const gwei = 10n ** 9n;
    for (const [baseFee, gas] of [
      [gwei, 2_000_000n],
      [2n * gwei, 8_000_000n],
      [100n * gwei, 2_000_000n],
    ] as const) {
      await anvil.client.setNextBlockBaseFeePerGas({ baseFeePerGas: baseFee });
      const receipt = await anvil.send({ ...deposit({ gas }), gas: 16_000_000n });
      const { prevBaseFee } = await market();
      const cost = (gas * prevBaseFee) / baseFee;
      // The deposit itself takes less than 200,000.
      const least = cost > 200_000n ? cost : 0n;
      expect(receipt.gasUsed).toBeGreaterThanOrEqual(least);
      expect(receipt.gasUsed).toBeLessThan((cost > 200_000n ? cost : 200_000n) + 30_000n);
    }
  });

  test("takes the gas that was estimated, also right after another deposit", async () => {
    for (let i = 0; i < 4; i++) {
      // Sent without a gas limit: the node estimates it against the latest block, which holds the last deposit.
      await anvil.send(deposit());
      const used = await anvil.client.estimateGas({
        account: user,
        to: l1.portal.address,
        data: encodeFunctionData(deposit()),
      });
      const receipt = await anvil.send(deposit());
      expect(receipt.gasUsed).toBeLessThanOrEqual(used);
    }
  });
});

test("names its neighbours and answers like OP's portal of the dispute-game kind", async () => {
  const lower = async (name: string) => (await read<string>(name)).toLowerCase();
  expect(await lower("systemConfig")).toBe(l1.systemConfig.address);
  expect(await lower("depositFeed")).toBe(l1.depositFeed.address);
  expect(await lower("anchorStateRegistry")).toBe(l1.oracle.address);
  expect(await lower("disputeGameFactory")).toBe(l1.oracle.address);
  expect(await read("version")).toBe("4.6.0");
  expect(await read("respectedGameType")).toBe(7001);
  expect(await read("paused")).toBe(false);
  expect(await read("proofMaturityDelaySeconds")).toBe(10n);
  expect(await read("disputeGameFinalityDelaySeconds")).toBe(5n);
  expect(await lower("l2Sender")).toBe("0x000000000000000000000000000000000000dead");
});
