import { examine, thisMachine } from "../doctor/examine.js";
import { sentenceOfFinding } from "../doctor/types.js";
import { findServer } from "../findServer.js";
import { print, printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/** `fovea doctor`: what is wrong, a sentence each, with the cure; exit code 1 if anything is. Changes nothing. */
export async function doctor(
  flags: GivenFlags & { rpcUrl?: string; json?: boolean },
): Promise<void> {
  const isNamed = flags.rpcUrl !== undefined || Boolean(process.env.ETH_RPC_URL);
  const serverUrl = isNamed ? findServer(flags).url : undefined;
  const all = await examine({ flags, env: process.env, serverUrl, machine: thisMachine });
  const findings = all.flatMap(({ check, findings: found }) =>
    found.map((finding) => ({ check, ...finding, sentence: sentenceOfFinding(finding) })),
  );
  const problems = findings.filter(({ level }) => level === "problem");
  if (problems.length > 0) process.exitCode = 1;
  if (flags.json) {
    const fine = all.flatMap(({ check, fine }) => (fine === null ? [] : [{ check, text: fine }]));
    return printJson({ ok: problems.length === 0, findings, fine });
  }
  const isColored = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const paint = (code: number, text: string) =>
    isColored ? `\u001b[${code}m${text}\u001b[0m` : text;
  const width = Math.max(...all.map(({ check }) => check.length));
  for (const { check, fine, findings: found } of all) {
    const name = check.padEnd(width);
    if (fine !== null) print(` ${paint(32, "✓")} ${name}  ${fine}`);
    for (const finding of found) {
      const mark = finding.level === "problem" ? paint(31, "✗") : paint(33, "!");
      print(` ${mark} ${name}  ${sentenceOfFinding(finding)}`);
    }
  }
  print(problems.length === 0 ? "All fine." : `${problems.length} to cure.`);
}
