import { fromHex, type Hash, type Hex, toHex } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import { ProofError } from "../errors.js";
import { Vector } from "../state/vector.js";
import { hashPair } from "../state/zeroNodes.js";
import { G, LIMIT, MACHINE_VERSION, MODE } from "../table.js";
import {
  checkBytes,
  checkHash,
  checkList,
  checkNumber,
  checkObject,
  checkRecord,
  checkU64,
  malformed,
  memberPath,
} from "./checkJson.js";
import { MAX_FILE_STEPS } from "./proofFileBuilder.js";
import { fileWitness } from "./stepCalldata.js";
import type { AccessData, ProofFile, ProofFileMeta } from "./types.js";

/** Units: characters. */
export const MAX_FILE_CHARS = 2 ** 28;
const GINDEX_MAX = 2 ** 32 - 1;
const COUNT_MAX = 65_535;
const POSITION_MAX = LIMIT.slotSteps - 1;
const LOG2_MAX = 31;
const MODES: readonly number[] = Object.values(MODE);

/**
 * Reads a proof file: its form, every content against its hash, and that each step of `access` can be rebuilt.
 * Errors: PROOF_FILE_TOO_LARGE, PROOF_FILE_NOT_JSON, PROOF_FILE_VERSION; PROOF_FILE_MALFORMED and PROOF_FILE_INCOMPLETE with the
 * JSON path of the fault, written as in `$.access[3].gindices[0]`.
 */
export function readProofFile(text: string): ProofFile {
  if (text.length > MAX_FILE_CHARS) {
    throw new ProofError("PROOF_FILE_TOO_LARGE", { characters: text.length, max: MAX_FILE_CHARS });
  }
  const parts = ["meta", "steps", "access", "nodes", "mpt", "code", "feed"] as const;
  const top = checkObject(parseJson(text), "$", parts);
  const meta = readMeta(top.meta);
  const steps = checkList(top.steps, "$.steps", MAX_FILE_STEPS, checkHash);
  const file: ProofFile = {
    meta,
    steps,
    access: readAccesses(top.access, meta, steps.length),
    nodes: readNodes(top.nodes),
    mpt: readContents(top.mpt, "$.mpt"),
    code: readContents(top.code, "$.code"),
    feed: readContents(top.feed, "$.feed"),
  };
  for (const at of file.access.keys()) checkAccess(file, at);
  return file;
}

/** That a step can be rebuilt, and that what is said about it fits its state. */
function checkAccess(file: ProofFile, at: number): void {
  const { stepIndex, mode } = file.access[at] as AccessData;
  const path = `$.access[${at}]`;
  const pre = file.steps[(stepIndex - file.meta.from) / file.meta.stride] as Hash;
  const witness = fileWitness(file, at, pre);
  const items = new Map(witness.items.map(({ g, value }) => [g, value]));
  if (items.get(G.ctl)?.[0] !== mode) throw malformed(`${path}.mode`, "not the mode of the state");
  const seen = new Set<string>();
  witness.ranges.forEach(({ g, log2, words }, index) => {
    const place = `${path}.ranges[${index}]`;
    const value = items.get(g);
    if (value === undefined) throw malformed(`${place}.g`, "not the gindex of an item");
    if (seen.has(`${g}/${log2}`)) throw malformed(`${place}.g`, "given twice");
    seen.add(`${g}/${log2}`);
    if (!Buffer.from(new Vector(log2, words).node(0, 0)).equals(value)) {
      throw malformed(`${place}.nWords`, "not all words of the item");
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProofError("PROOF_FILE_NOT_JSON", { path: "$" }, error);
  }
}

function readMeta(value: unknown): ProofFileMeta {
  const path = "$.meta";
  const names = [
    "chainId",
    "machineVersion",
    "block",
    "entryIndex",
    "from",
    "stride",
    "entryBound",
  ] as const;
  const meta = checkObject(value, path, names);
  const machineVersion = checkNumber(meta.machineVersion, `${path}.machineVersion`, 0, COUNT_MAX);
  if (machineVersion !== MACHINE_VERSION) {
    const data = { path: `${path}.machineVersion`, machineVersion, expected: MACHINE_VERSION };
    throw new ProofError("PROOF_FILE_VERSION", data);
  }
  const entryIndex = checkU64(meta.entryIndex, `${path}.entryIndex`);
  const entryBound = checkU64(meta.entryBound, `${path}.entryBound`);
  if (entryBound <= entryIndex) throw malformed(`${path}.entryBound`, "not above entryIndex");
  return {
    chainId: checkU64(meta.chainId, `${path}.chainId`),
    machineVersion,
    block: checkU64(meta.block, `${path}.block`),
    entryIndex,
    from: checkNumber(meta.from, `${path}.from`, 0, POSITION_MAX),
    stride: checkNumber(meta.stride, `${path}.stride`, 1, POSITION_MAX),
    entryBound,
  };
}

function readAccesses(value: unknown, meta: ProofFileMeta, steps: number): AccessData[] {
  let last = -1;
  return checkList(value, "$.access", MAX_FILE_STEPS, (item, path) => {
    const access = readAccess(item, path);
    const { stepIndex } = access;
    const at = `${path}.stepIndex`;
    const index = (stepIndex - meta.from) / meta.stride;
    if (!Number.isInteger(index) || index < 0 || index >= steps) {
      throw malformed(at, "not the position of a root in steps");
    }
    if (stepIndex <= last) throw malformed(at, "not above the one before");
    last = stepIndex;
    return access;
  });
}

function readAccess(value: unknown, path: string): AccessData {
  const names = [
    "stepIndex",
    "mode",
    "gindices",
    "ranges",
    "mptNodes",
    "codeHashes",
    "feedKeys",
    "aux",
  ] as const;
  const access = checkObject(value, path, names);
  const mode = checkNumber(access.mode, `${path}.mode`, 0, 255);
  if (!MODES.includes(mode)) throw malformed(`${path}.mode`, "not a mode of the machine");
  return {
    stepIndex: checkNumber(access.stepIndex, `${path}.stepIndex`, 0, POSITION_MAX),
    mode,
    gindices: readGindices(access.gindices, `${path}.gindices`),
    ranges: checkList(access.ranges, `${path}.ranges`, 255, readRange),
    mptNodes: checkList(access.mptNodes, `${path}.mptNodes`, COUNT_MAX, checkHash),
    codeHashes: checkList(access.codeHashes, `${path}.codeHashes`, 1, checkHash),
    feedKeys: checkList(access.feedKeys, `${path}.feedKeys`, COUNT_MAX, checkHash),
    aux: checkBytes(access.aux, `${path}.aux`),
  };
}

function readGindices(value: unknown, path: string): number[] {
  let last = 0;
  return checkList(value, path, COUNT_MAX, (item, at) => {
    const g = checkNumber(item, at, 1, GINDEX_MAX);
    if (g <= last) throw malformed(at, "not above the one before");
    last = g;
    return g;
  });
}

function readRange(value: unknown, path: string): AccessData["ranges"][number] {
  const range = checkObject(value, path, ["g", "log2", "nWords"]);
  const g = checkNumber(range.g, `${path}.g`, 1, GINDEX_MAX);
  const log2 = checkNumber(range.log2, `${path}.log2`, 0, LOG2_MAX);
  if ((g + 1) * 2 ** log2 - 1 > GINDEX_MAX) throw malformed(`${path}.log2`, "too deep");
  const most = Math.min(2 ** log2, COUNT_MAX);
  return { g, log2, nWords: checkNumber(range.nWords, `${path}.nWords`, 0, most) };
}

function readNodes(value: unknown): Map<Hash, readonly [Hash, Hash]> {
  const nodes = new Map<Hash, readonly [Hash, Hash]>();
  for (const [key, item] of Object.entries(checkRecord(value, "$.nodes"))) {
    const path = memberPath("$.nodes", key);
    const hash = checkHash(key, path);
    const [left, right, ...more] = checkList(item, path, 2, checkHash);
    if (left === undefined || right === undefined || more.length > 0) {
      throw malformed(path, "not two hashes");
    }
    if (toHex(hashPair(fromHex(left), fromHex(right))) !== hash) {
      throw malformed(path, "not the hash of its children");
    }
    nodes.set(hash, [left, right]);
  }
  return nodes;
}

function readContents(value: unknown, path: string): Map<Hash, Hex> {
  const contents = new Map<Hash, Hex>();
  for (const [key, item] of Object.entries(checkRecord(value, path))) {
    const at = memberPath(path, key);
    const bytes = checkBytes(item, at);
    if (keccakHex(fromHex(bytes)) !== checkHash(key, at)) {
      throw malformed(at, "not the hash of its content");
    }
    contents.set(key as Hash, bytes);
  }
  return contents;
}
