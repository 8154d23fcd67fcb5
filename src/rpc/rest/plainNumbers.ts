import { RestProblem } from "./problems.js";

const PLAIN = /^-?\d+(\.\d+)?$/;

/**
 * The validator turns any text that JavaScript takes for a number into one ("Infinity", " ", "0x10"); only plain decimal ones are meant.
 * Errors: validation-failed.
 */
export function assertPlainNumbers(
  originalUrl: string,
  coerced: { params: Record<string, unknown>; query: Record<string, unknown> },
): void {
  const [path = "", text = ""] = originalUrl.split("?");
  const segments = new Set(path.split("/"));
  const query = new URLSearchParams(text);
  const errors = [
    ...Object.entries(coerced.params)
      .filter(([, value]) => typeof value === "number")
      .filter(([, value]) => !segments.has(String(value)) || !PLAIN.test(String(value)))
      .map(([name]) => `/params/${name}`),
    ...Object.entries(coerced.query)
      .filter(([name, value]) => typeof value === "number" && query.has(name))
      .filter(([name, value]) => query.get(name) !== String(value) || !PLAIN.test(String(value)))
      .map(([name]) => `/query/${name}`),
  ].map((pointer) => ({ pointer, message: "must be a plain decimal number" }));
  if (errors.length > 0) throw new RestProblem("validation-failed", { errors });
}
