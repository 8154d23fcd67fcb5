import { EthereumRules } from "./ethereum/ethereumRules.js";
import { objectOf, parseJson } from "./ethereum/jsonFields.js";
import { parseGethConfig } from "./ethereum/parseGethConfig.js";

/** Rules of plain Ethereum from `config` of a geth genesis file, as it is kept in a store. Errors: ETHEREUM_*. */
export function ethereumRulesOf(config: string): EthereumRules {
  return new EthereumRules(parseGethConfig(objectOf(parseJson(config), "config")));
}
