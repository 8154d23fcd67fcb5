import { expect, test } from "@jest/globals";
import { readImports, rewriteImports } from "../../../../src/rpc/pages/moduleImports.js";

const CODE = `import{h as e}from"preact";import {
  a,
  b,
} from "./b.js";
import * as P from 'micro-packed';
export { c } from "../c.js";
import "./side.js";
// import { no } from "comment";
/** import { no } from "docs"; */
const lazy = () => import("./lazy.js");
const text = ["sent from", "nowhere"];
const more = html\`from "a template"\`;
`;

test("imports: statements and import() are found, words in strings and comments are not", () => {
  expect(readImports(CODE).sort()).toEqual(
    ["preact", "./b.js", "micro-packed", "../c.js", "./side.js", "./lazy.js"].sort(),
  );
});

test("imports: rewriting changes the specifiers and nothing else", () => {
  const changed = rewriteImports(CODE, (specifier) => `<${specifier}>`);
  expect(changed).toContain('from"<preact>"');
  expect(changed).toContain('import("<./lazy.js>")');
  expect(changed).toContain('["sent from", "nowhere"]');
  expect(rewriteImports(changed, (specifier) => specifier.slice(1, -1))).toBe(CODE);
});
