import { PREDEPLOYS, SYSTEM_CONTRACTS } from "../../protocol/index.js";
import { fromHex, type Hash, toHex } from "../../util/hex.js";
import { type EvmMachine, HISTORY_LENGTH, slotOf } from "../execution/evmMachine.js";
import type { BlockEnv } from "../execution/runMessage.js";
import { EMPTY_REQUESTS_HASH } from "../header.js";
import type { BlockState } from "../state/blockState.js";
import type { BlockHeader } from "../types.js";
import type { SimulatedStart, SimulationRules } from "./simulationRules.js";

/** Simulated blocks of the L2: without an attributes transaction, so L1Block stays as it is; calls pay no L1 and no operator fee. */
export const l2Simulation: SimulationRules = {
  baseFeeRecipient: PREDEPLOYS.baseFeeVault,

  // The parameters of the base fee go on in the extra data.
  inherit: ({ extraData }: BlockHeader) => ({ extraData, excessBlobGas: 0n, blobBaseFee: 1n }),

  async begin({ state }: EvmMachine, env: BlockEnv, start: SimulatedStart): Promise<void> {
    const { beaconRoots, blockHashHistory } = SYSTEM_CONTRACTS;
    const ring = env.timestamp % HISTORY_LENGTH;
    if (state.readAccount(beaconRoots)) {
      const time = fromHex(`0x${env.timestamp.toString(16).padStart(64, "0")}`);
      state.writeStorage(beaconRoots, slotOf(ring), time);
      const root = fromHex(start.parentBeaconBlockRoot);
      state.writeStorage(beaconRoots, slotOf(ring + HISTORY_LENGTH), root);
    }
    if (state.readAccount(blockHashHistory)) {
      const slot = slotOf(start.parent.number % HISTORY_LENGTH);
      state.writeStorage(blockHashHistory, slot, fromHex(start.parent.hash));
    }
    state.settle();
  },

  async end(): Promise<Hash> {
    return EMPTY_REQUESTS_HASH;
  },

  withdrawalsRoot: (state: BlockState) => toHex(state.storageRoot(PREDEPLOYS.l2ToL1MessagePasser)),
};
