import { runStep } from "../../src/proof/machine.js";
import { beginBlake2 } from "../../src/proof/modes/evm/blake2Slices.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import { addressKey, addressSlotKey } from "../../src/proof/state/trieKeys.js";
import type { Step, Word } from "../../src/proof/state/types.js";
import {
  CALL_GAS_WORD,
  COPY_WORD,
  type CopyFields,
  HASH_WORD,
  LOG_WORD,
  OUTCOME_WORD,
} from "../../src/proof/state/words.js";
import { BUFFER, C, DEPTH, KIND, LIMIT, MODE, R } from "../../src/proof/table.js";
import { createRandom, SEED } from "../contracts/vectors/random.js";
import { type DeepAccount, deepAccounts, deepTrie } from "./deepPaths.js";
import { msmPairs } from "./msmPairs.js";
import { type OpFrame, opStep } from "./opStates.js";
import { blake2Input, blsPairs, bnPairs, modExp } from "./precompileCases.js";
import { precompileStep } from "./precompileSteps.js";
import { Rng } from "./randomProgram.js";
import type { SolidityContext } from "./stepEquivalence.js";
import { type ModeGiven, modeStep, SELF, worldStep } from "./worldStates.js";

/** A state before a step that may be the dearest of its mode. */
export interface WorstCase {
  readonly name: string;
  readonly step: Step;
  readonly context?: Partial<SolidityContext>;
}

/** More than a transaction can make of its maps: 8,800 listed slots, or 160,000 transient ones, have paths of about 5 nodes. */
export const MAP_DEPTH = 20;
const OTHER = 0x41c4n;
const SLOT = 5n;
const MUCH = 16_000_000;
const VALUE = 2n ** 255n + 7n;
const PRESENT = Uint8Array.of(1);
const rng = new Rng(88);
const FULL_CODE = rng.bytes(LIMIT.code).fill(0x5b, 0, 1);

/** Bytes that cost little time to make. */
export function filled(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 89 + (i >> 7) + 1) & 0xff);
}

interface Deep {
  readonly accounts: ReadonlyMap<Word, DeepAccount | undefined>;
  /** Addresses that are looked up in the maps; true: they are there. */
  readonly warm?: readonly [Word, boolean];
  readonly created?: readonly [Word, boolean];
  readonly slot?: boolean;
}

const mapOf = (key: Uint8Array, value: Uint8Array | undefined) =>
  deepTrie(rng, [{ key, value }], MAP_DEPTH);

/** Puts a step's world and maps at the end of deep paths. */
export function deepen(step: Step, { accounts, warm, created, slot }: Deep): Step {
  const { s, inputs } = step;
  const of = (at: readonly [Word, boolean]) =>
    mapOf(addressKey(at[0]), at[1] ? PRESENT : undefined);
  const loaded = new Uint8Array(33).fill(9);
  loaded[0] = 2;
  s.rev = {
    ...s.rev,
    state: deepAccounts(rng, accounts, inputs),
    ...(warm && { warmAddr: of(warm) }),
    ...(created && { created: of(created) }),
    ...(slot !== undefined && {
      warmSlot: mapOf(addressSlotKey(SELF, SLOT), slot ? loaded : undefined),
    }),
  };
  return step;
}

const self = (account: DeepAccount = {}) => new Map([[SELF, account]]);
const both = new Map([
  [SELF, {}],
  [OTHER, {}],
]);
const operation = (opcode: number, stack: readonly Word[], frame: Partial<OpFrame> = {}) =>
  worldStep(rng, { code: Uint8Array.of(opcode), stack, gas: MUCH, ...frame });

/** Opcodes with paths of 64 nodes. */
export function stateCases(): WorstCase[] {
  const slots = (value: Word) => self({ slots: new Map([[SLOT, value]]) });
  const keep = { code: FULL_CODE };
  return [
    {
      name: "SSTORE of 0 that deletes, account and slot of 64 nodes",
      step: deepen(operation(0x55, [0n, SLOT]), { accounts: slots(VALUE), slot: false }),
    },
    {
      name: "SSTORE of 0 that deletes, a loaded slot",
      step: deepen(operation(0x55, [0n, SLOT]), { accounts: slots(VALUE), slot: true }),
    },
    {
      name: "SSTORE of a new slot, account and slot of 64 nodes",
      step: deepen(operation(0x55, [VALUE, SLOT]), { accounts: slots(0n), slot: false }),
    },
    {
      name: "SLOAD, account and slot of 64 nodes",
      step: deepen(operation(0x54, [SLOT]), { accounts: slots(VALUE), slot: false }),
    },
    {
      name: "SELFDESTRUCT, two accounts of 64 nodes",
      step: deepen(operation(0xff, [OTHER]), { accounts: both, warm: [OTHER, false] }),
    },
    {
      name: "SELFDESTRUCT to oneself, 64 nodes twice",
      step: deepen(operation(0xff, [SELF]), { accounts: both, warm: [SELF, true] }),
    },
    {
      name: "SELFDESTRUCT to nobody, 64 nodes",
      step: deepen(operation(0xff, [OTHER]), {
        accounts: new Map([
          [SELF, {}],
          [OTHER, undefined],
        ]),
        warm: [OTHER, false],
      }),
    },
    ...[0x31, 0x3f].map((opcode) => ({
      name: "account of 64 nodes",
      step: deepen(operation(opcode, [OTHER]), { accounts: both, warm: [OTHER, false] }),
    })),
    ...[
      [0x3b, [OTHER]],
      [0x3c, [24_576n, 0n, 0n, OTHER]],
    ].map(([opcode, stack]) => ({
      name: "account of 64 nodes, code of 24,576 bytes",
      step: deepen(operation(opcode as number, stack as Word[]), {
        accounts: new Map([[OTHER, keep]]),
        warm: [OTHER, false],
      }),
    })),
    {
      name: "CALL with value, warm addresses of 20 nodes",
      step: deepen(operation(0xf1, [0n, 0n, 0n, 0n, 3n, OTHER, 50_000n]), {
        accounts: both,
        warm: [OTHER, false],
      }),
    },
    ...jumpCases(),
  ];
}

function jumpCases(): WorstCase[] {
  const code = (fill: number) => {
    const bytes = new Uint8Array(LIMIT.initCode).fill(fill);
    bytes[0] = 0x56;
    bytes[LIMIT.initCode - 1] = 0x5b;
    return bytes;
  };
  const to = BigInt(LIMIT.initCode - 1);
  return [
    ["JUMPDESTs", 0x5b],
    ["PUSH1s", 0x60],
  ].map(([name, fill]) => ({
    name: `JUMP to the end of 49,152 bytes of init code, ${name}`,
    step: opStep(rng, { code: code(fill as number), stack: [to], gas: MUCH }),
  }));
}

const outcome = (outLen: number, kind: number = KIND.call) =>
  OUTCOME_WORD.pack({ outcome: 1, kind, isTop: false, gasLeft: 0, outLen });

/** Modes between opcodes with paths of 64 nodes. */
export function callCases(): WorstCase[] {
  const call = { [C.codeAddr]: OTHER, [C.to]: OTHER, [C.delegate]: OTHER, [C.value]: 3n };
  const gas = { [C.gas]: CALL_GAS_WORD.pack({ requested: 0, childGas: 50_000 }) };
  const create = { call: { ...gas, [C.value]: 3n, [C.newAddr]: OTHER }, flags: { kind: 4 } };
  const coded = new Map([[OTHER, { code: FULL_CODE }]]);
  const nobody = new Map([[OTHER, undefined]]);
  const at = (name: string, mode: number, given: ModeGiven, deep: Deep): WorstCase => ({
    name,
    step: deepen(modeStep(rng, mode, { frame: { gas: MUCH }, flags: {}, call, ...given }), deep),
  });
  const full = "account of 64 nodes, code of 24,576 bytes";
  const moved = { [R.beneficiary]: OTHER, [R.moved]: 7n };
  return [
    at(full, MODE.callee, {}, { accounts: coded }),
    at(full, MODE.delegate, {}, { accounts: coded, warm: [OTHER, false] }),
    at("payer of 64 nodes", MODE.xfer, {}, { accounts: both }),
    at("payee of 64 nodes", MODE.xfer, { cnt: 1 }, { accounts: both }),
    at("a payee who is new, 64 nodes", MODE.xfer, { cnt: 1 }, { accounts: nobody }),
    at("creator of 64 nodes", MODE.createe, create, { accounts: both }),
    at("a new account, 64 nodes", MODE.createchk, create, {
      accounts: nobody,
      created: [OTHER, false],
    }),
    at("account of 64 nodes with a balance", MODE.createchk, create, {
      accounts: new Map([[OTHER, { nonce: 0n }]]),
      created: [OTHER, false],
    }),
    at("24,576 bytes of code, account of 64 nodes", MODE.deploy, deployed(), { accounts: both }),
    at(
      "self of 64 nodes",
      MODE.destroy,
      { regs: moved },
      { accounts: both, created: [SELF, true] },
    ),
    at("beneficiary of 64 nodes", MODE.destroy, { regs: moved, sub: 1 }, { accounts: both }),
  ];
}

const deployed = (): ModeGiven => ({
  regs: { [R.outcome]: outcome(LIMIT.code, KIND.create) },
  bufA: FULL_CODE,
});

/** Copies, hashes and logs. */
export function engineCases(): WorstCase[] {
  const memory = filled(2 ** 20);
  const copy = (name: string, job: Partial<CopyFields>, ret: number = MODE.op): WorstCase => {
    const step = opStep(rng, { code: filled(9_000), memory: memory.slice(0, 140_000) });
    const { s } = step;
    s.work.bufB = PagedBytes.of(DEPTH.bufB, filled(LIMIT.initCode));
    s.tx.raw = PagedBytes.of(DEPTH.raw, filled(LIMIT.txBytes));
    s.chain.batch.data = PagedBytes.of(DEPTH.batch, filled(126_000));
    if (job.dst === BUFFER.logs) {
      s.rev = { ...s.rev, logs: PagedBytes.of(DEPTH.bytes, memory), logBytes: memory.length };
    }
    const none = { src: BUFFER.mem, dst: BUFFER.mem, isDown: false, zero: 0 };
    const left = 8 * LIMIT.page - 2;
    const fields = { ...none, srcOff: 0, srcLen: 140_000, dstOff: 1, left, ...job };
    s.work.regs[R.copy] = COPY_WORD.pack(fields);
    Object.assign(s.ctl, { mode: MODE.copy, ret });
    return { name, step };
  };
  const hash = (len: number): Step => {
    const step = opStep(rng, { code: Uint8Array.of(0), memory });
    step.s.work.regs[R.hash] = HASH_WORD.pack({ off: 31, len, pos: 0 });
    step.s.ctl.mode = MODE.hash;
    return step;
  };
  const most = 2 ** 20 - 31;
  return [
    copy("memory over itself, 10 pages", { srcOff: 70_001 }),
    copy("memory up over itself, 10 pages", { srcOff: 70_001, dstOff: 90_001, isDown: true }),
    copy("110,000 bytes of the batch to raw", copyOf(BUFFER.batch, BUFFER.raw, 9), MODE.txparse),
    copy("110,000 bytes of raw to bufA", copyOf(BUFFER.raw, BUFFER.bufA, 90), MODE.callee),
    copy("init code of 49,152 bytes from bufB", copyOf(BUFFER.bufB, BUFFER.mem, 50)),
    copy("data of LOG4 at the gas cap to the logs", {
      ...copyOf(BUFFER.mem, BUFFER.logs, 77),
      dstOff: 2 ** 20 + 1,
      left: 2 ** 20,
    }),
    { name: "65,536 bytes at once", step: hash(LIMIT.directHash) },
    { name: "the first slice of 1 MiB", step: hash(most) },
    logCase(),
  ];
}

const copyOf = (src: number, dst: number, srcOff: number) => ({ src, dst, srcOff });

/** As many bytes as a transaction of 2^24 gas can log from memory that it has to pay for. */
const LOG_BYTES = 1_500_000;

function logCase(): WorstCase {
  const step = opStep(rng, { code: Uint8Array.of(0), memory: filled(LOG_BYTES) });
  const { s } = step;
  s.work.regs[R.log] = LOG_WORD.pack({ off: 0, len: LOG_BYTES, topics: 4 });
  for (let i = 0; i < 4; i++) s.work.regs[R.topic0 + i] = VALUE + BigInt(i);
  s.rev = { ...s.rev, logs: PagedBytes.of(DEPTH.bytes, filled(5_001)), logBytes: 5_001 };
  s.ctl.mode = MODE.log;
  return { name: "LOG4 of 1,500,000 bytes", step };
}

/** Precompiles with their largest inputs, and their slices. */
export function precompileCases(): WorstCase[] {
  const exponent = (bit: number) => {
    const bytes = filled(32);
    bytes.fill(0, 0, 32 - Math.floor(bit / 8) - 1);
    bytes[32 - Math.floor(bit / 8) - 1] = 1 << (bit % 8);
    return bytes;
  };
  const most = filled(1_024);
  const modulus = most.map((byte) => byte ^ 0x5b);
  const begun = (address: number, input: Uint8Array): Step => {
    const step = precompileStep(address, input, MUCH);
    runStep(step);
    return step;
  };
  const blake = precompileStep(9, blake2Input(2_000, 1), MUCH);
  blake.s.ctl.mode = MODE.blake2I;
  beginBlake2(blake);
  const random = createRandom(SEED);
  const [g1, g2] = [msmPairs("g1", 65, random), msmPairs("g2", 65, random)];
  const at = (name: string, step: Step): WorstCase => ({ name, step });
  return [
    at("sha256 of 65,536 bytes", precompileStep(2, filled(65_536), MUCH)),
    at("ripemd160 of 65,536 bytes", precompileStep(3, filled(65_536), MUCH)),
    at("identity of 1 MiB", precompileStep(4, filled(2 ** 20), MUCH)),
    at(
      "modexp of 1,024 bytes, one step",
      precompileStep(5, modExp(most, exponent(244), modulus), MUCH),
    ),
    at("300 pairs of bn254", precompileStep(8, bnPairs(300), MUCH)),
    at("256 pairs of BLS12-381", precompileStep(15, blsPairs(256), MUCH)),
    at("64 pairs, G1", precompileStep(12, g1.slice(0, 64 * 160), MUCH)),
    at("64 pairs, G2", precompileStep(14, g2.slice(0, 64 * 288), MUCH)),
    at("a slice of sha256", begun(2, filled(81_920))),
    at("a slice of ripemd160", begun(3, filled(81_920))),
    at("a slice of modexp of 1,024 bytes", begun(5, modExp(most, exponent(255), modulus))),
    at("2,000 rounds", blake),
    at("64 pairs of 65, G1", begun(12, g1)),
    at("64 pairs of 65, G2", begun(14, g2)),
  ];
}
