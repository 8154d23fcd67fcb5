import { MAX_TX_GAS } from "../../protocol/index.js";
import { type Address, fromHex, type Hash, ZERO_ADDRESS } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import { EngineError } from "../errors.js";
import { EvmMachine } from "../execution/evmMachine.js";
import { forkRules, OSAKA_RULES } from "../execution/forks.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";
import { QuickRunError } from "../execution/quickRun.js";
import {
  type BlockEnv,
  isRevert,
  type MessageResult,
  runMessage,
} from "../execution/runMessage.js";
import type { Ancestors, ChainRules } from "../rules.js";
import { BlockState } from "../state/blockState.js";
import type { StateStore } from "../state/stateStore.js";
import type { BlockHeader, CallOptions, CallRequest, CallResult } from "../types.js";
import { applyStateOverrides, callEnv, callMessage, gasPriceOf } from "./callMessage.js";
import { searchGas } from "./gasSearch.js";
import { gethWords } from "./gethWords.js";
import { hashesBelow } from "./hashesBelow.js";
import { Limiter } from "./limiter.js";
import { MovedPrecompiles } from "./movedPrecompiles.js";

/** Most gas of one call. */
const CALL_GAS_CAP = 50_000_000n;
/** Runs of one message that an estimate takes as a rule. */
const ESTIMATE_RUNS = 3;
/** What every transaction costs. */
const PLAIN_GAS = 21_000n;
const MAX_RUNNING = 8;
const MAX_WAITING = 512;
/** Source: EIP-4844 */
const GAS_PER_BLOB = 131_072n;
/** Rounds until an access list names all that it makes the call touch; two are the rule. */
const MAX_ACCESS_LIST_ROUNDS = 16;

/** Addresses and slots of an EIP-2930 access list. */
export type AccessList = { address: Address; storageKeys: Hash[] }[];

/** A call that is ready to run: it may run several times with other gas limits or access lists. */
interface Run {
  header: BlockHeader;
  request: CallRequest;
  options: CallOptions;
  deadline: number;
  /** Gas that its runs may use together. */
  gasAllowance: number;
}

interface Ran extends MessageResult {
  touched: AccessList;
}

/**
 * Runs messages on copies of a block's state. They neither pay the L1 fee nor change anything, share the event loop with
 * everybody, and end with ENGINE_CALL_TIMEOUT after a while. A later version may hand `#run` to worker threads.
 */
export class CallRunner {
  readonly #rules: ChainRules;
  readonly #states: StateStore;
  readonly #timeoutMs: number;
  readonly #ancestors: Ancestors | undefined;
  readonly #gasAllowance: number;
  readonly #limiter = new Limiter(MAX_RUNNING, MAX_WAITING);

  /**
   * Without `ancestors` BLOCKHASH knows what EIP-2935's ring knows. With `gasAllowance` calls that use more gas than that fail with
   * QUICK_RUN_ENDED.
   */
  constructor(
    rules: ChainRules,
    states: StateStore,
    timeoutMs: number,
    ancestors?: Ancestors,
    gasAllowance = Number.POSITIVE_INFINITY,
  ) {
    this.#rules = rules;
    this.#states = states;
    this.#timeoutMs = timeoutMs;
    this.#ancestors = ancestors;
    this.#gasAllowance = gasAllowance;
  }

  /** Errors: ENGINE_CALL_INVALID, ENGINE_CALL_TIMEOUT, ENGINE_CALL_BUSY. */
  async call(
    request: CallRequest,
    header: BlockHeader,
    options: CallOptions = {},
  ): Promise<CallResult> {
    return this.#limiter.run(async () => {
      const run = this.#prepare(request, header, options);
      return toCallResult(await this.#run(run, capGas(request.gas)));
    });
  }

  /** Smallest gas limit that succeeds. Errors: as `call`, and ENGINE_CALL_FAILED. */
  async estimateGas(
    request: CallRequest,
    header: BlockHeader,
    options: CallOptions = {},
  ): Promise<bigint> {
    return this.#limiter.run(async () => {
      const run = this.#prepare(request, header, options);
      run.gasAllowance *= ESTIMATE_RUNS;
      const blockGas = options.blockOverrides?.gasLimit ?? header.gasLimit;
      let cap = request.gas !== undefined && request.gas >= 21_000n ? request.gas : blockGas;
      const { fork } = this.#rules.evmAt(header);
      const forkLimits = fork ? forkRules(fork) : OSAKA_RULES;
      cap = least(cap, blockGas, CALL_GAS_CAP, this.#affordableGas(run));
      if (forkLimits.isOsaka) cap = least(cap, MAX_TX_GAS);
      if (cap >= PLAIN_GAS && this.#isPlainTransfer(run)) {
        const { exception } = await this.#run(run, PLAIN_GAS);
        if (exception === undefined) return PLAIN_GAS;
      }
      return searchGas(cap, async (gas) => {
        const { intrinsic, floor } = intrinsicGas(callMessage(request, gas), forkLimits);
        if (gas < intrinsic || gas < floor) return "too little to start";
        return this.#run(run, gas);
      });
    });
  }

  /** Addresses and slots that the call touches, when they are declared. Errors: as `call`. */
  async createAccessList(
    request: CallRequest,
    header: BlockHeader,
    options: CallOptions = {},
  ): Promise<{ accessList: AccessList; gasUsed: bigint; failure: CallResult["failure"] }> {
    return this.#limiter.run(async () => {
      let accessList = request.accessList ?? [];
      for (let round = 1; ; round++) {
        const run = this.#prepare({ ...request, accessList }, header, options);
        const ran = await this.#run(run, capGas(request.gas), true);
        const isStable = countEntries(ran.touched) === countEntries(accessList);
        if (isStable || round === MAX_ACCESS_LIST_ROUNDS) {
          const { failure, gasUsed } = toCallResult(ran);
          return { accessList, gasUsed, failure };
        }
        accessList = ran.touched;
      }
    });
  }

  #prepare(request: CallRequest, header: BlockHeader, options: CallOptions): Run {
    const deadline = performance.now() + this.#timeoutMs;
    return { request, header, options, deadline, gasAllowance: this.#gasAllowance };
  }

  #openState({ header }: Run): BlockState {
    return new BlockState(this.#states, fromHex(header.stateRoot));
  }

  /** Gas that the sender can pay for, if the request names a price. */
  #affordableGas(run: Run): bigint {
    const { request } = run;
    const price = request.maxFeePerGas ?? request.gasPrice ?? 0n;
    if (price === 0n) return CALL_GAS_CAP;
    const from = request.from ?? ZERO_ADDRESS;
    const balance =
      run.options.stateOverrides?.[from]?.balance ??
      this.#openState(run).readAccount(from)?.balance ??
      0n;
    const value = request.value ?? 0n;
    const blobs = BigInt(request.blobVersionedHashes?.length ?? 0);
    const fixed = value + blobs * GAS_PER_BLOB * (request.maxFeePerBlobGas ?? 0n);
    if (balance < fixed) {
      throw new EngineError("ENGINE_CALL_INVALID", { reason: "insufficient funds for transfer" });
    }
    return (balance - fixed) / price;
  }

  /** True for a message without data to an account without code: it needs what every transaction costs, or never succeeds. */
  #isPlainTransfer(run: Run): boolean {
    const { to, data, accessList, authorizationList } = run.request;
    if (!to || data?.length || accessList?.length || authorizationList?.length) return false;
    if (Object.keys(run.options.stateOverrides ?? {}).length > 0) return false;
    return this.#openState(run).readCode(to).length === 0;
  }

  /** `reportsTouched`: else nothing is listed as touched. */
  async #run(run: Run, gas: bigint, reportsTouched = false): Promise<Ran> {
    const { request, header, options, deadline } = run;
    const state = this.#openState(run);
    const blobBaseFee = this.#rules.blobBaseFee?.(header);
    const env = callEnv(header, options.blockOverrides ?? {}, request, blobBaseFee);
    const hashes =
      this.#ancestors && hashesBelow((hash) => this.#ancestors?.getHeader(hash), header);
    const machine = await EvmMachine.create(this.#rules.evmAt(env), state, hashes);
    machine.limitTime(deadline - performance.now());
    machine.gasAllowance = run.gasAllowance;
    const { stateOverrides = {} } = options;
    const hasOverrides = Object.keys(stateOverrides).length > 0;
    const precompiles = hasOverrides ? new MovedPrecompiles(machine) : undefined;
    if (hasOverrides) applyStateOverrides(state, stateOverrides, precompiles);
    const message = callMessage(request, gas);
    const price = gasPriceOf(request, env);
    payUpFront(machine, env, message, request, price);
    if (reportsTouched) machine.evm.journal.startReportingAccessList();
    let touched: AccessList = [];
    const result = await runMessage(machine, env, message, price, () => {
      if (reportsTouched) touched = collectTouched(machine, message);
    }).catch((error: unknown) => {
      // Cut off between two opcodes: nothing of it goes on.
      if (error instanceof QuickRunError) machine.release();
      throw error;
    });
    run.gasAllowance = machine.gasAllowance;
    precompiles?.remove();
    machine.release();
    return { ...result, touched };
  }
}

/** Takes the price of a message from its sender and raises its nonce. Errors: ENGINE_CALL_INVALID. */
export function payUpFront(
  { state, rules }: EvmMachine,
  env: BlockEnv,
  message: TxMessage,
  request: CallRequest,
  price: bigint,
): void {
  const refuse = (reason: string): never => {
    throw new EngineError("ENGINE_CALL_INVALID", { reason });
  };
  const { intrinsic, floor } = intrinsicGas(message, rules);
  if (message.gasLimit < intrinsic) refuse("intrinsic gas too low");
  if (message.gasLimit < floor) refuse("gas below the calldata floor");
  const account = state.readAccount(message.from);
  const balance = account?.balance ?? 0n;
  const feeCap = request.maxFeePerGas ?? price;
  const blobGas = BigInt(message.blobHashes?.length ?? 0) * GAS_PER_BLOB;
  const blobCap = request.maxFeePerBlobGas ?? 0n;
  const blobPrice = env.blobBaseFee ?? 0n;
  if (blobGas > 0n && blobCap < blobPrice)
    refuse("max fee per blob gas less than block blob gas fee");
  if (balance < message.gasLimit * feeCap + message.value + blobGas * blobCap) {
    refuse("insufficient funds for gas * price + value");
  }
  const paid = message.gasLimit * price + blobGas * blobPrice;
  state.writeAccount(message.from, { balance: balance - paid, nonce: (account?.nonce ?? 0n) + 1n });
}

/** Gas of a message that asks for none, or for more than one may have. */
export function capGas(gas: bigint | undefined): bigint {
  return gas === undefined || gas > CALL_GAS_CAP || gas === 0n ? CALL_GAS_CAP : gas;
}

function least(...values: bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}

function countEntries(list: AccessList): number {
  return list.reduce((count, { storageKeys }) => count + 1 + storageKeys.length, 0);
}

/** What the journal saw, without addresses that are warm anyway. */
function collectTouched({ evm }: EvmMachine, message: TxMessage): AccessList {
  const always = new Set<string>([message.from, message.to ?? ""]);
  for (const address of evm.precompiles.keys()) always.add(`0x${address}`);
  const touched: AccessList = [];
  for (const [address, slots] of evm.journal.accessList ?? []) {
    const hex: Address = `0x${address}`;
    if (always.has(hex) && slots.size === 0) continue;
    const storageKeys = [...slots].sort().map((slot): Hash => `0x${slot}`);
    touched.push({ address: hex, storageKeys });
  }
  return touched.sort((a, b) => (a.address < b.address ? -1 : 1));
}

function toCallResult(result: MessageResult): CallResult {
  const { exception, returnData, gasUsed, logs } = result;
  const kind = isRevert(exception) ? "revert" : "exception";
  const failure = exception === undefined ? null : { kind, reason: gethWords(exception) };
  return { failure: failure as CallResult["failure"], returnData, gasUsed, logs };
}
