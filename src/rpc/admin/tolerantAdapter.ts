import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { Jobs } from "../../jobs/startJobs.js";

/** Characters of a job's data or result that a page shows. Ours have some dozen. */
const MAX_SHOWN_CHARS = 2_000;

type Queue = ReturnType<Jobs["queues"]>[number];
type JobList = Awaited<ReturnType<BullMQAdapter["getJobs"]>>;
type Statuses = Parameters<BullMQAdapter["getJobs"]>[0];

/**
 * A queue as the queue UI sees it: what is in Redis is not trusted. Jobs that cannot be read are left out instead of failing the
 * page, and long contents are cut.
 */
export class TolerantAdapter extends BullMQAdapter {
  readonly #queue: Queue;

  constructor(queue: Queue, options: { description: string }) {
    super(queue, { ...options, readOnlyMode: false });
    this.#queue = queue;
    this.setFormatter("data", capped);
    this.setFormatter("returnValue", capped);
    this.setFormatter("progress", capped);
    this.setFormatter("name", (job: { name?: unknown }) => String(job.name ?? "").slice(0, 200));
  }

  override async getJobs(statuses: Statuses, start?: number, end?: number): Promise<JobList> {
    try {
      return await super.getJobs(statuses, start, end);
    } catch {
      // One unreadable job fails the whole list, so they are read one by one.
      const ids = await this.#queue.getRanges(statuses as never, start, end, false);
      const unique = [...new Set(ids.filter((id) => id !== ""))];
      const jobs = await Promise.all(unique.map((id) => this.getJob(id).catch(() => undefined)));
      return jobs.filter((job) => job !== undefined) as JobList;
    }
  }
}

function capped(value: unknown): unknown {
  const text = JSON.stringify(value) ?? "";
  if (text.length <= MAX_SHOWN_CHARS) return value;
  return { truncated: text.slice(0, MAX_SHOWN_CHARS), chars: text.length };
}
