import type { ClientAnswer } from "./clientCalls.js";

/** A difference between what two servers answered to the same call. */
export interface ShapeDifference {
  /** Place in the answer, such as `logs[].blockHash`. */
  path: string;
  expected: string;
  found: string;
}

/** DATA whose length depends on what it holds. */
const ANY_LENGTH =
  /(^|\.)(input|data|extraData|output|result|returnData|proof\[\]|accountProof\[\]|initCode)$/;

/**
 * Compares two answers in shape: the same keys, the same JSON types, null or absent alike, QUANTITY where the other has
 * QUANTITY, DATA of the same length where the length is fixed; of errors the code, and whether they have data.
 * Of lists the last items are compared.
 */
export function compareShapes(expected: ClientAnswer, found: ClientAnswer): ShapeDifference[] {
  if ("error" in expected || "error" in found) {
    const [left, right] = [errorOf(expected), errorOf(found)];
    return left === right ? [] : [{ path: "", expected: left, found: right }];
  }
  return differences("result", expected.result, found.result);
}

function errorOf(answer: ClientAnswer): string {
  if (!("error" in answer)) return "a result";
  const { code, data } = answer.error;
  return `error ${code}${data === undefined ? "" : ` with ${typeOf(data)}`}`;
}

function differences(path: string, expected: unknown, found: unknown): ShapeDifference[] {
  const [left, right] = [typeOf(expected), typeOf(found)];
  if (left !== right) return [{ path, expected: left, found: right }];
  if (Array.isArray(expected) && Array.isArray(found)) return compareLists(path, expected, found);
  if (typeof expected === "object" && expected !== null) {
    return compareObjects(
      path,
      expected as Record<string, unknown>,
      found as Record<string, unknown>,
    );
  }
  if (typeof expected === "string") return compareTexts(path, expected, String(found));
  return [];
}

function compareLists(path: string, expected: unknown[], found: unknown[]): ShapeDifference[] {
  if (expected.length === 0 || found.length === 0) {
    if (expected.length === found.length) return [];
    const words = (list: unknown[]) => (list.length === 0 ? "an empty list" : "a list with items");
    return [{ path, expected: words(expected), found: words(found) }];
  }
  return differences(`${path}[]`, expected.at(-1), found.at(-1));
}

function compareObjects(
  path: string,
  expected: Record<string, unknown>,
  found: Record<string, unknown>,
): ShapeDifference[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((key) => {
    const place = `${path}.${key}`;
    if (!(key in found)) return [{ path: place, expected: typeOf(expected[key]), found: "absent" }];
    if (!(key in expected)) return [{ path: place, expected: "absent", found: typeOf(found[key]) }];
    return differences(place, expected[key], found[key]);
  });
}

function compareTexts(path: string, expected: string, found: string): ShapeDifference[] {
  const [left, right] = [formsOf(expected, path), formsOf(found, path)];
  if (left.some((form) => right.includes(form))) return [];
  return [{ path, expected: left.join(" or "), found: right.join(" or ") }];
}

/** Every form that a text may be meant in: "0x10" is a quantity and a byte. */
function formsOf(text: string, path: string): string[] {
  const forms: string[] = [];
  if (/^0x(0|[1-9a-f][0-9a-f]{0,63})$/.test(text)) forms.push("quantity");
  if (/^0x([0-9a-f]{2})*$/.test(text)) {
    forms.push(ANY_LENGTH.test(path) ? "data" : `data of ${text.length / 2 - 1} bytes`);
  }
  if (forms.length > 0) return forms;
  return [/^0x/i.test(text) ? "malformed hex" : "text"];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}
