import { EthereumRules } from "./ethereum/ethereumRules.js";
import { objectOf, parseJson } from "./ethereum/jsonFields.js";
import { parseGethConfig } from "./ethereum/parseGethConfig.js";
import { isOpConfig, parseOpConfig } from "./opstack/opConfig.js";
import { OpStackRules } from "./opstack/opStackRules.js";

/** Rules of plain Ethereum or an OP chain from `config` of a geth genesis file, as it is kept in a store. Errors: ETHEREUM_*. */
export function ethereumRulesOf(config: string): EthereumRules | OpStackRules {
  const json = objectOf(parseJson(config), "config");
  if (isOpConfig(json)) return new OpStackRules(parseOpConfig(json));
  return new EthereumRules(parseGethConfig(json));
}
