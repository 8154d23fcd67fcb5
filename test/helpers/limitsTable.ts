import { MODE } from "../../src/proof/table.js";
import { MOST_BYTES, MOST_GAS, type StepFigures } from "./stepMeter.js";

const ORDER = Object.keys(MODE);
/** How far figures on the page may be from those of a run. */
const TOLERANCE = 0.1;

const modeOf = ({ kind }: StepFigures): string => kind.split(" ")[0] as string;
const number = (value: number): string => value.toLocaleString("en-US");
const keyOf = (row: StepFigures): string => `${row.kind}, ${row.name}`;

/** True if a step is within both bounds. */
export function isWithin({ bytes, l1Gas, fits }: StepFigures): boolean {
  return fits && bytes <= MOST_BYTES && l1Gas <= MOST_GAS;
}

/** The rows by mode, as lines of a table in Markdown. */
export function limitsTable(rows: readonly StepFigures[]): string {
  const sorted = [...rows].sort((a, b) => ORDER.indexOf(modeOf(a)) - ORDER.indexOf(modeOf(b)));
  const lines = sorted.map(({ kind, name, bytes, gas, l1Gas }) =>
    ["", ` ${kind} `, ` ${name} `, ...[bytes, gas, l1Gas].map((n) => ` ${number(n)} `), ""].join(
      "|",
    ),
  );
  return [
    "| step | case | witness bytes | gas of execution | gas of the L1 transaction |",
    "|---|---|---:|---:|---:|",
    ...lines,
    "",
  ].join("\n");
}

/** The page docs/protocol/machine-limits.md. */
export function limitsPage(rows: readonly StepFigures[]): string {
  const above = rows.filter((row) => !isWithin(row)).map((row) => `- ${keyOf(row)}`);
  const most = (pick: (row: StepFigures) => number) => number(Math.max(...rows.map(pick)));
  return `# What the dearest steps take

The largest steps of each mode of the [machine](machine.md) that are known, run through the compiled StepVerifier with all its families.
Bounds: ${number(MOST_BYTES)} bytes of witness, ${number(MOST_GAS)} gas of the whole transaction, of which the limit suffices too (precompiles of L1 are called with a reserve).
\`FOVEA_WRITE_DOCS=1 npm run jest -- test/contracts/proof/worstCase\` makes this page; without the variable the test compares it.

- *Gas of the L1 transaction*: \`21,000 + max(4 t + execution, 10 t)\`, t tokens of calldata (EIP-7623). Long witnesses cost what their bytes cost, and execution beside that nothing.
- *64 nodes*: a path as if the keys of a trie shared all nibbles but the last with others, each branch full. Nobody can make one: it takes hashes that begin alike. Maps of a transaction have paths of 20 full branches here; what 2^24 gas can put there (8,800 listed slots, 160,000 transient words) makes about 5.
- *In blocks*: modes that have no large case, in small blocks.
- At most ${most((r) => r.items)} items of 65,535, ${most((r) => r.ranges)} ranges of 255, ${most((r) => r.nodes)} nodes of 65,535, and ${most((r) => r.overrides)} inner nodes replaced of 8.

Above the bounds: ${above.length === 0 ? "none." : `\n${above.join("\n")}`}

${limitsTable(rows)}`;
}

/** What a page and a run disagree in: rows that only one has, and figures that are more than a tenth apart. */
export function staleRows(page: string, rows: readonly StepFigures[]): string[] {
  const written = new Map<string, number[]>();
  for (const line of page.split("\n")) {
    const [, kind, name, ...figures] = line.split("|").map((cell) => cell.trim());
    if (figures.length !== 4 || !/^[\d,]+$/.test(figures[0] as string)) continue;
    written.set(
      `${kind}, ${name}`,
      figures.slice(0, 3).map((cell) => Number(cell.replaceAll(",", ""))),
    );
  }
  const stale: string[] = [];
  for (const row of rows) {
    const old = written.get(keyOf(row));
    written.delete(keyOf(row));
    const now = [row.bytes, row.gas, row.l1Gas];
    const isNear = old?.every((n, i) => Math.abs(n - (now[i] as number)) <= TOLERANCE * n) ?? false;
    if (!isNear) stale.push(`${keyOf(row)}: ${now.join(", ")}, on the page ${old?.join(", ")}`);
  }
  return [...stale, ...[...written.keys()].map((key) => `${key}: only on the page`)];
}
