/** Contents of a value whose ABI we do not trust to fit: deeper or longer is shown as bytes. */
const MAX_ITEMS = 1_000;

/** Bytes of hex text. */
export function hexToBytes(hex) {
  const text = hex.startsWith("0x") ? hex.slice(2) : hex;
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Hex text of bytes. */
export function bytesToHex(bytes) {
  let text = "0x";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/**
 * Values of ABI-encoded parameters, in order: bigint, boolean, string, hex text for addresses and bytes, arrays for arrays and tuples.
 * Throws RangeError when the bytes do not fit the types.
 */
export function decodeParameters(parameters, bytes) {
  return decodeTuple(parameters, bytes, 0).map(([, value]) => value);
}

/** `{ name, args: [{ name, type, value }] }` of a call to a known function; undefined if none fits. */
export function decodeCall(abis, data) {
  const known = abis.functions[data.slice(0, 10)];
  return known && named(known, data);
}

/** The same for the data of a revert: our errors, and Solidity's Error(string) and Panic(uint256). */
export function decodeRevert(abis, data) {
  const known = { ...SOLIDITY_ERRORS, ...abis.errors }[data.slice(0, 10)];
  return known && named(known, data);
}

const SOLIDITY_ERRORS = {
  "0x08c379a0": { name: "Error", inputs: [{ name: "reason", type: "string" }] },
  "0x4e487b71": { name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
};

function named(known, data) {
  try {
    const values = decodeParameters(known.inputs, hexToBytes(data.slice(10)));
    return { name: known.name, args: known.inputs.map((input, i) => argument(input, values[i])) };
  } catch {
    return undefined;
  }
}

/** The same for a log: indexed values from topics, the rest from data. */
export function decodeLog(abis, log) {
  for (const known of abis.events[log.topics[0]] ?? []) {
    const indexed = known.inputs.filter((input) => input.indexed);
    if (indexed.length !== log.topics.length - 1) continue;
    try {
      const plain = known.inputs.filter((input) => !input.indexed);
      const values = decodeParameters(plain, hexToBytes(log.data));
      const topics = log.topics.slice(1);
      const args = known.inputs.map((input) => {
        if (!input.indexed) return argument(input, values.shift());
        return argument(input, decodeTopic(input, topics.shift()));
      });
      return { name: known.name, args };
    } catch {
      // Another event with this name, or none of ours.
    }
  }
  return undefined;
}

const argument = (input, value) => ({ name: input.name, type: input.type, value, input });

/** Of a dynamic value a topic is only the hash. */
function decodeTopic(input, topic) {
  if (isDynamic(input) || /\[|^tuple/.test(input.type)) return topic;
  return decodeValue(input, hexToBytes(topic), 0, 0);
}

function decodeTuple(parameters, bytes, base) {
  let offset = base;
  return parameters.map((parameter) => {
    const value = decodeValue(parameter, bytes, offset, base);
    offset += headSize(parameter);
    return [parameter.name, value];
  });
}

function decodeValue(parameter, bytes, offset, base) {
  if (!isDynamic(parameter)) return decodeInPlace(parameter, bytes, offset);
  return decodeInPlace(parameter, bytes, base + readSize(bytes, offset));
}

function decodeInPlace(parameter, bytes, offset) {
  const array = /^(.*)\[(\d*)\]$/.exec(parameter.type);
  if (array !== null) {
    const start = array[2] === "" ? offset + 32 : offset;
    const count = array[2] === "" ? readSize(bytes, offset) : Number(array[2]);
    if (count > MAX_ITEMS) throw new RangeError("too many items");
    const item = { ...parameter, type: array[1] };
    return decodeTuple(Array(count).fill(item), bytes, start).map(([, value]) => value);
  }
  if (parameter.type === "tuple") {
    return decodeTuple(parameter.components, bytes, offset).map(([, value]) => value);
  }
  if (parameter.type === "bytes" || parameter.type === "string") {
    const content = slice(bytes, offset + 32, readSize(bytes, offset));
    if (parameter.type === "bytes") return bytesToHex(content);
    return new TextDecoder().decode(content);
  }
  return decodeWord(parameter.type, slice(bytes, offset, 32));
}

function decodeWord(type, word) {
  if (type === "address") return bytesToHex(word.subarray(12));
  if (type === "bool") return word[31] !== 0;
  const fixed = /^bytes(\d+)$/.exec(type);
  if (fixed !== null) return bytesToHex(word.subarray(0, Number(fixed[1])));
  const value = BigInt(bytesToHex(word));
  return type.startsWith("int") ? BigInt.asIntN(256, value) : value;
}

function isDynamic({ type, components }) {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array !== null) return array[2] === "" || isDynamic({ type: array[1], components });
  if (type === "tuple") return components.some(isDynamic);
  return type === "bytes" || type === "string";
}

function headSize(parameter) {
  if (isDynamic(parameter)) return 32;
  const array = /^(.*)\[(\d+)\]$/.exec(parameter.type);
  if (array !== null) return Number(array[2]) * headSize({ ...parameter, type: array[1] });
  if (parameter.type !== "tuple") return 32;
  return parameter.components.reduce((size, component) => size + headSize(component), 0);
}

function readSize(bytes, offset) {
  const value = BigInt(bytesToHex(slice(bytes, offset, 32)));
  if (value > BigInt(bytes.length)) throw new RangeError("beyond the data");
  return Number(value);
}

function slice(bytes, offset, length) {
  if (offset + length > bytes.length) throw new RangeError("beyond the data");
  return bytes.subarray(offset, offset + length);
}
