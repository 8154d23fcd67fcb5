import { ComputeError } from "./errors.js";

/** More than any transaction has: the price of a MODEXP whose lengths are out of bounds, which always fails. */
export const UNPAYABLE_GAS = 2n ** 64n - 1n;

const MODEXP_MAX_LENGTH = 1_024n;
/** EIP-7951's address. */
const P256_VERIFY = 0x100;

// EIP-2537: discounts in thousandths for 1 to 128 pairs; more pairs have the last one.
const G1_DISCOUNTS: readonly number[] = [
  1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
  661, 658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
  613, 611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
  584, 582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
  562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
  544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
  528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
];
const G2_DISCOUNTS: readonly number[] = [
  1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
  693, 688, 683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
  627, 624, 622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
  590, 589, 587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
  566, 565, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
  547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
  532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
];

/** True for the addresses of the L2's precompiles, as numbers: 1 to 0x11, and 0x100. */
export function isPrecompile(address: number): boolean {
  return (address >= 1 && address <= 0x11) || address === P256_VERIFY;
}

/**
 * Longest input in bytes that does not make a precompile fail; infinite if there is no bound.
 * Source: docs/protocol/execution.md
 */
export function maxPrecompileInput(address: number, provablePrecompiles: boolean): number {
  switch (address) {
    case 0x08:
      return 57_600;
    case 0x0c:
      return 288_960;
    case 0x0e:
      return 278_784;
    case 0x0f:
      return provablePrecompiles ? 98_304 : 156_672;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/**
 * Gas that a precompile takes for an input, whether it then fails or not. Osaka's prices.
 * Errors: COMPUTE_BAD_SLICE for an address that is no precompile.
 * Source: EIPs 152, 196 to 198, 1108, 2537, 4844, 7883, 7823, 7951.
 */
export function precompileGas(address: number, input: Uint8Array): bigint {
  const length = input.length;
  const words = BigInt(Math.ceil(length / 32));
  const items = (bytes: number): bigint => BigInt(Math.floor(length / bytes));
  switch (address) {
    case 0x01:
      return 3_000n;
    case 0x02:
      return 60n + 12n * words;
    case 0x03:
      return 600n + 120n * words;
    case 0x04:
      return 15n + 3n * words;
    case 0x05:
      return modExpGas(input);
    case 0x06:
      return 150n;
    case 0x07:
      return 6_000n;
    case 0x08:
      return 45_000n + 34_000n * items(192);
    case 0x09:
      // An input of another length fails.
      return length === 213 ? readBig(input, 0, 4) : 0n;
    case 0x0a:
      return 50_000n;
    case 0x0b:
      return 375n;
    case 0x0c:
      return msmGas(items(160), 12_000n, G1_DISCOUNTS);
    case 0x0d:
      return 600n;
    case 0x0e:
      return msmGas(items(288), 22_500n, G2_DISCOUNTS);
    case 0x0f:
      return 37_700n + 32_600n * items(384);
    case 0x10:
      return 5_500n;
    case 0x11:
      return 23_800n;
    case P256_VERIFY:
      return 6_900n;
    default:
      throw new ComputeError("COMPUTE_BAD_SLICE", { address });
  }
}

/** The lengths that a MODEXP input begins with; bytes that are missing count as zero. */
export function modExpLengths(input: Uint8Array): {
  base: bigint;
  exponent: bigint;
  modulus: bigint;
} {
  return {
    base: readBig(input, 0, 32),
    exponent: readBig(input, 32, 32),
    modulus: readBig(input, 64, 32),
  };
}

/** EIP-7823: base, exponent and modulus are at most 1,024 bytes long each. */
export function isModExpInBounds(input: Uint8Array): boolean {
  const { base, exponent, modulus } = modExpLengths(input);
  return [base, exponent, modulus].every((length) => length <= MODEXP_MAX_LENGTH);
}

/** Price of a MODEXP by EIP-7883, `UNPAYABLE_GAS` beyond EIP-7823's bounds. */
export function modExpGas(input: Uint8Array): bigint {
  if (!isModExpInBounds(input)) return UNPAYABLE_GAS;
  const { base, exponent, modulus } = modExpLengths(input);
  const maxLength = base > modulus ? base : modulus;
  const words = (maxLength + 7n) / 8n;
  const complexity = maxLength > 32n ? 2n * words ** 2n : 16n;
  const isLong = exponent > 32n;
  const head = readBig(input, 96 + Number(base), isLong ? 32 : Number(exponent));
  const bits = head === 0n ? 0n : BigInt(head.toString(2).length - 1);
  const count = isLong ? 16n * (exponent - 32n) + bits : bits;
  const gas = complexity * (count > 1n ? count : 1n);
  return gas > 500n ? gas : 500n;
}

function msmGas(pairs: bigint, multiplication: bigint, discounts: readonly number[]): bigint {
  if (pairs === 0n) return 0n;
  const index = Math.min(Number(pairs), discounts.length) - 1;
  return (pairs * multiplication * BigInt(discounts[index] as number)) / 1_000n;
}

/** Big-endian number of `length` bytes at `offset`, zeroes behind the end of the input. */
function readBig(input: Uint8Array, offset: number, length: number): bigint {
  let value = 0n;
  for (let at = offset; at < offset + length; at++) value = (value << 8n) | BigInt(input[at] ?? 0);
  return value;
}
