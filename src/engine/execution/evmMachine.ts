import { setImmediate as nextTurn } from "node:timers/promises";
import { createEVM, type EVM, type EVMMockBlockchainInterface } from "@ethereumjs/evm";
import { type OpFork, SYSTEM_CONTRACTS } from "../../protocol/index.js";
import { fromHex, type Hash } from "../../util/hex.js";
import { EngineError } from "../errors.js";
import type { BlockState } from "../state/blockState.js";
import { installFastLoop } from "./fastLoop.js";
import { forkCommon } from "./forkCommon.js";
import { type Fork, type ForkRules, forkRules, OSAKA_RULES } from "./forks.js";
import type { RunBounds } from "./plainFrame.js";
import { boundedPrecompiles, plainPrecompiles } from "./precompiles.js";
import { keepReverts } from "./revertedCreations.js";
import { WarmJournal } from "./warmJournal.js";

/** Rules of the chain that the EVM needs to know. */
export interface EvmRules {
  chainId: number;
  provablePrecompiles: boolean;
  /** Fork of L1 whose rules hold; absent: Osaka. */
  fork?: Fork;
  /** True: precompiles take inputs as long as on L1; absent: the L2's limits. */
  hasPlainPrecompiles?: boolean;
  /** OP chains before Karst only: the fork whose precompiles hold. */
  opFork?: OpFork;
}

/** Hash of the block of a number below the one that runs, for BLOCKHASH; undefined: not known, zero. */
export type BlockHashOf = (number: bigint) => Hash | undefined;

/** Length of EIP-2935's ring of block hashes. */
export const HISTORY_LENGTH = 8_191n;

/** How long execution may keep the event loop, in milliseconds. */
const TURN_MS = 15;
/** Jumps or calls between two looks at the clock. */
const JUMPS_PER_LOOK = 256;
/** Every program that runs long jumps or calls: JUMP, JUMPI, CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, STATICCALL. */
const WATCHED_OPCODES = [0x56, 0x57, 0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa];

/** Instants (performance.now) that bound a run. */
interface Watch extends RunBounds {
  deadline: number;
  turnEnds: number;
}

/** A slot's key for a small number. */
export function slotOf(number: bigint): Uint8Array {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setBigUint64(24, number);
  return key;
}

/** Where BLOCKHASH looks: what the caller knows of the ancestors, otherwise EIP-2935's ring. */
function blockHashes(
  state: BlockState,
  blockHashOf: BlockHashOf | undefined,
): EVMMockBlockchainInterface {
  const self: EVMMockBlockchainInterface = {
    getBlock: async (number) => {
      let hash: Uint8Array = new Uint8Array(32);
      if (blockHashOf) {
        const known = blockHashOf(BigInt(number));
        if (known) hash = fromHex(known);
      } else {
        // The ring in the state holds the ancestors of this very block, on whatever branch it is.
        const slot = slotOf(BigInt(number) % HISTORY_LENGTH);
        const value = state.readStorage(SYSTEM_CONTRACTS.blockHashHistory, slot);
        hash.set(value, 32 - value.length);
      }
      return { hash: () => hash };
    },
    putBlock: async () => {},
    shallowCopy: () => self,
  };
  return self;
}

interface OpcodeEntry {
  opcodeInfo: object;
  opHandler: (...args: unknown[]) => unknown;
}

/** An EVM without a state, and the watch that its opcodes look at. */
interface IdleEvm {
  evm: EVM;
  watch: Watch;
}

/** Making an EVM costs more than a small call, so those that ended well are used again. */
const MAX_IDLE = 16;
const idleEvms = new Map<string, IdleEvm[]>();

/** A node meets few kinds of rules; a run of test suites with many chain ids may meet many. */
const MAX_KINDS = 64;

function idleFor(rules: EvmRules): IdleEvm[] {
  const { chainId, provablePrecompiles, fork, hasPlainPrecompiles, opFork } = rules;
  const flags = `${provablePrecompiles}/${hasPlainPrecompiles === true}/${opFork ?? ""}`;
  const key = `${chainId}/${fork ?? ""}/${flags}`;
  let idle = idleEvms.get(key);
  if (!idle) {
    if (idleEvms.size >= MAX_KINDS) idleEvms.clear();
    idle = [];
    idleEvms.set(key, idle);
  }
  return idle;
}

async function createIdleEvm(rules: EvmRules, state: BlockState): Promise<IdleEvm> {
  const common = forkCommon(rules.chainId, rules.fork ?? OSAKA_RULES.fork);
  const evm = await createEVM({ common, stateManager: state });
  // An EVM waits for changes of the fork as long as its Common lives; there are none, and the EVM shall not live as long.
  common.events.removeAllListeners();
  const changed = rules.hasPlainPrecompiles
    ? plainPrecompiles(common)
    : boundedPrecompiles(common, rules.provablePrecompiles, rules.opFork);
  for (const [address, precompile] of changed) {
    evm.precompiles.set(address, precompile);
  }
  evm.journal = new WarmJournal(state, common) as unknown as EVM["journal"];
  const gasAllowance = Number.POSITIVE_INFINITY;
  const watch = { deadline: 0, turnEnds: 0, jumpsLeft: JUMPS_PER_LOOK, gasAllowance };
  installWatch(evm, watch);
  keepReverts(evm);
  await installFastLoop(evm, watch);
  return { evm, watch };
}

/** Lets others have the event loop if a run has had it for long. Errors: ENGINE_CALL_TIMEOUT. */
async function breathe(watch: Watch): Promise<void> {
  const now = performance.now();
  if (now > watch.deadline) throw new EngineError("ENGINE_CALL_TIMEOUT");
  if (now < watch.turnEnds) return;
  await nextTurn();
  watch.turnEnds = performance.now() + TURN_MS;
}

/** Looks at the clock in the handlers of jumps and calls, where any long run must pass. */
function installWatch(evm: EVM, watch: Watch): void {
  const map = (evm as unknown as { _opcodeMap: OpcodeEntry[] })._opcodeMap;
  for (const opcode of WATCHED_OPCODES) {
    const entry = map[opcode] as OpcodeEntry;
    const handler = entry.opHandler;
    const info: object = Object.create(Object.getPrototypeOf(entry.opcodeInfo));
    map[opcode] = {
      ...entry,
      opcodeInfo: Object.assign(info, entry.opcodeInfo, { isAsync: true }),
      opHandler: (...args: unknown[]) => {
        watch.jumpsLeft--;
        if (watch.jumpsLeft > 0) return handler(...args);
        watch.jumpsLeft = JUMPS_PER_LOOK;
        return breathe(watch).then(() => handler(...args));
      },
    };
  }
}

/** One EVM over one state. Runs give way to the event loop, and can be bounded in time. */
export class EvmMachine {
  readonly evm: EVM;
  readonly state: BlockState;
  /** Rules of the fork that it runs by. */
  readonly rules: ForkRules;
  readonly #watch: Watch;
  readonly #idle: IdleEvm[];

  private constructor(
    { evm, watch }: IdleEvm,
    state: BlockState,
    idle: IdleEvm[],
    rules: ForkRules,
    blockHashOf: BlockHashOf | undefined,
  ) {
    this.evm = evm;
    this.state = state;
    this.rules = rules;
    this.#watch = watch;
    this.#idle = idle;
    watch.deadline = Number.POSITIVE_INFINITY;
    watch.gasAllowance = Number.POSITIVE_INFINITY;
    evm.stateManager = state;
    evm.blockchain = blockHashes(state, blockHashOf);
    (evm.journal as unknown as WarmJournal).stateManager = state;
  }

  /** Without `blockHashOf` BLOCKHASH reads EIP-2935's ring in the state. */
  static async create(
    rules: EvmRules,
    state: BlockState,
    blockHashOf?: BlockHashOf,
  ): Promise<EvmMachine> {
    const idle = idleFor(rules);
    const idleEvm = idle.pop() ?? (await createIdleEvm(rules, state));
    const { fork } = rules;
    return new EvmMachine(idleEvm, state, idle, fork ? forkRules(fork) : OSAKA_RULES, blockHashOf);
  }

  /** Makes runs from now on fail with ENGINE_CALL_TIMEOUT after some time. */
  limitTime(milliseconds: number): void {
    this.#watch.deadline = performance.now() + milliseconds;
  }

  /** Gas that runs from now on may use before they fail with QUICK_RUN_ENDED, not counting what a message costs before it runs. */
  get gasAllowance(): number {
    return this.#watch.gasAllowance;
  }

  set gasAllowance(gas: number) {
    this.#watch.gasAllowance = gas;
  }

  breathe(): Promise<void> {
    return breathe(this.#watch);
  }

  /** Forgets what a message left behind. */
  reset(): void {
    this.evm.journal.cleanJournal();
    (this.evm.journal as unknown as WarmJournal).accessList = undefined;
    const { transientStorage } = this.evm;
    transientStorage.clear();
    // Checkpoints of a run that was cut off.
    (transientStorage as unknown as { _indices: number[] })._indices.length = 1;
  }

  /** Gives the EVM back for others; the machine must not be used after it. Not for one that may still be running. */
  release(): void {
    this.reset();
    if (this.#idle.length < MAX_IDLE) this.#idle.push({ evm: this.evm, watch: this.#watch });
  }
}
