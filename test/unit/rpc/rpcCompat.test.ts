import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readChunks } from "../../../src/cli/chainFile/openFile.js";
import { readRlpItems } from "../../../src/cli/chainFile/rlpItems.js";
import { openEthereumEngine } from "../../../src/engine/openEthereumEngine.js";
import type { Engine } from "../../../src/engine/types.js";
import type { Gateway } from "../../../src/rpc/gateway.js";
import { createNodeServer } from "../../../src/rpc/nodeServer.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { systemClock } from "../../../src/util/clock.js";
import type { Hash } from "../../../src/util/hex.js";

/** Recorded conversations of ethereum/execution-apis, which are not in this repository. */
const FOLDER = `${process.env.FOVEA_CONFORMANCE ?? ""}/rpc-compat/tests`;
const isGiven = process.env.FOVEA_CONFORMANCE !== undefined && existsSync(FOLDER);
const NAMESPACES = ["debug", "eth", "net", "testing", "txpool", "web3"];

/** Files in the order in which they are meant to be asked: bytewise by name. */
function conversations(): string[] {
  if (!isGiven) return ["$FOVEA_CONFORMANCE is not given"];
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return folders
    .flatMap(({ name }) => readdirSync(join(FOLDER, name)).map((file) => `${name}/${file}`))
    .filter((file) => file.endsWith(".io"))
    .sort();
}

/** Messages are for people: where there is an error only its number and data count. */
function withoutMessages(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMessages);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    if (key !== "error" || typeof item !== "object" || item === null)
      return [key, withoutMessages(item)];
    const { message: _, ...rest } = item as Record<string, unknown>;
    return [key, rest];
  });
  return Object.fromEntries(entries);
}

const suite = isGiven ? describe : describe.skip;

suite("conversations recorded with geth ($FOVEA_CONFORMANCE)", () => {
  let engine: Engine;
  let server: Gateway;
  let url: string;
  beforeAll(async () => {
    const genesis = readFileSync(join(FOLDER, "genesis.json"), "utf8");
    const opened = await openEthereumEngine({
      store: new MemoryStore(),
      clock: systemClock,
      genesis,
    });
    engine = opened.engine;
    let head = engine.genesisHash;
    const file = join(FOLDER, "chain.rlp");
    for await (const { rlp } of readRlpItems(file, readChunks(file))) {
      const { header, invalid } = await opened.engine.importBlock(rlp);
      if (invalid) throw new Error(`block ${header.number}: ${invalid}`);
      head = header.hash;
    }
    await moveTo(head);
    const config = { host: "127.0.0.1", port: 0, namespaces: NAMESPACES, version: "0.0.0" };
    server = createNodeServer({ engine, config, logger: silentLogger() });
    url = `http://127.0.0.1:${(await server.listen()).port}`;
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await engine.close();
  });

  async function moveTo(hash: Hash): Promise<void> {
    const heads = { headBlockHash: hash, safeBlockHash: hash, finalizedBlockHash: hash };
    await engine.forkchoiceUpdated(heads);
  }

  test.each(conversations())("%s", async (file) => {
    const lines = readFileSync(join(FOLDER, file), "utf8").split("\n");
    // Only the form of these answers is specified; their schemas are checked elsewhere.
    const hasSchemaOnly = lines.some((line) => line.startsWith("// speconly:"));
    const requests = lines.filter((line) => line.startsWith(">>"));
    const answers = lines.filter((line) => line.startsWith("<<"));
    for (const [index, request] of requests.entries()) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: request.slice(2),
      });
      const got = (await response.json()) as { error?: unknown };
      const wanted = JSON.parse((answers[index] ?? "").slice(2)) as { error?: unknown };
      if (hasSchemaOnly) expect("error" in got).toBe("error" in wanted);
      else expect(withoutMessages(got)).toEqual(withoutMessages(wanted));
    }
  });
});
