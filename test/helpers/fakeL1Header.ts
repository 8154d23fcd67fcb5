import { encodeL1Header } from "../../src/l1/header.js";
import { type Hash, ZERO_ADDRESS, ZERO_HASH } from "../../src/util/hex.js";

/** A header in the form that L1 has. */
export function headerRlp(fields: {
  parentHash: Hash;
  stateRoot: Hash;
  number: bigint;
  time: bigint;
  prevRandao: Hash;
  baseFee: bigint;
}): Uint8Array {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return encodeL1Header({
    parentHash: fields.parentHash,
    sha3Uncles: ZERO_HASH,
    miner: ZERO_ADDRESS,
    stateRoot: fields.stateRoot,
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: "0x0",
    number: hex(fields.number),
    gasLimit: hex(30_000_000n),
    gasUsed: "0x0",
    timestamp: hex(fields.time),
    extraData: "0x",
    mixHash: fields.prevRandao,
    nonce: "0x0000000000000000",
    baseFeePerGas: hex(fields.baseFee),
    withdrawalsRoot: ZERO_HASH,
    blobGasUsed: "0x0",
    excessBlobGas: "0x0",
    parentBeaconBlockRoot: fields.parentHash,
  });
}
