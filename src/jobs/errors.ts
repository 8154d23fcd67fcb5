import { defineErrors } from "../util/errors.js";

/** What can go wrong with the queues; none of it stops the duties. */
export const JobsError = defineErrors("JobsError", {
  JOBS_ROLE_UNKNOWN: { severity: "invalid", text: "this server does not run such a role" },
  JOBS_REDIS_CLOSED: { severity: "critical", text: "the queues were closed while Redis was away" },
  JOBS_REDIS_TIMEOUT: { severity: "temporary", text: "Redis did not answer in time" },
});
