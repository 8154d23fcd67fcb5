import { decodeEnvelope } from "../../src/engine/envelope.js";
import { executeEthereumTx } from "../../src/engine/ethereum/executeEthereumTx.js";
import {
  findStatelessTxInvalidity,
  findTxInvalidity,
  type TxLimits,
} from "../../src/engine/ethereum/txRules.js";
import { logsBloom } from "../../src/engine/execution/bloom.js";
import { EvmMachine } from "../../src/engine/execution/evmMachine.js";
import {
  type TxOutcome as EngineOutcome,
  executeSigned,
  findInvalidity,
  findStatelessInvalidity,
} from "../../src/engine/execution/executeTx.js";
import { rollupCosts } from "../../src/engine/execution/fees.js";
import { forkRules } from "../../src/engine/execution/forks.js";
import type { BlockEnv } from "../../src/engine/execution/runMessage.js";
import { BlockState } from "../../src/engine/state/blockState.js";
import { encodeRlp } from "../../src/engine/state/rlp.js";
import { StateStore } from "../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../../src/engine/state/trie.js";
import { MemoryStore } from "../../src/storage/memoryStore.js";
import { fromHex, toHex } from "../../src/util/hex.js";
import type { Alloc } from "./proofEvm.js";
import { FUZZ_CHAIN_ID, type FuzzBlock } from "./randomTransactions.js";
import { fuzzBlockHash, type TxOutcome } from "./referenceBlock.js";

const CHAIN_ID = Number(FUZZ_CHAIN_ID);

const hexOf = (value: bigint, bytes: number): `0x${string}` =>
  `0x${value.toString(16).padStart(2 * bytes, "0")}`;

function trimmed(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return fromHex(`0x${hex.length % 2 ? "0" : ""}${hex}`);
}

/** Runs transactions one after another by the engine's own rules and EVM, as its blocks do. */
export class FuzzEngine {
  readonly #machine: EvmMachine;
  readonly #given: FuzzBlock;
  readonly #isPlain: boolean;
  readonly #env: BlockEnv;
  #gasUsed = 0n;
  #daUsed = 0n;

  private constructor(machine: EvmMachine, block: FuzzBlock, isPlain: boolean) {
    this.#machine = machine;
    this.#given = block;
    this.#isPlain = isPlain;
    this.#env = {
      number: block.number,
      timestamp: block.timestamp,
      gasLimit: block.gasLimit,
      baseFeePerGas: block.baseFee,
      prevRandao: fromHex(hexOf(block.prevRandao, 32)),
      feeRecipient: hexOf(block.coinbase, 20),
    };
  }

  static async open(alloc: Alloc, block: FuzzBlock, isPlain: boolean): Promise<FuzzEngine> {
    const store = new MemoryStore();
    const states = new StateStore(store);
    const genesis = new BlockState(states, EMPTY_TRIE_ROOT);
    for (const [key, { nonce, balance, code, storage }] of alloc) {
      const address = hexOf(key, 20);
      genesis.writeAccount(address, { nonce, balance });
      if (code.length > 0) genesis.writeCode(address, code);
      for (const [slot, value] of storage) {
        genesis.writeStorage(address, fromHex(hexOf(slot, 32)), trimmed(value));
      }
    }
    const { root, operations } = genesis.seal();
    await store.batch(operations);
    const rules = isPlain
      ? { chainId: CHAIN_ID, provablePrecompiles: false, hasPlainPrecompiles: true }
      : { chainId: CHAIN_ID, provablePrecompiles: true };
    const machine = await EvmMachine.create(rules, new BlockState(states, root), (number) =>
      toHex(fuzzBlockHash(number)),
    );
    return new FuzzEngine(machine, block, isPlain);
  }

  nonceOf(address: bigint): bigint {
    return this.#machine.state.readAccount(hexOf(address, 20))?.nonce ?? 0n;
  }

  async run(raw: Uint8Array): Promise<TxOutcome> {
    const done = await this.#run(raw);
    const root = toHex(this.#machine.state.intermediateRoot());
    if (done === undefined) return { dropped: true, root };
    const { type, outcome } = done;
    this.#gasUsed += outcome.gasUsed;
    const logs = outcome.logs.map(({ address, topics, data }) =>
      encodeRlp([fromHex(address), topics.map((topic) => fromHex(topic)), data]),
    );
    return {
      dropped: false,
      root,
      type,
      status: outcome.exception === undefined ? 1 : 0,
      cumulativeGas: Number(this.#gasUsed),
      logs: logs.map((log) => Buffer.from(log).toString("hex")).join(""),
      bloom: Buffer.from(logsBloom(outcome.logs)).toString("hex"),
    };
  }

  async #run(raw: Uint8Array): Promise<{ type: number; outcome: EngineOutcome } | undefined> {
    let tx: ReturnType<typeof decodeEnvelope>;
    try {
      tx = decodeEnvelope(raw);
    } catch {
      return undefined;
    }
    if (tx.kind !== "signed") return undefined;
    const { type } = tx;
    const { state } = this.#machine;
    const gas = this.#given.gasLimit - this.#gasUsed;
    if (this.#isPlain) {
      const rules = forkRules("osaka");
      const limits: TxLimits = {
        chainId: CHAIN_ID,
        rules,
        hasReplayProtection: true,
        maxBlobs: 0n,
      };
      const problem =
        findStatelessTxInvalidity(tx, limits) ??
        findTxInvalidity(state, this.#env, { gas, blobGas: 0n }, tx, rules);
      if (problem) return undefined;
      return { type, outcome: await executeEthereumTx(this.#machine, this.#env, tx) };
    }
    const { l1BaseFee, l1BlobBaseFee, l1 } = this.#given;
    const params = { ...l1, l1BaseFee, blobBaseFee: l1BlobBaseFee };
    const costs = rollupCosts(raw, params);
    const room = { gas, daFootprint: this.#given.gasLimit - this.#daUsed };
    const problem =
      findStatelessInvalidity(tx, CHAIN_ID) ??
      findInvalidity(state, this.#env, room, tx, costs, params);
    if (problem) return undefined;
    const outcome = await executeSigned(this.#machine, this.#env, tx, costs, params);
    this.#daUsed += costs.daFootprint;
    return { type, outcome };
  }

  /** Gives the EVM back. */
  close(): void {
    this.#machine.release();
  }
}
