import { createRequire } from "node:module";

/** Public key recovery, by the fastest library that this machine can load. */
export interface Secp256k1 {
  /** Which library answers. */
  readonly name: "native" | "wasm";
  /**
   * Shapes: 64-byte signature r || s, 32-byte hash; returns the 64 bytes x || y.
   * Errors: throws if no key fits (r or s out of range, no such point).
   */
  recoverPublicKey(signature: Uint8Array, recovery: number, hash: Uint8Array): Uint8Array;
}

type RecoverFn = (
  signature: Uint8Array,
  recovery: number,
  hash: Uint8Array,
  compressed: boolean,
) => Uint8Array;

/** The native library, or null where it cannot be loaded. */
export function loadNativeSecp256k1(): Secp256k1 | null {
  try {
    // The package's index falls back to slow JavaScript silently; its bindings throw instead.
    const { ecdsaRecover } = createRequire(import.meta.url)("secp256k1/bindings.js") as {
      ecdsaRecover: RecoverFn;
    };
    return {
      name: "native",
      recoverPublicKey: (signature, recovery, hash) =>
        ecdsaRecover(signature, recovery, hash, false).subarray(1),
    };
  } catch {
    return null;
  }
}

/** The same library compiled to WebAssembly. */
export async function loadWasmSecp256k1(): Promise<Secp256k1> {
  const { secp256k1: wasm } = await import("@bitauth/libauth");
  return {
    name: "wasm",
    recoverPublicKey: (signature, recovery, hash) => {
      const key = wasm.recoverPublicKeyUncompressed(signature, recovery as 0 | 1 | 2 | 3, hash);
      if (typeof key === "string") throw new RangeError(key);
      return key.subarray(1);
    },
  };
}

/** Chosen once, when the module loads. */
export const secp256k1: Secp256k1 = loadNativeSecp256k1() ?? (await loadWasmSecp256k1());
