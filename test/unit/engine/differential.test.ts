import { createBlock } from "@ethereumjs/block";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { Account, createAddressFromString } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeEnvelope, type SignedTx } from "../../../src/engine/envelope.js";
import { EvmMachine } from "../../../src/engine/execution/evmMachine.js";
import {
  executeSigned,
  findInvalidity,
  findStatelessInvalidity,
} from "../../../src/engine/execution/executeTx.js";
import { readL1FeeParams, rollupCosts } from "../../../src/engine/execution/fees.js";
import { BlockState } from "../../../src/engine/state/blockState.js";
import { StateStore } from "../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../../src/engine/state/trie.js";
import { createL2Common, PREDEPLOYS } from "../../../src/protocol/index.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { type Address, fromHex, type Hex, toHex } from "../../../src/util/hex.js";
import { accounts, addressOf } from "../../helpers/engineChain.js";
import { CODE, creationCode, words } from "../../helpers/evmCode.js";

const CHAIN_ID = 901;
const BASE_FEE = 1_000_000_007n;
const ETHER = 10n ** 18n;
const at = (n: number): Address => `0x${n.toString(16).padStart(40, "0")}`;
const contracts = Object.values(CODE).map((code, i) => ({ address: at(0x1000 + i), code }));
const env = {
  number: 5n,
  timestamp: 1_800_000_010n,
  gasLimit: 60_000_000n,
  baseFeePerGas: BASE_FEE,
  prevRandao: new Uint8Array(32).fill(7),
  feeRecipient: PREDEPLOYS.sequencerFeeVault as Address,
};

/** Both machines on the same accounts and contracts. */
async function twins() {
  const store = new MemoryStore();
  const states = new StateStore(store);
  const genesis = new BlockState(states, EMPTY_TRIE_ROOT);
  const common = createL2Common(CHAIN_ID);
  const stateManager = new MerkleStateManager({ common });
  const put = async (address: Address, balance: bigint, nonce: bigint, code: Hex = "0x") => {
    genesis.writeAccount(address, { balance, nonce });
    const theirs = createAddressFromString(address);
    await stateManager.putAccount(theirs, new Account(nonce, balance));
    if (code === "0x") return;
    genesis.writeCode(address, fromHex(code));
    await stateManager.putCode(theirs, fromHex(code));
  };
  for (const account of accounts) await put(addressOf(account), ETHER, 0n);
  for (const { address, code } of contracts) await put(address, 1_000n, 1n, code);
  for (const vault of [
    env.feeRecipient,
    PREDEPLOYS.baseFeeVault,
    PREDEPLOYS.l1FeeVault,
    PREDEPLOYS.operatorFeeVault,
  ]) {
    await put(vault, 0n, 1n);
  }
  const { root, operations } = genesis.seal();
  await store.batch(operations);
  const vm = await createVM({ common, stateManager });
  const machine = await EvmMachine.create(
    { chainId: CHAIN_ID, provablePrecompiles: true },
    new BlockState(states, root),
  );
  const block = createBlock(
    {
      header: {
        number: env.number,
        timestamp: env.timestamp,
        gasLimit: env.gasLimit,
        baseFeePerGas: BASE_FEE,
        coinbase: createAddressFromString(env.feeRecipient),
        mixHash: env.prevRandao,
      },
    },
    { common, skipConsensusFormatValidation: true },
  );
  return { machine, vm, stateManager, common, block };
}

const wordArgument = fc.oneof(
  fc.constantFrom(0n, 1n, 2n),
  fc.constantFrom(
    ...contracts.map(({ address }) => BigInt(address)),
    BigInt(addressOf(accounts[1])),
  ),
);
const spec = fc.record({
  from: fc.nat({ max: accounts.length - 1 }),
  nonceOffset: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, -1),
  to: fc.option(
    fc.constantFrom(
      ...contracts.map(({ address }) => address),
      at(0xdead),
      at(4),
      addressOf(accounts[2]),
    ),
    { freq: 6 },
  ),
  init: fc.constantFrom(...Object.values(CODE)),
  arguments: fc.array(wordArgument, { maxLength: 3 }),
  value: fc.constantFrom(0n, 0n, 1n, 5_000n, 2n * ETHER),
  gas: fc.constantFrom(21_000n, 22_000n, 53_500n, 100_000n, 400_000n, 1_000_000n),
  tip: fc.constantFrom(0n, 1n, 3n * BASE_FEE),
  cap: fc.constantFrom(BASE_FEE - 1n, BASE_FEE, 2n * BASE_FEE),
  kind: fc.constantFrom("legacy", "eip2930", "eip1559", "eip7702"),
  delegate: fc.nat({ max: accounts.length - 1 }),
  delegateTo: fc.constantFrom(...contracts.map(({ address }) => address), at(0)),
});
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

async function sign(spec: Spec, nonces: bigint[]): Promise<Uint8Array> {
  const account = accounts[spec.from] ?? accounts[0];
  const nonce = Math.max(0, Number(nonces[spec.from]) + spec.nonceOffset);
  const base = { chainId: CHAIN_ID, nonce, gas: spec.gas, value: spec.value };
  const data = spec.to ? words(...spec.arguments) : creationCode(spec.init);
  const target = spec.to ? { to: spec.to } : {};
  const accessList = [{ address: at(0x1000), storageKeys: [words(1)] }];
  const fees = { maxFeePerGas: spec.cap + spec.tip, maxPriorityFeePerGas: spec.tip };
  if (spec.kind === "legacy") {
    return fromHex(
      await account.signTransaction({
        ...base,
        ...target,
        data,
        type: "legacy",
        gasPrice: spec.cap,
      }),
    );
  }
  if (spec.kind === "eip2930") {
    return fromHex(
      await account.signTransaction({
        ...base,
        ...target,
        data,
        type: "eip2930",
        gasPrice: spec.cap,
        accessList,
      }),
    );
  }
  if (spec.kind === "eip1559" || !spec.to) {
    return fromHex(
      await account.signTransaction({ ...base, ...target, data, type: "eip1559", ...fees }),
    );
  }
  const authority = accounts[spec.delegate] ?? accounts[0];
  // Whoever signs for itself has its nonce raised by the transaction first.
  const authorized = Number(nonces[spec.delegate]) + (spec.delegate === spec.from ? 1 : 0);
  const authorization = await authority.signAuthorization({
    chainId: spec.tip === 0n ? 0 : CHAIN_ID,
    address: spec.delegateTo,
    nonce: authorized,
  });
  return fromHex(
    await account.signTransaction({
      ...base,
      to: spec.to,
      data,
      type: "eip7702",
      ...fees,
      accessList,
      authorizationList: [authorization],
    }),
  );
}

test("random transactions leave the state, gas and logs that @ethereumjs/vm's runTx leaves, L1 fee being zero", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(spec, { minLength: 1, maxLength: 12 }), async (specs) => {
      const { machine, vm, stateManager, common, block } = await twins();
      const { state } = machine;
      const l1 = readL1FeeParams(state);
      let executed = 0;
      for (const item of specs) {
        const nonces = accounts.map(
          (account) => state.readAccount(addressOf(account))?.nonce ?? 0n,
        );
        const raw = await sign(item, nonces);
        const tx = decodeEnvelope(raw) as SignedTx;
        const costs = rollupCosts(raw, l1);
        const room = { gas: env.gasLimit, daFootprint: env.gasLimit };
        const invalidity =
          findStatelessInvalidity(tx, CHAIN_ID) ?? findInvalidity(state, env, room, tx, costs, l1);
        const reference = (async () =>
          runTx(vm, { tx: createTxFromRLP(raw, { common }), block }))();
        if (invalidity) {
          await expect(reference).rejects.toThrow();
          continue;
        }
        executed++;
        const expected = await reference;
        const ours = await executeSigned(machine, env, tx, costs, l1);
        expect(ours.gasUsed).toBe(expected.totalGasSpent);
        expect(ours.exception).toBe(expected.execResult.exceptionError?.error);
        expect(ours.logs.length).toBe(expected.execResult.logs?.length ?? 0);
        // What L1 burns is credited here.
        const vault = createAddressFromString(PREDEPLOYS.baseFeeVault);
        const account = (await stateManager.getAccount(vault)) as Account;
        account.balance += expected.totalGasSpent * BASE_FEE;
        await stateManager.putAccount(vault, account);
      }
      if (executed > 0)
        expect(toHex(state.seal().root)).toBe(toHex(await stateManager.getStateRoot()));
    }),
    { numRuns: 40, seed: 7 },
  );
});
