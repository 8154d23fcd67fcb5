// Writes docs/configuration.md from the table of settings. Usage: npm run gen:docs
import { writeFileSync } from "node:fs";
import { prepare } from "./prepare.mjs";

prepare({ build: true });
const { renderConfigurationDoc } = await import("../dist/cli/configurationDoc.js");
writeFileSync("docs/configuration.md", renderConfigurationDoc());
