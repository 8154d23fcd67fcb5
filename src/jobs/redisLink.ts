import { createClient, type RedisClientType } from "redis";
import type { Logger } from "../telemetry/logger.js";
import { JobsError } from "./errors.js";

const MAX_RECONNECT_MS = 1_000;

/** The one connection of the job system; it comes back by itself, and says whether it is up. */
export class RedisLink {
  readonly client: RedisClientType;
  #wasReady = false;

  constructor(url: string, deps: { logger: Logger }) {
    this.client = createClient({
      url,
      socket: {
        connectTimeout: 2_000,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_MS),
      },
      disableOfflineQueue: true,
    }) as RedisClientType;
    // Every queue and worker listens to it: their number is known and no leak.
    this.client.setMaxListeners(0);
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
  }

  get isUp(): boolean {
    return this.client.isReady;
  }

  close(): void {
    this.client.destroy();
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
