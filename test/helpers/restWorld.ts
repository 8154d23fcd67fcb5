import { createGateway, type Gateway, type GatewayDeps } from "../../src/rpc/gateway.js";
import { EventHub } from "../../src/services/eventHub.js";
import { Health } from "../../src/services/health/health.js";
import type { HealthProblem } from "../../src/services/health/types.js";
import { RollupWorld } from "./rollupWorld.js";

const ADDRESS = "0x00000000000000000000000000000000000000Aa";

/** A public port on a rollup world: real node, engine and sequencer, an L1 in memory, a clock that the test moves. */
export class RestWorld {
  readonly world: RollupWorld;
  readonly gateway: Gateway;
  readonly url: string;
  readonly events: EventHub;
  readonly health: Health;
  /** What the roles complain about. */
  readonly problems: HealthProblem[];

  private constructor(
    fields: Pick<RestWorld, "world" | "gateway" | "url" | "events" | "health" | "problems">,
  ) {
    this.world = fields.world;
    this.gateway = fields.gateway;
    this.url = fields.url;
    this.events = fields.events;
    this.health = fields.health;
    this.problems = fields.problems;
  }

  /** Some blocks with transactions and deposits, most of them posted; the newest ones are pending. */
  static async open(rest: GatewayDeps["rest"] = {}): Promise<RestWorld> {
    const world = await RollupWorld.create();
    for (let i = 0; i < 9; i += 1) {
      world.l1.deposit({ mint: 5n, value: 3n });
      await world.sendTx(i);
      await world.tick();
      if (i % 3 === 2) await world.batch();
    }
    await world.ticks(2);
    await world.settle();
    const { clock } = world;
    const problems: HealthProblem[] = [];
    const events = new EventHub({ kept: 16 }, { clock });
    const health = new Health({ graceMs: 15_000 }, { clock, events, problems: () => problems });
    const gateway = createGateway({
      engine: world.main.engine,
      node: world.main.node,
      contracts: () => ({ l1ChainId: 900, l2ChainId: 901, portal: ADDRESS }),
      readiness: () => health.reasons(),
      rest: { chain: world.main.node, events, health, roles: ["node", "sequencer"], ...rest },
      config: { port: 0, host: "127.0.0.1" },
      logger: world.logger,
      clock,
    });
    const { port } = await gateway.listen();
    const url = `http://127.0.0.1:${port}`;
    return new RestWorld({ world, gateway, url, events, health, problems });
  }

  async get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}${path}`, { headers, redirect: "manual" });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    return {
      status: response.status,
      type,
      headers: response.headers,
      body: type.includes("json") && text !== "" ? JSON.parse(text) : text,
    };
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.world.main.engine.close();
  }
}
