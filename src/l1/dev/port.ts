import { createServer } from "node:net";
import { systemClock } from "../../util/clock.js";
import { L1Error } from "../errors.js";

const POLL_MS = 20;
/** For the port of a process that has just ended. */
export const PORT_PATIENCE_MS = 2_000;

/**
 * Checks that nobody listens on the port of this machine; waits `patienceMs` for that, for the system closes the sockets of an
 * ended process a moment after it has ended. Errors: L1_PORT_TAKEN.
 */
export async function assertPortFree(port: number, patienceMs = 0): Promise<void> {
  const deadlineMs = systemClock.nowMs() + patienceMs;
  for (;;) {
    const problem = await findProblem(port);
    if (problem === undefined) return;
    if (systemClock.nowMs() >= deadlineMs) throw new L1Error("L1_PORT_TAKEN", { port }, problem);
    await systemClock.sleep(POLL_MS);
  }
}

function findProblem(port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", resolve);
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      probe.close(() => resolve(undefined)),
    );
  });
}
