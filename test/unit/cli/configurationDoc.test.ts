import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { renderConfigurationDoc } from "../../../src/cli/configurationDoc.js";

test("docs/configuration.md is what the table of settings says (else: npm run gen:docs)", () => {
  expect(readFileSync("docs/configuration.md", "utf8")).toBe(renderConfigurationDoc());
});
