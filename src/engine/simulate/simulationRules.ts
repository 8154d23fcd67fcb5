import type { BeaconWithdrawal } from "../../protocol/types.js";
import type { Address, Hash } from "../../util/hex.js";
import type { EvmMachine } from "../execution/evmMachine.js";
import type { BlockEnv } from "../execution/runMessage.js";
import type { BlockState } from "../state/blockState.js";
import type { BlockHeader, Log } from "../types.js";

/** Start of a simulated block, which system contracts are told. */
export interface SimulatedStart {
  parent: BlockHeader;
  parentBeaconBlockRoot: Hash;
}

/** What simulated blocks need to know of the kind of chain, beside its ChainRules. */
export interface SimulationRules {
  /** Who gets the base fee; null: it is burnt. */
  readonly baseFeeRecipient: Address | null;
  /** Fields of the next header that depend on nothing but its parent. Units: wei for the price. */
  inherit(
    parent: BlockHeader,
    env: { number: bigint; timestamp: bigint },
  ): { extraData: Uint8Array; excessBlobGas: bigint; blobBaseFee: bigint };
  /** What the system contracts do before the first transaction. */
  begin(machine: EvmMachine, env: BlockEnv, start: SimulatedStart): Promise<void>;
  /**
   * What the system contracts do after the last transaction. Returns the hash of the execution requests.
   * Errors: ENGINE_INVALID_BLOCK.
   */
  end(machine: EvmMachine, env: BlockEnv, logs: readonly Log[]): Promise<Hash>;
  /** The header's withdrawals root, when the state is sealed. */
  withdrawalsRoot(state: BlockState, withdrawals: readonly BeaconWithdrawal[]): Hash;
}
