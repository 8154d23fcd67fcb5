import { setImmediate as nextTurn } from "node:timers/promises";
import type { Common } from "@ethereumjs/common";
import { createEVM, type EVM, type EVMMockBlockchainInterface } from "@ethereumjs/evm";
import { createL2Common, SYSTEM_CONTRACTS } from "../../protocol/index.js";
import { EngineError } from "../errors.js";
import type { BlockState } from "../state/blockState.js";
import { boundedPrecompiles } from "./precompiles.js";

/** Rules of the chain that the EVM needs to know. */
export interface EvmRules {
  chainId: number;
  provablePrecompiles: boolean;
}

/** Length of EIP-2935's ring of block hashes. */
export const HISTORY_LENGTH = 8_191n;

/** How long execution may keep the event loop, in milliseconds. */
const TURN_MS = 15;
/** Jumps or calls between two looks at the clock. */
const JUMPS_PER_LOOK = 256;
/** Every program that runs long jumps or calls: JUMP, JUMPI, CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, STATICCALL. */
const WATCHED_OPCODES = [0x56, 0x57, 0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa];

/** Instants (performance.now) that bound a run. */
interface Watch {
  deadline: number;
  turnEnds: number;
  jumpsLeft: number;
}

/** A slot's key for a small number. */
export function slotOf(number: bigint): Uint8Array {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setBigUint64(24, number);
  return key;
}

function blockHashes(state: BlockState): EVMMockBlockchainInterface {
  const self: EVMMockBlockchainInterface = {
    // The ring in the state holds the ancestors of this very block, on whatever branch it is.
    getBlock: async (number) => {
      const hash = new Uint8Array(32);
      const slot = slotOf(BigInt(number) % HISTORY_LENGTH);
      const value = state.readStorage(SYSTEM_CONTRACTS.blockHashHistory, slot);
      hash.set(value, 32 - value.length);
      return { hash: () => hash };
    },
    putBlock: async () => {},
    shallowCopy: () => self,
  };
  return self;
}

/** Fork rules never change on one chain, so the answers about them are remembered. */
function memoise(common: Common): Common {
  const eips = new Map<number, boolean>();
  const isActivatedEIP = common.isActivatedEIP.bind(common);
  common.isActivatedEIP = (eip) => {
    let answer = eips.get(eip);
    if (answer === undefined) {
      answer = isActivatedEIP(eip);
      eips.set(eip, answer);
    }
    return answer;
  };
  const forks = new Map<string, boolean>();
  const gteHardfork = common.gteHardfork.bind(common);
  common.gteHardfork = (fork) => {
    let answer = forks.get(fork);
    if (answer === undefined) {
      answer = gteHardfork(fork);
      forks.set(fork, answer);
    }
    return answer;
  };
  return common;
}

const commons = new Map<number, Common>();

function commonOf(chainId: number): Common {
  let common = commons.get(chainId);
  if (!common) {
    common = memoise(createL2Common(chainId));
    commons.set(chainId, common);
  }
  return common;
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

function idleFor({ chainId, provablePrecompiles }: EvmRules): IdleEvm[] {
  const key = `${chainId}/${provablePrecompiles}`;
  let idle = idleEvms.get(key);
  if (!idle) {
    idle = [];
    idleEvms.set(key, idle);
  }
  return idle;
}

async function createIdleEvm(rules: EvmRules, state: BlockState): Promise<IdleEvm> {
  const common = commonOf(rules.chainId);
  const evm = await createEVM({ common, stateManager: state });
  // An EVM waits for changes of the fork as long as its Common lives; there are none, and the EVM shall not live as long.
  common.events.removeAllListeners();
  for (const [address, precompile] of boundedPrecompiles(common, rules.provablePrecompiles)) {
    evm.precompiles.set(address, precompile);
  }
  const watch = { deadline: 0, turnEnds: 0, jumpsLeft: JUMPS_PER_LOOK };
  installWatch(evm, watch);
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
  readonly #watch: Watch;
  readonly #idle: IdleEvm[];

  private constructor({ evm, watch }: IdleEvm, state: BlockState, idle: IdleEvm[]) {
    this.evm = evm;
    this.state = state;
    this.#watch = watch;
    this.#idle = idle;
    watch.deadline = Number.POSITIVE_INFINITY;
    evm.stateManager = state;
    evm.blockchain = blockHashes(state);
    (evm.journal as unknown as { stateManager: BlockState }).stateManager = state;
  }

  static async create(rules: EvmRules, state: BlockState): Promise<EvmMachine> {
    const idle = idleFor(rules);
    return new EvmMachine(idle.pop() ?? (await createIdleEvm(rules, state)), state, idle);
  }

  /** Makes runs from now on fail with ENGINE_CALL_TIMEOUT after some time. */
  limitTime(milliseconds: number): void {
    this.#watch.deadline = performance.now() + milliseconds;
  }

  breathe(): Promise<void> {
    return breathe(this.#watch);
  }

  /** Forgets what a message left behind. */
  reset(): void {
    this.evm.journal.cleanJournal();
    delete this.evm.journal.accessList;
    this.evm.transientStorage.clear();
  }

  /** Gives the EVM back for others; the machine must not be used after it. Not for one whose run was cut off. */
  release(): void {
    this.reset();
    if (this.#idle.length < MAX_IDLE) this.#idle.push({ evm: this.evm, watch: this.#watch });
  }
}
