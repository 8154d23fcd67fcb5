import { EventEmitter } from "node:events";
import { expect, test } from "@jest/globals";
import { exitOnCrash } from "../../../src/cli/exitOnCrash.js";

test("an error that nobody handled ends the process with code 70 and a line that names it", () => {
  const written: string[] = [];
  const codes: number[] = [];
  const fake = Object.assign(new EventEmitter(), {
    exit: (code: number) => void codes.push(code),
    stderr: { write: (text: string) => written.push(text) },
  });
  exitOnCrash(fake);
  fake.emit("uncaughtException", new Error("out of step"));
  fake.emit("uncaughtException", "thrown text");
  expect(codes).toEqual([70, 70]);
  const lines = written.map((line) => JSON.parse(line) as { level: string; stack: string });
  expect(lines[0]).toMatchObject({ level: "fatal", stack: expect.stringContaining("out of step") });
  expect(lines[1]).toMatchObject({ stack: "thrown text" });
});
