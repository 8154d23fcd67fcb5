import { createHash } from "node:crypto";
import { Common, type CustomCrypto, Hardfork, Mainnet } from "@ethereumjs/common";
import { keccak256 } from "../util/keccak.js";
import { secp256k1 } from "./secp256k1.js";

/** Fast cryptography for @ethereumjs: wasm keccak, native secp256k1, OpenSSL's sha256. */
export const fastCrypto: CustomCrypto = {
  keccak256,
  sha256: (message) => new Uint8Array(createHash("sha256").update(message).digest()),
  ecrecover: (hash, v, r, s, chainId) => {
    const signature = new Uint8Array(64);
    signature.set(r, 32 - r.length);
    signature.set(s, 64 - s.length);
    return secp256k1.recoverPublicKey(signature, recoveryOf(v, chainId), hash);
  },
  ecdsaRecover: (signature, recovery, hash) =>
    secp256k1.recoverPublicKey(signature, recovery, hash),
};

/**
 * A Common with one fork for the whole chain. Its copies are itself and known parameters are taken over once, because
 * @ethereumjs copies and rebuilds its Common for every transaction, which costs more than the recovery of the sender.
 */
export class L2Common extends Common {
  readonly #knownParams = new WeakSet<object>();

  override copy(): Common {
    return this;
  }

  override updateParams(params: Parameters<Common["updateParams"]>[0]): void {
    if (this.#knownParams.has(params)) return;
    this.#knownParams.add(params);
    super.updateParams(params);
  }
}

/** The L2's fork rules for @ethereumjs: Osaka from genesis. Source: docs/protocol/execution.md */
export function createL2Common(l2ChainId: number): L2Common {
  const hardforks = Mainnet.hardforks.filter(({ name }) => isUpToOsaka(name));
  return new L2Common({
    chain: {
      ...Mainnet,
      name: `fovea-${l2ChainId}`,
      chainId: l2ChainId,
      // Blocks and times of mainnet's forks mean nothing here: all of them hold from genesis.
      hardforks: hardforks.map(({ name, timestamp }) => ({
        name,
        block: timestamp === undefined ? 0 : null,
        ...(timestamp === undefined ? {} : { timestamp: 0 }),
      })),
      bootstrapNodes: [],
      dnsNetworks: [],
    },
    hardfork: Hardfork.Osaka,
    customCrypto: fastCrypto,
  });
}

function isUpToOsaka(name: string): boolean {
  const names = Mainnet.hardforks.map((fork) => fork.name);
  return names.indexOf(name) <= names.indexOf(Hardfork.Osaka);
}

/** Recovery id from `v`: 27/28, EIP-155's form, or a plain parity. */
function recoveryOf(v: bigint, chainId: bigint | undefined): number {
  if (v === 0n || v === 1n) return Number(v);
  const recovery = chainId === undefined ? v - 27n : v - (chainId * 2n + 35n);
  if (recovery !== 0n && recovery !== 1n) throw new RangeError("invalid signature v value");
  return Number(recovery);
}
