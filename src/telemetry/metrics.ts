import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Makes and keeps the metrics of one server. Names carry the role and the unit: `batcher_entry_bytes`. */
export interface Metrics {
  /** The same name gives the same metric. */
  counter(name: string, help: string, labels?: string[]): Counter;
  gauge(name: string, help: string, labels?: string[]): Gauge;
  /** `buckets` in the unit of the name; by default seconds from 1 ms to 10 s. */
  histogram(name: string, help: string, labels?: string[], buckets?: number[]): Histogram;
  /** Calls `collect` before every rendering, for values that are read and not counted. What it throws is left out. */
  onScrape(collect: () => void | Promise<void>): void;
  /** Text in Prometheus' exposition format. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** A collector that hangs must not hold up the scrape: its values stay as they were. */
const SCRAPE_PATIENCE_MS = 2_000;
const SECONDS_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes a registry with the prefix `fovea_`; `processMetrics` adds those of the Node process. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });

  const make = <T>(name: string, create: (fullName: string) => T): T => {
    const fullName = `fovea_${name}`;
    return (registry.getSingleMetric(fullName) as T | undefined) ?? create(fullName);
  };
  const registers = [registry];
  const collectors: (() => void | Promise<void>)[] = [];
  return {
    counter: (name, help, labelNames = []) =>
      make(name, (full) => new Counter({ name: full, help, labelNames, registers })),
    gauge: (name, help, labelNames = []) =>
      make(name, (full) => new Gauge({ name: full, help, labelNames, registers })),
    histogram: (name, help, labelNames = [], buckets = SECONDS_BUCKETS) =>
      make(name, (full) => new Histogram({ name: full, help, labelNames, buckets, registers })),
    onScrape: (collect) => {
      collectors.push(collect);
    },
    async render() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, SCRAPE_PATIENCE_MS);
      });
      const all = Promise.allSettled(collectors.map(async (collect) => collect()));
      await Promise.race([all, patience]);
      clearTimeout(timer);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
