import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type BuildOutcome,
  buildDroppingInvalid,
} from "../../../../src/engine/remote/dropInvalid.js";

/** A transaction of the model: it is valid if its nonce is the next one of its sender. The first byte 9 is a deposit. */
const tx = (sender: number, nonce: number) => Uint8Array.of(sender, nonce);
const DEPOSIT = 9;

/** Index of the first transaction that is not valid where it stands. */
function firstInvalid(list: readonly Uint8Array[]): number {
  const nonces = new Map<number, number>();
  return list.findIndex(([sender = 0, nonce = 0]) => {
    if (sender === DEPOSIT) return false;
    const next = nonces.get(sender) ?? 0;
    if (nonce !== next) return true;
    nonces.set(sender, next + 1);
    return false;
  });
}

/** What the drop rule leaves. */
function dropRule(list: readonly Uint8Array[]): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (const item of list) if (firstInvalid([...kept, item]) === -1) kept.push(item);
  return kept;
}

/** A strict engine that blames a transaction truly, falsely or not at all. */
function strictEngine(blame: "true" | "false" | "none") {
  const engine = {
    builds: 0,
    async build(list: Uint8Array[]): Promise<BuildOutcome<Uint8Array[]>> {
      engine.builds++;
      const at = firstInvalid(list);
      if (at === -1) return { built: list };
      if (blame === "none") return { invalid: "no" };
      return { invalid: "no", at: blame === "true" ? at : (at * 7 + 3) % (list.length + 2) };
    },
  };
  return engine;
}

const lists = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 4 })), {
  maxLength: 40,
});

describe("building with an engine that takes lists whole or not at all", () => {
  test.each(["true", "false", "none"] as const)(
    "comes to what the drop rule leaves, when the engine blames: %s",
    async (blame) => {
      await fc.assert(
        fc.asyncProperty(lists, fc.integer({ min: 0, max: 3 }), async (items, deposits) => {
          const list = [
            ...Array.from({ length: deposits }, () => tx(DEPOSIT, 0)),
            ...items.map(([sender, nonce]) => tx(sender, nonce)),
          ];
          const engine = strictEngine(blame);
          const outcome = await buildDroppingInvalid(list, deposits, engine.build);
          expect(outcome).toEqual({ built: dropRule(list) });
        }),
        { numRuns: 300 },
      );
    },
  );

  test("a valid list is built once, one bad transaction of a thousand in a few builds", async () => {
    const good = Array.from({ length: 200 }, (_, nonce) => tx(1, nonce));
    const engine = strictEngine("none");
    await buildDroppingInvalid(good, 0, engine.build);
    expect(engine.builds).toBe(1);
    const bad = [...good.slice(0, 150), tx(2, 5), ...good.slice(150)];
    await buildDroppingInvalid(bad, 0, engine.build);
    expect(engine.builds).toBeLessThan(1 + 24);
    const blaming = strictEngine("true");
    await buildDroppingInvalid(bad, 0, blaming.build);
    expect(blaming.builds).toBe(4);
  });

  test("deposits that do not execute are not dropped: nothing is built", async () => {
    const build = async (): Promise<BuildOutcome<never>> => ({ invalid: "deposits" });
    const outcome = await buildDroppingInvalid([tx(DEPOSIT, 0), tx(1, 0)], 1, build);
    expect(outcome).toEqual({ invalid: "deposits" });
  });
});
