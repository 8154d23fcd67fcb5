import { describe, expect, test } from "@jest/globals";
import { parseEventLogs, stringToHex, toHex as toHexValue } from "viem";
import { OptimismPortal } from "../../../src/contracts/generated/OptimismPortal.js";
import { sentMessageSlot } from "../../../src/protocol/withdrawal.js";
import { fromHex, type Hash, type Hex, ZERO_HASH } from "../../../src/util/hex.js";
import { buildSentMessages, buildTrie } from "../../helpers/trieProof.js";
import {
  anvil,
  errorOf,
  hashOf,
  l1,
  onOracle,
  other,
  outputRootProof,
  passSeconds,
  propose,
  proposeRoot,
  proving,
  read,
  user,
  type Withdrawal,
  withdrawal,
} from "./withdrawalWorld.js";

describe("proveWithdrawalTransaction", () => {
  test("stores the proof by submitter and emits OP's events", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const receipt = await anvil.send(await proving(w, outputs));
    const hash = hashOf(w);
    const events = parseEventLogs({ abi: OptimismPortal.abi, logs: receipt.logs });
    expect(events.map((e) => e.eventName)).toEqual([
      "WithdrawalProven",
      "WithdrawalProvenExtension1",
    ]);
    const { timestamp } = await anvil.client.getBlock();
    const [game, provenAt] = await read<[string, bigint]>("provenWithdrawals", hash, user);
    const [, , proxy] = await anvil.read<[number, bigint, string]>(onOracle("gameAtIndex", 0n));
    expect([game, provenAt]).toEqual([proxy, timestamp]);
    expect(await read("numProofSubmitters", hash)).toBe(1n);
    expect((await read<string>("proofSubmitters", hash, 0n)).toLowerCase()).toBe(user);
    const nobody = await read<[string, bigint]>("provenWithdrawals", hash, other);
    expect(nobody[1]).toBe(0n);
  });

  test("keeps proofs of several accounts apart, and replaces one's own", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    await anvil.send(await proving(w, outputs));
    const first = await read<[string, bigint]>("provenWithdrawals", hashOf(w), user);
    await passSeconds(5n);
    await anvil.send(await proving(w, outputs, 0n, other));
    expect(await read("provenWithdrawals", hashOf(w), user)).toEqual(first);
    await passSeconds(5n);
    await anvil.send(await proving(w, outputs));
    const again = await read<[string, bigint]>("provenWithdrawals", hashOf(w), user);
    expect(again[1]).toBeGreaterThan(first[1]);
    expect(await read("numProofSubmitters", hashOf(w))).toBe(2n);
  });

  test("refuses the second in which the proposal was created", async () => {
    const w = withdrawal();
    const trie = await buildSentMessages([hashOf(w)]);
    await proposeRoot(trie.root);
    const outputs = { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
    const call = { ...(await proving(w, outputs)), at: "latest" } as const;
    expect(await errorOf(call)).toBe("OptimismPortal_InvalidProofTimestamp");
    await passSeconds(1n);
    expect(await errorOf(call)).toBe("none");
  });

  test("refuses lost proposals, those of another machine version, and those that are not there", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const call = await proving(w, outputs);
    const abi = [...l1.portal.abi, ...l1.oracle.abi];
    const missing = { ...(await proving(w, outputs, 1n)), abi };
    expect(await errorOf(missing)).toBe("BlockOracleUnknownProposal");
    await anvil.send(onOracle("setDisrespectful", true));
    expect(await errorOf(call)).toBe("OptimismPortal_InvalidDisputeGame");
    await anvil.send(onOracle("setDisrespectful", false));
    await anvil.send(onOracle("lose", 0n));
    expect(await errorOf(call)).toBe("OptimismPortal_ImproperDisputeGame");
  });

  test("refuses each system contract as target", async () => {
    const targets = [l1.portal, l1.depositFeed, l1.sequencerFeed, l1.systemConfig, l1.oracle];
    const all = targets.map(({ address }) => withdrawal("note", { target: address }));
    const outputs = await propose(all);
    for (const w of all) {
      expect(await errorOf(await proving(w, outputs))).toBe("OptimismPortal_BadTarget");
    }
  });

  test("refuses words that are not behind the root claim", async () => {
    const w = withdrawal();
    const outputs = await propose([w]);
    const call = await proving(w, outputs);
    const [, index, words, proof] = call.args as [unknown, bigint, Record<string, Hash>, Hex[]];
    for (const name of Object.keys(words)) {
      const changed = { ...words, [name]: toHexValue(stringToHex("x"), { size: 32 }) };
      const args = [w, index, changed, proof];
      expect(await errorOf({ ...call, args })).toBe("OptimismPortal_InvalidOutputRootProof");
    }
    const zeros = Object.fromEntries(Object.keys(words).map((name) => [name, ZERO_HASH]));
    const args = [w, index, zeros, proof];
    expect(await errorOf({ ...call, args })).toBe("OptimismPortal_InvalidOutputRootProof");
  });

  test("refuses a withdrawal that differs in any field from what the trie holds", async () => {
    const w = withdrawal();
    const outputs = await propose([w, withdrawal()]);
    const proof = await outputs.proofOf(hashOf(w));
    const words = outputRootProof(outputs.messagePasserStorageRoot);
    const changes: Partial<Withdrawal>[] = [
      { nonce: w.nonce + 100n },
      { sender: other },
      { target: other },
      { value: 1n },
      { gasLimit: 1n },
      { data: `${w.data}00` },
    ];
    const call = await proving(w, outputs);
    for (const change of changes) {
      const args = [{ ...w, ...change }, 0n, words, proof];
      expect(await errorOf({ ...call, args })).toMatch(/^MerkleTrie/);
    }
    expect(await errorOf({ ...call, args: [w, 0n, words, []] })).toBe("MerkleTrieEmptyProof");
  });

  test("refuses any flag but exactly 1", async () => {
    const w = withdrawal();
    const slot = fromHex(sentMessageSlot(hashOf(w)));
    for (const flag of ["0x02", "0x0001", "0x0101", "0x00"] as const) {
      const id = await anvil.client.snapshot();
      const trie = await buildTrie([[slot, fromHex(flag)]], true);
      await proposeRoot(trie.root);
      await passSeconds(1n);
      const outputs = { messagePasserStorageRoot: trie.root, proofOf: () => trie.proof(slot) };
      expect(await errorOf(await proving(w, outputs))).toBe("OptimismPortal_InvalidMerkleProof");
      await anvil.client.revert({ id });
    }
  });

  test("proves every withdrawal of a large trie", async () => {
    const all = Array.from({ length: 40 }, () => withdrawal());
    const outputs = await propose(all);
    for (const w of all) expect(await errorOf(await proving(w, outputs))).toBe("none");
  });
});
