import { createClient, type RedisClientType } from "redis";
import type { Logger } from "../telemetry/logger.js";
import { JobsError } from "./errors.js";

const MAX_RECONNECT_MS = 1_000;

/** The connections of the job system; they come back by themselves, and say whether they are up. */
export class RedisLink {
  /** Fails at once while Redis is away: for whoever can do without. */
  readonly client: RedisClientType;
  /**
   * Waits while Redis is away: for workers. A BullMQ worker asks for its next job again at once when that fails for a reason it does
   * not know, and "the client is offline" is one: it would spin and stop the whole process.
   */
  readonly workerClient: RedisClientType;
  #wasReady = false;
  #isClosed = false;

  constructor(url: string, deps: { logger: Logger }) {
    this.client = createClient({
      url,
      socket: {
        connectTimeout: 2_000,
        // Clients that BullMQ makes from ours inherit this: after `close` none of them goes on trying.
        reconnectStrategy: (retries) =>
          this.#isClosed
            ? new JobsError("JOBS_REDIS_CLOSED")
            : Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_MS),
      },
      disableOfflineQueue: true,
    }) as RedisClientType;
    this.workerClient = this.client.duplicate({
      disableOfflineQueue: false,
      // A command that gives up is another reason that a worker does not know: its next one must simply wait.
      commandOptions: { timeout: 0 },
    }) as RedisClientType;
    // Every queue and worker listens to them: their number is known and no leak.
    this.client.setMaxListeners(0);
    this.workerClient.setMaxListeners(0);
    // The other one tells of it.
    this.workerClient.on("error", () => undefined);
    this.client.on("error", (error: Error) => {
      if (this.#wasReady) deps.logger.warn({ error }, "Redis is gone; duties run without it");
      this.#wasReady = false;
    });
    this.client.on("ready", () => {
      this.#wasReady = true;
    });
  }

  /** Starts connecting; does not wait. */
  open(): void {
    this.client.connect().catch(() => undefined);
    this.workerClient.connect().catch(() => undefined);
  }

  get isUp(): boolean {
    return this.client.isReady;
  }

  close(): void {
    this.#isClosed = true;
    this.client.destroy();
    this.workerClient.destroy();
  }
}

/** Gives up waiting for Redis after `ms`. Errors: JOBS_REDIS_TIMEOUT. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new JobsError("JOBS_REDIS_TIMEOUT", { ms })), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
