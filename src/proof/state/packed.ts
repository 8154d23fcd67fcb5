import type { Word } from "./types.js";

/** Bits of a field's kind. `n64` is an u64 that is a JavaScript number (below 2^53), `u64` one that is a bigint, `flag` an u8 that is 0 or 1. */
const BITS = { u8: 8n, flag: 8n, u16: 16n, u32: 32n, n64: 64n, u64: 64n } as const;

type Kind = keyof typeof BITS;
type ValueOf<K extends Kind> = K extends "u64" ? bigint : K extends "flag" ? boolean : number;

/** Values of the fields of a packed leaf. */
export type FieldsOf<L extends Record<string, Kind>> = { -readonly [F in keyof L]: ValueOf<L[F]> };

/** Reads and makes one kind of packed leaf. */
export interface Packed<L extends Record<string, Kind>> {
  pack(values: Readonly<FieldsOf<L>>): Word;
  unpack(word: Word): FieldsOf<L>;
}

/** The value type of a packed leaf: `ValuesOf<typeof REGS>`. */
export type ValuesOf<P> = P extends Packed<infer L> ? FieldsOf<L> : never;

/** A packed leaf: its fields from the most significant byte on, the rest of the word zero. */
export function packed<const L extends Record<string, Kind>>(layout: L): Packed<L> {
  const fields: { name: keyof L; kind: Kind; shift: bigint; mask: bigint }[] = [];
  let left = 256n;
  for (const name of Object.keys(layout) as (keyof L & string)[]) {
    const kind = layout[name] as Kind;
    left -= BITS[kind];
    fields.push({ name, kind, shift: left, mask: (1n << BITS[kind]) - 1n });
  }
  return {
    pack: (values) => {
      let word = 0n;
      for (const { name, shift, mask } of fields) {
        const value: bigint | boolean | number = values[name];
        if (value !== 0 && value !== 0n && value !== false) word |= (BigInt(value) & mask) << shift;
      }
      return word;
    },
    unpack: (word) => {
      const values: Partial<Record<keyof L, bigint | boolean | number>> = {};
      for (const { name, kind, shift, mask } of fields) {
        const value = (word >> shift) & mask;
        values[name] = kind === "u64" ? value : kind === "flag" ? value === 1n : Number(value);
      }
      return values as FieldsOf<L>;
    },
  };
}
