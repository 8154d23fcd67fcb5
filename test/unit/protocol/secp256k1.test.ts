import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { recoverPublicKey, keccak256 as viemKeccak } from "viem";
import { sign } from "viem/accounts";
import {
  createL2Common,
  fastCrypto,
  loadNativeSecp256k1,
  loadWasmSecp256k1,
} from "../../../src/protocol/index.js";
import { fromHex, toHex } from "../../../src/util/hex.js";

const privateKey = `0x${"11".repeat(32)}` as const;

describe("secp256k1", () => {
  test("native and wasm recover the signer's key, and refuse the same signatures", async () => {
    const native = loadNativeSecp256k1();
    const wasm = await loadWasmSecp256k1();
    const answer = (library: typeof wasm, ...args: Parameters<typeof wasm.recoverPublicKey>) => {
      try {
        return toHex(library.recoverPublicKey(...args));
      } catch {
        return "refused";
      }
    };
    const hash = viemKeccak("0x1234");
    const signature = await sign({ hash, privateKey });
    const expected = await recoverPublicKey({ hash, signature });
    const compact = fromHex(signature.r + signature.s.slice(2));
    expect(answer(wasm, compact, signature.yParity as number, fromHex(hash))).toBe(
      `0x${expected.slice(4)}`,
    );
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const cases = fc.tuple(
      fc.oneof(
        bytes(64),
        fc.constant(new Uint8Array(64)),
        fc.constant(new Uint8Array(64).fill(255)),
      ),
      fc.nat(1),
      bytes(32),
    );
    fc.assert(
      fc.property(cases, ([random, recovery, digest]) => {
        if (native) {
          expect(answer(native, random, recovery, digest)).toBe(
            answer(wasm, random, recovery, digest),
          );
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("an ecrecover with a v of neither form is refused", () => {
    const word = new Uint8Array(32).fill(1);
    expect(() => fastCrypto.ecrecover?.(word, 29n, word, word)).toThrow();
    expect(() => fastCrypto.ecrecover?.(word, 27n, word, word, 901n)).toThrow();
  });
});

describe("createL2Common", () => {
  test("has the rules of Osaka from genesis under the chain's own id", () => {
    const common = createL2Common(901);
    expect(common.chainId()).toBe(901n);
    expect(common.hardfork()).toBe("osaka");
    for (const eip of [1559, 2935, 4788, 7623, 7702, 7825, 7883, 7951]) {
      expect([eip, common.isActivatedEIP(eip)]).toEqual([eip, true]);
    }
    expect(common.copy()).toBe(common);
    expect(common.getHardforkBy({ blockNumber: 0n, timestamp: 0n })).toBe("osaka");
  });
});
