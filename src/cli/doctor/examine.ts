import { statfsSync } from "node:fs";
import { FoveaError } from "../../util/errors.js";
import { readServerNote } from "../dataDir.js";
import { sentenceOf } from "../errors.js";
import { chooseKeys } from "../keys.js";
import { loadChainConfig } from "../loadChainConfig.js";
import { PACKAGE_ROOT } from "../packageRoot.js";
import { type GivenFlags, readSettings } from "../readSettings.js";
import { l1Check } from "./l1Checks.js";
import { buildCheck, dataDirCheck, diskCheck, lockCheck, nodeCheck } from "./machineChecks.js";
import { portCheck } from "./portChecks.js";
import { redisCheck } from "./redisCheck.js";
import { jwtCheck } from "./secretChecks.js";
import { serverCheck } from "./serverCheck.js";
import { type Check, type Finding, type Machine, type Patient, problem } from "./types.js";

/** What one check found: `fine` says what is well, in a few words. */
export interface Diagnosis {
  check: string;
  fine: string | null;
  findings: Finding[];
}

const CHECKS: Check[] = [
  dataDirCheck,
  diskCheck,
  lockCheck,
  portCheck,
  redisCheck,
  l1Check,
  jwtCheck,
  serverCheck,
];

/** The machine this runs on. */
export const thisMachine: Machine = {
  nodeVersion: process.versions.node,
  packageRoot: PACKAGE_ROOT,
  freeBytes(path) {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  },
  nowMs: () => Date.now(),
};

/** What the person gave, and where to look. */
export interface ExamineInput {
  flags: GivenFlags;
  env: Record<string, string | undefined>;
  /** Address of a server that was named. */
  serverUrl: string | undefined;
  machine: Machine;
}

/** Looks at everything that `fovea start` needs with the same flags, and at the server if one runs. Changes nothing. */
export async function examine(input: ExamineInput): Promise<Diagnosis[]> {
  const { flags, env, serverUrl, machine } = input;
  const { patient, findings } = meet(flags, env, { serverUrl, machine });
  const settingsDiagnosis = { check: "config", fine: "settings and keys fit", findings };
  const always = patient ?? ({ machine } as Patient);
  const early = [await runCheck(nodeCheck, always), await runCheck(buildCheck, always)];
  const later =
    patient === undefined ? [] : await Promise.all(CHECKS.map((check) => runCheck(check, patient)));
  const config = findings.length > 0 ? { ...settingsDiagnosis, fine: null } : settingsDiagnosis;
  return [...early, config, ...later].flatMap((diagnosis) => diagnosis ?? []);
}

/** Settings, chain config and keys, and what is wrong with them. */
function meet(
  flags: GivenFlags,
  env: Record<string, string | undefined>,
  rest: Pick<Patient, "serverUrl" | "machine">,
): { patient: Patient | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  const attempt = <T>(work: () => T, cure: string): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      findings.push(...split(sentenceOf(error)).map((text) => problem(text, cure)));
      return undefined;
    }
  };
  const settings = attempt(
    () => readSettings(flags, env).settings,
    "correct it (docs/configuration.md lists all settings)",
  );
  if (settings === undefined) return { patient: undefined, findings };
  const chain = attempt(() => loadChainConfig(settings.chainConfig), "correct the file");
  const keys =
    chain === undefined
      ? undefined
      : attempt(
          () => chooseKeys(settings, chain),
          "keys come from the environment or a file, see docs/configuration.md#secrets",
        );
  const note = readServerNote(settings.datadir);
  return { patient: { settings, chain, keys, note, ...rest }, findings };
}

/** The problems of a sentence that names several, each as text without a full stop. */
function split(sentence: string): string[] {
  const list = sentence.replace(/\.$/, "").replace(/; (did you mean [^?]*\?)/g, " ($1)");
  const prefix = "Wrong configuration: ";
  return list.startsWith(prefix) ? list.slice(prefix.length).split("; ") : [list];
}

async function runCheck(check: Check, patient: Patient): Promise<Diagnosis | undefined> {
  try {
    const found = await check.run(patient);
    if (found === undefined) return undefined;
    const isFine = typeof found === "string";
    return {
      check: check.name,
      fine: isFine ? found : null,
      findings: isFine ? [] : found,
    };
  } catch (error) {
    const text = `The check "${check.name}" could not be made (${sentenceOf(error)})`;
    return { check: check.name, fine: null, findings: [problem(text, "run it again")] };
  }
}
