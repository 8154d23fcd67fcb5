import { EMPTY_BYTES } from "../../util/hex.js";
import { ProofError } from "../errors.js";
import type { Recorder } from "../state/types.js";
import type { Access } from "./types.js";

/** Collects what a step reads and writes. Errors: PROOF_ACCESS_CONFLICT if a step opens two codes. */
export class AccessRecorder implements Recorder {
  readonly #leaves = new Set<number>();
  readonly #ranges = new Map<string, { g: number; log2: number }>();
  readonly #nodes: Uint8Array[] = [];
  readonly #aux: Uint8Array[] = [];
  #code: Uint8Array | undefined;

  leaf(g: number): void {
    this.#leaves.add(g);
  }

  words(g: number, log2: number): void {
    this.#leaves.add(g);
    this.#ranges.set(`${g}/${log2}`, { g, log2 });
  }

  node(rlp: Uint8Array): void {
    this.#nodes.push(rlp);
  }

  code(code: Uint8Array): void {
    if (this.#code !== undefined && !Buffer.from(this.#code).equals(code)) {
      throw new ProofError("PROOF_ACCESS_CONFLICT", { reason: "a second code" });
    }
    this.#code = code;
  }

  aux(bytes: Uint8Array): void {
    this.#aux.push(bytes);
  }

  /** What was collected. */
  access(): Access {
    return {
      leaves: this.#leaves,
      ranges: [...this.#ranges.values()],
      nodes: this.#nodes,
      code: this.#code ?? EMPTY_BYTES,
      aux: Uint8Array.from(Buffer.concat(this.#aux)),
      auxParts: this.#aux,
    };
  }
}
