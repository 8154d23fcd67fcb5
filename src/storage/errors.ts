import { defineErrors } from "../util/errors.js";

/** Errors of the storage room. */
export const StorageError = defineErrors("StorageError", {
  STORE_LOCKED: {
    severity: "critical",
    text: "The data directory is in use by another process.",
    help: "Stop the other server, or choose another data directory.",
  },
  STORE_FULL: {
    severity: "temporary",
    text: "The disk is full.",
    help: "Free some space on the disk that holds the data directory.",
  },
  STORE_CORRUPT: {
    severity: "critical",
    text: "The database is damaged.",
    help: "Move the data directory away; the node rebuilds it from L1.",
  },
  STORE_CLOSED: { severity: "critical", text: "The store is closed." },
  STORE_FAILED: { severity: "temporary", text: "Reading or writing the database failed." },
});
