import { getContractAddress } from "viem";
import type { RlpItem } from "../../src/engine/state/rlp.js";
import { integerToBytes } from "../../src/engine/state/rlp.js";
import type { MachineState } from "../../src/proof/state/types.js";
import { MODE } from "../../src/proof/table.js";
import { fromHex, toHex } from "../../src/util/hex.js";
import { ENVELOPE_TO, signedEnvelopes, signFields } from "./envelopes.js";
import { opStep } from "./opStates.js";
import { blake2Input, blsPoint, bytesOf, join, modExp } from "./precompileCases.js";
import { precompileStep } from "./precompileSteps.js";
import { type AllocAccount, messageStep } from "./proofEvm.js";
import { Rng, randomProgram } from "./randomProgram.js";
import { allocAccount, depositStep, envelopeStep, RICH_SIGNER, SIGNER } from "./txSteps.js";
import { type Visit, walk } from "./verifierSteps.js";

const CALLER = 0xca11e7n;
const TARGET = 0xc0de01n;
const DELEGATED = 0xde1e9an;
const MUCH_GAS = 16_000_000;

const isSettling = (s: MachineState): boolean => s.ctl.mode === MODE.settle;
const isExiting = (s: MachineState): boolean => s.ctl.mode === MODE.exit;
const isBooked = (s: MachineState): boolean =>
  s.ctl.mode === MODE.txnext || s.ctl.mode === MODE.l1params;

/** Random programs from a seed on, up to SETTLE. */
export async function visitPrograms(first: number, count: number, visit: Visit): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const { alloc, message } = randomProgram(seed);
    await walk(`program ${seed}`, messageStep(alloc, message), visit, isSettling, 4_000);
  }
}

/** Runs code at TARGET, or as init code, with so much gas. */
async function visitCode(
  hex: string,
  visit: Visit,
  { gas = 1_000_000, isInit = false, more = [] as [bigint, AllocAccount][] } = {},
): Promise<void> {
  const code = fromHex(`0x${hex}`);
  const caller: [bigint, AllocAccount] = [CALLER, allocAccount(10n ** 18n, { nonce: 5n })];
  const delegation = fromHex(`0xef0100${TARGET.toString(16).padStart(40, "0")}`);
  const alloc = new Map([
    caller,
    [DELEGATED, allocAccount(1n, { nonce: 1n, code: delegation })],
    [TARGET, allocAccount(1_000n, { nonce: 1n, code: isInit ? new Uint8Array() : code })],
    ...more,
  ]);
  const to = isInit ? undefined : TARGET;
  const data = isInit ? code : new Uint8Array();
  const message = { caller: CALLER, to, value: 3n, data, gas };
  await walk(`code ${hex}, ${gas} gas`, messageStep(alloc, message), visit, isSettling);
}

/** Programs whose ways random ones seldom take. */
export async function visitCodes(visit: Visit): Promise<void> {
  const push = (address: bigint) => `73${address.toString(16).padStart(40, "0")}`;
  const call = (address: bigint, value: string, gas = "5a") =>
    `5f5f5f5f${value}${push(address)}${gas}f150`;
  // With little gas each check on the way halts in turn.
  for (let gas = 100; gas < 12_000; gas += 90) {
    await visitCode(call(DELEGATED, "5f"), visit, { gas });
  }
  for (let gas = 100; gas < 40_000; gas += 400) {
    await visitCode(call(0xabcdefn, "6001"), visit, { gas });
  }
  const ways = [
    call(0xabcdefn, "61ffff"),
    call(0xabcdefn, "6001"),
    call(DELEGATED, "5f", "610100"),
    call(4n, "5f"),
    "61ffff5f5ff0", // a creation with more bytes of code than there is value
    "5f5f61fffff0", // a creation with too much value
    "600960015f5ff55f60095f5ff5",
    "5f5f5f5ff55f5f5f5ff5", // the same address twice
    "5f5f5ff05f5f6001f0",
    "60205fa05f5fa16001620200005fa2",
    "6201400060602050620140005f20", // a hash in slices
    "5f5ff3",
    "60205ff3",
    "60205ffd",
    "33ff",
    "30ff",
    "fe",
    "60ef5f5360015ff3", // code that begins with 0xEF
    "620200005f5f37620200005f5f39620200005f60095e60205f60ff5e",
    "5f5f5f5f5f60025af15f5f5f3e3d5f5f3e",
    `60ff5f5f${push(DELEGATED)}3c`,
  ];
  for (const way of ways) {
    await visitCode(way, visit, { gas: 5_000_000 });
    await visitCode(way, visit, { gas: 5_000_000, isInit: true });
  }
  const collided = getContractAddress({ from: toHex(bytesOf(CALLER, 20)), nonce: 4n });
  const there: [bigint, AllocAccount] = [BigInt(collided), allocAccount(1n, { nonce: 1n })];
  await visitCode("00", visit, { isInit: true, more: [there] });
  // A call at the depth where none begins, and a creation.
  for (const [opcode, stack] of [
    [0xf1, [0n, 0n, 0n, 0n, 0n, 0xabcdn, 90_000n]],
    [0xf0, [0n, 0n, 0n]],
  ] as const) {
    const step = opStep(new Rng(3), { code: Uint8Array.of(opcode), stack, depth: 1_024 });
    await walk("too deep", step, visit, ({ ctl }) => ctl.mode === MODE.resume);
  }
}

/** Precompiles that need slices, and some that fail. */
export async function visitPrecompiles(visit: Visit): Promise<void> {
  const rng = new Rng(9);
  const pair = join(blsPoint("g1", 1), bytesOf(9n ** 70n, 32));
  const pairs = join(...Array.from({ length: 65 }, () => pair));
  const wrong = Uint8Array.from(pairs);
  wrong[pairs.length - 40] = (wrong[pairs.length - 40] as number) ^ 1;
  const inputs: [number, Uint8Array][] = [
    [2, rng.bytes(100_000)],
    [3, rng.bytes(100_000)],
    [5, modExp(rng.bytes(1_024), rng.bytes(45), rng.bytes(1_024))],
    [9, blake2Input(8_000_001, 1)],
    [9, blake2Input(8_000_001, 2)],
    [12, pairs],
    [12, wrong],
    [4, rng.bytes(100)],
    [6, rng.bytes(128)],
  ];
  for (const [address, input] of inputs) {
    await walk(`precompile ${address}`, precompileStep(address, input, MUCH_GAS), visit, isExiting);
  }
}

/** Transactions and deposits from their parsing to their receipt. */
export async function visitTransactions(visit: Visit): Promise<void> {
  const int = integerToBytes;
  const signed = (nonce: bigint, data: Uint8Array, list: RlpItem = []) => {
    const fields = [nonce, 2n, 10n, 9_000_000n].map(int);
    return signFields({ type: 2, fields: [...fields, fromHex(ENVELOPE_TO), int(5n), data, list] });
  };
  const raws = [
    ...(await signedEnvelopes()),
    await signed(3n, new Rng(5).bytes(40_000)),
    await signed(3n, new Uint8Array(0)),
    await signed(9n, new Uint8Array(0)),
    Uint8Array.of(2, 1),
  ];
  for (const raw of raws) await walk("a transaction", envelopeStep(raw), visit, isBooked);
  const [legacy] = raws;
  const poor = new Map([[SIGNER, allocAccount(1n, { nonce: 3n })]]);
  await walk("a poor one", envelopeStep(legacy as Uint8Array, { alloc: poor }), visit, isBooked);
  // Empty init code is hashed without a copy.
  const fields = [3n, 9n, 100_000n, 0n, 0n, 0n].map(int);
  fields[3] = new Uint8Array(0);
  const creation = await signFields({ type: 0, fields });
  await walk("an empty creation", envelopeStep(creation), visit, isBooked);
  const deposits = [
    depositStep({ mint: 5n, value: 3n }, "0x"),
    depositStep({ value: 10n ** 30n }, "0x"),
    depositStep({ isCreate: true, to: 0n, intrinsic: 53_000 }, "0x"),
    depositStep({ isCreate: true, to: 0n, intrinsic: 53_000 }, "0x30ff"),
    depositStep({ isCreate: true, to: 0n, intrinsic: 53_000 }, "0x33ff"),
    depositStep({ to: SIGNER }, "0x1234", { alloc: RICH_SIGNER }),
  ];
  for (const deposit of deposits) await walk("a deposit", deposit, visit, isBooked);
}
