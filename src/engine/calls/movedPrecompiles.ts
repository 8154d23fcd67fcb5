import type { PrecompileFunc } from "@ethereumjs/evm";
import type { Address } from "../../util/hex.js";
import type { EvmMachine } from "../execution/evmMachine.js";

/**
 * The precompiles of one machine, some of them moved or switched off. The list of their addresses stays that of the fork, because
 * that is what a transaction finds warm.
 */
export class MovedPrecompiles extends Map<string, PrecompileFunc> {
  readonly #machine: EvmMachine;
  readonly #standard: Map<string, PrecompileFunc>;

  /** Takes the place of the machine's own until `remove`. */
  constructor(machine: EvmMachine) {
    super(machine.evm.precompiles);
    this.#machine = machine;
    this.#standard = machine.evm.precompiles;
    this.#install(this);
  }

  override keys(): MapIterator<string> {
    return this.#standard.keys();
  }

  isPrecompile(address: Address): boolean {
    return this.has(address.slice(2));
  }

  move(from: Address, to: Address): void {
    const precompile = this.get(from.slice(2));
    if (precompile) this.set(to.slice(2), precompile);
  }

  switchOff(address: Address): void {
    this.delete(address.slice(2));
  }

  /** Gives the machine its own precompiles back. */
  remove(): void {
    this.#install(this.#standard);
  }

  #install(precompiles: Map<string, PrecompileFunc>): void {
    (this.#machine.evm as unknown as { _precompiles: Map<string, PrecompileFunc> })._precompiles =
      precompiles;
  }
}
