import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SYSTEM_CONTRACTS } from "../../../src/protocol/index.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../../../src/util/hex.js";
import { depositTx, EngineChain, signTx } from "../../helpers/engineChain.js";
import { wordOf, words } from "../../helpers/evmCode.js";

const SCRATCH: Address = "0x000000000000000000000000000000000000c0de";

describe("EVM rules", () => {
  let chain: EngineChain;
  beforeAll(async () => {
    chain = await EngineChain.open();
    for (let i = 0; i < 3; i++) await chain.mine();
  });
  afterAll(() => chain.engine.close());

  const runCode = async (code: Hex): Promise<Hex> => {
    const options = { stateOverrides: { [SCRATCH]: { code: fromHex(code) } } };
    const { returnData } = await chain.engine.call({ to: SCRATCH }, "latest", options);
    return toHex(returnData);
  };
  const precompile = (n: number, data: Uint8Array, gas = 15_000_000n) => {
    const to: Address = `0x${n.toString(16).padStart(40, "0")}`;
    return chain.engine.call({ to, data, gas }, "latest");
  };

  test("BLOBBASEFEE pushes 1, CLZ is there, PREVRANDAO is the origin's", async () => {
    expect(await runCode("0x4a60005260206000f3")).toBe(words(1));
    expect(await runCode("0x60011e60005260206000f3")).toBe(words(255));
    expect(await runCode("0x4460005260206000f3")).toBe(chain.rollup.genesisOrigin.prevRandao);
  });

  test("init code that reverts with 0xEF has reverted: data and gas are left", async () => {
    const init = "60ef5f5360015ffd";
    const create = `67${init}5f5260086018`;
    // RETURNDATASIZE and a gas left that a failed creation would have taken.
    expect(await runCode(`0x${create}5ff0503d5f5260205ff3`)).toBe(words(1));
    expect(await runCode(`0x${create}5ff0505a620f4240105f5260205ff3`)).toBe(words(1));
    const { failure, returnData, gasUsed } = await chain.engine.call(
      { data: fromHex(`0x${init}`), gas: 1_000_000n },
      "latest",
    );
    expect(failure?.kind).toBe("revert");
    expect(toHex(returnData)).toBe("0xef");
    expect(gasUsed < 100_000n).toBe(true);
    // What would be deployed still may not begin with it.
    const deployed = await chain.engine.call(
      { data: fromHex("0x60ef5f5360015ff3"), gas: 1_000_000n },
      "latest",
    );
    expect(deployed.failure?.kind).toBe("exception");
  });

  test("BLOCKHASH and the EIP-2935 contract know the parent, the EIP-4788 contract the beacon root", async () => {
    const head = await chain.engine.getHeader("latest");
    expect(await runCode("0x600143034060005260206000f3")).toBe(head?.parentHash);
    const ask = async (to: Address, value: bigint): Promise<Hex> =>
      toHex((await chain.engine.call({ to, data: fromHex(words(value)) }, "latest")).returnData);
    const parent = (head?.number ?? 0n) - 1n;
    expect(await ask(SYSTEM_CONTRACTS.blockHashHistory, parent)).toBe(head?.parentHash);
    expect(await ask(SYSTEM_CONTRACTS.beaconRoots, head?.timestamp ?? 0n)).toBe(
      head?.parentBeaconBlockRoot,
    );
  });

  test("BLOCKHASH inside a block on a side chain is of that chain", async () => {
    // storage[0] = blockhash(number - 2), made by a creation and thrown away with it.
    const head = await chain.engine.getHeader("latest");
    const grandparent = await chain.engine.getHeader((head?.number ?? 0n) - 1n);
    const side = await chain.mine(
      [],
      { timestamp: (head?.timestamp ?? 0n) + 9n },
      grandparent?.hash as Hash,
    );
    const gas = 200_000n;
    const data: Hex = "0x600143034060005260206000a0600060006000f000";
    const code = fromHex(data);
    const [, receipt] = await chain.receipts([depositTx({ to: null, gas, data: code })]);
    expect(receipt?.status).toBe(1);
    expect(toHex(receipt?.logs[0]?.data ?? new Uint8Array())).toBe(side.blockHash);
  });

  test("inputs of pairings and multi-scalar multiplications above their bounds fail with all gas", async () => {
    for (const [address, length] of [
      [8, 57_600 + 192],
      [0x0f, 98_304 + 384],
      [0x0c, 288_960 + 160],
    ] as const) {
      const result = await precompile(address, new Uint8Array(length));
      expect(result.failure).not.toBeNull();
      expect(result.gasUsed).toBe(15_000_000n);
    }
    expect((await precompile(8, new Uint8Array(192))).failure).toBeNull();
  });

  test("the point evaluation precompile verifies a proof", async () => {
    // The commitment to the zero polynomial is the point at infinity, and so is the proof of its value 0 anywhere.
    const infinity = new Uint8Array(48);
    infinity[0] = 0xc0;
    const versioned = createHash("sha256").update(infinity).digest();
    versioned[0] = 1;
    const input = (y: bigint): Uint8Array =>
      Uint8Array.of(
        ...versioned,
        ...fromHex(words(5)),
        ...fromHex(words(y)),
        ...infinity,
        ...infinity,
      );
    const good = await precompile(0x0a, input(0n));
    expect(good.failure).toBeNull();
    const modulus = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
    expect(toHex(good.returnData)).toBe(`0x${wordOf(4_096)}${wordOf(modulus)}`);
    expect((await precompile(0x0a, input(1n))).failure).not.toBeNull();
  });

  test("a block takes no more transactions than its batch block has room for", async () => {
    const fresh = await EngineChain.open();
    const data: Hex = `0x${"5a".repeat(50_000)}`;
    for (const from of [0, 1, 2]) {
      await fresh.engine.pool.add(
        await signTx({ from, nonce: 0, to: SCRATCH, data, gas: 3_000_000n }),
      );
    }
    const first = await fresh.mine([], { noTxPool: false });
    expect(first.transactions).toHaveLength(3);
    const second = await fresh.mine([], { noTxPool: false });
    expect(second.transactions).toHaveLength(2);
    await fresh.engine.close();
  });
});
