import { defineErrors } from "../../util/errors.js";

/** Errors of plain Ethereum's data: genesis files, encoded blocks, test fixtures. `data.sentence` names the place. */
export const EthereumError = defineErrors("EthereumError", {
  ETHEREUM_GENESIS_INVALID: { severity: "invalid", text: "The genesis file is not valid." },
  ETHEREUM_UNKNOWN_FORK: {
    severity: "invalid",
    text: "The genesis file names a fork that this version does not know.",
  },
  ETHEREUM_FORK_ORDER: {
    severity: "invalid",
    text: "The genesis file activates forks in an order that no chain can have.",
  },
  ETHEREUM_BAD_FIXTURE: { severity: "invalid", text: "The file is not a test fixture." },
});

/** Makes an error whose sentence a person reads as it is. */
export function ethereumError(
  code: keyof typeof EthereumError.catalogue & string,
  sentence: string,
  cause?: unknown,
) {
  return new EthereumError(code, { sentence }, cause);
}
