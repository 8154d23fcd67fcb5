import { defineErrors } from "../../util/errors.js";

/** Errors of the chunked computations: wrong arguments of the machine, never a property of the chain's data. */
export const ComputeError = defineErrors("ComputeError", {
  COMPUTE_BAD_STATE: {
    severity: "critical",
    text: "The state of a chunked computation has the wrong size or an impossible value.",
  },
  COMPUTE_BAD_SLICE: {
    severity: "critical",
    text: "A slice of a chunked computation is not one that its rule allows.",
  },
});
