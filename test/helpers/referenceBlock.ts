import { type Block, createBlock } from "@ethereumjs/block";
import { createEVM } from "@ethereumjs/evm";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { Account, Address, unpadBytes } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import { boundedPrecompiles, plainPrecompiles } from "../../src/engine/execution/precompiles.js";
import { keepReverts } from "../../src/engine/execution/revertedCreations.js";
import { encodeRlp } from "../../src/engine/state/rlp.js";
import {
  createL2Common,
  daFootprint,
  daSizeOfTx,
  l1Fee,
  MAX_TX_BYTES,
  operatorFee,
  PREDEPLOYS,
} from "../../src/protocol/index.js";
import { type Hash, toHex } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";
import type { Alloc } from "./proofEvm.js";
import { FUZZ_CHAIN_ID, type FuzzBlock } from "./randomTransactions.js";

/** What became of a transaction, of either implementation. */
export type TxOutcome =
  | { readonly dropped: true; readonly root: Hash }
  | {
      readonly dropped: false;
      readonly root: Hash;
      readonly type: number;
      readonly status: number;
      readonly cumulativeGas: number;
      readonly logs: string;
      readonly bloom: string;
    };

const common = createL2Common(Number(FUZZ_CHAIN_ID));

/** Hash of an older block that BLOCKHASH answers in both implementations. */
export function fuzzBlockHash(number: bigint): Uint8Array {
  return keccak256(Buffer.from(`block ${number}`));
}

function bytesOf(value: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
}

const addressOf = (value: bigint): Address => new Address(bytesOf(value, 20));

async function makeVm(isPlain: boolean): Promise<VM> {
  const blockchain = {
    getBlock: async (id: unknown) => ({ hash: () => fuzzBlockHash(BigInt(String(id))) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  const evm = await createEVM({ common });
  evm.blockchain = blockchain as unknown as typeof evm.blockchain;
  const changed = isPlain ? plainPrecompiles(common) : boundedPrecompiles(common, true);
  for (const [suffix, run] of changed) evm.precompiles.set(suffix, run);
  // A defect of the library, found by seed 225587 of evmFuzz: see test/unit/engine/evmRules.test.ts.
  keepReverts(evm);
  return createVM({ common, evm });
}

const shared = new Map<boolean, VM>();

/** Runs transactions one after another in @ethereumjs/vm, with the fees that an L2 adds around it. */
export class ReferenceBlock {
  /** Why transactions were dropped, in the library's words or ours. */
  readonly reasons: string[] = [];
  readonly #vm: VM;
  readonly #state: MerkleStateManager;
  readonly #block: Block;
  readonly #given: FuzzBlock;
  readonly #isPlain: boolean;
  #gasUsed = 0n;
  #daUsed = 0n;

  private constructor(vm: VM, state: MerkleStateManager, block: FuzzBlock, isPlain: boolean) {
    this.#vm = vm;
    this.#state = state;
    this.#given = block;
    this.#isPlain = isPlain;
    this.#block = createBlock(
      {
        header: {
          number: block.number,
          timestamp: block.timestamp,
          gasLimit: block.gasLimit,
          coinbase: addressOf(block.coinbase),
          baseFeePerGas: block.baseFee,
          mixHash: bytesOf(block.prevRandao, 32),
        },
      },
      { common, skipConsensusFormatValidation: true },
    );
  }

  static async open(alloc: Alloc, block: FuzzBlock, isPlain: boolean): Promise<ReferenceBlock> {
    const state = new MerkleStateManager({ common });
    for (const [key, { nonce, balance, code, storage }] of alloc) {
      const address = addressOf(key);
      await state.putAccount(address, new Account(nonce, balance));
      if (code.length > 0) await state.putCode(address, code);
      for (const [slot, value] of storage) {
        await state.putStorage(address, bytesOf(slot, 32), unpadBytes(bytesOf(value, 32)));
      }
    }
    await state.flush();
    // Making a VM takes longer than most transactions.
    const vm = shared.get(isPlain) ?? (await makeVm(isPlain));
    shared.set(isPlain, vm);
    Object.assign(vm, { stateManager: state });
    vm.evm.stateManager = state;
    (vm.evm.journal as unknown as { stateManager: MerkleStateManager }).stateManager = state;
    vm.evm.journal.cleanJournal();
    return new ReferenceBlock(vm, state, block, isPlain);
  }

  async run(raw: Uint8Array): Promise<TxOutcome> {
    const outcome = await this.#run(raw);
    const root = toHex(await this.#state.getStateRoot());
    if (typeof outcome !== "string") return { ...outcome, root };
    this.reasons.push(outcome);
    return { dropped: true, root };
  }

  async #run(raw: Uint8Array): Promise<string | NotDropped> {
    let paid = 0n;
    let sender: Address | undefined;
    const fees = this.#isPlain ? undefined : this.#l2Fees(raw);
    try {
      const tx = createTxFromRLP(raw, { common });
      if (tx.type === 3) return "blobs are not for an L2";
      sender = tx.getSenderAddress();
      if (tx.gasLimit > this.#given.gasLimit - this.#gasUsed) return "over the block's gas";
      if (fees !== undefined) {
        if (raw.length > MAX_TX_BYTES) return "too long";
        const footprint = daFootprint(fees.size, this.#given.l1.daFootprintGasScalar);
        if (footprint > this.#given.gasLimit - this.#daUsed) return "over the block's footprint";
        const bought = fees.l1 + this.#operator(tx.gasLimit);
        const cap = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
        const account = (await this.#state.getAccount(sender)) ?? new Account();
        const upFront = tx.gasLimit * cap + tx.value + bought;
        if (account.balance < upFront) return "cannot pay L1's fee too";
        // The library then judges and runs what an L1 would, with what is left.
        await this.#add(sender, -bought);
        paid = bought;
        const result = await this.#runTx(tx);
        const used = result.totalGasSpent;
        const operator = this.#operator(used);
        await this.#add(sender, bought - fees.l1 - operator);
        await this.#add(vault("baseFeeVault"), used * this.#given.baseFee);
        await this.#add(vault("l1FeeVault"), fees.l1);
        await this.#add(vault("operatorFeeVault"), operator);
        this.#daUsed += footprint;
        return this.#receipt(tx.type, result);
      }
      return this.#receipt(tx.type, await this.#runTx(tx));
    } catch (error) {
      if (sender !== undefined && paid > 0n) await this.#add(sender, paid);
      return error instanceof Error ? error.message : String(error);
    }
  }

  #runTx(tx: ReturnType<typeof createTxFromRLP>): ReturnType<typeof runTx> {
    return runTx(this.#vm, {
      tx,
      block: this.#block,
      blockGasUsed: this.#gasUsed,
      skipHardForkValidation: true,
    });
  }

  #receipt(
    type: number,
    { totalGasSpent, receipt }: Awaited<ReturnType<typeof runTx>>,
  ): NotDropped {
    this.#gasUsed += totalGasSpent;
    return {
      dropped: false,
      type,
      status: Number((receipt as { status: number }).status),
      cumulativeGas: Number(receipt.cumulativeBlockGasUsed),
      logs: receipt.logs.map((log) => Buffer.from(encodeRlp(log)).toString("hex")).join(""),
      bloom: Buffer.from(receipt.bitvector).toString("hex"),
    };
  }

  #operator(gas: bigint): bigint {
    const { operatorFeeScalar, operatorFeeConstant } = this.#given.l1;
    return operatorFee(gas, operatorFeeScalar, operatorFeeConstant);
  }

  #l2Fees(raw: Uint8Array): { size: bigint; l1: bigint } {
    const { l1BaseFee, l1BlobBaseFee, l1 } = this.#given;
    const size = daSizeOfTx(raw);
    return { size, l1: l1Fee(size, { ...l1, l1BaseFee, blobBaseFee: l1BlobBaseFee }) };
  }

  async #add(address: Address, amount: bigint): Promise<void> {
    if (amount === 0n) return;
    const account = (await this.#state.getAccount(address)) ?? new Account();
    account.balance += amount;
    await this.#state.putAccount(address, account);
  }
}

type NotDropped = Omit<Extract<TxOutcome, { dropped: false }>, "root">;

function vault(name: "baseFeeVault" | "l1FeeVault" | "operatorFeeVault"): Address {
  return addressOf(BigInt(PREDEPLOYS[name]));
}
