import { Queue, Worker } from "bullmq";
import type { Logger } from "../telemetry/logger.js";
import { isTraceId } from "../telemetry/trace.js";
import type { DutyRunner } from "./dutyRunner.js";
import { type JobData, readJobData } from "./jobTypes.js";
import type { RedisLink } from "./redisLink.js";

/** Finished jobs kept for people to look at. Their ids are unique, so keeping them hinders nothing. */
const KEEP = { count: 100 };

/** One queue with its worker and its scheduler. */
export class DutyQueue {
  readonly name: string;
  readonly queue: Queue;
  readonly #worker: Worker;
  readonly #runner: DutyRunner | undefined;

  /** Without a runner: jobs of a disabled kind, which end with `disabledReason`. */
  constructor(
    config: { name: string; prefix: string; disabledReason?: string },
    deps: { link: RedisLink; runner?: DutyRunner; logger: Logger },
  ) {
    this.name = config.name;
    this.#runner = deps.runner;
    const options = { connection: deps.link.client, prefix: config.prefix };
    this.queue = new Queue(config.name, options);
    const run = async (job: { data: unknown; id?: string | undefined }): Promise<string> => {
      if (!deps.runner) return config.disabledReason ?? "disabled";
      const data = readJobData(job.data);
      if (!data) return "ignored: not a job of ours";
      return deps.runner.run(data.traceId, isTraceId(job.id) ? job.id : undefined);
    };
    this.#worker = new Worker(config.name, run, {
      ...options,
      connection: deps.link.workerClient,
      concurrency: 1,
      removeOnComplete: KEEP,
      removeOnFail: KEEP,
    });
    // Redis may go and come back, and jobs may vanish under the worker's hands: both are repaired by the reconciler.
    const onError = (error: Error) => deps.logger.debug({ queue: this.name, error }, "queue");
    this.queue.on("error", onError);
    this.#worker.on("error", onError);
    this.#worker.on("failed", (_job, error) =>
      deps.logger.warn({ queue: this.name, error }, "job failed"),
    );
  }

  /** Creates the scheduler if it is not there. True: it was missing. */
  async ensureScheduled(): Promise<boolean> {
    if (!this.#runner) return false;
    const id = this.name;
    const every = this.#runner.everyMs;
    const found = await this.queue.getJobScheduler(id);
    if (found?.every === every && (found.next ?? 0) > Date.now() - 5 * every) return false;
    if (found) await this.queue.removeJobScheduler(id);
    const data: JobData = { reason: "schedule" };
    await this.queue.upsertJobScheduler(
      id,
      { every },
      { name: this.name, data, opts: { removeOnComplete: KEEP, removeOnFail: KEEP } },
    );
    return true;
  }

  /**
   * Asks for a run now. The same id for all without a trace id, and nothing kept, so that it can be used again at once.
   * With one the job has its own, so that the request can be found by it.
   */
  async nudge(traceId?: string): Promise<void> {
    const data: JobData = { reason: "nudge", ...(traceId === undefined ? {} : { traceId }) };
    await this.queue.add(this.name, data, {
      jobId: `${this.name}-now${traceId === undefined ? "" : `-${traceId.replaceAll(":", "_")}`}`,
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  async close(): Promise<void> {
    await this.#worker.close(true);
    await this.queue.close();
  }
}
