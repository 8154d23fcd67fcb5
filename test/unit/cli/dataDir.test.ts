import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { DataDir, readServerNote } from "../../../src/cli/dataDir.js";
import { exitCodeOf, sentenceOf } from "../../../src/cli/errors.js";

let path = "";
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "fovea-data-")), "data");
});

/** The error of opening `given`. */
function failure(given: string): unknown {
  try {
    DataDir.open(given).release();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("dataDir: a second server on one folder ends with the pid of the first", () => {
  const first = DataDir.open(path);
  const error = failure(path);
  expect((error as { code: string }).code).toBe("CLI_DATADIR_LOCKED");
  expect(sentenceOf(error)).toContain(`in use by pid ${process.pid}`);
  expect(exitCodeOf(error)).toBe(73);
  first.release();
  expect(failure(path)).toBeUndefined();
});

test("dataDir: the lock of a process that is gone is taken, also when its id lives again", () => {
  mkdirSync(path);
  for (const lock of [
    '{"pid":999999999,"since":"1"}',
    `{"pid":${process.pid},"since":"1"}`,
    "",
    "not json",
  ]) {
    writeFileSync(join(path, "lock.json"), lock);
    expect(failure(path)).toBeUndefined();
  }
});

test("dataDir: a path that is a file ends with cause and cure", () => {
  writeFileSync(path, "");
  const error = failure(path);
  expect((error as { code: string }).code).toBe("CLI_DATADIR");
  expect(sentenceOf(error)).toContain("EEXIST");
  expect(sentenceOf(error)).toContain("--datadir");
});

test("dataDir: rebuilding keeps L1 and what is not ours", () => {
  const dataDir = DataDir.open(path);
  const names = ["l1", "engine", "node", "redis", "notes"];
  for (const name of names) mkdirSync(dataDir.at(name));
  dataDir.clearRebuildable();
  expect(names.filter((name) => existsSync(dataDir.at(name)))).toEqual(["l1", "redis", "notes"]);
  dataDir.release();
});

test("dataDir: other commands find the server that holds it", () => {
  const dataDir = DataDir.open(path);
  const note = { pid: 1, version: "1", url: "http://a", adminUrl: "http://b", l1Url: "http://c" };
  dataDir.writeNote(note);
  expect(readServerNote(path)).toEqual(note);
  dataDir.release();
  expect(readServerNote(path)).toBeUndefined();
});
