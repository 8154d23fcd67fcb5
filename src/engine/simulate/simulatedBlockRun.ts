import type { StoreOperation } from "../../storage/types.js";
import { type Address, EMPTY_BYTES, type Hash, toHex, ZERO_HASH } from "../../util/hex.js";
import { callMessage } from "../calls/callMessage.js";
import { gethWords } from "../calls/gethWords.js";
import { logsBloom, mergeBloom } from "../execution/bloom.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import type { ForkRules } from "../execution/forks.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";
import {
  type BlockEnv,
  isRevert,
  type MessageResult,
  runMessage,
} from "../execution/runMessage.js";
import { EMPTY_REQUESTS_HASH, HEADER_FIELDS, sealHeader } from "../header.js";
import { encodeReceipt } from "../receipts.js";
import { listRoot } from "../state/trie.js";
import type { Block, BlockHeader, CallRequest, Log } from "../types.js";
import { fillCall, type ReadyCall } from "./fillCall.js";
import type { PlannedBlock } from "./planBlocks.js";
import { simulatedTx } from "./simulatedTx.js";
import type { SimulationRules } from "./simulationRules.js";
import type { GasBudget } from "./simulator.js";
import { TransferRecorder } from "./transferRecorder.js";
import type { SimulatedBlock, SimulatedCall } from "./types.js";

const NONCE_MASK = 2n ** 64n - 1n;
const WEI_PER_GWEI = 1_000_000_000n;

/** All that a simulated block stands on. */
export interface SimulatedBlockSetup {
  machine: EvmMachine;
  env: BlockEnv;
  parent: BlockHeader;
  plan: PlannedBlock;
  rules: ForkRules;
  chainId: number;
  simulation: SimulationRules;
  inherited: ReturnType<SimulationRules["inherit"]>;
  validation: boolean;
  traceTransfers: boolean;
  budget: GasBudget;
}

function fieldCountOf(rules: ForkRules): number {
  if (rules.isPrague) return HEADER_FIELDS.prague;
  if (rules.isCancun) return HEADER_FIELDS.cancun;
  if (rules.isShanghai) return HEADER_FIELDS.shanghai;
  return rules.isLondon ? HEADER_FIELDS.london : HEADER_FIELDS.frontier;
}

/** One simulated block: calls are added one by one, then it is sealed as a real one would be. */
export class SimulatedBlockRun {
  readonly #setup: SimulatedBlockSetup;
  readonly #recorder: TransferRecorder;
  readonly #calls: SimulatedCall[] = [];
  readonly #senders: Address[] = [];
  readonly #raws: Uint8Array[] = [];
  readonly #hashes: Hash[] = [];
  readonly #receipts: Uint8Array[] = [];
  readonly #logs: Log[] = [];
  readonly #bloom = new Uint8Array(256);
  readonly #stateOperations: StoreOperation[] = [];
  #gasUsed = 0n;
  #blobGasUsed = 0n;

  constructor(setup: SimulatedBlockSetup) {
    this.#setup = setup;
    this.#recorder = new TransferRecorder(setup.machine, setup.traceTransfers);
  }

  get #beaconRoot(): Hash {
    return this.#setup.plan.blockOverrides.parentBeaconBlockRoot ?? ZERO_HASH;
  }

  /** System calls before the first transaction. */
  async begin(): Promise<void> {
    const { machine, env, parent, simulation } = this.#setup;
    await simulation.begin(machine, env, { parent, parentBeaconBlockRoot: this.#beaconRoot });
  }

  /** Runs the next call. Errors: SIMULATE_*. */
  async add(request: CallRequest): Promise<void> {
    const { machine, env, rules, chainId, validation, budget } = this.#setup;
    const account = machine.state.readAccount(request.from ?? callMessage(request, 0n).from);
    const call = fillCall(request, {
      rules,
      validation,
      baseFeePerGas: env.baseFeePerGas,
      blobBaseFee: env.blobBaseFee ?? 0n,
      stateNonce: account?.nonce ?? 0n,
      blockGas: env.gasLimit - this.#gasUsed,
      budget: budget.left,
      balance: account?.balance ?? 0n,
    });
    const tx = simulatedTx(request, call, { chainId, isLondon: rules.isLondon });
    const result = await this.#execute(request, call);
    budget.left -= result.gasUsed;
    this.#gasUsed += result.gasUsed;
    this.#blobGasUsed += call.blobGas;
    this.#senders.push(call.from);
    this.#raws.push(tx.raw);
    this.#hashes.push(tx.hash);
    this.#calls.push(this.#outcome(call, result));
    this.#addReceipt(tx.type, call, result);
  }

  async #execute(request: CallRequest, call: ReadyCall): Promise<MessageResult> {
    const { machine, env } = this.#setup;
    const { state } = machine;
    const { from, gas, price, blobGas } = call;
    const account = state.readAccount(from);
    if (call.to === null && account?.nonce === NONCE_MASK)
      return this.#refuseCreation(request, call);
    const blobFee = blobGas * (request.maxFeePerBlobGas ? (env.blobBaseFee ?? 0n) : 0n);
    state.writeAccount(from, {
      nonce: ((account?.nonce ?? 0n) + 1n) & NONCE_MASK,
      balance: (account?.balance ?? 0n) - gas * price - blobFee,
    });
    return runMessage(machine, env, callMessage(request, gas), price, (gasUsed) => {
      if (price > 0n) state.addBalance(from, (gas - gasUsed) * price);
      this.#payOut(call, gasUsed);
    });
  }

  #payOut({ tip }: ReadyCall, gasUsed: bigint): void {
    const { machine, env, simulation } = this.#setup;
    const { state } = machine;
    if (tip !== null && tip > 0n) state.addBalance(env.feeRecipient, gasUsed * tip);
    const { baseFeeRecipient } = simulation;
    if (baseFeeRecipient && tip !== null && env.baseFeePerGas > 0n) {
      state.addBalance(baseFeeRecipient, gasUsed * env.baseFeePerGas);
    }
  }

  /** The highest nonce cannot be raised, so its account creates nothing any more; what it takes to find out is paid. */
  #refuseCreation(request: CallRequest, call: ReadyCall): MessageResult {
    const { machine, rules } = this.#setup;
    const { intrinsic, floor } = intrinsicGas(callMessage(request, call.gas), rules);
    const gasUsed = intrinsic > floor ? intrinsic : floor;
    machine.state.addBalance(call.from, -gasUsed * call.price);
    this.#payOut(call, gasUsed);
    machine.state.settle();
    const exception = "nonce uint64 overflow";
    return { exception, returnData: EMPTY_BYTES, logs: [], gasUsed, peakGas: gasUsed };
  }

  #outcome({ isGasCapped }: ReadyCall, result: MessageResult): SimulatedCall {
    const { exception, returnData, gasUsed, peakGas, logs } = result;
    const hasReturn = exception === undefined || isRevert(exception);
    return {
      failure:
        exception === undefined
          ? null
          : {
              kind: isRevert(exception) ? "revert" : "exception",
              reason: gethWords(exception),
            },
      isGasCapped,
      returnData: hasReturn ? returnData : EMPTY_BYTES,
      logs: this.#recorder.numbered(exception === undefined ? logs : []),
      gasUsed,
      maxUsedGas: peakGas,
    };
  }

  #addReceipt(type: number, call: ReadyCall, { exception, gasUsed, logs }: MessageResult): void {
    const { rules } = this.#setup;
    const real = exception === undefined ? this.#recorder.real(logs) : [];
    const bloom = logsBloom(real);
    mergeBloom(this.#bloom, bloom);
    this.#logs.push(...real);
    const receipt = {
      type,
      status: exception === undefined ? (1 as const) : (0 as const),
      gasUsed,
      from: call.from,
      to: call.to,
      contractAddress: null,
      effectiveGasPrice: call.price,
      depositNonce: null,
      costs: null,
      logs: real,
      ...(rules.isByzantium ? {} : { postState: this.#sealState() }),
    };
    this.#receipts.push(encodeReceipt(receipt, this.#gasUsed, bloom));
  }

  #sealState(): Hash {
    const { root, operations } = this.#setup.machine.state.seal();
    this.#stateOperations.push(...operations);
    return toHex(root);
  }

  /** Ends the block. Returns it, and what its state adds to the tries. Errors: ENGINE_INVALID_BLOCK. */
  async seal(): Promise<{ result: SimulatedBlock; stateOperations: StoreOperation[] }> {
    const { machine, env, plan, parent, rules, simulation, inherited } = this.#setup;
    const { state } = machine;
    // The system contracts' own transfers are nobody's.
    this.#recorder.remove();
    const requestsHash = rules.isPrague
      ? await simulation.end(machine, env, this.#logs)
      : EMPTY_REQUESTS_HASH;
    const withdrawals = rules.isShanghai ? (plan.blockOverrides.withdrawals ?? []) : [];
    for (const { address, amountGwei } of withdrawals) {
      if (amountGwei > 0n) state.addBalance(address, amountGwei * WEI_PER_GWEI);
    }
    const stateRoot = this.#sealState();
    const { header } = sealHeader(
      {
        parentHash: parent.hash,
        feeRecipient: env.feeRecipient,
        stateRoot,
        transactionsRoot: toHex(listRoot(this.#raws)),
        receiptsRoot: toHex(listRoot(this.#receipts)),
        logsBloom: this.#bloom,
        number: env.number,
        gasLimit: env.gasLimit,
        gasUsed: this.#gasUsed,
        timestamp: env.timestamp,
        extraData: inherited.extraData,
        prevRandao: toHex(env.prevRandao),
        baseFeePerGas: env.baseFeePerGas,
        withdrawalsRoot: rules.isShanghai
          ? simulation.withdrawalsRoot(state, withdrawals)
          : ZERO_HASH,
        blobGasUsed: this.#blobGasUsed,
        excessBlobGas: inherited.excessBlobGas,
        parentBeaconBlockRoot: rules.isCancun ? this.#beaconRoot : ZERO_HASH,
        requestsHash,
        ...(rules.isPrague ? {} : { fieldCount: fieldCountOf(rules) }),
        ...(env.difficulty === undefined ? {} : { difficulty: env.difficulty }),
      },
      { transactions: this.#raws, withdrawals },
    );
    const block: Block = {
      header,
      transactions: this.#raws,
      transactionHashes: this.#hashes,
      ...(rules.isShanghai ? { withdrawals } : {}),
    };
    const result = { block, senders: this.#senders, calls: this.#calls };
    return { result, stateOperations: this.#stateOperations };
  }
}
