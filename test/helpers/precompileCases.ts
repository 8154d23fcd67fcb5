import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { NobleBLS } from "@ethereumjs/evm";

/** An input of a precompile, and what becomes of it: its answer in bytes (0: it answers nothing), or a failure. */
export interface PrecompileCase {
  readonly name: string;
  readonly address: number;
  readonly input: Uint8Array;
  readonly answer: number | "fails";
}

const bls = new NobleBLS();
const BN_P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;
const BLS_P =
  0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const BN_G2 = [
  "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
  "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
  "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
  "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
].join("");

/** Bytes one after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A number in so many bytes. */
export function bytesOf(value: bigint | number, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
}

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const word = (value: bigint | number): Uint8Array => bytesOf(value, 32);

/** A MODEXP input. */
export function modExp(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  const lengths = [base, exponent, modulus].map((part) => word(part.length));
  return join(...lengths, base, exponent, modulus);
}

/** Pairs of bn254 whose product is 1, in twos: (P, Q) and (-P, Q). */
export function bnPairs(count: number): Uint8Array {
  const pair = join(word(1), word(2), hex(BN_G2), word(1), word(BN_P - 2n), hex(BN_G2));
  return join(...Array.from({ length: count / 2 }, () => pair));
}

/** A point of BLS12-381's G1 or G2. */
export function blsPoint(group: "g1" | "g2", seed: number): Uint8Array {
  const field = new Uint8Array(group === "g1" ? 64 : 128).fill(seed);
  for (let at = 0; at < field.length; at += 64) field.fill(0, at, at + 17);
  return Uint8Array.from(group === "g1" ? bls.mapFPtoG1(field) : bls.mapFP2toG2(field));
}

/** Pairs of BLS12-381 whose product is 1, in twos. */
export function blsPairs(count: number): Uint8Array {
  const [p, q] = [blsPoint("g1", 3), blsPoint("g2", 5)];
  const y = BigInt(`0x${Buffer.from(p.subarray(64)).toString("hex")}`);
  const minus = join(p.subarray(0, 64), bytesOf(BLS_P - y, 64));
  const pair = join(p, q, minus, q);
  return join(...Array.from({ length: count / 2 }, () => pair));
}

/** A BLAKE2F input with a message of counting bytes. */
export function blake2Input(rounds: number, flag: number): Uint8Array {
  const input = Uint8Array.from({ length: 213 }, (_, i) => (i * 37) & 0xff);
  new DataView(input.buffer).setUint32(0, rounds);
  input[212] = flag;
  return input;
}

/** Commitment and proof at infinity: the polynomial 0, which is 0 everywhere. */
function zeroPolynomial(y: number): Uint8Array {
  const infinity = new Uint8Array(48);
  infinity[0] = 0xc0;
  const versioned = Uint8Array.from(createHash("sha256").update(infinity).digest());
  versioned[0] = 1;
  return join(versioned, word(77), word(y), infinity, infinity);
}

function p256(isTrue: boolean): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const message = Buffer.from("a message");
  const signature = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const key = publicKey.export({ format: "jwk" });
  const point = [key.x, key.y].map(
    (text) => new Uint8Array(Buffer.from(text as string, "base64url")),
  );
  const digest = createHash("sha256").update(message).digest();
  if (!isTrue) digest[0] = (digest[0] as number) ^ 1;
  return join(digest, signature, ...point);
}

// A signature of secp256k1 that is valid for some key: r and s are x of points.
const SIGNATURE = join(
  hex("456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"),
  word(28),
  hex("9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"),
  hex("4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"),
);

const cut = (input: Uint8Array, by: number): Uint8Array => input.subarray(0, input.length - by);
const off = (input: Uint8Array, at: number): Uint8Array => {
  const changed = Uint8Array.from(input);
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
};

type Row = readonly [
  name: string,
  address: number,
  input: Uint8Array,
  answer: PrecompileCase["answer"],
];

/** Each precompile with inputs that it answers and inputs that it refuses, all in one step. */
export function precompileCases(): PrecompileCase[] {
  const [g1, g2] = [blsPoint("g1", 1), blsPoint("g2", 2)];
  const pair1 = join(g1, word(9n ** 70n));
  const pair2 = join(g2, word(9n ** 70n));
  const zeros = (length: number): Uint8Array => new Uint8Array(length);
  const numbers = (length: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => (i * 89 + 7) & 0xff);
  const rows: Row[] = [
    ["ecrecover", 1, SIGNATURE, 32],
    ["ecrecover, longer", 1, join(SIGNATURE, numbers(9_000)), 32],
    ["ecrecover, another recovery id", 1, off(SIGNATURE, 32), 0],
    ["ecrecover, short", 1, cut(SIGNATURE, 40), 0],
    ["ecrecover, empty", 1, zeros(0), 0],
    ...[0, 1, 55, 64, 4_097, 65_536].flatMap((length): Row[] => [
      [`sha256, ${length} bytes`, 2, numbers(length), 32],
      [`ripemd160, ${length} bytes`, 3, numbers(length), 32],
    ]),
    ...[0, 31, 4_096, 200_000].map(
      (length): Row => [`identity, ${length} bytes`, 4, numbers(length), length],
    ),
    ["modexp", 5, modExp(numbers(40), numbers(3), numbers(64)), 64],
    ["modexp, 33 bytes", 5, modExp(numbers(3), numbers(40), numbers(33)), 33],
    ["modexp, 1,024 bytes", 5, modExp(numbers(1_024), numbers(3), numbers(1_024)), 1_024],
    ["modexp, cut", 5, cut(modExp(numbers(50), numbers(3), numbers(64)), 70), 64],
    ["modexp, longer", 5, join(modExp(numbers(50), numbers(3), numbers(64)), numbers(7_000)), 64],
    ["modexp, empty", 5, zeros(0), 0],
    ["modexp, modulus 0", 5, modExp(numbers(4), numbers(4), zeros(100)), 100],
    ["modexp, base too long", 5, modExp(numbers(1_025), numbers(1), numbers(1)), "fails"],
    ["modexp, exponent too long", 5, modExp(numbers(1), numbers(1_025), numbers(1)), "fails"],
    ["modexp, length of 2^255", 5, join(word(2n ** 255n), zeros(64)), "fails"],
    ["bn add", 6, join(word(1), word(2), word(1), word(2)), 64],
    ["bn add, longer", 6, join(word(1), word(2), word(1), word(2), numbers(5_000)), 64],
    ["bn add, short", 6, join(word(1), word(2)), 64],
    ["bn add, no point", 6, join(word(1), word(3)), "fails"],
    ["bn mul", 7, join(word(1), word(2), word(5n ** 100n)), 64],
    ["bn mul, no point", 7, join(word(1), word(3), word(5)), "fails"],
    ["bn pairing, empty", 8, zeros(0), 32],
    ["bn pairing", 8, bnPairs(2), 32],
    ["bn pairing, not 1", 8, bnPairs(2).subarray(192), 32],
    ["bn pairing, no point", 8, off(bnPairs(2), 200), "fails"],
    ["bn pairing, no pairs", 8, cut(bnPairs(2), 1), "fails"],
    ["bn pairing, too many", 8, zeros(57_792), "fails"],
    ["blake2f", 9, blake2Input(12, 1), 64],
    ["blake2f, no rounds", 9, blake2Input(0, 0), 64],
    ["blake2f, flag 2", 9, blake2Input(12, 2), "fails"],
    ["blake2f, flag 2 and many rounds", 9, blake2Input(9_000_000, 2), "fails"],
    ["blake2f, short", 9, numbers(212), "fails"],
    ["blake2f, long", 9, numbers(150_000), "fails"],
    ["point evaluation", 10, zeroPolynomial(0), 64],
    ["point evaluation, wrong", 10, zeroPolynomial(1), "fails"],
    ["point evaluation, wrong hash", 10, off(zeroPolynomial(0), 5), "fails"],
    ["point evaluation, long", 10, numbers(150_000), "fails"],
    ["G1 add", 11, join(g1, g1), 128],
    ["G1 add, no point", 11, off(join(g1, g1), 100), "fails"],
    ["G1 add, long", 11, join(g1, g1, numbers(150_000)), "fails"],
    ["G1 MSM", 12, join(pair1, pair1), 128],
    ["G1 MSM, 64 pairs", 12, join(...Array.from({ length: 64 }, () => pair1)), 128],
    ["G1 MSM, no point", 12, off(join(pair1, pair1), 127), "fails"],
    ["G1 MSM, empty", 12, zeros(0), "fails"],
    ["G1 MSM, no pairs", 12, zeros(288_959), "fails"],
    ["G1 MSM, too many", 12, zeros(289_120), "fails"],
    ["G2 add", 13, join(g2, g2), 256],
    ["G2 add, no point", 13, off(join(g2, g2), 500), "fails"],
    ["G2 add, short", 13, g2, "fails"],
    ["G2 MSM", 14, join(pair2, pair2), 256],
    ["G2 MSM, no point", 14, off(pair2, 127), "fails"],
    ["G2 MSM, no pairs", 14, zeros(278_783), "fails"],
    ["G2 MSM, too many", 14, zeros(279_072), "fails"],
    ["BLS pairing", 15, blsPairs(2), 32],
    ["BLS pairing, not 1", 15, blsPairs(2).subarray(384), 32],
    ["BLS pairing, padding", 15, off(blsPairs(2), 384), "fails"],
    ["BLS pairing, empty", 15, zeros(0), "fails"],
    ["BLS pairing, no pairs", 15, zeros(98_303), "fails"],
    ["BLS pairing, too many", 15, zeros(98_688), "fails"],
    ["map to G1", 16, join(zeros(17), numbers(47)), 128],
    ["map to G1, not a field element", 16, numbers(64), "fails"],
    ["map to G1, long", 16, zeros(65), "fails"],
    ["map to G2", 17, join(zeros(17), numbers(47), zeros(17), numbers(47)), 256],
    ["map to G2, not a field element", 17, numbers(128), "fails"],
    ["map to G2, short", 17, zeros(127), "fails"],
    ["P256VERIFY", 256, p256(true), 32],
    ["P256VERIFY, wrong", 256, p256(false), 0],
    ["P256VERIFY, long", 256, join(p256(true), numbers(150_000)), 0],
    ["P256VERIFY, empty", 256, zeros(0), 0],
  ];
  return rows.map(([name, address, input, answer]) => ({ name, address, input, answer }));
}
