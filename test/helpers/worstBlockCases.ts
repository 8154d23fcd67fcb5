import type { RlpItem } from "../../src/engine/state/rlp.js";
import { integerToBytes } from "../../src/engine/state/rlp.js";
import { encodeL1Header } from "../../src/l1/header.js";
import { runStep } from "../../src/proof/machine.js";
import { cloneState } from "../../src/proof/state/cloneState.js";
import { makeCtl, makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import { addressSlotKey, slotKey } from "../../src/proof/state/trieKeys.js";
import type { MachineState, Step, Word } from "../../src/proof/state/types.js";
import { bytesToWord } from "../../src/proof/state/wordBytes.js";
import { DEPTH, LIMIT, MODE } from "../../src/proof/table.js";
import { Trie } from "../../src/proof/trie/trie.js";
import {
  chunkHash,
  encodeRecordHeader,
  PREDEPLOYS,
  SYSTEM_CONTRACTS,
} from "../../src/protocol/index.js";
import { type Address, fromHex, type Hash, toHex, ZERO_HASH } from "../../src/util/hex.js";
import { keccak256 } from "../../src/util/keccak.js";
import { type DeepAccount, deepAccounts, deepTrie } from "./deepPaths.js";
import { ENVELOPE_ACCOUNT, ENVELOPE_CHAIN_ID, ENVELOPE_TO, signFields } from "./envelopes.js";
import { CodeInputs } from "./proofEvm.js";
import { Rng } from "./randomProgram.js";
import { stepOn } from "./stepEquivalence.js";
import { depositStep, envelopeStep, SIGNER } from "./txSteps.js";
import { deepen, filled, MAP_DEPTH, type WorstCase } from "./worstFrameCases.js";

const rng = new Rng(89);
const NOTHING = new Uint8Array(0);
const LAST_TX = 110_000;
/** Bytes of a type 2 transaction beside its data. */
const TX_HEAD = 130;
const ORIGINS = 256;
const ORIGIN = 5_000n;
const TIME = 1_800_000_000n;
/** Bytes of a deposit's data at most. */
const DEPOSIT_BYTES = 120_000;
const ENTRY_BYTES = 126_976;
const int = integerToBytes;

/** Runs the machine alone up to the first step in a mode. */
function upTo(step: Step, mode: number): Step {
  for (let steps = 0; step.s.ctl.mode !== mode; steps++) {
    if (steps > 200) throw new Error("no such mode");
    runStep(step);
  }
  return step;
}

const plain = (data: Uint8Array, list: RlpItem = [], gas = 2n ** 24n) =>
  signFields({
    type: 2,
    fields: [int(3n), int(2n), int(10n), int(gas), fromHex(ENVELOPE_TO), int(5n), data, list],
  });

/** The smallest authorization that is valid as it stands alone: its signature is any. */
const tuple = (): RlpItem => [NOTHING, filled(20), NOTHING, NOTHING, int(1n), int(1n)];

function delegating(count: number, tuples: RlpItem = Array.from({ length: count }, tuple)) {
  const head = [3n, 2n, 10n, 2n ** 24n].map(int);
  return signFields({
    type: 4,
    fields: [...head, fromHex(ENVELOPE_TO), int(5n), NOTHING, [], tuples],
  });
}

const items = (count: number, keys: number): RlpItem =>
  Array.from({ length: count }, () => [filled(20), Array.from({ length: keys }, () => filled(32))]);

/** Transactions from their parsing to their receipt. */
export async function txCases(): Promise<WorstCase[]> {
  const random = rng.bytes(LAST_TX - TX_HEAD);
  const parse = async (name: string, raw: Promise<Uint8Array>): Promise<WorstCase> => ({
    name,
    step: envelopeStep(await raw),
  });
  const lz = async (name: string, data: Uint8Array): Promise<WorstCase> => {
    const step = upTo(envelopeStep(await plain(data)), MODE.fastlz);
    // Full tables and windows: the fourth slice.
    for (let slice = 0; slice < 3; slice++) runStep(step);
    return { name, step };
  };
  const near = random.map((byte) => byte % 4);
  const sender = (account: DeepAccount, step: Step) =>
    deepen(step, { accounts: new Map([[SIGNER, { nonce: 3n, ...account }]]) });
  const small = await plain(NOTHING, items(1, 1), 200_000n);
  const code = filled(LIMIT.code);
  const delegation = fromHex(`0xef0100${"cc".repeat(20)}`);
  return [
    await parse("110,000 bytes of data", plain(random)),
    await parse("110,000 bytes, 4,700 addresses in the list", plain(NOTHING, items(4_700, 0))),
    await parse("110,000 bytes, 3,300 keys in the list", plain(NOTHING, items(1, 3_300))),
    await parse("110,000 bytes, 4,000 authorizations", delegating(4_000)),
    await lz("random bytes, full table", random),
    await lz("bytes of four values, full table", near),
    {
      name: "signed, sender of 64 nodes with code of 24,576 bytes: dropped",
      step: sender({ code }, upTo(envelopeStep(small), MODE.check)),
    },
    {
      name: "signed, sender of 64 nodes with a delegation",
      step: sender({ code: delegation }, upTo(envelopeStep(small), MODE.check)),
    },
    {
      name: "deposit, sender of 64 nodes with code of 24,576 bytes",
      step: sender({ code }, depositStep({ mint: 5n, value: 3n }, "0x")),
    },
    ...(await listCases(small)),
    ...endCases(),
  ];
}

async function listCases(small: Uint8Array): Promise<WorstCase[]> {
  const at = (cnt: number): Step => {
    const step = upTo(envelopeStep(small), MODE.access);
    step.s.ctl.cnt = cnt;
    return step;
  };
  const address = BigInt(toHex(filled(20)));
  const key = at(3);
  runStep(key);
  const slot = addressSlotKey(address, bytesToWord(filled(32)));
  const warmSlot = deepTrie(rng, [{ key: slot, value: undefined }], MAP_DEPTH);
  key.s.rev = { ...key.s.rev, warmSlot };
  const own = await signedTuple();
  const auth = (code: Uint8Array) =>
    deepen(upTo(envelopeStep(own), MODE.auth), {
      accounts: new Map([[SIGNER, { nonce: 4n, code }]]),
      warm: [SIGNER, false],
    });
  return [
    {
      name: "an address of the list",
      step: deepen(at(3), { accounts: new Map([[SIGNER, {}]]), warm: [address, false] }),
    },
    { name: "a key of the list", step: key },
    { name: "authority of 64 nodes with code of 24,576 bytes", step: auth(filled(LIMIT.code)) },
    { name: "authority of 64 nodes", step: auth(NOTHING) },
    { name: "a call", step: upTo(envelopeStep(small), MODE.start) },
  ];
}

async function signedTuple(): Promise<Uint8Array> {
  const address = `0x${"d1".repeat(20)}` as const;
  const signed = await ENVELOPE_ACCOUNT.signAuthorization({
    chainId: ENVELOPE_CHAIN_ID,
    address,
    nonce: 4,
  });
  const parity = int(BigInt(signed.yParity ?? 0));
  const chain = int(BigInt(ENVELOPE_CHAIN_ID));
  const numbers = [int(BigInt(signed.r)), int(BigInt(signed.s))];
  return delegating(1, [[chain, fromHex(address), int(4n), parity, ...numbers]]);
}

/** Fees, receipts and accounts that go, with paths of 64 nodes. */
function endCases(): WorstCase[] {
  const tx = {
    type: 2,
    isDeposit: false,
    nonce: 3n,
    price: 6n,
    maxFee: 10n,
    l1Fee: 12_345n,
    gasUsed: 70_000,
    operatorBought: 100_000n * 7n * 100n + 99n,
  };
  const vault = BigInt(PREDEPLOYS.baseFeeVault);
  const at = (name: string, mode: number, cnt: number, who: Word, account?: DeepAccount) => {
    const step = depositStep(tx, "0x0102");
    Object.assign(step.s.ctl, { mode, cnt });
    step.s.rev = { ...step.s.rev, destructs: [who] };
    return { name, step: deepen(step, { accounts: new Map([[who, account]]) }) };
  };
  let slots = Trie.empty();
  for (const slot of [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]) {
    slots = slots.put(slotKey(slot), Uint8Array.of(0xa0, ...filled(32)));
  }
  const l1Block = BigInt(PREDEPLOYS.l1Block);
  return [
    at("sender of 64 nodes", MODE.fee, 0, SIGNER, {}),
    at("vault of 64 nodes", MODE.fee, 2, vault, {}),
    at("a vault that is new, 64 nodes", MODE.fee, 2, vault),
    at("account of 64 nodes that goes", MODE.destruct, 0, SIGNER, {}),
    at("a receipt", MODE.receipt, 0, SIGNER, {}),
    at("L1Block of 64 nodes", MODE.l1params, 0, l1Block, { storage: slots }),
  ];
}

/** A state inside a block, and inputs that answer what is given. */
function blockStep(mode: number, inputs: Partial<Step["inputs"]>): Step {
  const s = makeState(77n);
  s.ctl = makeCtl(mode);
  Object.assign(s.chain.origin, { number: ORIGIN, time: TIME });
  Object.assign(s.chain.config, { gasLimit: 30_000_000n, denominator: 250, elasticity: 6 });
  Object.assign(s.blk, { gasLimit: 30_000_000n, timestamp: TIME + 1n });
  return stepOn(s, Object.assign(new CodeInputs(), inputs));
}

/** Opening of feeds, batches and deposits. `hashesOf` gives a feed with such record headers. */
export async function feedCases(
  feedOf: (records: readonly Uint8Array[]) => Promise<Address>,
): Promise<WorstCase[]> {
  const data = filled(DEPOSIT_BYTES);
  const header = depositHeader(data);
  const depositFeed = await feedOf([header]);
  const inputs = { recordHeader: () => header, recordData: () => data };
  const record = blockStep(MODE.record, inputs);
  const depdata = blockStep(MODE.record, inputs);
  runStep(depdata);
  const later = blockStep(MODE.record, inputs);
  for (let i = 0; i < 2; i++) runStep(later);
  const context = { depositFeed };
  return [
    dataCase(),
    ...scanCases(),
    placeCase(),
    { name: "a deposit of 120,000 bytes", step: record, context },
    { name: "the first pages of a deposit of 120,000 bytes", step: depdata, context },
    { name: "the next pages of a deposit of 120,000 bytes", step: later, context },
    sysCase(),
  ];
}

function depositHeader(data: Uint8Array): Uint8Array {
  return encodeRecordHeader({
    kind: 0,
    index: 0n,
    l1Number: ORIGIN,
    l1Time: TIME,
    from: `0x${"a1".repeat(20)}`,
    to: `0x${"b2".repeat(20)}`,
    isCreation: false,
    mint: 2n ** 255n,
    value: 2n ** 255n,
    gasLimit: 2n ** 24n,
    dataLength: data.length,
    dataHash: chunkHash(data) as Hash,
    prevRecordHash: ZERO_HASH,
  });
}

function dataCase(): WorstCase {
  const all = filled(ENTRY_BYTES);
  const step = blockStep(MODE.data, { entryData: () => all });
  const { entry, batch } = step.s.chain;
  const dataHash = bytesToWord(fromHex(chunkHash(all)));
  Object.assign(entry, { isOpen: true, dataLength: all.length, dataHash });
  batch.pagesLoaded = 0;
  return { name: "8 of 31 pages", step };
}

function withBatch(step: Step, bytes: Uint8Array): MachineState {
  const { chain } = step.s;
  chain.batch.data = PagedBytes.of(DEPTH.batch, bytes);
  Object.assign(chain.batch, { pos: 3, blocksLeft: 1, pagesLoaded: 31 });
  Object.assign(chain.entry, { isOpen: true, dataLength: bytes.length });
  return step.s;
}

function scanCases(): WorstCase[] {
  const head = Buffer.alloc(13);
  head.writeUInt16BE(1, 3);
  head.writeUInt16BE(16_000, 11);
  return (
    [
      ["12,000 empty transactions in 9 pages", 0],
      ["transactions of a byte in 9 pages", 1],
    ] as const
  ).map(([name, length]) => {
    const tx = Uint8Array.of(0, 0, length, ...new Array<number>(length).fill(7));
    const step = blockStep(MODE.next, {});
    const txs = Buffer.concat(Array.from({ length: 16_000 }, () => tx));
    withBatch(step, Uint8Array.from(Buffer.concat([head, txs])));
    runStep(step);
    return { name, step };
  });
}

function placeCase(): WorstCase {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const b32 = () => toHex(rng.bytes(32));
  const header = encodeL1Header({
    parentHash: b32(),
    sha3Uncles: b32(),
    miner: toHex(rng.bytes(20)),
    stateRoot: b32(),
    transactionsRoot: b32(),
    receiptsRoot: b32(),
    logsBloom: toHex(rng.bytes(256)),
    difficulty: "0x0",
    number: hex(ORIGIN + BigInt(ORIGINS)),
    gasLimit: hex(36_000_000n),
    gasUsed: hex(30_000_000n),
    timestamp: hex(TIME + 3_072n),
    extraData: toHex(rng.bytes(32)),
    mixHash: b32(),
    nonce: "0x0000000000000000",
    baseFeePerGas: hex(2n ** 60n),
    withdrawalsRoot: b32(),
    blobGasUsed: hex(2n ** 20n),
    excessBlobGas: hex(2n ** 30n),
    parentBeaconBlockRoot: b32(),
    requestsHash: b32(),
  });
  const hashes = rng.bytes(32 * ORIGINS);
  hashes.set(keccak256(header), 32 * (ORIGINS - 1));
  const step = blockStep(MODE.next, { entryOrigins: () => hashes, l1Header: () => header });
  const block = Buffer.alloc(13);
  block.writeUInt16BE(1, 3);
  block.writeUInt32BE(ORIGINS, 5);
  const s = withBatch(step, Uint8Array.from(block));
  s.chain.timestamp = TIME + 3_100n;
  Object.assign(s.chain.entry, {
    l1Number: ORIGIN + 300n,
    l1Time: TIME + 3_200n,
    firstOrigin: ORIGIN + 1n,
    lastOrigin: ORIGIN + BigInt(ORIGINS),
    originsHash: bytesToWord(keccak256(hashes)),
  });
  return { name: "the last of 256 origins", step: upTo(step, MODE.place) };
}

function sysCase(): WorstCase {
  const step = blockStep(MODE.syswrite, {});
  const slot = step.s.blk.timestamp % 8_191n;
  const who = BigInt(SYSTEM_CONTRACTS.beaconRoots);
  const accounts = new Map([[who, { slots: new Map([[slot, 2n ** 60n]]) }]]);
  step.s.rev = { ...step.s.rev, state: deepAccounts(rng, accounts, step.inputs) };
  return { name: "account and slot of 64 nodes", step };
}

/** Tries of a block. */
export function leafCases(): WorstCase[] {
  const cases: WorstCase[] = [];
  const add = (name: string, step: Step) => cases.push({ name, step: copyOf(step) });
  for (const length of [DEPOSIT_BYTES + 200, 65_500]) {
    const step = blockStep(MODE.leaf, {});
    const raw = PagedBytes.of(DEPTH.raw, filled(length));
    step.s.blk.txs = [1, 2, 3].map(() => ({ rawLen: length, raw }));
    if (length < LIMIT.directHash) runStep(step);
    else {
      add("a deposit of 120,000 bytes", step);
      runStep(step);
    }
    add(
      length < LIMIT.directHash
        ? "a leaf of 65,536 bytes at once"
        : "the first slice of 120,000 bytes",
      step,
    );
  }
  add("a receipt with 65,000 bytes of logs at once", receiptStep(65_000));
  add("the first slice of a receipt with 1,500,000 bytes of logs", receiptStep(1_500_000));
  const fold = blockStep(MODE.fold, {});
  fold.s.blk.txs = Array.from({ length: 200 }, () => ({
    rawLen: 1,
    raw: PagedBytes.of(DEPTH.raw, Uint8Array.of(1)),
  }));
  fold.s.ctl.cnt = 199;
  fold.s.work.trie.fill(2n ** 255n + 1n, 0, 48);
  fold.s.work.trie[96] = 0b111n;
  add("a full branch", fold);
  const passer = BigInt(PREDEPLOYS.l2ToL1MessagePasser);
  const mproot = blockStep(MODE.mproot, {});
  add("message passer of 64 nodes", deepen(mproot, { accounts: new Map([[passer, {}]]) }));
  return cases;
}

function receiptStep(length: number): Step {
  const step = blockStep(MODE.leaf, {});
  const logs = PagedBytes.of(DEPTH.bytes, filled(length));
  const receipt = { type: 2, status: 1, cumulativeGas: 2 ** 24, logBytes: length };
  const more = { depositNonce: 0n, bloom: filled(256), logs };
  step.s.blk.txs = [1, 2, 3].map(() => ({ rawLen: 1, raw: new PagedBytes(DEPTH.raw) }));
  step.s.blk.receipts = [1, 2, 3].map(() => ({ ...receipt, ...more }));
  step.s.ctl.sub = 1;
  runStep(step);
  return step;
}

const copyOf = (step: Step): Step => ({ ...step, s: cloneState(step.s) });
