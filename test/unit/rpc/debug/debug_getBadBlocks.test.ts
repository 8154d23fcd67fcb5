import { expect, test } from "@jest/globals";
import { decodeBlock } from "../../../../src/engine/blockCodec.js";
import { L2Rules } from "../../../../src/engine/l2Rules.js";
import { debug_getBadBlocks } from "../../../../src/rpc/debug/debug_getBadBlocks.js";
import type { RpcContext } from "../../../../src/rpc/types.js";
import { fromHex, type Hash, type Hex } from "../../../../src/util/hex.js";
import { EngineChain, testRollup } from "../../../helpers/engineChain.js";

const ABOUT = 12;

test("the newest blocks that were refused are told with their hashes and their RLP", async () => {
  const chain = await EngineChain.open();
  const { engine } = chain;
  const context = { engine } as RpcContext;
  const ask = async () =>
    (await debug_getBadBlocks.handle([], context)) as {
      block: { number: Hex; gasUsed: Hex };
      hash: Hash;
      rlp: Hex;
    }[];
  expect(await ask()).toEqual([]);
  const payload = await chain.build([]);
  const rules = new L2Rules(testRollup().chain);
  const lies: Hash[] = [];
  for (let i = 1n; i <= ABOUT; i++) {
    const lie = { ...payload, gasUsed: payload.gasUsed + i };
    const { hash } = rules.payloadHeader(lie);
    const { status } = await engine.newPayload({ ...lie, blockHash: hash });
    expect(status).toBe("INVALID");
    lies.unshift(hash);
  }
  const told = await ask();
  expect(told.map(({ hash }) => hash)).toEqual(lies.slice(0, 10));
  for (const { block, hash, rlp } of told) {
    const { header } = decodeBlock(fromHex(rlp));
    expect(header.hash).toBe(hash);
    expect(BigInt(block.gasUsed)).toBe(header.gasUsed);
  }
  await engine.close();
});
