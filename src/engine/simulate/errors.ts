import { defineErrors } from "../../util/errors.js";

/** Why a simulation cannot be made; `data.reason` says it in geth's words. Their JSON-RPC numbers are those of eth_simulateV1. */
export const SimulateError = defineErrors("SimulateError", {
  SIMULATE_NONCE_TOO_LOW: { severity: "invalid", text: "A call's nonce is used already." },
  SIMULATE_NONCE_TOO_HIGH: { severity: "invalid", text: "A call's nonce skips others." },
  SIMULATE_FEE_CAP: { severity: "invalid", text: "A call's fee cap is below the base fee." },
  SIMULATE_INTRINSIC_GAS: { severity: "invalid", text: "A call's gas is too little to start." },
  SIMULATE_INSUFFICIENT_FUNDS: {
    severity: "invalid",
    text: "A sender cannot pay for gas and value.",
  },
  SIMULATE_BLOCK_GAS: {
    severity: "invalid",
    text: "The calls need more gas than their block has.",
  },
  SIMULATE_BLOCK_NUMBER: { severity: "invalid", text: "Block numbers do not rise." },
  SIMULATE_BLOCK_TIMESTAMP: { severity: "invalid", text: "Block times do not rise." },
  SIMULATE_INIT_CODE: { severity: "invalid", text: "A call's init code is too long." },
  SIMULATE_LIMIT: {
    severity: "invalid",
    text: "The simulation is larger than this server allows.",
  },
  SIMULATE_PARAMS: { severity: "invalid", text: "The parameters contradict each other." },
  SIMULATE_INVALID: { severity: "invalid", text: "A call cannot be valid." },
  SIMULATE_BLOCK_INVALID: { severity: "invalid", text: "A block cannot be ended as a valid one." },
  SIMULATE_TIMEOUT: { severity: "invalid", text: "The simulation took too long and was stopped." },
});
