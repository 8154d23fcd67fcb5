import { readFileSync } from "node:fs";
import { parseChainConfig } from "../protocol/chainConfig.js";
import type { ChainConfig } from "../protocol/types.js";
import { cliError, sentenceOf } from "./errors.js";
import { findFile } from "./packageRoot.js";

/** Reads the chain config file. Errors: CLI_CONFIG. */
export function loadChainConfig(given: string): ChainConfig {
  const path = findFile(given);
  try {
    return parseChainConfig(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw cliError(
      "CLI_CONFIG",
      `The chain config ${path} cannot be used: ${sentenceOf(cause)} Correct it, or give another with --chain-config.`,
      cause,
    );
  }
}
