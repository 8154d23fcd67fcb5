import type { ChainConfig } from "../../protocol/types.js";
import type { ServerNote } from "../dataDir.js";
import type { Keys } from "../keys.js";
import type { Settings } from "../settings.js";

/** Something that is wrong (`problem`), or worth knowing (`note`). Together the two texts are one sentence. */
export interface Finding {
  level: "problem" | "note";
  problem: string;
  cure: string;
}

/** One thing that `doctor` looks at. */
export interface Check {
  name: string;
  /** Findings, or what is fine in a few words; undefined: there is nothing to look at. */
  run(patient: Patient): Promise<Finding[] | string | undefined>;
}

/** What the checks look at. */
export interface Patient {
  settings: Settings;
  /** Undefined if it cannot be read. */
  chain: ChainConfig | undefined;
  /** Undefined if one is missing or wrong. */
  keys: Keys | undefined;
  /** What the server that runs on the data directory says. */
  note: ServerNote | undefined;
  /** Address of a server that the person named. */
  serverUrl: string | undefined;
  machine: Machine;
}

/** The machine, so that tests can show an old Node or a full disk. */
export interface Machine {
  nodeVersion: string;
  /** Folder of package.json. */
  packageRoot: string;
  /** Bytes that may still be written where `path` is. */
  freeBytes(path: string): number;
  nowMs(): number;
}

/** Makes a finding that needs a cure. */
export function problem(text: string, cure: string): Finding {
  return { level: "problem", problem: text, cure };
}

/** A finding in one sentence. */
export function sentenceOfFinding({ problem: text, cure }: Finding): string {
  return `${text}; ${cure}.`;
}
