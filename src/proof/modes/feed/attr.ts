import {
  DEPOSITOR,
  encodeL1Attributes,
  L1_ATTRIBUTES_GAS,
  l1InfoSourceHash,
  PREDEPLOYS,
} from "../../../protocol/index.js";
import { type Hash, toHex } from "../../../util/hex.js";
import type { Step, Word } from "../../state/types.js";
import { wordToBytes } from "../../state/wordBytes.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";
import { FLOOR_TOKEN_GAS, TOKEN_GAS, TX_GAS, tokensOf } from "../../tx/parseEnvelope.js";
import { type DepositFields, depositHead, setDeposit } from "./depositFields.js";

const hashOf = (word: Word): Hash => toHex(wordToBytes(word));

/** Makes the L1 attributes transaction. Source: docs/protocol/deposits.md#l1-attributes-transaction */
export function attr(step: Step): void {
  const { chain } = step.s;
  touch(step, G.cursor, G.origin, G.originHash, G.originBaseFee, G.batcherHash, G.feeConfig);
  const { origin, sequenceNumber, config } = chain;
  const hash = hashOf(origin.hash);
  const data = encodeL1Attributes({
    origin: {
      number: origin.number,
      time: origin.time,
      hash,
      baseFee: origin.baseFee,
      prevRandao: hashOf(origin.prevRandao),
      parentBeaconBlockRoot: hashOf(origin.beaconRoot),
    },
    sequenceNumber,
    config: {
      ...config,
      batcherHash: hashOf(config.batcherHash),
      eip1559Denominator: config.denominator,
      eip1559Elasticity: config.elasticity,
    },
  });
  const fields: DepositFields = {
    sourceHash: BigInt(l1InfoSourceHash(hash, sequenceNumber)),
    sender: BigInt(DEPOSITOR),
    to: BigInt(PREDEPLOYS.l1Block),
    isCreate: false,
    mint: 0n,
    value: 0n,
    gasLimit: L1_ATTRIBUTES_GAS,
  };
  const head = depositHead(fields, data.length, data[0] ?? 0);
  const raw = new Uint8Array(head.length + data.length);
  raw.set(head);
  raw.set(data, head.length);
  const tokens = tokensOf(data, 0, data.length);
  const gas = {
    intrinsic: TX_GAS + TOKEN_GAS * tokens,
    floor: TX_GAS + FLOOR_TOKEN_GAS * tokens,
  };
  setDeposit(step, fields, raw, { off: head.length, len: data.length }, gas);
  goTo(step, MODE.check);
}
