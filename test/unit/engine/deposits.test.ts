import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { getContractAddress } from "viem";
import type { Receipt } from "../../../src/engine/types.js";
import type { DepositTx } from "../../../src/protocol/index.js";
import { type Address, fromHex } from "../../../src/util/hex.js";
import { accounts, addressOf, depositTx, EngineChain, signTx } from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const FROM: Address = "0x00000000000000000000000000000000000f4044";
const TO: Address = "0x0000000000000000000000000000000000007000";

describe("deposits", () => {
  let chain: EngineChain;
  beforeEach(async () => {
    chain = await EngineChain.open();
  });
  afterEach(() => chain.engine.close());

  const run = async (fields: Partial<DepositTx>): Promise<Receipt> =>
    (await chain.receipts([depositTx({ from: FROM, to: TO, ...fields })]))[1] as Receipt;
  const balances = async () => ({
    from: await chain.engine.getBalance(FROM, "latest"),
    to: await chain.engine.getBalance(TO, "latest"),
    nonce: await chain.engine.getNonce(FROM, "latest"),
  });
  const deploy = async (code: `0x${string}`, value = 0n): Promise<Address> => {
    const nonce = Number(await chain.engine.getNonce(addressOf(accounts[0]), "latest"));
    const raw = await signTx({ nonce, data: creationCode(code), gas: 200_000n, value });
    const [, receipt] = await chain.receipts([raw]);
    expect(receipt?.status).toBe(1);
    return receipt?.contractAddress as Address;
  };

  test.each([
    ["mint and transfer", { mint: 10n, value: 4n }, 1, 21_000n, { from: 6n, to: 4n, nonce: 1n }],
    ["no value at all", {}, 1, 21_000n, { from: 0n, to: 0n, nonce: 1n }],
    [
      "value above the balance after the mint",
      { mint: 3n, value: 4n },
      0,
      100_000n,
      { from: 3n, to: 0n, nonce: 1n },
    ],
    [
      "gas below the intrinsic gas",
      { mint: 3n, value: 1n, gas: 20_999n },
      0,
      20_999n,
      { from: 3n, to: 0n, nonce: 1n },
    ],
    [
      "gas below the calldata floor",
      { mint: 3n, gas: 21_000n + 1_000n * 39n, data: new Uint8Array(1_000).fill(1) },
      0,
      60_000n,
      { from: 3n, to: 0n, nonce: 1n },
    ],
    [
      "the calldata floor is paid when execution is cheaper",
      { gas: 61_000n, data: new Uint8Array(1_000).fill(1) },
      1,
      61_000n,
      { from: 0n, to: 0n, nonce: 1n },
    ],
    [
      "init code above its limit",
      { mint: 9n, to: null, gas: 16_000_000n, data: new Uint8Array(49_153) },
      0,
      16_000_000n,
      { from: 9n, to: 0n, nonce: 1n },
    ],
  ] as const)("%s", async (_name, fields, status, gasUsed, expected) => {
    const receipt = await run(fields);
    expect(receipt).toMatchObject({
      status,
      gasUsed,
      depositNonce: 0n,
      effectiveGasPrice: 0n,
      l1: null,
      logs: [],
    });
    expect(await balances()).toEqual(expected);
  });

  test("a call that reverts keeps the mint, returns the value, raises the nonce, and uses the gas it metered", async () => {
    const to = await deploy(CODE.revert);
    const receipt = await run({ to, mint: 10n, value: 4n });
    expect(receipt.status).toBe(0);
    expect(receipt.gasUsed).toBeGreaterThan(21_000n);
    expect(receipt.gasUsed).toBeLessThan(100_000n);
    expect(await balances()).toEqual({ from: 10n, to: 0n, nonce: 1n });
  });

  test("a call that runs out of gas uses all of it", async () => {
    const to = await deploy(CODE.loop);
    expect(await run({ to, mint: 10n })).toMatchObject({ status: 0, gasUsed: 100_000n });
    expect((await balances()).nonce).toBe(1n);
  });

  test("a refund lowers the gas used", async () => {
    const to = await deploy(CODE.store);
    await run({ to, data: fromHex(words(1, 5)) });
    const cleared = await run({ to, data: fromHex(words(1, 0)) });
    expect(cleared).toMatchObject({ status: 1, depositNonce: 1n });
    const spent = 21_000n + 32n * 4n + 31n * 0n + 5_000n;
    expect(cleared.gasUsed).toBeLessThan(spent);
  });

  test("a creation's address follows from depositNonce", async () => {
    await run({ mint: 1n });
    const receipt = await run({ to: null, gas: 200_000n, data: fromHex(creationCode(CODE.count)) });
    const expected = getContractAddress({ from: FROM, nonce: 1n }).toLowerCase();
    expect(receipt).toMatchObject({ status: 1, depositNonce: 1n, contractAddress: expected });
    expect(await chain.engine.getCode(expected as Address, "latest")).toEqual(fromHex(CODE.count));
  });

  test("a delegated recipient runs its delegate's code", async () => {
    const code = await deploy(CODE.count);
    const owner = accounts[1];
    const authorization = await owner.signAuthorization({ chainId: 901, address: code, nonce: 0 });
    const raw = await accounts[0].signTransaction({
      type: "eip7702",
      chainId: 901,
      nonce: 1,
      to: TO,
      gas: 100_000n,
      maxFeePerGas: 10n ** 10n,
      authorizationList: [authorization],
    });
    await chain.mine([fromHex(raw)]);
    expect(await run({ to: addressOf(owner) })).toMatchObject({ status: 1 });
    expect(await chain.engine.getStorageAt(addressOf(owner), words(0), "latest")).toBe(words(1));
  });

  test("a sender with code may deposit, and GASPRICE is zero for it", async () => {
    const from = await deploy(CODE.count);
    const nonce = await chain.engine.getNonce(from, "latest");
    expect(await run({ from, mint: 2n, value: 1n })).toMatchObject({
      status: 1,
      depositNonce: nonce,
    });
    expect(await chain.engine.getBalance(TO, "latest")).toBe(1n);
  });

  test("deposits that ask for more gas than the block has make the list invalid", async () => {
    const attributes = await chain.attributes([depositTx({ gas: 60_000_000n })]);
    const head = (await chain.engine.getHeader("latest"))?.hash ?? "0x";
    const state = { headBlockHash: head, safeBlockHash: head, finalizedBlockHash: head };
    const { payloadStatus, payloadId } = await chain.engine.forkchoiceUpdated(state, attributes);
    expect(payloadStatus.status).toBe("INVALID");
    expect(payloadId).toBeNull();
  });
});
