import type { ChainConfig } from "../../protocol/index.js";
import { ethereumRulesOf } from "../ethereumRulesOf.js";
import { L2Rules } from "../l2Rules.js";
import type { ChainRules } from "../rules.js";

/** Plain data that the rules of a chain are made from: what a thread is told of them. */
export type RulesSetup =
  | { kind: "l2"; chain: ChainConfig }
  /** Plain Ethereum: `config` of a geth genesis file, as JSON. */
  | { kind: "ethereum"; config: string };

/** The rules that the data describe. */
export function createRules(setup: RulesSetup): ChainRules {
  return setup.kind === "l2" ? new L2Rules(setup.chain) : ethereumRulesOf(setup.config);
}
