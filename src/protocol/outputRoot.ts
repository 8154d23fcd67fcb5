import { type Hash, ZERO_HASH } from "../util/hex.js";
import { keccakHex } from "../util/keccak.js";
import { ByteWriter } from "./byteWriter.js";

/** The four words behind an output root, without the version. */
export interface OutputRootInput {
  stateRoot: Hash;
  /** `withdrawalsRoot` of the block. */
  messagePasserStorageRoot: Hash;
  blockHash: Hash;
}

/** Version word of output roots. */
export const OUTPUT_ROOT_VERSION: Hash = ZERO_HASH;

/** Output root, version 0. Errors: PROTOCOL_BAD_VALUE. Source: docs/protocol/execution.md#output-root */
export function outputRoot(input: OutputRootInput): Hash {
  return keccakHex(
    new ByteWriter(128)
      .hex(32, OUTPUT_ROOT_VERSION)
      .hex(32, input.stateRoot)
      .hex(32, input.messagePasserStorageRoot)
      .hex(32, input.blockHash)
      .finish(),
  );
}
