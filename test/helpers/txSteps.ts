import { makeRev, makeState } from "../../src/proof/state/defaults.js";
import { PagedBytes } from "../../src/proof/state/pagedBytes.js";
import type { Blk, Step, Tx, Word } from "../../src/proof/state/types.js";
import { DEPTH, MODE } from "../../src/proof/table.js";
import { PREDEPLOYS } from "../../src/protocol/index.js";
import { fromHex, type Hex } from "../../src/util/hex.js";
import { ENVELOPE_ACCOUNT, ENVELOPE_CHAIN_ID } from "./envelopes.js";
import { type Alloc, type AllocAccount, CodeInputs, worldOf } from "./proofEvm.js";
import { stepOn } from "./stepEquivalence.js";

/** An account of a test: a balance, and what is given beside it. */
export function allocAccount(balance: bigint, more: Partial<AllocAccount> = {}): AllocAccount {
  return { nonce: 0n, balance, code: new Uint8Array(), storage: new Map(), ...more };
}

/** The address that signs the envelopes of tests, as a word. */
export const SIGNER: Word = BigInt(ENVELOPE_ACCOUNT.address);

/** Accounts in which the signer of the envelopes is rich and has sent three transactions. */
export const RICH_SIGNER: Alloc = new Map([[SIGNER, allocAccount(10n ** 20n, { nonce: 3n })]]);

/** What a test gives beside the defaults. */
export interface TxSetting {
  readonly alloc?: Alloc;
  readonly blk?: Partial<Blk>;
}

function blockState({ alloc = RICH_SIGNER, blk = {} }: TxSetting): Step {
  const inputs = new CodeInputs();
  const s = makeState(BigInt(ENVELOPE_CHAIN_ID));
  s.rev = makeRev(worldOf(alloc, inputs));
  Object.assign(s.blk, {
    number: 17n,
    timestamp: 1_800_000_000n,
    gasLimit: 30_000_000n,
    gasUsed: 70_000n,
    coinbase: BigInt(PREDEPLOYS.sequencerFeeVault),
    baseFee: 4n,
    l1BaseFee: 10n ** 9n,
    l1BlobBaseFee: 3n * 10n ** 8n,
    blobBaseFee: 1n,
    daFootprint: 12_345n,
    l1: {
      baseFeeScalar: 5_227,
      blobBaseFeeScalar: 1_014_213,
      operatorFeeScalar: 7,
      operatorFeeConstant: 99n,
      daFootprintGasScalar: 400,
    },
    // A transaction that is there already.
    txs: [{ rawLen: 3, raw: PagedBytes.of(DEPTH.raw, Uint8Array.of(1, 2, 3)) }],
    receipts: [
      {
        type: 0x7e,
        status: 1,
        cumulativeGas: 70_000,
        logBytes: 0,
        depositNonce: 16n,
        bloom: new Uint8Array(256),
        logs: new PagedBytes(DEPTH.bytes),
      },
    ],
    ...blk,
  });
  return stepOn(s, inputs);
}

/** A machine in front of TXPARSE of an envelope. */
export function envelopeStep(raw: Uint8Array, setting: TxSetting = {}): Step {
  const step = blockState(setting);
  const { s } = step;
  s.tx.raw = PagedBytes.of(DEPTH.raw, raw);
  s.tx.rawLen = raw.length;
  s.ctl.mode = MODE.txparse;
  return step;
}

/** A machine in front of CHECK of a deposit, as RECORD leaves it. */
export function depositStep(tx: Partial<Tx>, data: Hex, setting: TxSetting = {}): Step {
  const step = blockState(setting);
  const { s } = step;
  const bytes = fromHex(data);
  const dataOff = 100;
  const raw = new PagedBytes(DEPTH.raw);
  raw.write(0, new Uint8Array(dataOff).fill(0x7e));
  raw.write(dataOff, bytes);
  Object.assign(s.tx, {
    type: 0x7e,
    isDeposit: true,
    rawLen: dataOff + bytes.length,
    dataOff,
    dataLen: bytes.length,
    sender: SIGNER,
    to: 0xabcdn,
    gasLimit: 100_000n,
    intrinsic: 21_000,
    floor: 21_000,
    raw,
    ...tx,
  });
  s.ctl.mode = MODE.check;
  return step;
}
