import { Hardfork } from "@ethereumjs/common";
import { describe, expect, test } from "@jest/globals";
import type { SignedTx } from "../../../../src/engine/envelope.js";
import {
  findStatelessTxInvalidity,
  findTxInvalidity,
} from "../../../../src/engine/ethereum/txRules.js";
import { type Fork, forkRules } from "../../../../src/engine/execution/forks.js";
import { intrinsicGas } from "../../../../src/engine/execution/intrinsicGas.js";
import { BlockState } from "../../../../src/engine/state/blockState.js";
import { StateStore } from "../../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../../src/engine/state/trie.js";
import { MemoryStore } from "../../../../src/storage/memoryStore.js";
import type { Hash } from "../../../../src/util/hex.js";

const blobHash = (version: string): Hash => `0x${version}${"00".repeat(31)}`;
const base: SignedTx = {
  kind: "signed",
  type: 0,
  raw: new Uint8Array(),
  hash: "0x",
  chainId: undefined,
  nonce: 0n,
  maxFeePerGas: 10n,
  maxPriorityFeePerGas: 10n,
  gasLimit: 100_000n,
  to: `0x${"77".repeat(20)}`,
  value: 0n,
  data: new Uint8Array(),
  accessList: [],
  authorizations: [],
  from: `0x${"11".repeat(20)}`,
};
const typed = (type: SignedTx["type"]): Partial<SignedTx> => ({ type, chainId: 5n });
const blob: Partial<SignedTx> = { ...typed(3), maxFeePerBlobGas: 1n, blobHashes: [blobHash("01")] };
const authorization = { chainId: 5n, address: base.from, nonce: 0n, authority: undefined };
const setCode: Partial<SignedTx> = { ...typed(4), authorizations: [authorization] };

function reason(fork: Fork, fields: Partial<SignedTx>, hasReplayProtection = true) {
  const rules = forkRules(fork);
  const limits = { chainId: 5, rules, hasReplayProtection, maxBlobs: 9n };
  return findStatelessTxInvalidity({ ...base, ...fields }, limits)?.reason;
}

describe("a transaction on its own", () => {
  test.each<[Fork, Fork, string, Partial<SignedTx>]>([
    [Hardfork.Istanbul, Hardfork.Berlin, "type 1", typed(1)],
    [Hardfork.Berlin, Hardfork.London, "type 2", typed(2)],
    [Hardfork.Shanghai, Hardfork.Cancun, "type 3", blob],
    [Hardfork.Cancun, Hardfork.Prague, "type 4", setCode],
  ])("is not known in %s, but in %s: %s", (before, since, name, fields) => {
    expect(reason(before, fields)).toBe(`${name} is not known in this fork`);
    expect(reason(since, fields)).toBeUndefined();
  });

  test.each<[string, Fork, Partial<SignedTx>]>([
    ["signature: s too high", Hardfork.Homestead, { hasHighS: true }],
    ["chain id", Hardfork.Osaka, { chainId: 6n }],
    ["chain id", Hardfork.Osaka, { ...typed(2), chainId: 6n }],
    ["nonce at its maximum", Hardfork.Chainstart, { nonce: 2n ** 64n - 1n }],
    ["gas limit above 2^24", Hardfork.Osaka, { gasLimit: 2n ** 24n + 1n }],
    ["tip above fee cap", Hardfork.London, { ...typed(2), maxPriorityFeePerGas: 11n }],
    ["intrinsic gas", Hardfork.Chainstart, { gasLimit: 20_999n }],
    ["intrinsic gas", Hardfork.Homestead, { to: null, gasLimit: 52_999n }],
    [
      "calldata floor gas",
      Hardfork.Prague,
      { data: new Uint8Array(1_000).fill(1), gasLimit: 60_999n },
    ],
    [
      "init code size",
      Hardfork.Shanghai,
      { to: null, data: new Uint8Array(49_153), gasLimit: 9_000_000n },
    ],
    ["blob transaction: creates a contract", Hardfork.Cancun, { ...blob, to: null }],
    ["blob transaction: no blobs", Hardfork.Cancun, { ...blob, blobHashes: [] }],
    [
      "blob transaction: version of a blob hash",
      Hardfork.Cancun,
      { ...blob, blobHashes: [blobHash("01"), blobHash("02")] },
    ],
    [
      "blob transaction: too many blobs",
      Hardfork.Prague,
      { ...blob, blobHashes: new Array<Hash>(10).fill(blobHash("01")) },
    ],
    [
      "blob transaction: too many blobs",
      Hardfork.Osaka,
      { ...blob, blobHashes: new Array<Hash>(7).fill(blobHash("01")) },
    ],
    ["set-code transaction: creates a contract", Hardfork.Prague, { ...setCode, to: null }],
    ["set-code transaction: no authorizations", Hardfork.Prague, { ...typed(4) }],
  ])("is refused: %s (%s)", (expected, fork, fields) => {
    expect(reason(fork, fields)).toBe(expected);
  });

  test("may name its chain only where replays are kept out", () => {
    expect(reason(Hardfork.Homestead, { chainId: 5n }, false)).toBe("signature: v");
    expect(reason(Hardfork.SpuriousDragon, { chainId: 5n })).toBeUndefined();
  });

  test.each<[string, Fork, Partial<SignedTx>]>([
    ["a high s", Hardfork.Chainstart, { hasHighS: true }],
    ["as much gas as a block has", Hardfork.Prague, { gasLimit: 2n ** 24n + 1n }],
    ["little gas for a creation", Hardfork.Chainstart, { to: null, gasLimit: 21_000n }],
    [
      "long init code",
      Hardfork.Paris,
      { to: null, data: new Uint8Array(49_153), gasLimit: 9_000_000n },
    ],
    [
      "nine blobs",
      Hardfork.Prague,
      { ...blob, blobHashes: new Array<Hash>(9).fill(blobHash("01")) },
    ],
  ])("may have %s in %s, before the rule against it", (_name, fork, fields) => {
    expect(reason(fork, fields)).toBeUndefined();
  });

  test.each<[Fork, bigint, bigint]>([
    [Hardfork.Chainstart, 21_000n + 4n + 2n * 68n, 0n],
    [Hardfork.Homestead, 53_000n + 4n + 2n * 68n, 0n],
    [Hardfork.Istanbul, 53_000n + 4n + 2n * 16n, 0n],
    [Hardfork.Shanghai, 53_000n + 4n + 2n * 16n + 2n, 0n],
    [Hardfork.Prague, 53_000n + 4n + 2n * 16n + 2n, 21_000n + 10n + 2n * 40n],
  ])("takes in %s at the start %s gas, at least %s", (fork, intrinsic, floor) => {
    const creation = { ...base, to: null, data: Uint8Array.of(0, 1, 2) };
    expect(intrinsicGas(creation, forkRules(fork))).toEqual({ intrinsic, floor });
  });
});

describe("a transaction in its place", () => {
  const env = {
    number: 1n,
    timestamp: 1n,
    gasLimit: 1_000_000n,
    baseFeePerGas: 7n,
    prevRandao: new Uint8Array(32),
    feeRecipient: base.from,
    blobBaseFee: 3n,
  };
  const enough = 100_000n * 10n;

  function placed(
    fields: Partial<SignedTx>,
    account: { nonce?: bigint; balance?: bigint; code?: Uint8Array } = {},
    left = { gas: 1_000_000n, blobGas: 131_072n },
    fork: Fork = Hardfork.Prague,
  ) {
    const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
    const { nonce = 0n, balance = enough, code } = account;
    state.writeAccount(base.from, { nonce, balance });
    if (code) state.writeCode(base.from, code);
    return findTxInvalidity(state, env, left, { ...base, ...fields }, forkRules(fork));
  }

  const delegation = Uint8Array.from([0xef, 1, 0, ...new Uint8Array(20)]);
  test.each([
    ["nonce too low", true, () => placed({}, { nonce: 1n })],
    ["nonce too high", false, () => placed({ nonce: 1n })],
    ["sender has code", true, () => placed({}, { code: Uint8Array.of(0) })],
    ["sender has code", true, () => placed({}, { code: delegation }, undefined, Hardfork.Cancun)],
    ["fee cap below base fee", false, () => placed({ maxFeePerGas: 6n })],
    ["blob fee cap below blob base fee", false, () => placed({ ...blob, maxFeePerBlobGas: 2n })],
    ["balance below the cost of gas and value", false, () => placed({ value: 1n })],
    [
      "balance below the cost of gas and value",
      false,
      () => placed({ ...blob, maxFeePerBlobGas: 3n }),
    ],
    [
      "gas limit above the gas left in the block",
      false,
      () => placed({}, {}, { gas: 99_999n, blobGas: 0n }),
    ],
    [
      "blob gas above the blob gas left in the block",
      false,
      () => placed(blob, {}, { gas: 100_000n, blobGas: 131_071n }),
    ],
  ])("is refused: %s (for ever: %s)", (reason, isForever, find) => {
    expect(find()).toEqual({ reason, isForever });
  });

  test("is fine with just enough of everything, also from a delegated account", () => {
    expect(placed({})).toBeUndefined();
    expect(placed({}, { code: delegation })).toBeUndefined();
    const funds = enough + 131_072n * 3n;
    expect(placed({ ...blob, maxFeePerBlobGas: 3n }, { balance: funds })).toBeUndefined();
  });
});
