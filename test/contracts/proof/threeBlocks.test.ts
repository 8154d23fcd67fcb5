import { afterAll, describe, expect, test } from "@jest/globals";
import { encodeFunctionData } from "viem";
import { initCodeFor } from "../../../src/contracts/create2.js";
import { TestToken } from "../../../src/contracts/generated/TestToken.js";
import { wordToBytes } from "../../../src/proof/state/wordBytes.js";
import { encodeBatch } from "../../../src/protocol/index.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { accounts, signTx } from "../../helpers/engineChain.js";
import {
  type BlockFigures,
  BlockProver,
  machineOfWorld,
  proveBlocks,
} from "../../helpers/provenBlocks.js";
import { RollupWorld } from "../../helpers/rollupWorld.js";

/** CREATE2 of a child whose init code sends what it has to its maker and destroys itself. */
const CREATES_AND_DESTROYS: Hex = "0x6133ff5f525f6002601e5ff55000";
const REVERTS: Hex = "0x60205ffd";

const lines: string[] = [];
afterAll(() => {
  process.stdout.write(`${lines.join("\n")}\n`);
});

/** Proves all blocks of a world at every step; the machine must end where engine and node are. */
async function proveAll(name: string, world: RollupWorld): Promise<BlockFigures> {
  const start = await machineOfWorld(world);
  const figures = await proveBlocks(start, await BlockProver.create(start));
  const { number, lastHash, outputRoot } = start.machine.state.chain;
  const header = await world.main.engine.getHeader(number);
  expect(toHex(wordToBytes(lastHash))).toBe(header?.hash);
  expect(toHex(wordToBytes(outputRoot))).toBe(await world.main.node.derivedOutputRoot(number));
  expect(number).toBe((await world.safe()).number);
  expect(figures.missing.size).toBe(0);
  lines.push(`${name}: ${figures.proven} steps of ${figures.blocks} blocks, every one proven`);
  return figures;
}

async function receiptOf(world: RollupWorld, raw: Uint8Array) {
  const hash = await world.main.engine.pool.add(raw);
  await world.tick();
  return async () => world.main.engine.getReceipt(hash);
}

describe("small blocks, proven from boundary to boundary", () => {
  test("a reverting deposit and an ERC-20 transfer", async () => {
    const world = await RollupWorld.create();
    const made = await receiptOf(
      world,
      await signTx({ nonce: 0, data: TestToken.bytecode as Hex, gas: 3_000_000n }),
    );
    const token = (await made())?.contractAddress ?? undefined;
    if (token === undefined) throw new Error("no token");
    const call = (functionName: "mint" | "transfer", amount: bigint) =>
      encodeFunctionData({ abi: TestToken.abi, functionName, args: [accounts[1].address, amount] });
    const minted = encodeFunctionData({
      abi: TestToken.abi,
      functionName: "mint",
      args: [accounts[0].address, 100n],
    });
    await receiptOf(world, await signTx({ nonce: 1, to: token, data: minted, gas: 200_000n }));
    world.l1.deposit({ to: null, data: fromHex(REVERTS) });
    const moved = await receiptOf(
      world,
      await signTx({ nonce: 2, to: token, data: call("transfer", 7n), gas: 200_000n }),
    );
    expect(await moved()).toMatchObject({ status: 1 });
    await world.ticks(2);
    await world.batch();
    await proveAll("a reverting deposit and an ERC-20 transfer", world);
  });

  test("CREATE2, SELFDESTRUCT and an EIP-7702 delegation", async () => {
    const world = await RollupWorld.create();
    const data = initCodeFor(CREATES_AND_DESTROYS);
    const made = await receiptOf(world, await signTx({ nonce: 0, data, gas: 300_000n }));
    const target = (await made())?.contractAddress;
    if (!target) throw new Error("no contract");
    const [sender, authority] = accounts;
    const chainId = world.config.chain.l2ChainId;
    const authorization = await authority.signAuthorization({ chainId, address: target, nonce: 0 });
    const raw = await sender.signTransaction({
      type: "eip7702",
      chainId,
      nonce: 1,
      to: authority.address,
      value: 5n,
      gas: 400_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
      authorizationList: [authorization],
    });
    const called = await receiptOf(world, fromHex(raw));
    expect(await called()).toMatchObject({ status: 1, type: 4 });
    await world.ticks(2);
    await world.batch();
    const { modes } = await proveAll("CREATE2, SELFDESTRUCT, EIP-7702", world);
    expect(modes.size).toBeGreaterThan(40);
  });

  test("an entry with a garbage tail", async () => {
    const world = await RollupWorld.create();
    const raw = await signTx({ nonce: 0, to: accounts[1].address.toLowerCase() as Hex, value: 1n });
    const block = { dt: 1, originDelta: 0, hints: [], transactions: [raw] };
    const batch = encodeBatch([block, { ...block, dt: 2, transactions: [new Uint8Array(9)] }]);
    // The batch claims one block more than it has; behind them is something else.
    batch[2] = 3;
    world.l1.postRaw(Uint8Array.of(...batch, ...new Uint8Array(700).fill(0xee)));
    world.l1.mine();
    await world.settle();
    expect((await world.safe()).number).toBe(2n);
    await proveAll("an entry with a garbage tail", world);
  });
});
