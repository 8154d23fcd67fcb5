import { RLP } from "@ethereumjs/rlp";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  asInteger,
  bytesToInteger,
  decodeRlp,
  encodeRlp,
  integerToBytes,
  joinRlpList,
  type RlpItem,
} from "../../../src/engine/state/rlp.js";
import { isCanonicalRlp } from "../../../src/protocol/index.js";
import { fromHex } from "../../../src/util/hex.js";

const { item } = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("item"), { maxLength: 5 }),
  ),
}));

describe("RLP", () => {
  test("encodes as @ethereumjs/rlp does, and decodes what it encoded", () => {
    fc.assert(
      fc.property(item, (value) => {
        const encoded = encodeRlp(value);
        expect(encoded).toEqual(RLP.encode(value as never));
        expect(decodeRlp(encoded)).toEqual(value);
        if (Array.isArray(value)) expect(joinRlpList(value.map(encodeRlp))).toEqual(encoded);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  test("accepts exactly the canonical encodings", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        let accepted = true;
        try {
          decodeRlp(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: "ENGINE_BAD_ENCODING" });
          accepted = false;
        }
        expect(accepted).toBe(isCanonicalRlp(bytes, 16));
      }),
      { numRuns: 5_000, seed: 4 },
    );
  });

  test("integers have no leading zeros and fit their width", () => {
    expect(integerToBytes(0n)).toHaveLength(0);
    expect(bytesToInteger(integerToBytes(2n ** 255n + 1n))).toBe(2n ** 255n + 1n);
    const refused = expect.objectContaining({ code: "ENGINE_BAD_ENCODING" });
    expect(() => asInteger(fromHex("0x00"))).toThrow(refused);
    expect(() => asInteger(fromHex("0x0102"), 1)).toThrow(refused);
  });
});
