import { asBytes, asInteger, asList, decodeRlp } from "../../../engine/state/rlp.js";
import type { Word } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";

/** Position in a header's RLP. Source: Ethereum Yellow Paper, 4.4.3; EIP-1559, 4788 */
const FIELD = { number: 8, time: 11, mixHash: 13, baseFee: 15, beaconRoot: 19 } as const;

/** What derivation needs of an L1 header. Shapes: the RLP whose keccak is the block's hash. Errors: ENGINE_BAD_ENCODING. */
export function openL1Header(rlp: Uint8Array): {
  number: bigint;
  time: bigint;
  baseFee: Word;
  prevRandao: Word;
  beaconRoot: Word;
} {
  const fields = asList(decodeRlp(rlp));
  const root = fields[FIELD.beaconRoot];
  return {
    number: asInteger(fields[FIELD.number], 8),
    time: asInteger(fields[FIELD.time], 8),
    baseFee: asInteger(fields[FIELD.baseFee]),
    prevRandao: bytesToWord(asBytes(fields[FIELD.mixHash], 32)),
    beaconRoot: root === undefined ? 0n : bytesToWord(asBytes(root, 32)),
  };
}
