import { MAX_TX_GAS } from "../../protocol/index.js";
import { type Address, fromHex, type Hash, ZERO_ADDRESS } from "../../util/hex.js";
import type { TxMessage } from "../envelope.js";
import { EngineError } from "../errors.js";
import { EvmMachine } from "../execution/evmMachine.js";
import { intrinsicGas } from "../execution/intrinsicGas.js";
import { isRevert, type MessageResult, runMessage } from "../execution/runMessage.js";
import type { ChainRules } from "../rules.js";
import { BlockState } from "../state/blockState.js";
import type { StateStore } from "../state/stateStore.js";
import type { BlockHeader, CallOptions, CallRequest, CallResult } from "../types.js";
import { applyStateOverrides, callEnv, callMessage, gasPriceOf } from "./callMessage.js";
import { searchGas } from "./gasSearch.js";
import { Limiter } from "./limiter.js";

/** Most gas of one call. */
const CALL_GAS_CAP = 50_000_000n;
const MAX_RUNNING = 8;
const MAX_WAITING = 512;
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
  readonly #limiter = new Limiter(MAX_RUNNING, MAX_WAITING);

  constructor(rules: ChainRules, states: StateStore, timeoutMs: number) {
    this.#rules = rules;
    this.#states = states;
    this.#timeoutMs = timeoutMs;
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
      const blockGas = options.blockOverrides?.gasLimit ?? header.gasLimit;
      let cap = request.gas !== undefined && request.gas >= 21_000n ? request.gas : blockGas;
      cap = least(cap, blockGas, MAX_TX_GAS, CALL_GAS_CAP, this.#affordableGas(run));
      return searchGas(cap, async (gas) => {
        const { intrinsic, floor } = intrinsicGas(callMessage(request, gas));
        if (gas < intrinsic || gas < floor) return "too little to start";
        return this.#run(run, gas);
      });
    });
  }

  /** Addresses and slots that the call touches, when they are declared. Errors: as `call`. */
  async createAccessList(
    request: CallRequest,
    header: BlockHeader,
  ): Promise<{ accessList: AccessList; gasUsed: bigint; failure: CallResult["failure"] }> {
    return this.#limiter.run(async () => {
      let accessList = request.accessList ?? [];
      for (let round = 1; ; round++) {
        const run = this.#prepare({ ...request, accessList }, header, {});
        const ran = await this.#run(run, capGas(request.gas));
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
    return { request, header, options, deadline: performance.now() + this.#timeoutMs };
  }

  #openState({ header, options }: Run): BlockState {
    const state = new BlockState(this.#states, fromHex(header.stateRoot));
    applyStateOverrides(state, options.stateOverrides ?? {});
    return state;
  }

  /** Gas that the sender can pay for, if the request names a price. */
  #affordableGas(run: Run): bigint {
    const { request } = run;
    const price = request.maxFeePerGas ?? request.gasPrice ?? 0n;
    if (price === 0n) return CALL_GAS_CAP;
    const balance = this.#openState(run).readAccount(request.from ?? ZERO_ADDRESS)?.balance ?? 0n;
    const value = request.value ?? 0n;
    if (balance < value)
      throw new EngineError("ENGINE_CALL_INVALID", { reason: "insufficient funds" });
    return (balance - value) / price;
  }

  async #run(run: Run, gas: bigint): Promise<Ran> {
    const { request, header, options, deadline } = run;
    const state = this.#openState(run);
    const env = callEnv(header, options.blockOverrides ?? {}, request);
    const machine = await EvmMachine.create(this.#rules.evmAt(env), state);
    machine.limitTime(deadline - performance.now());
    const message = callMessage(request, gas);
    const price = gasPriceOf(request, env);
    this.#payUpFront(state, message, request, price);
    const { journal } = machine.evm;
    journal.startReportingAccessList();
    let touched: AccessList = [];
    const result = await runMessage(machine, env, message, price, () => {
      touched = collectTouched(machine, message);
    });
    machine.release();
    return { ...result, touched };
  }

  #payUpFront(state: BlockState, message: TxMessage, request: CallRequest, price: bigint): void {
    const refuse = (reason: string): never => {
      throw new EngineError("ENGINE_CALL_INVALID", { reason });
    };
    const { intrinsic, floor } = intrinsicGas(message);
    if (message.gasLimit < intrinsic) refuse("intrinsic gas too low");
    if (message.gasLimit < floor) refuse("gas below the calldata floor");
    const account = state.readAccount(message.from);
    const balance = account?.balance ?? 0n;
    const feeCap = request.maxFeePerGas ?? price;
    if (balance < message.gasLimit * feeCap + message.value) {
      refuse("insufficient funds for gas * price + value");
    }
    const nonce = (account?.nonce ?? 0n) + 1n;
    state.writeAccount(message.from, { balance: balance - message.gasLimit * price, nonce });
  }
}

function capGas(gas: bigint | undefined): bigint {
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
  const failure = exception === undefined ? null : { kind, reason: exception };
  return { failure: failure as CallResult["failure"], returnData, gasUsed, logs };
}
