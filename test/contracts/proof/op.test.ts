import { beforeAll, describe, expect, test } from "@jest/globals";
import { StepOp } from "../../../src/contracts/generated/StepOp.js";
import type { Step, Word } from "../../../src/proof/state/types.js";
import { MODE, OUTCOME, R } from "../../../src/proof/table.js";
import { type OpFrame, opStep } from "../../helpers/opStates.js";
import { Rng } from "../../helpers/randomProgram.js";
import {
  type CheckedStep,
  familyOf,
  gasLine,
  proofOf,
  StepEquivalence,
} from "../../helpers/stepEquivalence.js";

/** Name, opcode, words taken, words given. */
type Row = readonly [name: string, opcode: number, pops: number, pushes: number];

const UNARY: readonly Row[] = [
  ["ISZERO", 0x15, 1, 1],
  ["NOT", 0x19, 1, 1],
  ["CLZ", 0x1e, 1, 1],
  ["CALLDATALOAD", 0x35, 1, 1],
  ["BLOCKHASH", 0x40, 1, 1],
  ["BLOBHASH", 0x49, 1, 1],
];
const BINARY: readonly Row[] = [
  ...["ADD", "MUL", "SUB", "DIV", "SDIV", "MOD", "SMOD"].map((name, i): Row => [name, 1 + i, 2, 1]),
  ...["EXP", "SIGNEXTEND"].map((name, i): Row => [name, 0x0a + i, 2, 1]),
  ...["LT", "GT", "SLT", "SGT", "EQ"].map((name, i): Row => [name, 0x10 + i, 2, 1]),
  ...["AND", "OR", "XOR"].map((name, i): Row => [name, 0x16 + i, 2, 1]),
  ...["BYTE", "SHL", "SHR", "SAR"].map((name, i): Row => [name, 0x1a + i, 2, 1]),
];
const TERNARY: readonly Row[] = [
  ["ADDMOD", 0x08, 3, 1],
  ["MULMOD", 0x09, 3, 1],
];
const FACTS: readonly Row[] = [
  0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x48, 0x4a,
  0x58, 0x59, 0x5a, 0x5f,
].map((opcode): Row => [`0x${opcode.toString(16)}`, opcode, 0, 1]);
const PUSHES = Array.from({ length: 32 }, (_, i): Row => [`PUSH${i + 1}`, 0x60 + i, 0, 1]);
const DUPS = Array.from({ length: 16 }, (_, i): Row => [`DUP${i + 1}`, 0x80 + i, i + 1, i + 2]);
const SWAPS = Array.from({ length: 16 }, (_, i): Row => [`SWAP${i + 1}`, 0x90 + i, i + 2, i + 2]);
const MEMORY: readonly Row[] = [
  ["MLOAD", 0x51, 1, 1],
  ["MSTORE", 0x52, 2, 0],
  ["MSTORE8", 0x53, 2, 0],
];
const FLOW: readonly Row[] = [
  ["POP", 0x50, 1, 0],
  ["JUMP", 0x56, 1, 0],
  ["JUMPI", 0x57, 2, 0],
  ["JUMPDEST", 0x5b, 0, 0],
];
const ROWS = [
  ...UNARY,
  ...BINARY,
  ...TERNARY,
  ...FACTS,
  ...PUSHES,
  ...DUPS,
  ...SWAPS,
  ...MEMORY,
  ...FLOW,
];
const UNDEFINED = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
  (opcode) =>
    (opcode >= 0x0c && opcode < 0x10) ||
    opcode === 0x1f ||
    (opcode > 0x20 && opcode < 0x30) ||
    (opcode >= 0x4b && opcode < 0x50) ||
    (opcode >= 0xa5 && opcode < 0xf0) ||
    (opcode > 0xf5 && opcode < 0xfa) ||
    [0xfb, 0xfc, 0xfe].includes(opcode),
);
const MAX = 2n ** 256n - 1n;
const EDGES: readonly Word[] = [
  ...[0n, 1n, 2n, 3n, 7n, 30n, 31n, 32n, 33n, 127n, 128n, 255n, 256n, 257n, 4_080n],
  ...[2n ** 64n, 2n ** 128n - 1n, 2n ** 255n - 1n, 2n ** 255n, 2n ** 255n + 1n, MAX - 1n, MAX],
];
/** A place that anybody may jump to, in `codeOf`. */
const LANDING = 40n;

let solidity: StepEquivalence;
let rng: Rng;
const plain: CheckedStep[] = [];

beforeAll(async () => {
  solidity = await StepEquivalence.create({ op: StepOp });
  rng = new Rng(7);
});

/** The opcode, its push data or what else comes, and a JUMPDEST behind. */
function codeOf(opcode: number): Uint8Array {
  const code = new Uint8Array(64).fill(0x01);
  code.set(rng.bytes(32), 1);
  code[0] = opcode;
  if (opcode < 0x60 || opcode > 0x7f) code.fill(0x5b, 1, 34);
  code[Number(LANDING)] = 0x5b;
  return code;
}

function operand(): Word {
  if (rng.chance(20)) return BigInt(rng.below(300));
  if (rng.chance(25))
    return BigInt(`0x${Buffer.from(rng.bytes(1 + rng.below(32))).toString("hex")}`);
  return rng.pick(EDGES);
}

function operands([, opcode, pops]: Row, extra = rng.below(5)): Word[] {
  const stack = Array.from({ length: pops + extra }, operand);
  const top = stack.length - 1;
  if (opcode === 0x56 || opcode === 0x57) stack[top] = LANDING;
  if (opcode === 0x57 && rng.chance(75)) stack[top - 1] = 1n + BigInt(rng.below(9));
  if (opcode >= 0x51 && opcode <= 0x53) stack[top] = BigInt(rng.below(20_000));
  return stack;
}

async function check(given: OpFrame, isHalt?: boolean): Promise<CheckedStep> {
  const step: Step = opStep(rng, given);
  expect(familyOf(step.s)).toBe("op");
  const checked = await solidity.check(step);
  if (isHalt !== undefined) {
    const { ctl, work, frame } = checked.proof.next;
    expect(ctl.mode).toBe(isHalt ? MODE.exit : MODE.op);
    if (isHalt) {
      expect((work.regs[R.outcome] as Word) >> 248n).toBe(BigInt(OUTCOME.halt));
      expect(frame?.gas).toBe(step.s.frame?.gas);
    }
  }
  return checked;
}

describe("every opcode of the family does what the machine does", () => {
  test.each(ROWS)("%s", async (...row) => {
    const [, opcode, pops, pushes] = row;
    const code = codeOf(opcode);
    for (let i = 0; i < 4; i++) plain.push(await check({ code, stack: operands(row) }, false));
    plain.push(await check({ code, stack: operands(row), isStatic: true }, false));

    // Exactly the gas that it takes, and one less.
    const stack = operands(row);
    const gas = 500_000;
    const memory = new Uint8Array(100);
    const used =
      gas - ((await check({ code, stack, gas, memory })).proof.next.frame?.gas as number);
    if (used > 0) {
      await check({ code, stack, memory, gas: used }, false);
      await check({ code, stack, memory, gas: used - 1 }, true);
    }
    await check({ code, stack, gas: 0 }, true);

    if (pops > 0) await check({ code, stack: operands(row, 0).slice(1) }, true);
    if (pops > 0) await check({ code, stack: [] }, true);
    await check({ code, stack: operands(row, 1_024 - pops) }, pushes > pops);
    if (pushes > pops) await check({ code, stack: operands(row, 1_023 - pops) }, false);
  });
});

test("opcodes that do not exist halt, also in a static call and with a full stack", async () => {
  for (const opcode of UNDEFINED) {
    const code = codeOf(opcode);
    await check({ code, stack: [1n, 2n] }, true);
  }
  await check({ code: codeOf(0xfe), isStatic: true }, true);
  await check({ code: codeOf(0x0c), stack: operands(["", 1, 0, 0], 1_024) }, true);
  expect(UNDEFINED.length + ROWS.length).toBe(256 - 29);
});

test("opcodes of other families are refused, whatever the witness says", async () => {
  for (let opcode = 0; opcode < 256; opcode++) {
    const step = opStep(rng, { code: codeOf(opcode), stack: operands(["", opcode, 7, 0]) });
    if (familyOf(step.s) === "op") continue;
    const { pre, packed } = proofOf(step);
    const outcome = await solidity.execute("op", pre, packed);
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.error).toBe("ForeignOpcode");
  }
});

test("another mode is refused", async () => {
  const step = opStep(rng, { code: codeOf(0x01), stack: [1n, 2n] });
  step.s.ctl.mode = MODE.hash;
  const { pre, packed } = proofOf(step);
  expect(await solidity.execute("op", pre, packed)).toMatchObject({ error: "ForeignMode" });
});

describe("jumps", () => {
  const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
  // JUMP; PUSH2 0x5b5b; JUMPDEST; PUSH32 of 32 times 0x5b; JUMPDEST; PUSH4 with two bytes behind it.
  const code = bytes(`56615b5b5b7f${"5b".repeat(32)}5b635b5b`);
  const taken: [string, Word, boolean][] = [
    ["to a JUMPDEST", 4n, false],
    ["into push data", 3n, true],
    ["into push data of 32 bytes", 37n, true],
    ["behind push data of 32 bytes", 38n, false],
    ["to another opcode", 0n, true],
    ["into push data that the code's end cuts off", 41n, true],
    ["to the code's end", BigInt(code.length), true],
    ["far behind it", 2n ** 32n + 4n, true],
    ["to the last number", MAX, true],
  ];

  test.each(taken)("a jump %s", async (_, to, isHalt) => {
    await check({ code, stack: [9n, to] }, isHalt);
    const conditional = code.slice();
    conditional[0] = 0x57;
    await check({ code: conditional, stack: [MAX, to] }, isHalt);
    await check({ code: conditional, stack: [2n ** 255n, to] }, isHalt);
    const { proof } = await check({ code: conditional, stack: [0n, to] }, false);
    expect(proof.next.frame?.pc).toBe(1);
  });

  test("with another code in the witness it is refused", async () => {
    const { proof } = await check({ code, stack: [4n] }, false);
    const place = Buffer.from(proof.packed).indexOf(Buffer.from(code));
    const packed = proof.packed.slice();
    packed[place + 39] = 0;
    expect(await solidity.execute("op", proof.pre, packed)).toMatchObject({ error: "BadCode" });
  });

  test("the longest code is scanned within the bound of a step", async () => {
    const long = new Uint8Array(49_152).fill(0x5b);
    long[0] = 0x56;
    const { gas, proof } = await check({ code: long, stack: [49_151n] }, false);
    expect(proof.next.frame?.pc).toBe(49_151);
    expect(gas).toBeLessThan(6_000_000);
    process.stdout.write(`gas: JUMP over 49,152 bytes: ${gas} of execution\n`);
  });
});

describe("the ends of byte strings", () => {
  test("push data behind the code's end is 0, across words too", async () => {
    for (const size of [1, 2, 13, 30, 31, 32]) {
      for (const pc of [0, 1, 30, 31, 32, 33, 50, 63]) {
        const code = rng.bytes(64);
        code[pc] = 0x5f + size;
        await check({ code, pc, stack: [5n] }, false);
      }
    }
  });

  test("CALLDATALOAD at every offset around the input's end", async () => {
    for (const length of [0, 1, 31, 32, 33, 64, 100]) {
      for (const off of [0, 1, length - 33, length - 32, length - 1, length, length + 1]) {
        if (off < 0) continue;
        const input = rng.bytes(length);
        await check({ code: Uint8Array.of(0x35), input, stack: [BigInt(off)] }, false);
      }
    }
    for (const off of [2n ** 27n, 2n ** 32n, MAX]) {
      await check({ code: Uint8Array.of(0x35), stack: [off] }, false);
    }
  });

  test("memory windows across words and pages, new memory, and the end of memory", async () => {
    const far: Word[] = [
      2n ** 27n - 33n,
      2n ** 27n - 32n,
      2n ** 27n - 31n,
      2n ** 27n,
      MAX - 31n,
      MAX,
    ];
    for (const opcode of [0x51, 0x52, 0x53]) {
      for (const off of [
        0n,
        1n,
        31n,
        4_064n,
        4_065n,
        4_095n,
        4_096n,
        12_270n,
        12_287n,
        12_288n,
        70_000n,
      ]) {
        await check({ code: Uint8Array.of(opcode), stack: [MAX - 5n, off] }, false);
      }
      await check(
        { code: Uint8Array.of(opcode), stack: [7n, 1n], memory: new Uint8Array(0) },
        false,
      );
      for (const off of far) {
        const size = opcode === 0x53 ? 1n : 32n;
        const given = { code: Uint8Array.of(opcode), stack: [7n, off] };
        await check(given, true);
        // With gas that there never is, the end of memory alone decides.
        await check({ ...given, gas: 2 ** 45 }, off + size > 2n ** 27n);
      }
    }
  });

  test("BLOCKHASH in and out of the last 256 blocks", async () => {
    for (const number of [0n, 1n, 5n, 256n, 257n, 1_000n]) {
      for (const back of [0n, 1n, 2n, 255n, 256n, 257n]) {
        for (const wanted of [number - back, number + back, 2n ** 64n + number - back, MAX]) {
          if (wanted < 0n) continue;
          const step = opStep(rng, { code: Uint8Array.of(0x40), stack: [wanted] });
          step.s.blk.number = number;
          const { proof } = await solidity.check(step);
          const isKnown = wanted < number && wanted + 256n >= number;
          expect(proof.next.frame?.stack[0] !== 0n).toBe(isKnown);
        }
      }
    }
  });
});

test("a changed witness is refused, or changes nothing", async () => {
  let refused = 0;
  for (const row of [BINARY[0], TERNARY[1], MEMORY[1], MEMORY[2], PUSHES[31], SWAPS[15], FLOW[1]]) {
    const [, opcode] = row as Row;
    const proof = proofOf(opStep(rng, { code: codeOf(opcode), stack: operands(row as Row) }));
    refused += await solidity.checkMutations(proof, "op", rng, 60);
  }
  // The aux byte is the only one that says nothing.
  expect(refused).toBeGreaterThan(400);
});

test("a step costs at most 33,000 gas of execution, 55,000 with a word of memory or a jump, and 120,000 as a transaction", () => {
  const opcode = ({ proof }: CheckedStep): number => proof.access.aux[0] as number;
  // Memory, input and hashes of blocks are far down in the tree; a jump has the code.
  const isWide = (step: CheckedStep): boolean =>
    [0x35, 0x40, 0x51, 0x52, 0x53, 0x56, 0x57].includes(opcode(step));
  const narrow = plain.filter((step) => !isWide(step));
  process.stdout.write(gasLine("plain opcodes", narrow));
  process.stdout.write(gasLine("memory, input, hashes of blocks and jumps", plain.filter(isWide)));
  expect(narrow.length).toBeGreaterThan(540);
  expect(Math.max(...narrow.map(({ gas }) => gas))).toBeLessThanOrEqual(33_000);
  expect(Math.max(...plain.map(({ gas }) => gas))).toBeLessThanOrEqual(55_000);
  expect(Math.max(...plain.map(({ l1Gas }) => l1Gas))).toBeLessThanOrEqual(120_000);
});
