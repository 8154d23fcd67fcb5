import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeEventLog, encodeFunctionData } from "viem";
import { L2ToL1MessagePasser } from "../../../../src/contracts/generated/L2ToL1MessagePasser.js";
import { PREDEPLOYS } from "../../../../src/contracts/predeploys.js";
import { outputRoot, sentMessageSlot } from "../../../../src/protocol/index.js";
import {
  buildWithdrawalProof,
  outputRootOf,
  provesFlag,
} from "../../../../src/services/withdrawals/buildWithdrawalProof.js";
import { verifyAccountProof } from "../../../../src/services/withdrawals/verifyAccountProof.js";
import { fromHex, type Hash, toHex } from "../../../../src/util/hex.js";
import { accounts, addressOf, EngineChain, signTx } from "../../../helpers/engineChain.js";

const { abi } = L2ToL1MessagePasser;
const TARGET = "0x00000000000000000000000000000000000000aa";
let chain: EngineChain;
let hashes: Hash[];
let rootClaim: Hash;

beforeAll(async () => {
  chain = await EngineChain.open();
  const data = encodeFunctionData({
    abi,
    functionName: "initiateWithdrawal",
    args: [TARGET, 100_000n, "0x"],
  });
  const to = PREDEPLOYS.L2ToL1MessagePasser;
  const gas = 300_000n;
  const txs = [0, 1, 2].map((nonce) => signTx({ nonce, to, data, value: 5n, gas }));
  const receipts = await chain.receipts(await Promise.all(txs));
  hashes = receipts.flatMap(({ logs }) =>
    logs
      .filter(({ address }) => address === to)
      .map((log) => {
        const topics = log.topics as [Hash, ...Hash[]];
        const { args } = decodeEventLog({ abi, data: toHex(log.data), topics });
        return (args as unknown as { withdrawalHash: Hash }).withdrawalHash;
      }),
  );
  const header = await chain.engine.getHeader("latest");
  if (!header) throw new RangeError("no head");
  rootClaim = outputRootOf(header);
});

afterAll(() => chain.engine.close());

test("every withdrawal is proven under the root that a proposal claims", async () => {
  expect(hashes).toHaveLength(3);
  const proposal = { index: 4n, l2BlockNumber: 1n, rootClaim };
  for (const hash of hashes) {
    const proof = await buildWithdrawalProof(chain.engine, hash, proposal);
    expect(proof?.proposalIndex).toBe(4n);
    const words = proof?.outputRootProof;
    expect(
      words &&
        outputRoot({
          stateRoot: words.stateRoot,
          messagePasserStorageRoot: words.messagePasserStorageRoot,
          blockHash: words.latestBlockhash,
        }),
    ).toBe(rootClaim);
  }
});

test("nothing is proven under another root, another block, or for another hash", async () => {
  const [hash] = hashes as [Hash];
  const other: Hash = `0x${"66".repeat(32)}`;
  const wrong = { index: 0n, l2BlockNumber: 1n, rootClaim: other };
  expect(await buildWithdrawalProof(chain.engine, hash, wrong)).toBeUndefined();
  const genesis = await chain.engine.getHeader(0n);
  if (!genesis) throw new RangeError("no genesis");
  const before = { index: 0n, l2BlockNumber: 0n, rootClaim: outputRootOf(genesis) };
  expect(await buildWithdrawalProof(chain.engine, hash, before)).toBeUndefined();
  const beyond = { index: 0n, l2BlockNumber: 99n, rootClaim };
  expect(await buildWithdrawalProof(chain.engine, hash, beyond)).toBeUndefined();
  const right = { index: 0n, l2BlockNumber: 1n, rootClaim };
  expect(await buildWithdrawalProof(chain.engine, other, right)).toBeUndefined();
});

test("a storage proof with one bit flipped, cut short, or under another root proves nothing", async () => {
  const [hash] = hashes as [Hash];
  const slot = sentMessageSlot(hash);
  const found = await chain.engine.getProof(PREDEPLOYS.L2ToL1MessagePasser, [slot], "latest");
  const nodes = found.storageProof[0]?.proof ?? [];
  const root = found.storageHash;
  expect(await provesFlag(root, slot, nodes)).toBe(true);
  expect(await provesFlag(`0x${"01".repeat(32)}`, slot, nodes)).toBe(false);
  expect(await provesFlag(root, slot, nodes.slice(0, -1))).toBe(false);
  expect(await provesFlag(root, sentMessageSlot(root), nodes)).toBe(false);
  for (const [i, node] of nodes.entries()) {
    const flipped = Uint8Array.from(node);
    const at = flipped.length - 1;
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect(await provesFlag(root, slot, nodes.with(i, flipped))).toBe(false);
  }
});

test("account proofs hold for accounts that exist, that do not, and for storage of both", async () => {
  const header = await chain.engine.getHeader("latest");
  if (!header) throw new RangeError("no head");
  const slot = sentMessageSlot(hashes[0] as Hash);
  const sender = addressOf(accounts[0]);
  for (const address of [PREDEPLOYS.L2ToL1MessagePasser, sender, TARGET] as const) {
    const proof = await chain.engine.getProof(address, [slot], "latest");
    expect(await verifyAccountProof(proof, header.stateRoot)).toBe(true);
    const richer = { ...proof, balance: proof.balance + 1n };
    expect(await verifyAccountProof(richer, header.stateRoot)).toBe(false);
    expect(await verifyAccountProof(proof, `0x${"02".repeat(32)}`)).toBe(false);
    const [entry] = proof.storageProof;
    if (!entry) throw new RangeError("no storage proof");
    const changed = { ...proof, storageProof: [{ ...entry, value: entry.value + 1n }] };
    expect(await verifyAccountProof(changed, header.stateRoot)).toBe(false);
  }
  expect(fromHex(slot)).toHaveLength(32);
});
