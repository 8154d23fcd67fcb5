import { get as httpGet, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { EventStreams } from "../../../../src/rpc/rest/eventStreams.js";
import { ChainWatch } from "../../../../src/services/chainWatch.js";
import { RestWorld } from "../../../helpers/restWorld.js";

let world: RestWorld;
const open: Reader[] = [];
beforeEach(async () => {
  world = await RestWorld.open();
});
afterEach(async () => {
  for (const reader of open.splice(0)) reader.close();
  await world.close();
});

/** One client of the stream. */
class Reader {
  text = "";
  readonly #response: IncomingMessage;
  #wake: () => void = () => {};
  isEnded = false;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.on("data", (chunk) => {
      this.text += chunk;
      this.#wake();
    });
    for (const end of ["end", "close", "error"]) {
      response.on(end, () => {
        this.isEnded = true;
        this.#wake();
      });
    }
  }

  get status(): number {
    return this.#response.statusCode ?? 0;
  }

  async until(check: (text: string) => boolean): Promise<string> {
    while (!check(this.text)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.text;
  }

  events(): { id: string | undefined; event: string; data: Record<string, unknown> }[] {
    return this.text
      .split("\n\n")
      .filter((block) => block.includes("event:"))
      .map((block) => ({
        id: /^id: (.*)$/m.exec(block)?.[1],
        event: /^event: (.*)$/m.exec(block)?.[1] ?? "",
        data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null"),
      }));
  }

  close(): void {
    this.#response.destroy();
  }
}

function watch(query = "", headers: Record<string, string> = {}): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const url = `${world.url}/api/v1/events${query}`;
    httpGet(
      url,
      { headers: { accept: "text/event-stream", ...headers }, agent: false },
      (response) => {
        const reader = new Reader(response);
        open.push(reader);
        void reader.until((text) => text !== "" || reader.isEnded).then(() => resolve(reader));
      },
    ).on("error", reject);
  });
}

test("events come in order with id, topic and time, and only of the topics asked for", async () => {
  const all = await watch();
  const some = await watch("?topics=proposals,deposits");
  world.events.publish("heads", { n: 1 });
  world.events.publish("deposits", { n: 2 });
  world.events.publish("proposals", { n: 3 });
  await all.until((text) => text.includes('"n":3'));
  await some.until((text) => text.includes('"n":3'));
  expect(all.events().map(({ data }) => data.n)).toEqual([1, 2, 3]);
  expect(some.events()).toMatchObject([
    { event: "deposits", data: { topic: "deposits", n: 2, at: expect.stringMatching(/Z$/) } },
    { event: "proposals", data: { n: 3 } },
  ]);
});

test("a reader that comes back gets what it missed, or is told to start anew", async () => {
  const first = await watch();
  world.events.publish("heads", { n: 1 });
  await first.until((text) => text.includes('"n":1'));
  const id = first.events()[0]?.id ?? "";
  first.close();
  for (let n = 2; n <= 5; n++) world.events.publish("heads", { n });
  const second = await watch("", { "last-event-id": id });
  await second.until((text) => text.includes('"n":5'));
  expect(second.events().map(({ data }) => data.n)).toEqual([2, 3, 4, 5]);
  for (let n = 6; n <= 40; n++) world.events.publish("heads", { n });
  for (const old of [id, "another-run", "0"]) {
    const third = await watch("", { "last-event-id": old });
    await third.until((text) => text.includes("event: reset"));
  }
});

test("one address cannot take all streams", async () => {
  const readers = await Promise.all(Array.from({ length: 20 }, () => watch()));
  expect(readers.every(({ status }) => status === 200)).toBe(true);
  const refused = await world.get("/api/v1/events", { accept: "text/event-stream" });
  expect([refused.status, refused.body.code]).toEqual([429, "rate-limited"]);
  expect(refused.headers.get("retry-after")).toBe("10");
});

test("more streams than the server has room for are refused, and a slow reader is cut off", () => {
  const streams = new EventStreams(
    { connections: 2, connectionsPerIp: 2, queueBytes: 1_000, heartbeatMs: 60_000 },
    { hub: world.events },
  );
  const fake = (ip: string) => {
    const response = {
      writableLength: 0,
      destroyed: false,
      writeHead: () => {},
      once: () => {},
      end: () => {},
      write(text: string) {
        this.writableLength += text.length;
      },
      destroy() {
        this.destroyed = true;
      },
    };
    const request = { socket: { remoteAddress: ip } };
    streams.open(request as never, response as never, {
      topics: ["heads"],
      lastEventId: undefined,
    });
    return response;
  };
  const slow = fake("10.0.0.1");
  fake("10.0.0.2");
  expect(() => fake("10.0.0.3")).toThrow(expect.objectContaining({ code: "overloaded" }));
  world.events.publish("heads", { text: "x".repeat(2_000) });
  expect(slow.destroyed).toBe(true);
  expect(streams.size).toBe(0);
  streams.close();
});

test("closing the server ends the streams at once", async () => {
  const reader = await watch();
  const closed = world.gateway.close();
  await reader.until(() => reader.isEnded);
  await closed;
});

test("heads and derived batches are published when they change, and only then", async () => {
  const { world: rollup, events, health } = world;
  const { node } = rollup.main;
  const seen: string[] = [];
  events.subscribe(({ topic }) => seen.push(topic));
  const { clock, logger } = rollup;
  const chainWatch = new ChainWatch(
    { everyMs: 250 },
    { node, feeds: node.feeds, health, events, clock, logger },
  );
  await chainWatch.look();
  await chainWatch.look();
  expect(seen).toEqual(["heads"]);
  await rollup.tick();
  await rollup.batch();
  await chainWatch.look();
  expect(seen).toEqual(["heads", "heads", "batches"]);
});
