import type { IncomingMessage, ServerResponse } from "node:http";
import type { EventHub, EventTopic, HubEvent } from "../../services/eventHub.js";
import { isoTime } from "./encode/common.js";
import { RestProblem } from "./problems.js";

/** Limits of the live events. */
export interface EventStreamsConfig {
  connections: number;
  connectionsPerIp: number;
  /** Bytes waiting for a slow reader before it is cut off; it comes back with Last-Event-ID. */
  queueBytes: number;
  heartbeatMs: number;
}

interface Stream {
  response: ServerResponse;
  ip: string;
  topics: ReadonlySet<EventTopic>;
}

const RETRY_MS = 2_000;

/** Server-sent events: what the hub publishes, to whoever watches. */
export class EventStreams {
  readonly #config: EventStreamsConfig;
  readonly #hub: EventHub;
  readonly #streams = new Set<Stream>();
  readonly #unsubscribe: () => void;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(config: EventStreamsConfig, deps: { hub: EventHub }) {
    this.#config = config;
    this.#hub = deps.hub;
    this.#unsubscribe = deps.hub.subscribe((event) => this.#spread(event));
  }

  get size(): number {
    return this.#streams.size;
  }

  #assertRoom(ip: string): void {
    if (this.#streams.size >= this.#config.connections) {
      throw new RestProblem("overloaded", { retryAfterSec: 10 });
    }
    const own = [...this.#streams].filter((stream) => stream.ip === ip).length;
    if (own >= this.#config.connectionsPerIp) {
      throw new RestProblem("rate-limited", {
        detail: "This address watches too many event streams at once.",
        retryAfterSec: 10,
      });
    }
  }

  /**
   * Starts to send; what was missed since `lastEventId` comes first, or `reset` if it is not known any more.
   * Errors: rate-limited for too many of one address, overloaded for too many at all.
   */
  open(
    request: IncomingMessage,
    response: ServerResponse,
    options: { topics: readonly EventTopic[]; lastEventId: string | undefined },
  ): void {
    const ip = request.socket.remoteAddress ?? "";
    this.#assertRoom(ip);
    const stream: Stream = {
      response,
      ip,
      topics: new Set(options.topics),
    };
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#streams.add(stream);
    const leave = () => this.#leave(stream);
    response.once("close", leave);
    response.once("error", leave);
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#config.heartbeatMs).unref();
    if (options.lastEventId === undefined) return;
    const missed = this.#hub.since(options.lastEventId);
    if (!missed) response.write("event: reset\ndata: {}\n\n");
    for (const event of missed ?? []) this.#send(stream, event);
  }

  close(): void {
    this.#unsubscribe();
    for (const { response } of [...this.#streams]) response.end();
    this.#streams.clear();
    clearInterval(this.#heartbeat);
  }

  #spread(event: HubEvent): void {
    for (const stream of this.#streams) this.#send(stream, event);
  }

  #send(stream: Stream, event: HubEvent): void {
    if (!stream.topics.has(event.topic)) return;
    const data = JSON.stringify({ topic: event.topic, at: isoTime(event.atMs), ...event.data });
    this.#write(stream, `id: ${event.id}\nevent: ${event.topic}\ndata: ${data}\n\n`);
  }

  #beat(): void {
    for (const stream of this.#streams) this.#write(stream, ": still here\n\n");
  }

  #write(stream: Stream, text: string): void {
    const { response } = stream;
    if (response.destroyed) return;
    response.write(text);
    if (response.writableLength <= this.#config.queueBytes) return;
    this.#leave(stream);
    response.destroy();
  }

  #leave(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
