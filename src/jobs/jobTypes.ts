import { z } from "zod";
import { isTraceId } from "../telemetry/trace.js";

/** What a job of a duty may carry: why it was made, and whose request it follows. Everything else is read from L1 and the engine when it runs. */
export const jobDataSchema = z.strictObject({
  reason: z.enum(["schedule", "nudge"]),
  traceId: z.string().refine(isTraceId).optional(),
});

/** Content of a job. */
export type JobData = z.infer<typeof jobDataSchema>;

/** Kinds of work that may run as jobs; queue names. */
export const DUTY_NAMES = [
  "batching",
  "proposing",
  "verification",
  "forcing",
  "indexing",
  "machine",
] as const;
/** Name of one of them. */
export type DutyName = (typeof DUTY_NAMES)[number];

/** Kinds of work that are known but not done by this version. */
export const DISABLED_JOBS: Readonly<Record<string, string>> = {
  challenge:
    "Disabled: this version has no dispute game; `verification` reports proposals it disagrees with.",
};

/** The data of a job, or undefined if they are not ours: Redis is not trusted. */
export function readJobData(data: unknown): JobData | undefined {
  const result = jobDataSchema.safeParse(data);
  return result.success ? result.data : undefined;
}
