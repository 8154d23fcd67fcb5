import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** An L1 that is far away: hands requests on, and takes its time. */
export interface SlowL1 {
  readonly url: string;
  /** Added to every answer from now on. */
  latencyMs: number;
  /** True: connections are cut. */
  isDown: boolean;
  close(): Promise<void>;
}

/** Opens it in front of another L1. */
export async function startSlowL1(l1Url: string): Promise<SlowL1> {
  const server = createServer((incoming, outgoing) => {
    if (slow.isDown) return void incoming.destroy();
    const { method, headers } = incoming;
    const onward = request(l1Url, { method, headers }, (answer) => {
      setTimeout(() => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      }, slow.latencyMs);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const slow: SlowL1 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    latencyMs: 0,
    isDown: false,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return slow;
}
