import { describe, expect, test } from "@jest/globals";
import { encodeBlock } from "../../../src/engine/blockCodec.js";
import { initEthereumChain, openEthereumEngine } from "../../../src/engine/openEthereumEngine.js";
import type { BlockHeader } from "../../../src/engine/types.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { systemClock } from "../../../src/util/clock.js";
import { type Hash, toHex } from "../../../src/util/hex.js";
import { readForksChain } from "../../helpers/forksChain.js";

const chain = readForksChain();
const SENDER = "0xe0da1edcea030875cd0f199d96eb70f6ab78faf2";

async function openWith(count: number, store = new MemoryStore()) {
  const { engine } = await openEthereumEngine({
    store,
    clock: systemClock,
    genesis: chain.genesis,
  });
  for (const { rlp } of chain.blocks.slice(0, count)) await engine.importBlock(rlp);
  const headBlockHash = chain.blocks[count - 1]?.hash ?? chain.genesisHash;
  const heads = { headBlockHash, safeBlockHash: headBlockHash, finalizedBlockHash: headBlockHash };
  await engine.forkchoiceUpdated(heads);
  return engine;
}

describe("the engine with a chain of plain Ethereum", () => {
  test("executes blocks of another client from Homestead to Cancun to the same hashes", async () => {
    const engine = await openWith(0);
    expect(engine.genesisHash).toBe(chain.genesisHash);
    for (const { hash, rlp } of chain.blocks) {
      const { header, invalid, isKnown } = await engine.importBlock(rlp);
      expect({ hash: header.hash, invalid, isKnown }).toEqual({
        hash,
        invalid: null,
        isKnown: false,
      });
    }
    const again = await engine.importBlock(chain.blocks[0]?.rlp as Uint8Array);
    expect(again).toMatchObject({ invalid: null, isKnown: true });
    expect((await engine.getHeader("latest"))?.hash).toBe(chain.genesisHash);
    await engine.close();
  });

  test("gives every block back byte for byte, its size included, also when it is read from the store", async () => {
    const store = new MemoryStore();
    await openWith(chain.blocks.length, store);
    const { engine } = await openEthereumEngine({ store, clock: systemClock });
    for (const [index, { hash, rlp }] of chain.blocks.entries()) {
      const block = await engine.getBlock(BigInt(index + 1));
      if (!block) throw new Error("missing");
      expect(block.header.hash).toBe(hash);
      expect(toHex(encodeBlock(block))).toBe(toHex(rlp));
      expect(block.header.sizeBytes).toBe(rlp.length);
    }
    await engine.close();
  });

  test("has receipts of both kinds, and states of all blocks", async () => {
    const engine = await openWith(chain.blocks.length);
    const receiptsOf = async (number: bigint) => {
      const { hash } = (await engine.getHeader(number)) as BlockHeader;
      return (await engine.getReceipts(hash)) ?? [];
    };
    const early = await receiptsOf(2n);
    expect(early.every(({ postState }) => postState?.length === 66)).toBe(true);
    const last = early.at(-1)?.postState;
    expect(last).toMatch(/^0x/);
    const late = await receiptsOf(5n);
    expect(late.every(({ postState, l1 }) => postState === undefined && l1 === null)).toBe(true);
    expect(late.map(({ type, status }) => [type, status])).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
    const logs = await engine.getLogs(
      { fromBlock: 0n, toBlock: 100n, addresses: [], topics: [] },
      100,
    );
    expect(logs).toHaveLength(4 + 2 + 8 * 3);
    const balances = await Promise.all([0n, 1n, 13n].map((at) => engine.getBalance(SENDER, at)));
    expect(new Set(balances).size).toBe(3);
    expect(await engine.getNonce(SENDER, 1n)).toBe(2n);
    await engine.close();
  });

  test("refuses a changed block and its children with the reason, and goes on with the right one", async () => {
    const engine = await openWith(3);
    const { rlp } = chain.blocks[3] as { rlp: Uint8Array };
    const block = (await openWith(4)).getBlock(4n);
    const right = await block;
    if (!right) throw new Error("missing");
    const wrong = encodeBlock({ ...right, header: { ...right.header, gasUsed: 1n } });
    const refused = await engine.importBlock(wrong);
    expect(refused.invalid).toMatch(/differs in gasUsed, blockHash|gas used/);
    const child = (await (await openWith(5)).getBlock(5n)) as typeof right;
    const orphan = { ...child.header, parentHash: refused.header.hash };
    const { invalid } = await engine.importBlock(encodeBlock({ ...child, header: orphan }));
    expect(invalid).toBe("its parent is invalid");
    const stranger = { ...child.header, parentHash: `0x${"77".repeat(32)}` as Hash };
    const unknown = await engine.importBlock(encodeBlock({ ...child, header: stranger }));
    expect(unknown.invalid).toBe("its parent is not known");
    const other = await engine.importBlock(encodeBlock({ ...right, transactions: [] }));
    expect(other.invalid).toMatch(/transactionsRoot/);
    // A body that is not the header's says nothing about the block with this hash.
    expect(await engine.importBlock(rlp)).toMatchObject({ invalid: null });
    await engine.close();
  });

  test("a difficulty that the rules do not give is refused, the seal is not looked at", async () => {
    const engine = await openWith(1);
    const right = (await (await openWith(2)).getBlock(2n)) as { header: BlockHeader };
    const sealed = { ...right.header, nonce: "0x1234567812345678" } as const;
    const block = { transactions: [], transactionHashes: [], ...right, header: sealed };
    expect((await engine.importBlock(encodeBlock(block))).invalid).toBeNull();
    const easy = { ...sealed, difficulty: 1n };
    expect((await engine.importBlock(encodeBlock({ ...block, header: easy }))).invalid).toBe(
      "difficulty",
    );
    await engine.close();
  });

  test("another genesis than the store's is refused, the same one again is not", async () => {
    const store = new MemoryStore();
    const first = await initEthereumChain(store, chain.genesis);
    expect((await initEthereumChain(store, chain.genesis)).hash).toBe(first.hash);
    const other = JSON.stringify({ ...JSON.parse(chain.genesis), extraData: "0x01" });
    await expect(initEthereumChain(store, other)).rejects.toMatchObject({
      code: "ENGINE_OTHER_GENESIS",
    });
    await expect(
      openEthereumEngine({ store: new MemoryStore(), clock: systemClock }),
    ).rejects.toMatchObject({ code: "ENGINE_OTHER_GENESIS" });
  });
});
