import { fromHex, type Hash, type Hex } from "../../util/hex.js";
import { EngineError } from "../errors.js";

/** `0x` and 64 digits: nothing longer is handed to BigInt. */
const MAX_QUANTITY_CHARS = 66;

/** A JSON object whose fields are read one by one, as the Engine API writes them. Errors of all readers: ENGINE_BAD_WIRE. */
export class JsonFields {
  readonly #object: Record<string, unknown>;
  readonly #label: string;

  /** `label` names the object in errors. */
  constructor(value: unknown, label: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw badWire(`${label}: object expected`);
    }
    this.#object = value as Record<string, unknown>;
    this.#label = label;
  }

  /** True if the field is there; null counts as absent. */
  has(name: string): boolean {
    return this.#own(name) !== undefined;
  }

  /** Errors: ENGINE_BAD_WIRE if a field is there that is not in `names`; fields that are null count as absent. */
  only(names: readonly string[]): this {
    const extra = Object.keys(this.#object).find((name) => !names.includes(name) && this.has(name));
    if (extra !== undefined)
      throw badWire(`${this.#label}: unexpected field ${extra.slice(0, 40)}`);
    return this;
  }

  quantity(name: string, maxBits = 64): bigint {
    return readQuantity(this.#required(name), `${this.#label}.${name}`, maxBits);
  }

  hash(name: string): Hash {
    return readData(this.#required(name), `${this.#label}.${name}`, 32);
  }

  data(name: string, bytes?: number): Hex {
    return readData(this.#required(name), `${this.#label}.${name}`, bytes);
  }

  bytes(name: string, bytes?: number): Uint8Array {
    return fromHex(this.data(name, bytes));
  }

  text(name: string): string {
    const value = this.#required(name);
    if (typeof value !== "string") throw badWire(`${this.#label}.${name}: string expected`);
    return value;
  }

  /** A value that is read elsewhere. */
  object(name: string): unknown {
    return this.#required(name);
  }

  boolean(name: string): boolean {
    const value = this.#required(name);
    if (typeof value !== "boolean") throw badWire(`${this.#label}.${name}: boolean expected`);
    return value;
  }

  list<T>(name: string, readItem: (item: unknown, label: string) => T): T[] {
    const label = `${this.#label}.${name}`;
    return readList(this.#required(name), label, readItem);
  }

  #required(name: string): unknown {
    const value = this.#own(name);
    if (value === undefined) throw badWire(`${this.#label}: missing ${name}`);
    return value;
  }

  #own(name: string): unknown {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return value === null ? undefined : value;
  }
}

/** A list, item by item. Errors: ENGINE_BAD_WIRE. */
export function readList<T>(
  value: unknown,
  label: string,
  readItem: (item: unknown, label: string) => T,
): T[] {
  if (!Array.isArray(value)) throw badWire(`${label}: array expected`);
  return value.map((item, index) => readItem(item, `${label}[${index}]`));
}

/** DATA: whole bytes, `bytes` of them when given; lower case. Errors: ENGINE_BAD_WIRE. */
export function readData(value: unknown, label: string, bytes?: number): Hex {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]*$/.test(value) || value.length % 2 !== 0) {
    throw badWire(`${label}: hex data expected`);
  }
  if (bytes !== undefined && value.length !== 2 + 2 * bytes) {
    throw badWire(`${label}: ${bytes} bytes expected`);
  }
  return value.toLowerCase() as Hex;
}

/** DATA as bytes. Errors: ENGINE_BAD_WIRE. */
export function readBytes(value: unknown, label: string): Uint8Array {
  return fromHex(readData(value, label));
}

/** QUANTITY without leading zeros. Errors: ENGINE_BAD_WIRE, also above `maxBits` bits. */
export function readQuantity(value: unknown, label: string, maxBits = 64): bigint {
  if (
    typeof value !== "string" ||
    value.length > MAX_QUANTITY_CHARS ||
    !/^0x(0|[1-9a-fA-F][0-9a-fA-F]*)$/.test(value)
  ) {
    throw badWire(`${label}: hex quantity expected`);
  }
  const number = BigInt(value);
  if (number >> BigInt(maxBits) !== 0n) throw badWire(`${label}: more than ${maxBits} bits`);
  return number;
}

/** Integer to QUANTITY. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

function badWire(reason: string): Error {
  return new EngineError("ENGINE_BAD_WIRE", { reason });
}
