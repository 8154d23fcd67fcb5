import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findLockOwner } from "../dataDir.js";
import { type Check, type Finding, type Patient, problem } from "./types.js";

const OLDEST_NODE = [20, 19] as const;
const LEAST_FREE_BYTES = 1_000_000_000;

/** Node itself. */
export const nodeCheck: Check = {
  name: "node",
  async run({ machine }) {
    const [major = 0, minor = 0] = machine.nodeVersion.split(".").map(Number);
    const [wantedMajor, wantedMinor] = OLDEST_NODE;
    if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
      return machine.nodeVersion;
    }
    return [
      problem(
        `Node ${machine.nodeVersion} is too old`,
        "install Node 20.19 or later (https://nodejs.org)",
      ),
    ];
  },
};

/** Modules as locked, and dist/ as src/ says. */
export const buildCheck: Check = {
  name: "build",
  async run({ machine }) {
    const script = join(machine.packageRoot, "scripts/prepare.mjs");
    if (!existsSync(script)) return undefined;
    const { staleParts } = (await import(pathToFileURL(script).href)) as {
      staleParts(): string[];
    };
    const cures: Record<string, Finding> = {
      modules: problem("The installed modules are not those of package-lock.json", "run `npm ci`"),
      build: problem("dist/ was built from other sources than src/", "run `npm run build`"),
    };
    const stale = staleParts().flatMap((part) => cures[part] ?? []);
    return stale.length === 0 ? "modules and dist/ are up to date" : stale;
  },
};

/** The data directory can be read and written. */
export const dataDirCheck: Check = {
  name: "data",
  async run({ settings }) {
    const path = resolve(settings.datadir);
    const place = nearestExisting(path);
    try {
      if (!statSync(place).isDirectory()) {
        return [
          problem(
            `The data directory ${path} cannot be used, because ${place} is a file`,
            "remove that file or choose another with --datadir",
          ),
        ];
      }
      accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
      readdirSync(place);
      // Permissions do not tell of file systems that nobody may write.
      const probe = join(place, `.fovea-doctor-${process.pid}`);
      writeFileSync(probe, "");
      rmSync(probe, { force: true });
      return path;
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      const what = syscall === "scandir" ? "read" : "read and written";
      return [
        problem(
          `The data directory ${path} cannot be ${what} (${code})`,
          "correct its permissions or choose another with --datadir",
        ),
      ];
    }
  },
};

/** Room on the disk. */
export const diskCheck: Check = {
  name: "disk",
  async run({ settings, machine }) {
    const place = nearestExisting(resolve(settings.datadir));
    const free = machine.freeBytes(place);
    const shown = `${(free / 1e9).toFixed(1)} GB`;
    if (free >= LEAST_FREE_BYTES) return `${shown} free`;
    return [
      problem(
        `The disk of ${place} is nearly full, ${shown} are left`,
        "free at least 1 GB or choose another disk with --datadir",
      ),
    ];
  },
};

/** Files of a server that ended without cleaning up. */
export const lockCheck: Check = {
  name: "lock",
  async run({ settings, note }: Patient) {
    const folder = resolve(settings.datadir);
    const file = join(folder, "lock.json");
    if (!existsSync(file)) return undefined;
    const owner = findLockOwner(folder);
    if (owner !== undefined) {
      return note === undefined
        ? `held by pid ${owner}, which is starting`
        : `held by pid ${owner}`;
    }
    return [
      problem(
        `${file} is of a server that is gone without having stopped`,
        `delete it with \`rm ${file}\`, or just start: the next server takes it over`,
      ),
    ];
  },
};

function nearestExisting(path: string): string {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  return place;
}
