import { createClient } from "redis";

function openClient(url: string, timeoutMs: number) {
  return createClient({ url, socket: { connectTimeout: timeoutMs, reconnectStrategy: false } });
}

/** Connects once, without retries, uses the connection and closes it; throws after `timeoutMs`. */
export async function probeRedis<T>(
  url: string,
  timeoutMs: number,
  use: (client: ReturnType<typeof openClient>) => Promise<T>,
): Promise<T> {
  const client = openClient(url, timeoutMs);
  client.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const work = client.connect().then(async () => ({ value: await use(client) }));
  try {
    const first = await Promise.race([work, timeout]);
    if (first !== undefined) return first.value;
    // The connection is destroyed below; what it says then is of no interest.
    work.catch(() => {});
    throw new DOMException("no answer in time", "TimeoutError");
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** Waits for a server that may still be loading its file. Throws its last answer after `timeoutMs`. */
export async function waitUntilReady(url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await probeRedis(url, 2_000, (client) => client.ping());
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
