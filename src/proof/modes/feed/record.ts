import {
  applyConfigRecord,
  decodeRecordHeader,
  fallbackSourceHash,
  L1_ATTRIBUTES_GAS,
  RECORD_KIND_CONFIG,
  RECORD_KIND_DEPOSIT,
  type RecordHeader,
  userDepositSourceHash,
} from "../../../protocol/index.js";
import { toHex } from "../../../util/hex.js";
import type { Step, Word } from "../../state/types.js";
import { wordToBytes } from "../../state/wordBytes.js";
import { goTo, touch, touchWords } from "../../step.js";
import { DEPTH, G, MODE } from "../../table.js";
import { creationGas, TX_GAS } from "../../tx/parseEnvelope.js";
import { depositHead, setDeposit } from "./depositFields.js";

const HINT_BYTES = 4;
const CONFIG_DATA_BYTES = 33;

/** Takes the next record of the DepositFeed, if it belongs to the block. Source: docs/protocol/machine.md#derivation */
export function record(step: Step): void {
  const { s, inputs, rec } = step;
  const { chain, blk } = s;
  touch(
    step,
    G.cursor,
    G.origin,
    G.originHash,
    G.lastHint,
    G.batcherHash,
    G.feeConfig,
    G.gasConfig,
  );
  touch(step, G.blkScalars, G.blkCounters, G.batchPlace);
  const index = chain.recordIndex;
  const bytes = inputs.recordHeader(index);
  rec?.aux(bytes);
  const header = decodeRecordHeader(bytes);
  if (header.l1Number > chain.origin.number) {
    blk.recordsDone = true;
    goTo(step, MODE.txnext);
  } else if (header.kind === RECORD_KIND_DEPOSIT) {
    takeDeposit(step, header);
  } else {
    chain.recordIndex++;
    if (header.kind === RECORD_KIND_CONFIG && header.dataLength === CONFIG_DATA_BYTES) {
      const data = inputs.recordData(index);
      rec?.aux(data);
      applyConfig(step, data);
    }
    goTo(step, MODE.txnext);
  }
}

function takeDeposit(step: Step, header: RecordHeader): void {
  const { chain, blk } = step.s;
  if (blk.depositGas + header.gasLimit + L1_ATTRIBUTES_GAS > blk.gasLimit) {
    blk.leftOver = true;
    blk.recordsDone = true;
    goTo(step, MODE.txnext);
    return;
  }
  const index = chain.recordIndex;
  const fields = {
    sourceHash: sourceHashOf(step, header),
    sender: BigInt(header.from),
    to: header.isCreation ? 0n : BigInt(header.to),
    isCreate: header.isCreation,
    mint: header.mint,
    value: header.value,
    gasLimit: header.gasLimit,
  };
  blk.depositCount++;
  blk.depositGas += header.gasLimit;
  chain.recordIndex++;
  const { dataLength } = header;
  const head = depositHead(fields, dataLength, firstByteOf(step, index, dataLength));
  const gas = {
    intrinsic: TX_GAS + (header.isCreation ? creationGas(dataLength) : 0),
    floor: TX_GAS,
  };
  setDeposit(step, fields, head, { off: head.length, len: dataLength }, gas);
  if (dataLength === 0) goTo(step, MODE.check);
  else goTo(step, MODE.depdata, { a: Number(index) });
}

/** A single byte of data decides how its own header looks, so that it is shown here already. */
function firstByteOf({ inputs, rec }: Step, index: bigint, dataLength: number): number {
  if (dataLength !== 1) return 0;
  const data = inputs.recordData(index);
  rec?.aux(data);
  return data[0] as number;
}

/** Source: docs/protocol/derivation.md#one-block, step 5 */
function sourceHashOf(step: Step, header: RecordHeader): Word {
  const { chain, blk } = step.s;
  const { origin, lastHint } = chain;
  if (blk.depositCount < blk.nHints && header.l1Number === origin.number) {
    const at = blk.hintPos + HINT_BYTES * blk.depositCount;
    touchWords(step, { g: G.batch, depth: DEPTH.batch }, at, HINT_BYTES);
    const bytes = chain.batch.data.read(at, HINT_BYTES);
    const logIndex = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    const isNext =
      lastHint === null || lastHint.l1Number !== origin.number || lastHint.logIndex < logIndex;
    if (isNext) {
      chain.lastHint = { l1Number: origin.number, logIndex };
      return BigInt(userDepositSourceHash(toHex(wordToBytes(origin.hash)), logIndex));
    }
  }
  return BigInt(fallbackSourceHash(header.index));
}

function applyConfig(step: Step, data: Uint8Array): void {
  const { chain } = step.s;
  const { denominator, elasticity, batcherHash, ...rest } = chain.config;
  const changed = applyConfigRecord(
    {
      ...rest,
      batcherHash: toHex(wordToBytes(batcherHash)),
      eip1559Denominator: denominator,
      eip1559Elasticity: elasticity,
    },
    data,
  );
  const { eip1559Denominator, eip1559Elasticity, ...others } = changed;
  chain.config = {
    ...others,
    batcherHash: BigInt(changed.batcherHash),
    denominator: eip1559Denominator,
    elasticity: eip1559Elasticity,
  };
}
