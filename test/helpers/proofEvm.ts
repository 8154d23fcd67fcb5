import { encodeRlp } from "../../src/engine/state/rlp.js";
import { EVM_MODES } from "../../src/proof/modes/evm/index.js";
import { destruct } from "../../src/proof/modes/tx/destruct.js";
import { EMPTY_CODE_HASH, makeRev, makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import { slotKey } from "../../src/proof/state/trieKeys.js";
import type { MachineInputs, Recorder, Step, Word } from "../../src/proof/state/types.js";
import { warmAddress } from "../../src/proof/state/warm.js";
import { bytesToWord } from "../../src/proof/state/wordBytes.js";
import {
  CALL_FLAGS_WORD,
  CALL_GAS_WORD,
  CALL_WINDOWS_WORD,
  HASH_WORD,
  OUTCOME_WORD,
} from "../../src/proof/state/words.js";
import { type Account, World } from "../../src/proof/state/world.js";
import { C, DEPTH, KIND, MODE, R } from "../../src/proof/table.js";
import { Trie } from "../../src/proof/trie/trie.js";
import { keccak256 } from "../../src/util/keccak.js";

/** An account before a message. */
export interface AllocAccount {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  readonly storage: ReadonlyMap<bigint, bigint>;
}

/** Accounts by address. */
export type Alloc = ReadonlyMap<bigint, AllocAccount>;

/** The block that messages see. */
export const BLOCK = {
  chainId: 4_242n,
  number: 1_000n,
  timestamp: 1_800_000_000n,
  gasLimit: 30_000_000n,
  baseFee: 7n,
  coinbase: 0xc0ffeen,
  prevRandao: 0x1234567890n << 200n,
  gasPrice: 11n,
} as const;

/** A top-level call, or creation without `to`. */
export interface EvmMessage {
  readonly caller: bigint;
  readonly to: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gas: number;
}

/** What a message did, of either implementation. */
export interface EvmOutcome {
  readonly status: "success" | "revert" | "halt";
  readonly gasLeft: number;
  readonly refund: number;
  readonly stateRoot: string;
  /** RLP of the logs, back to back. */
  readonly logs: string;
  readonly steps: number;
  readonly modes: ReadonlyMap<number, number>;
}

const STATUS = ["revert", "success", "halt"] as const;

/** Code by hash in memory, and no trie nodes. */
export class CodeInputs implements MachineInputs {
  readonly #codes = new Map<Word, Uint8Array>();

  addCode(hash: Word, code: Uint8Array): void {
    this.#codes.set(hash, code);
  }
  code(hash: Word): Uint8Array {
    const code = this.#codes.get(hash);
    if (code === undefined) throw new Error(`no code ${hash.toString(16)}`);
    return code;
  }
  node = never;
  entryHeader = never;
  entryData = never;
  entryOrigins = never;
  l1Header = never;
  recordHeader = never;
  recordData = never;
}

function never(): never {
  throw new Error("a message reads no feed and no source of nodes");
}

/** The world of an alloc; codes go to `inputs`. */
export function worldOf(alloc: Alloc, inputs: MachineInputs): World {
  let world = World.empty();
  for (const [address, { nonce, balance, code, storage }] of alloc) {
    let trie = Trie.empty();
    for (const [slot, value] of storage) {
      const hex = value.toString(16);
      const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
      trie = trie.put(slotKey(slot), encodeRlp(new Uint8Array(bytes)));
    }
    const codeHash = code.length === 0 ? EMPTY_CODE_HASH : bytesToWord(keccak256(code));
    if (code.length > 0) inputs.addCode(codeHash, code);
    const account: Account = { nonce, balance, codeHash, storage: trie };
    world = world.put(address, account);
  }
  return world;
}

/** A machine that is about to run a message: warm addresses as ACCESS leaves them, call words as START does. */
export function messageStep(alloc: Alloc, message: EvmMessage, rec?: Recorder): Step {
  const inputs = new CodeInputs();
  const s = makeState(BLOCK.chainId);
  s.rev = makeRev(worldOf(alloc, inputs));
  Object.assign(s.blk, {
    number: BLOCK.number,
    timestamp: BLOCK.timestamp,
    gasLimit: BLOCK.gasLimit,
    baseFee: BLOCK.baseFee,
    coinbase: BLOCK.coinbase,
    prevRandao: BLOCK.prevRandao,
    blobBaseFee: 1n,
  });
  const { caller, to, value, data, gas } = message;
  const isCreate = to === undefined;
  Object.assign(s.tx, { sender: caller, to: to ?? 0n, value, isCreate, price: BLOCK.gasPrice });
  // CHECK has raised the sender's nonce already.
  s.tx.nonce = (s.rev.state?.get(caller)?.nonce ?? 0n) - 1n;
  const step: Step = {
    s,
    rec: undefined,
    inputs,
    entryBound: 0n,
    mayBegin: false,
    isPlain: false,
  };
  warmAddress(step, caller);
  warmAddress(step, BLOCK.coinbase);
  if (to !== undefined) warmAddress(step, to);
  const { call, regs } = s.work;
  const kind = isCreate ? KIND.create : KIND.call;
  call[C.flags] = CALL_FLAGS_WORD.pack({
    kind,
    isTop: true,
    isPrecompile: false,
    isStatic: false,
    isDelegated: false,
  });
  call[C.value] = value;
  call[C.gas] = CALL_GAS_WORD.pack({ requested: 0, childGas: gas });
  if (to === undefined) {
    regs[R.hash] = HASH_WORD.pack({ off: 0, len: data.length, pos: 0 });
    s.work.bufB = PagedBytes.of(DEPTH.bufB, data);
    s.ctl.mode = MODE.hash;
    s.ctl.sub = 1;
  } else {
    call[C.codeAddr] = to;
    call[C.to] = to;
    call[C.windows] = CALL_WINDOWS_WORD.pack({
      inOff: 0,
      inSize: data.length,
      outOff: 0,
      outSize: 0,
    });
    s.work.bufA = PagedBytes.of(DEPTH.bytes, data);
    s.ctl.mode = MODE.callee;
  }
  if (rec !== undefined) step.rec = rec;
  return step;
}

const MOST_STEPS = 20_000_000;

/** Runs a message of the machine up to SETTLE, and removes what destroyed itself. `before` sees every step. */
export function runMachine(step: Step, before?: (step: Step) => void): EvmOutcome {
  const { s } = step;
  const modes = new Map<number, number>();
  let steps = 0;
  while (s.ctl.mode !== MODE.settle) {
    const run = EVM_MODES[s.ctl.mode];
    if (run === undefined) throw new Error(`mode ${s.ctl.mode} is not of the EVM`);
    if (before !== undefined) {
      before(step);
      modes.set(s.ctl.mode, (modes.get(s.ctl.mode) ?? 0) + 1);
    }
    run(step);
    if (++steps > MOST_STEPS) throw new Error("no end of steps");
  }
  const { outcome, gasLeft } = OUTCOME_WORD.unpack(s.work.regs[R.outcome] as Word);
  s.ctl.mode = MODE.destruct;
  s.ctl.cnt = 0;
  while (s.ctl.mode === MODE.destruct) destruct(step);
  const { rev } = s;
  return {
    status: STATUS[outcome] as EvmOutcome["status"],
    gasLeft,
    refund: rev.refund,
    stateRoot: rev.state?.root() ?? "",
    logs: Buffer.from(rev.logs.read(0, rev.logBytes)).toString("hex"),
    steps,
    modes,
  };
}
