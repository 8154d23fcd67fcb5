import { ZERO_HASH } from "../../util/hex.js";
import type { SimulationRules } from "../simulate/simulationRules.js";
import { blobBaseFee } from "./blobParams.js";
import { withdrawalsRootOf } from "./ethereumRun.js";
import type { ForkSchedule } from "./forkSchedule.js";
import { excessBlobGasAfter } from "./headerRules.js";
import { depositRequests, listRequests, requestsHash } from "./requests.js";
import { callBeforeTransactions, readRequestQueues } from "./systemCalls.js";

/** How blocks of plain Ethereum are simulated. */
export function ethereumSimulation(schedule: ForkSchedule): SimulationRules {
  return {
    baseFeeRecipient: null,
    inherit: (parent, env) => {
      const excessBlobGas = excessBlobGasAfter(schedule, parent, env);
      const params = schedule.blobParamsAt(env.timestamp);
      return {
        extraData: new Uint8Array(),
        excessBlobGas,
        blobBaseFee: params ? blobBaseFee(excessBlobGas, params) : 0n,
      };
    },
    begin: (machine, env, { parent, parentBeaconBlockRoot }) =>
      callBeforeTransactions(machine, env, parent.hash, parentBeaconBlockRoot),
    end: async (machine, env, logs) => {
      if (!machine.rules.isPrague) return ZERO_HASH;
      const deposits = depositRequests(logs, schedule.config.depositContract);
      const queues = await readRequestQueues(machine, env);
      return requestsHash(listRequests([deposits, queues.withdrawals, queues.consolidations]));
    },
    withdrawalsRoot: (_state, withdrawals) => withdrawalsRootOf(withdrawals),
  };
}
