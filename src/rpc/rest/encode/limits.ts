import {
  MAX_BATCH_BLOCKS,
  MAX_DEPOSIT_DATA_BYTES,
  MAX_ENTRY_DATA_BYTES,
  MAX_INIT_CODE_BYTES,
  MAX_TX_BYTES,
  MAX_TX_GAS,
} from "../../../protocol/index.js";
import type { GatewayLimits } from "../../types.js";

/** Limits of lists and live events, as openapi.yaml says them. */
export const REST_LIMITS = {
  listItems: 100,
  eventStreams: 100,
  eventStreamsPerIp: 20,
  eventQueueBytes: 262_144,
  eventsKept: 1_024,
} as const;

/** Every limit with its value: of the protocol, of the public port, of REST. */
export function limitsAnswer(gateway: GatewayLimits) {
  return {
    protocol: {
      txBytes: MAX_TX_BYTES,
      txGas: Number(MAX_TX_GAS),
      initCodeBytes: MAX_INIT_CODE_BYTES,
      depositDataBytes: MAX_DEPOSIT_DATA_BYTES,
      batchBlocks: MAX_BATCH_BLOCKS,
      batchBytes: MAX_ENTRY_DATA_BYTES,
    },
    gateway: Object.fromEntries(
      Object.entries(gateway).map(([name, value]) => [name, Number(value)]),
    ),
    rest: REST_LIMITS,
  };
}
