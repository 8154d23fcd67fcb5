import type { BlockHeader } from "../engine/types.js";
import { type Cursor, decodeExtraData, outputRoot } from "../protocol/index.js";
import type { Hash } from "../util/hex.js";
import { makeState } from "./state/defaults.js";
import type { MachineState, Word } from "./state/types.js";

/** What a block boundary without an open entry follows from. */
export interface BoundaryParts {
  chainId: bigint;
  /** The last block. */
  header: BlockHeader;
  /** Derivation's cursor after that block and all entries below its `entryIndex`. */
  cursor: Cursor;
  /** Hash of a block of this chain, up to that of `header`. */
  hashOf(number: bigint): Hash | undefined;
}

const wordOf = (hash: Hash): Word => BigInt(hash);

/**
 * The machine between two entries, made from what a node knows anyway: the state that running all entries below
 * `cursor.entryIndex` from genesis ends in.
 * Source: docs/protocol/machine.md#chain-416447
 */
export function boundaryState({ chainId, header, cursor, hashOf }: BoundaryParts): MachineState {
  const s = makeState(chainId);
  const { origin, config } = cursor;
  const extra = decodeExtraData(header.extraData);
  const ring = BigInt(s.hist.length);
  const hist = [...s.hist];
  for (let n = header.number; n >= 0n && n > header.number - ring; n--) {
    const hash = hashOf(n);
    if (hash !== undefined) hist[Number(n % ring)] = wordOf(hash);
  }
  s.hist = hist;
  s.chain = {
    ...s.chain,
    stateRoot: wordOf(header.stateRoot),
    lastHash: wordOf(header.hash),
    outputRoot: wordOf(
      outputRoot({
        stateRoot: header.stateRoot,
        messagePasserStorageRoot: header.withdrawalsRoot,
        blockHash: header.hash,
      }),
    ),
    number: header.number,
    timestamp: header.timestamp,
    gasLimit: header.gasLimit,
    gasUsed: header.gasUsed,
    baseFee: header.baseFeePerGas,
    denominator: extra.denominator,
    elasticity: extra.elasticity,
    minBaseFee: extra.minBaseFee,
    blobGasUsed: header.blobGasUsed,
    entryIndex: cursor.entryIndex,
    recordIndex: cursor.recordIndex,
    sequenceNumber: cursor.sequenceNumber,
    lastHint: cursor.lastHint,
    origin: {
      number: origin.number,
      time: origin.time,
      hash: wordOf(origin.hash),
      baseFee: origin.baseFee,
      prevRandao: wordOf(origin.prevRandao),
      beaconRoot: wordOf(origin.parentBeaconBlockRoot),
    },
    config: {
      batcherHash: wordOf(config.batcherHash),
      baseFeeScalar: config.baseFeeScalar,
      blobBaseFeeScalar: config.blobBaseFeeScalar,
      operatorFeeScalar: config.operatorFeeScalar,
      operatorFeeConstant: config.operatorFeeConstant,
      daFootprintGasScalar: config.daFootprintGasScalar,
      gasLimit: config.gasLimit,
      denominator: config.eip1559Denominator,
      elasticity: config.eip1559Elasticity,
      minBaseFee: config.minBaseFee,
    },
  };
  return s;
}
