import { defineErrors } from "../../util/errors.js";

/** Errors of the web pages' files; they show up when a server starts, never per request. */
export const PagesError = defineErrors("PagesError", {
  PAGES_MODULE_UNKNOWN: {
    severity: "critical",
    text: "a file of the web pages imports a module that is not there",
    help: "Run npm ci, and name new modules in src/rpc/pages/loadAssets.ts.",
  },
});
