import { FAST_LZ_START } from "../../compute/fastLzWord.js";
import type { Step } from "../../state/types.js";
import { goTo } from "../../step.js";
import { DEPTH, G, MODE } from "../../table.js";
import { parseEnvelope } from "../../tx/parseEnvelope.js";
import { dropTx } from "./dropTx.js";
import { touch, touchTx } from "./touch.js";

/** Reads the whole envelope: fields, sender, gas; or drops it. Source: docs/protocol/machine.md#transaction */
export function txparse(step: Step): void {
  const { s, rec } = step;
  const { tx } = s;
  touch(rec, G.baseFee, G.machineInfo);
  touchTx(rec);
  rec?.words(G.raw, DEPTH.raw);
  const raw = tx.raw.read(0, tx.rawLen);
  const parsed = parseEnvelope(raw, s.chain.chainId, step.isPlain);
  if (parsed === undefined) {
    dropTx(step);
    return;
  }
  tx.type = parsed.type;
  tx.isCreate = parsed.to === null;
  tx.dataOff = parsed.dataOff;
  tx.dataLen = parsed.dataLen;
  tx.nonceUsed = parsed.nonce;
  tx.sender = parsed.sender;
  tx.to = parsed.to ?? 0n;
  tx.value = parsed.value;
  tx.nonce = parsed.nonce;
  tx.gasLimit = parsed.gasLimit;
  tx.maxFee = parsed.maxFee;
  tx.maxPriorityFee = parsed.maxPriorityFee;
  tx.price = priceOf(parsed, s.blk.baseFee);
  tx.intrinsic = parsed.intrinsic;
  tx.floor = parsed.floor;
  tx.aclOff = parsed.aclOff;
  tx.aclEnd = parsed.aclEnd;
  tx.authOff = parsed.authOff;
  tx.authEnd = parsed.authEnd;
  tx.lzState = FAST_LZ_START;
  goTo(step, MODE.fastlz);
}

/** What a unit of gas costs; 0 if the fee cap is too low, in which case CHECK drops it. */
function priceOf(fees: { maxFee: bigint; maxPriorityFee: bigint }, baseFee: bigint): bigint {
  if (fees.maxFee < baseFee) return 0n;
  const price = baseFee + fees.maxPriorityFee;
  return price < fees.maxFee ? price : fees.maxFee;
}
