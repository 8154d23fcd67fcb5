import { EMPTY_REQUESTS_HASH, encodeHeader } from "../../../engine/header.js";
import { encodeExtraData, outputRoot } from "../../../protocol/index.js";
import { type Hash, toHex } from "../../../util/hex.js";
import { keccak256 } from "../../../util/keccak.js";
import { makeBlk, makeRev } from "../../state/defaults.js";
import { below } from "../../state/gindex.js";
import type { Step, Word } from "../../state/types.js";
import { bytesToWord, wordToBytes } from "../../state/wordBytes.js";
import { goTo, touch } from "../../step.js";
import { DEPTH, G, MODE } from "../../table.js";
import { touchBlk } from "../tx/touch.js";

const RING = 256n;

const hashOf = (word: Word): Hash => toHex(wordToBytes(word));

/** Makes the header: the block is done. Source: docs/protocol/machine.md#end-of-a-block */
export function seal(step: Step): void {
  const { s } = step;
  const { blk, chain } = s;
  const state = s.rev.state;
  if (state === undefined) return;
  touch(step, G.blk, G.stateRoot, G.passerRoot, G.lastStateRoot, G.lastHash, G.outputRoot);
  touch(step, G.lastScalars, G.lastBaseFee, G.lastExtra);
  touchBlk(step.rec);
  for (let i = 0; i < 8; i++) touch(step, below(G.blkBloom, DEPTH.bloom, i));
  const slot = Number(blk.number % RING);
  touch(step, below(G.hist, DEPTH.hist, slot));

  const stateRoot = bytesToWord(state.rootBytes());
  const hash = bytesToWord(keccak256(headerRlp(step, stateRoot)));
  chain.stateRoot = stateRoot;
  chain.state = state;
  chain.lastHash = hash;
  chain.outputRoot = BigInt(
    outputRoot({
      stateRoot: hashOf(stateRoot),
      messagePasserStorageRoot: hashOf(chain.passerRoot),
      blockHash: hashOf(hash),
    }),
  );
  chain.number = blk.number;
  chain.timestamp = blk.timestamp;
  chain.gasLimit = blk.gasLimit;
  chain.gasUsed = blk.gasUsed;
  chain.baseFee = blk.baseFee;
  chain.denominator = blk.denominator;
  chain.elasticity = blk.elasticity;
  chain.minBaseFee = blk.minBaseFee;
  chain.blobGasUsed = blk.daFootprint;
  chain.passerRoot = 0n;
  s.hist = s.hist.with(slot, hash);
  s.blk = makeBlk();
  s.rev = makeRev();
  goTo(step, MODE.boundary);
}

function headerRlp({ s }: Step, stateRoot: Word): Uint8Array {
  const { blk, chain } = s;
  return encodeHeader({
    parentHash: hashOf(blk.parentHash),
    feeRecipient: toHex(wordToBytes(blk.coinbase).subarray(12)),
    stateRoot: hashOf(stateRoot),
    transactionsRoot: hashOf(blk.txRoot),
    receiptsRoot: hashOf(blk.receiptRoot),
    logsBloom: blk.bloom,
    number: blk.number,
    gasLimit: blk.gasLimit,
    gasUsed: blk.gasUsed,
    timestamp: blk.timestamp,
    extraData: encodeExtraData(blk),
    prevRandao: hashOf(blk.prevRandao),
    baseFeePerGas: blk.baseFee,
    withdrawalsRoot: hashOf(chain.passerRoot),
    blobGasUsed: blk.daFootprint,
    excessBlobGas: 0n,
    parentBeaconBlockRoot: hashOf(blk.beaconRoot),
    requestsHash: EMPTY_REQUESTS_HASH,
  });
}
