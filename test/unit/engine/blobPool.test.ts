import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseGwei, type TransactionSerializableEIP4844 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { versionedHash } from "../../../src/engine/blobSidecar.js";
import { openEthereumEngine } from "../../../src/engine/openEthereumEngine.js";
import { decodeRlp, encodeRlp, integerToBytes } from "../../../src/engine/state/rlp.js";
import type { PayloadAttributes } from "../../../src/protocol/types.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { systemClock } from "../../../src/util/clock.js";
import { fromHex, type Hex, toHex, ZERO_HASH } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";

const account = privateKeyToAccount(`0x${"45".repeat(32)}`);
const TO = "0x00000000000000000000000000000000000000aa";
const CHAIN_ID = 4_243;
const POINT_AT_INFINITY = fromHex(`0xc0${"00".repeat(47)}`);
const genesis = JSON.stringify({
  config: {
    chainId: CHAIN_ID,
    ...Object.fromEntries(
      ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg"]
        .concat(["istanbul", "berlin", "london", "mergeNetsplit"])
        .map((name) => [`${name}Block`, 0]),
    ),
    terminalTotalDifficulty: 0,
    shanghaiTime: 0,
    cancunTime: 0,
    pragueTime: 0,
    osakaTime: 0,
  },
  difficulty: "0x0",
  gasLimit: "0x3938700",
  timestamp: "0x1",
  baseFeePerGas: "0x7",
  alloc: {
    [account.address]: { balance: "0x8ac7230489e80000" },
    // Contracts that Prague calls at the end of a block; these do nothing.
    "0x00000961ef480eb55e80d19ad83579a64c007002": { balance: "0x0", code: "0x00" },
    "0x0000bbddc7ce488642fb579f8b00f3a590007251": { balance: "0x0", code: "0x00" },
  },
});

/** A blob that is all zero: its commitment and all its proofs are the point at infinity. */
async function blobTx(
  nonce: number,
  change: Partial<Record<"proofs" | "commitment", Uint8Array>> = {},
  fee = 1n,
) {
  const commitment = change.commitment ?? POINT_AT_INFINITY;
  const fields = {
    type: "eip4844",
    chainId: CHAIN_ID,
    nonce,
    gas: 21_000n,
    to: TO,
    maxFeePerGas: parseGwei("10") * fee,
    maxPriorityFeePerGas: parseGwei("1") * fee,
    maxFeePerBlobGas: 100n * fee,
    blobVersionedHashes: [versionedHash(POINT_AT_INFINITY)],
    sidecars: false,
  };
  // viem wants the blobs themselves, but what is signed names only their hashes.
  const signed = await account.signTransaction(fields as unknown as TransactionSerializableEIP4844);
  const envelope = fromHex(signed);
  const blob = new Uint8Array(131_072);
  const proofs = Array.from({ length: 128 }, () => change.proofs ?? POINT_AT_INFINITY);
  const body = decodeRlp(envelope.subarray(1));
  const network = encodeRlp([body, integerToBytes(1), [blob], [commitment], proofs]);
  return { envelope, network: Uint8Array.from([3, ...network]), hash: keccakHex(envelope) };
}

async function open(journalPath?: string, store = new MemoryStore()) {
  const options = { store, clock: systemClock, genesis };
  return (
    await openEthereumEngine(journalPath === undefined ? options : { ...options, journalPath })
  ).engine;
}

const attributes: PayloadAttributes = {
  timestamp: 13n,
  prevRandao: ZERO_HASH,
  suggestedFeeRecipient: TO,
  parentBeaconBlockRoot: ZERO_HASH,
  gasLimit: 0n,
  eip1559Params: { denominator: 0, elasticity: 0 },
  minBaseFee: 0n,
  transactions: [],
  noTxPool: false,
  dropInvalid: false,
  withdrawals: [],
};

describe("blob transactions in the pool of plain Ethereum", () => {
  test("are known by the hash of their envelope, and blocks hold them without their blobs", async () => {
    const engine = await open();
    const { envelope, network, hash } = await blobTx(0);
    expect(await engine.pool.add(network)).toBe(hash);
    expect(toHex(engine.pool.get(hash)?.raw ?? new Uint8Array())).toBe(toHex(envelope));
    const heads = {
      headBlockHash: engine.genesisHash,
      safeBlockHash: engine.genesisHash,
      finalizedBlockHash: engine.genesisHash,
    };
    const { payloadId } = await engine.forkchoiceUpdated(heads, {
      ...attributes,
      transactions: [],
    });
    const payload = await engine.getPayload(payloadId as Hex);
    expect(payload.transactions.map(toHex)).toEqual([toHex(envelope)]);
    expect(payload.blobGasUsed).toBe(131_072n);
    expect(payload.blobsBundle?.blobs.map(({ length }) => length)).toEqual([131_072]);
    expect(payload.blobsBundle?.proofs).toHaveLength(128);
    expect(payload.blockValueWei).toBe(21_000n * parseGwei("1"));
    expect((await engine.newPayload(payload)).status).toBe("VALID");
    await engine.forkchoiceUpdated({ ...heads, headBlockHash: payload.blockHash });
    expect(engine.pool.status()).toEqual({ pending: 0, queued: 0 });
    const receipt = await engine.getReceipt(hash);
    expect(receipt).toMatchObject({ type: 3, status: 1, blobGasUsed: 131_072n, blobGasPrice: 1n });
    // Its block is abandoned: it comes back, blobs and all.
    await engine.forkchoiceUpdated(heads);
    expect(engine.pool.status()).toEqual({ pending: 1, queued: 0 });
    expect(toHex(engine.pool.networkForm?.(hash) ?? new Uint8Array())).toBe(toHex(network));
    await engine.close();
  });

  test("are refused without blobs, with another commitment, with a wrong proof", async () => {
    const engine = await open();
    const { envelope } = await blobTx(0);
    await expect(engine.pool.add(envelope)).rejects.toMatchObject({ code: "POOL_BLOBS" });
    const generator = fromHex(
      "0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    );
    const strange = await blobTx(0, { commitment: generator });
    await expect(engine.pool.add(strange.network)).rejects.toMatchObject({
      code: "POOL_BLOBS",
      data: { reason: "a commitment is not the one that the transaction names" },
    });
    const forged = await blobTx(0, { proofs: generator });
    await expect(engine.pool.add(forged.network)).rejects.toMatchObject({
      code: "POOL_BLOBS",
      data: { reason: "a proof is not valid" },
    });
    expect(engine.pool.status()).toEqual({ pending: 0, queued: 0 });
    await engine.close();
  });

  test("are replaced by blob transactions only, at twice the fees", async () => {
    const engine = await open();
    await engine.pool.add((await blobTx(0)).network);
    const plain = await account.signTransaction({
      type: "eip1559",
      chainId: CHAIN_ID,
      nonce: 0,
      gas: 21_000n,
      to: TO,
      maxFeePerGas: parseGwei("100"),
      maxPriorityFeePerGas: parseGwei("90"),
    });
    const refused = { code: "POOL_REPLACEMENT_UNDERPRICED" };
    await expect(engine.pool.add(fromHex(plain))).rejects.toMatchObject(refused);
    const better = await blobTx(0, {}, 2n);
    expect(await engine.pool.add(better.network)).toBe(better.hash);
    await engine.close();
  });

  test("come back from the journal with their blobs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fovea-blobs-"));
    const store = new MemoryStore();
    try {
      const engine = await open(join(folder, "pool.journal"), store);
      const { network, hash } = await blobTx(0);
      await engine.pool.add(network);
      await engine.pool.close();
      const again = await open(join(folder, "pool.journal"), store);
      expect(again.pool.get(hash)?.hash).toBe(hash);
      expect(toHex(again.pool.networkForm?.(hash) ?? new Uint8Array())).toBe(toHex(network));
      await again.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
