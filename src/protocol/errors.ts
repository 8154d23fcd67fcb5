import { defineErrors } from "../util/errors.js";

/** Errors of the codecs. They mean wrong arguments or untrusted bytes that do not decode; derivation never lets them out. */
export const ProtocolError = defineErrors("ProtocolError", {
  PROTOCOL_BAD_LENGTH: {
    severity: "invalid",
    text: "Encoded value has the wrong length.",
  },
  PROTOCOL_BAD_VALUE: {
    severity: "invalid",
    text: "Value does not fit its field.",
  },
  PROTOCOL_BAD_DEPOSIT_TX: {
    severity: "invalid",
    text: "Bytes are not a deposit transaction (type 0x7E).",
  },
  PROTOCOL_BAD_L1_ATTRIBUTES: {
    severity: "invalid",
    text: "Bytes are not the calldata of an L1 attributes transaction.",
  },
  PROTOCOL_BAD_TX: {
    severity: "invalid",
    text: "Bytes are not a signed transaction of this chain.",
  },
  PROTOCOL_BATCH_LIMIT: {
    severity: "invalid",
    text: "Batch or batch block exceeds a limit of the format.",
  },
  PROTOCOL_BAD_CHAIN_CONFIG: {
    severity: "invalid",
    text: "Chain config file is not valid.",
    help: "Compare the named fields with docs/protocol/genesis.md and config/dev.json.",
  },
});
