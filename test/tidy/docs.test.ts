import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "@jest/globals";
import { ROOT, readFiles, type SourceFile } from "./sourceFiles.js";

type Lookup = (path: string) => string | undefined;

const onDisk: Lookup = (path) => {
  const full = join(ROOT, path);
  if (!existsSync(full)) return undefined;
  return statSync(full).isFile() ? readFileSync(full, "utf8") : "";
};

/** Relative links of a page that lead nowhere, or to a heading that is not there. */
function findBrokenLinks({ path, text }: SourceFile, lookup: Lookup): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    const page = lookup(target);
    if (page === undefined) return [`${path}: ${link} does not exist`];
    if (anchor === undefined || anchorsOf(page).includes(anchor)) return [];
    return [`${path}: ${target} has no heading #${anchor}`];
  });
}

/** Heading anchors as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

/** Paths of this repository that a page names in backticks but that do not exist. `<name>` stands for any name. */
function findMissingFiles({ path, text }: SourceFile, lookup: Lookup): string[] {
  const named = [
    ...text.matchAll(/`((?:src|test|contracts|docs|scripts|config|bin|\.ci)\/[^`\s]*)`/g),
  ];
  return named.flatMap(([, file = ""]) => {
    const known = /[<*{]/.test(file) ? posix.dirname(file.split(/[<*{]/)[0] ?? "") : file;
    return lookup(known) === undefined ? [`${path}: ${file} does not exist`] : [];
  });
}

const pages = [
  ...readFiles("docs", [".md"]),
  { path: "README.md", text: readFileSync(join(ROOT, "README.md"), "utf8") },
];

test("docs: every relative link leads to a file, and to a heading of it", () => {
  expect(pages.length).toBeGreaterThan(8);
  expect(pages.flatMap((page) => findBrokenLinks(page, onDisk))).toEqual([]);
});

test("docs: the files that README, architecture and recipes name exist", () => {
  const guides = pages.filter(({ path }) =>
    /^(README|docs\/(architecture|recipes))\.md$/.test(path),
  );
  expect(guides).toHaveLength(3);
  expect(guides.flatMap((page) => findMissingFiles(page, onDisk))).toEqual([]);
});

test("docs: planted violations are found", () => {
  const lookup: Lookup = (path) => (path === "docs/b.md" ? "# Two Words\n" : undefined);
  const page = (text: string) => ({ path: "docs/a.md", text });
  expect(findBrokenLinks(page("[x](b.md#two-words) [y](https://example.org)"), lookup)).toEqual([]);
  expect(findBrokenLinks(page("[x](c.md)"), lookup)).toHaveLength(1);
  expect(findBrokenLinks(page("[x](b.md#three)"), lookup)).toHaveLength(1);
  expect(findMissingFiles(page("see `src/nowhere/gone.ts`"), lookup)).toHaveLength(1);
});
