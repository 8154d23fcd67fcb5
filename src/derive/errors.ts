import { defineErrors } from "../util/errors.js";

/** Errors of derivation. All of them mean that the caller supplied something that is not from the feeds; contents never cause one. */
export const DeriveError = defineErrors("DeriveError", {
  DERIVE_ENTRY_MISALIGNED: {
    severity: "critical",
    text: "The entry is not the one that the cursor expects.",
  },
  DERIVE_DATA_MISMATCH: {
    severity: "critical",
    text: "The entry's data do not hash to what its header says.",
  },
  DERIVE_ORIGINS_MISMATCH: {
    severity: "critical",
    text: "The L1 headers given are not those of the entry's origin range.",
  },
  DERIVE_RECORD_MISSING: {
    severity: "critical",
    text: "A DepositFeed record that the block depends on was not given.",
  },
  DERIVE_STUCK: {
    severity: "critical",
    text: "The next record fits into no block; no real feed holds such a record or entry.",
  },
  DERIVE_BAD_CURSOR: {
    severity: "critical",
    text: "Stored cursor does not decode.",
    help: "The database was written by another version or is damaged; derive again from genesis.",
  },
  DERIVE_BLOCK_MISMATCH: {
    severity: "critical",
    text: "A sequenced block does not follow from its parent's cursor, so no batch block describes it.",
  },
});
