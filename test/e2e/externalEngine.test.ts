import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { privateKeyToAccount } from "viem/accounts";
import type { RemoteEngine } from "../../src/engine/remote/remoteEngine.js";
import type { Engine } from "../../src/engine/types.js";
import { type BatchBlock, encodeBatch, isDepositTx } from "../../src/protocol/index.js";
import { fromHex, type Hash, toHex } from "../../src/util/hex.js";
import { EngineProcess } from "../helpers/engineProcess.js";
import { RollupWorld, type Server } from "../helpers/rollupWorld.js";

const KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
] as const;
/** Has no ether. */
const POOR = privateKeyToAccount(`0x${"17".repeat(32)}`);
const BLOCKS = 100;
const BLOCKS_PER_ENTRY = 10;
const SEED = Number(process.env.FOVEA_ENGINE_SEED ?? 20_261_123);

/** Numbers from 0 to 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let world: RollupWorld;
let engineProcess: EngineProcess;
let remote: RemoteEngine;
/** Drives the engine elsewhere. */
let follower: Server<Engine>;

beforeAll(async () => {
  world = await RollupWorld.create();
  engineProcess = new EngineProcess(world.config);
  remote = await engineProcess.start();
  follower = await world.addNode({ engine: remote });
}, 120_000);

afterAll(async () => {
  await remote?.close();
  await engineProcess?.clean();
  await world?.main.engine.close();
});

/** Transactions for one block, of which about two in five are not valid where they stand. */
class TxMaker {
  readonly #random: () => number;
  readonly #nonces = [0, 0];
  valid = 0;
  invalid = 0;

  constructor(next: () => number) {
    this.#random = next;
  }

  async block(): Promise<Uint8Array[]> {
    const count = Math.floor(this.#random() * 7);
    const made: Uint8Array[] = [];
    for (let i = 0; i < count; i++) made.push(await this.#one());
    return made;
  }

  async #one(): Promise<Uint8Array> {
    const kind = Math.floor(this.#random() * 10);
    const sender = Math.floor(this.#random() * KEYS.length);
    const nonce = this.#nonces[sender] as number;
    if (kind >= 6) {
      this.invalid++;
      if (kind === 6) return this.#sign(sender, { nonce: nonce + 3 });
      if (kind === 7) return this.#sign(sender, { nonce, maxFeePerGas: 1n });
      if (kind === 8) return this.#sign(sender, { nonce, value: 10n ** 30n });
      return this.#sign(undefined, { nonce: 0 });
    }
    this.valid++;
    this.#nonces[sender] = nonce + 1;
    // Some revert, which makes them no less valid.
    return this.#sign(sender, kind === 0 ? { nonce, data: "0xfe", gas: 90_000n } : { nonce });
  }

  async #sign(
    sender: number | undefined,
    fields: { nonce: number; value?: bigint; maxFeePerGas?: bigint; data?: Hash; gas?: bigint },
  ): Promise<Uint8Array> {
    const account = sender === undefined ? POOR : privateKeyToAccount(KEYS[sender] as Hash);
    const signed = await account.signTransaction({
      type: "eip1559",
      chainId: world.config.chain.l2ChainId,
      ...(fields.data === undefined ? { to: POOR.address } : {}),
      value: 0n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      ...fields,
    });
    return fromHex(signed);
  }
}

test("100 blocks with invalid transactions at random places have the same hashes in an engine elsewhere", async () => {
  const next = random(SEED);
  const maker = new TxMaker(next);
  for (let at = 0; at < BLOCKS; at += BLOCKS_PER_ENTRY) {
    if (next() < 0.5)
      world.l1.deposit({ mint: 5n, to: "0x00000000000000000000000000000000000000bb" });
    const blocks: BatchBlock[] = [];
    for (let i = 0; i < BLOCKS_PER_ENTRY; i++) {
      blocks.push({ dt: 1, originDelta: 0, hints: [], transactions: await maker.block() });
    }
    world.clock.advance(BLOCKS_PER_ENTRY * 1_000);
    world.l1.postRaw(encodeBatch(blocks));
    world.l1.mine();
    await world.settle(follower);
  }
  await world.settle();
  const head = await world.safe(follower);
  expect(head).toEqual(await world.safe());
  expect(head.number).toBeGreaterThanOrEqual(BigInt(BLOCKS));
  expect(maker.invalid).toBeGreaterThan(BLOCKS / 2);
  let included = 0;
  for (let number = 0n; number <= head.number; number++) {
    const [ours, theirs] = await Promise.all([
      world.main.engine.getBlock(number),
      remote.getBlock(number),
    ]);
    expect(theirs?.header).toEqual(ours?.header);
    expect(theirs?.transactions.map(toHex)).toEqual(ours?.transactions.map(toHex));
    included += ours?.transactions.filter((raw) => !isDepositTx(raw)).length ?? 0;
  }
  expect(included).toBe(maker.valid);
}, 300_000);

test("reads of an engine elsewhere are those of the engine in this process", async () => {
  const { hash, number } = await world.safe();
  const here = world.main.engine;
  let block = number;
  while ((await here.getBlock(block))?.transactions.length === 1) block--;
  const header = await here.getHeader(block);
  if (!header) throw new Error("no block");
  const id = { hash: header.hash };
  expect(await remote.getReceipts(header.hash)).toEqual(await here.getReceipts(header.hash));
  const found = await here.getTransactions(header.hash);
  expect(await remote.getTransactions(header.hash)).toEqual(found);
  const txHash = found?.at(-1)?.hash as Hash;
  expect(await remote.getTransaction(txHash)).toEqual(await here.getTransaction(txHash));
  expect(await remote.getReceipt(txHash)).toEqual(await here.getReceipt(txHash));
  const sender = found?.at(-1)?.from as Hash;
  const passer = "0x4200000000000000000000000000000000000016";
  expect(await remote.getBalance(sender, id)).toBe(await here.getBalance(sender, id));
  expect(await remote.getNonce(sender, number)).toBe(await here.getNonce(sender, number));
  expect(await remote.getCode(passer, "latest")).toEqual(await here.getCode(passer, "latest"));
  const slot: Hash = `0x${"00".repeat(31)}01`;
  expect(await remote.getProof(passer, [slot], "latest")).toEqual(
    await here.getProof(passer, [slot], "latest"),
  );
  await remote.dbPrefetch(header.stateRoot);
  await remote.dbPrefetch(hash);
  expect(remote.dbGet(header.stateRoot)).toEqual(here.dbGet(header.stateRoot));
  expect(remote.dbGet(hash)).toBeUndefined();
  for (const label of ["safe", "finalized", "earliest"] as const) {
    expect((await remote.getHeader(label))?.hash).toBe((await here.getHeader(label))?.hash);
  }
  const gas = await remote.estimateGas({ from: sender, to: sender, value: 1n }, "latest");
  expect(gas).toBe(await here.estimateGas({ from: sender, to: sender, value: 1n }, "latest"));
  await expect(remote.getBalance(sender, 10n ** 9n)).rejects.toMatchObject({
    code: "ENGINE_UNKNOWN_BLOCK",
  });
}, 120_000);

test("a sequencer builds on an engine elsewhere, which may be killed and come back", async () => {
  const sequencer = world.addSequencer(follower);
  const account = privateKeyToAccount(KEYS[0]);
  const events: string[] = [];
  const stop = remote.subscribe((event) => events.push(event.type));
  const nonce = Number(await remote.getNonce(account.address.toLowerCase() as Hash, "latest"));
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: world.config.chain.l2ChainId,
    to: POOR.address,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 1n,
    nonce,
  });
  const hash = await remote.pool.add(fromHex(raw));
  await expect(remote.pool.add(fromHex(raw))).rejects.toMatchObject({
    code: "ENGINE_REMOTE_ERROR",
    data: { rpcMessage: "already known" },
  });
  world.clock.advance(2_000);
  world.l1.mine();
  await world.settle(follower);
  await sequencer.step();
  const block = await remote.getBlock("latest");
  expect(block?.transactionHashes).toContain(hash);
  expect(events).toContain("pendingTransaction");
  expect(events).toContain("head");
  stop();

  await engineProcess.kill();
  await expect(follower.node.step()).rejects.toMatchObject({ code: "ENGINE_REMOTE_UNREACHABLE" });
  const again = await engineProcess.start();
  expect((await again.getHeader("latest"))?.hash).toBe(block?.header.hash);
  world.clock.advance(2_000);
  world.l1.mine();
  await world.settle(follower);
  await sequencer.step();
  expect((await remote.getHeader("latest"))?.number).toBe((block?.header.number ?? 0n) + 1n);
  await again.close();
}, 120_000);
