import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { methodsOf } from "../../../src/rpc/registry.js";

const NAMESPACES = ["eth", "net", "web3", "txpool", "testing"];

test("the page about JSON-RPC names every method of its namespaces, and no other", () => {
  const page = readFileSync("docs/json-rpc.md", "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.includes("error"));
  const named = rows.flatMap(
    (row) => row.match(/\b(?:eth|net|web3|txpool|testing|rpc)_\w+/g) ?? [],
  );
  expect([...named].sort()).toEqual([...methodsOf(NAMESPACES).keys()].sort());
});
