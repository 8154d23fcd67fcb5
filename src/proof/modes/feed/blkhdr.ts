import { FEE_RECIPIENT } from "../../../protocol/index.js";
import { toHex } from "../../../util/hex.js";
import type { Chain, Step } from "../../state/types.js";
import { wordToBytes } from "../../state/wordBytes.js";
import { World } from "../../state/world.js";
import { goTo, setRev, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** What BLOBBASEFEE pushes on L2. Source: docs/protocol/execution.md */
const BLOB_BASE_FEE = 1n;

/** Sets up the block that has its place. Source: docs/protocol/machine.md#derivation */
export function blkhdr(step: Step): void {
  const { chain, blk } = step.s;
  touch(step, G.lastStateRoot, G.lastHash, G.lastScalars, G.lastBaseFee, G.lastExtra);
  touch(step, G.originRandao, G.originBeaconRoot, G.gasConfig, G.stateRoot);
  touch(step, G.blkScalars, G.parentHash, G.coinbase, G.prevRandao, G.baseFee);
  touch(step, G.beaconRoot, G.extraData, G.blobBaseFee);
  blk.number = chain.number + 1n;
  blk.gasLimit = chain.config.gasLimit;
  blk.gasUsed = 0n;
  blk.parentHash = chain.lastHash;
  blk.coinbase = BigInt(FEE_RECIPIENT);
  blk.prevRandao = chain.origin.prevRandao;
  blk.beaconRoot = chain.origin.beaconRoot;
  blk.baseFee = nextBaseFee(chain);
  blk.denominator = chain.config.denominator;
  blk.elasticity = chain.config.elasticity;
  blk.minBaseFee = chain.config.minBaseFee;
  blk.blobBaseFee = BLOB_BASE_FEE;
  const state = chain.state ?? World.open(toHex(wordToBytes(chain.stateRoot)), step.inputs);
  setRev(step, { state });
  goTo(step, MODE.syswrite);
}

/** Source: docs/protocol/execution.md#base-fee */
function nextBaseFee(parent: Chain): bigint {
  const { baseFee, gasUsed, blobGasUsed, minBaseFee } = parent;
  const denominator = BigInt(parent.denominator);
  const target = parent.gasLimit / BigInt(parent.elasticity);
  const metered = gasUsed > blobGasUsed ? gasUsed : blobGasUsed;
  let fee: bigint;
  if (metered > target) {
    const change = (baseFee * (metered - target)) / target / denominator;
    fee = baseFee + (change > 1n ? change : 1n);
  } else {
    fee = baseFee - (baseFee * (target - metered)) / target / denominator;
  }
  return fee > minBaseFee ? fee : minBaseFee;
}
