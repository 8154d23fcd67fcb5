import { expect, test } from "@jest/globals";
import { createPublicClient, defineChain, http } from "viem";
import { getGames, getPortalVersion, getTimeToFinalize, getWithdrawalStatus } from "viem/op-stack";
import { MULTICALL3_CODE } from "../../../src/contracts/multicall3Code.js";
import { buildSentMessages } from "../../helpers/trieProof.js";
import {
  anvil,
  challengePeriodSeconds,
  FINALITY,
  finalize,
  hashOf,
  L2_SENDER,
  l1,
  onOracle,
  passSeconds,
  proposeRoot,
  proving,
  user,
  withdrawal,
} from "./withdrawalWorld.js";

const MULTICALL3 = "0xcA11bde05977b3631167028862bE2a173976CA11";

/** viem's client of an L1 that has Multicall3, as its op-stack actions need it. */
async function connect() {
  await anvil.client.setCode({ address: MULTICALL3, bytecode: MULTICALL3_CODE });
  const contracts = { multicall3: { address: MULTICALL3 } } as const;
  const chain = defineChain({ ...anvil.client.chain, contracts });
  return createPublicClient({ chain, transport: http(anvil.url), cacheTime: 0 });
}

test("viem's op-stack actions follow a withdrawal through all its states", async () => {
  const client = await connect();
  const addresses = {
    portalAddress: l1.portal.address,
    disputeGameFactoryAddress: l1.oracle.address,
  };
  const w = withdrawal();
  const withdrawalHash = hashOf(w);
  const status = () =>
    getWithdrawalStatus(client, {
      ...addresses,
      l2BlockNumber: 5n,
      sender: L2_SENDER,
      withdrawalHash,
    } as never);

  expect(await getPortalVersion(client, addresses as never)).toMatchObject({ major: 4 });
  expect(await status()).toBe("waiting-to-prove");
  const trie = await buildSentMessages([withdrawalHash]);
  await proposeRoot(trie.root);
  await passSeconds(1n);
  expect(await status()).toBe("ready-to-prove");
  const games = await getGames(client, { ...addresses, l2BlockNumber: 5n } as never);
  expect(games.map((game) => [game.index, game.l2BlockNumber])).toEqual([[0n, 5n]]);

  const outputs = { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
  await anvil.send(await proving(w, outputs));
  expect(await status()).toBe("waiting-to-finalize");
  const wait = await getTimeToFinalize(client, {
    ...addresses,
    withdrawalHash,
    proofSubmitter: user,
  } as never);
  expect(wait.seconds).toBeGreaterThan(0);
  await passSeconds(challengePeriodSeconds + 1n);
  expect(await status()).toBe("waiting-to-finalize");
  await anvil.send(onOracle("resolveProposal", 0n));
  await passSeconds(FINALITY + 1n);
  expect(await status()).toBe("ready-to-finalize");
  expect(await finalize(w)).toBe(true);
  expect(await status()).toBe("finalized");
});

test("viem calls a withdrawal ready to prove again when its proposal was lost", async () => {
  const client = await connect();
  const w = withdrawal();
  const trie = await buildSentMessages([hashOf(w)]);
  await proposeRoot(trie.root);
  await passSeconds(1n);
  const outputs = { messagePasserStorageRoot: trie.root, proofOf: trie.proofOf };
  await anvil.send(await proving(w, outputs));
  const status = () =>
    getWithdrawalStatus(client, {
      portalAddress: l1.portal.address,
      disputeGameFactoryAddress: l1.oracle.address,
      l2BlockNumber: 5n,
      sender: L2_SENDER,
      withdrawalHash: hashOf(w),
    } as never);
  expect(await status()).toBe("waiting-to-finalize");
  await anvil.send(onOracle("lose", 0n));
  expect(await status()).toBe("ready-to-prove");
  await passSeconds(challengePeriodSeconds);
  expect(await status()).toBe("ready-to-prove");
});
