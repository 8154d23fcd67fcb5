import { createServer } from "node:net";
import { L1Error } from "../errors.js";

/** Checks that nobody listens on the port of this machine. Errors: L1_PORT_TAKEN. */
export async function assertPortFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) => reject(new L1Error("L1_PORT_TAKEN", { port }, cause)));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve()));
  });
}
