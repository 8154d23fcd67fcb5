import { parseSync } from "@swc/core";

/** A regular expression as it stands in a source. */
export interface RegexLiteral {
  path: string;
  source: string;
  flags: string;
}

type Node =
  | { kind: "char"; text: string }
  | { kind: "group"; options: Node[][] }
  | { kind: "repeat"; node: Node; min: number; max: number };

/** Regular expressions of a source by its syntax tree, and places where one is made of a text at run time. */
export function regexesOf(path: string, text: string): { literals: RegexLiteral[]; made: number } {
  const literals: RegexLiteral[] = [];
  let made = 0;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const { type, pattern, flags, callee } = node as Record<string, unknown>;
    if (type === "RegExpLiteral") {
      literals.push({ path, source: String(pattern), flags: String(flags) });
    }
    const isCall = type === "NewExpression" || type === "CallExpression";
    if (isCall && (callee as { value?: unknown } | null)?.value === "RegExp") made++;
    for (const item of Object.values(node)) visit(item);
  };
  visit(parseSync(text, { syntax: "typescript", target: "es2022" }));
  return { literals, made };
}

/** A reader of patterns without flag `v`; what it does not know it takes for a character. */
class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  options(): Node[][] {
    const options: Node[][] = [[]];
    while (this.#at < this.#text.length && this.#text[this.#at] !== ")") {
      if (this.#take("|")) {
        options.push([]);
        continue;
      }
      const node = this.#repeated(this.#atom());
      if (node !== undefined) options.at(-1)?.push(node);
    }
    return options;
  }

  #take(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  /** Undefined for what has no width. */
  #atom(): Node | undefined {
    if (this.#take("(")) {
      const isLook = ["?=", "?!", "?<=", "?<!"].some((mark) => this.#take(mark));
      if (!isLook && !this.#take("?:")) {
        const name = /^\?<\w+>/.exec(this.#text.slice(this.#at))?.[0];
        if (name !== undefined) this.#take(name);
      }
      const options = this.options();
      this.#take(")");
      return isLook ? undefined : { kind: "group", options };
    }
    const rest = this.#text.slice(this.#at);
    const atom =
      /^(\[(?:\\.|[^\]\\])*\]|\\u\{[^}]+\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|[\s\S])/i.exec(
        rest,
      )?.[0] ?? "";
    this.#at += atom.length;
    return ["^", "$", "\\b", "\\B"].includes(atom) || /^\\[1-9]/.test(atom)
      ? undefined
      : { kind: "char", text: atom };
  }

  #repeated(node: Node | undefined): Node | undefined {
    const found = /^(?:\*|\+|\?|\{(\d+)(,)?(\d*)\})\??/.exec(this.#text.slice(this.#at));
    if (found === null) return node;
    const [mark, low, comma, high] = found;
    this.#at += mark.length;
    if (node === undefined) return undefined;
    if (low === undefined) {
      const max = mark[0] === "?" ? 1 : Number.POSITIVE_INFINITY;
      return { kind: "repeat", node, min: mark[0] === "+" ? 1 : 0, max };
    }
    const min = Number(low);
    const end = high === "" ? Number.POSITIVE_INFINITY : Number(high);
    return { kind: "repeat", node, min, max: comma === undefined ? min : end };
  }
}

function childrenOf(node: Node): Node[] {
  if (node.kind === "char") return [];
  return node.kind === "group" ? node.options.flat() : [node.node];
}

const isEndless = (node: Node): boolean =>
  node.kind === "repeat" && node.max === Number.POSITIVE_INFINITY;
const hasEndless = (node: Node): boolean => isEndless(node) || childrenOf(node).some(hasEndless);

/** True if something that may repeat without end holds something that may as well: then the same text fits in many ways. */
export function hasNestedQuantifier(source: string): boolean {
  const isNested = (node: Node): boolean =>
    (node.kind === "repeat" && node.max > 1 && hasEndless(node.node) && isEndless(node)) ||
    childrenOf(node).some(isNested);
  return new PatternReader(source).options().flat().some(isNested);
}

/** One character for each set of characters that no atom of the pattern tells apart. */
function representatives(nodes: Node[], flags: string): Map<string, string[]> {
  const atoms: string[] = [];
  const collect = (node: Node): void => {
    if (node.kind === "char") atoms.push(node.text);
    else childrenOf(node).forEach(collect);
  };
  nodes.forEach(collect);
  const tests = [...new Set(atoms)].map((text) => {
    return { text, regex: new RegExp(`^(?:${text})$`, flags.replace(/[gym]/g, "")) };
  });
  const characters = Array.from({ length: 126 }, (_item, code) => String.fromCharCode(code + 1));
  const bySignature = new Map<string, string>();
  for (const character of characters.reverse()) {
    bySignature.set(tests.map(({ regex }) => Number(regex.test(character))).join(""), character);
  }
  const distinct = [...bySignature.values()];
  return new Map(
    tests.map(({ text, regex }) => {
      const fitting = distinct.filter((character) => regex.test(character));
      return [text, fitting.length > 0 ? fitting : [text.at(-1) ?? ""]];
    }),
  );
}

/**
 * Texts on which a backtracking matcher has to try again and again if the pattern lets it: for each part that may repeat, what
 * leads to it, then the part over and over, then what fits nowhere; and all of that over and over.
 */
export function pumpsOf({ source, flags }: RegexLiteral, length: number): string[] {
  const nodes = new PatternReader(source).options();
  const characters = representatives(nodes.flat(), flags);
  const samples = (node: Node): string[] => {
    if (node.kind === "char") return characters.get(node.text) ?? [];
    if (node.kind === "group") return node.options.map((option) => option.map(sample).join(""));
    return samples(node.node).map((text) => text.repeat(Math.max(1, node.min)));
  };
  const sample = (node: Node): string => {
    if (node.kind === "repeat" && node.min === 0) return "";
    return samples(node)[0] ?? "";
  };
  const found = new Set<string>();
  const add = (part: string, before = "") => {
    if (part === "") return;
    const pumped = before + part.repeat(Math.ceil(length / part.length));
    for (const end of ["", "\u0001"]) found.add(pumped.slice(0, length) + end);
  };
  const walk = (options: Node[][], before: string): void => {
    for (const option of options) {
      let prefix = before;
      for (const node of option) {
        if (hasEndless(node)) {
          for (const part of samples(node)) {
            add(part, prefix);
            add(part);
            add(prefix + part);
          }
        }
        if (node.kind === "group") walk(node.options, prefix);
        else if (node.kind === "repeat" && node.node.kind === "group") {
          walk(node.node.options, prefix);
        }
        prefix += samples(node)[0] ?? "";
      }
    }
  };
  walk(nodes, "");
  for (const option of nodes) add(option.map((node) => samples(node)[0] ?? "").join(""));
  return [...found];
}
