import type { BlockHeader } from "../../engine/types.js";
import { boundaryProof } from "../../proof/boundaryProof.js";
import { boundaryState } from "../../proof/boundaryState.js";
import { Machine } from "../../proof/machine.js";
import type { MachineInputs, MachineState } from "../../proof/state/types.js";
import { wordToBytes } from "../../proof/state/wordBytes.js";
import type { Cursor } from "../../protocol/types.js";
import { type Hash, toHex } from "../../util/hex.js";
import type { BlockRoot, EntryEnd } from "./rootStore.js";

/** Steps between two looks at the clock: well below a millisecond unless they are dear ones. */
const STEPS_PER_LOOK = 64;

/** What the machine in front of an entry is made from. Plain data, so that it can go to another thread. */
export interface EntryStart {
  chainId: bigint;
  /** The entry that is run. */
  index: bigint;
  /** The last block before it. */
  header: BlockHeader;
  /** Derivation's cursor there; its `entryIndex` is that of the entry. */
  cursor: Cursor;
  /** Of the last blocks, as many as the machine remembers. */
  hashes: ReadonlyMap<bigint, Hash>;
}

/** Where `advance` has stopped. */
export type EntryPoint =
  | { kind: "due" }
  | { kind: "block"; block: BlockRoot }
  | { kind: "end"; end: Omit<EntryEnd, "entryHash"> };

/** The machine state in front of an entry. */
export function stateAt({ chainId, header, cursor, hashes }: EntryStart): MachineState {
  return boundaryState({ chainId, header, cursor, hashOf: (number) => hashes.get(number) });
}

/** The machine on its way through one entry. */
export class EntryRun {
  readonly #machine: Machine;
  readonly #index: bigint;
  #startedAt = 0;
  #number: bigint;

  constructor(start: EntryStart, inputs: MachineInputs) {
    const state = stateAt(start);
    this.#index = start.index;
    this.#number = state.chain.number;
    this.#machine = new Machine({ state, inputs, entryBound: start.index + 1n });
  }

  /** Goes on until the next block or the entry's end, or until it `isDue` to let others have their turn. Errors: those of the inputs. */
  advance(isDue: () => boolean): EntryPoint {
    const machine = this.#machine;
    const isDone = ({ state: { chain } }: Machine): boolean =>
      chain.number !== this.#number || chain.entryIndex > this.#index;
    while (true) {
      if (machine.isAtBoundary) {
        if (machine.state.chain.entryIndex > this.#index) return { kind: "end", end: this.#end() };
        machine.skipToSlot();
      }
      machine.runTo(isDone, STEPS_PER_LOOK);
      if (machine.state.chain.number !== this.#number) {
        return { kind: "block", block: this.#block() };
      }
      if (isDue()) return { kind: "due" };
    }
  }

  #block(): BlockRoot {
    const machine = this.#machine;
    const { chain } = machine.state;
    const steps = machine.steps - this.#startedAt;
    this.#startedAt = machine.steps;
    this.#number = chain.number;
    // Derived blocks are on the engine's disk: what the machine made in memory can go.
    chain.state = undefined;
    const hash = toHex(wordToBytes(chain.lastHash));
    return { number: chain.number, hash, root: toHex(machine.root()), steps };
  }

  #end(): Omit<EntryEnd, "entryHash"> {
    const machine = this.#machine;
    return {
      number: machine.state.chain.number,
      root: toHex(machine.root()),
      proof: toHex(boundaryProof(machine.state)),
      stepsAfter: machine.steps - this.#startedAt,
    };
  }
}
