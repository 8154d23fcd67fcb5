import { chainConfigHash, chainConfigToJson } from "../../protocol/chainConfig.js";
import { loadChainConfig } from "../loadChainConfig.js";
import { columns, print, printJson } from "../output.js";
import { type GivenFlags, readSettings } from "../readSettings.js";
import { SETTINGS, type SettingName } from "../settings.js";

/** `fovea config`: what `start` with the same flags would use, and where each value comes from. */
export async function config(flags: GivenFlags & { json?: boolean }): Promise<void> {
  const { settings, sources } = readSettings(flags, process.env);
  const chain = loadChainConfig(settings.chainConfig);
  const chainJson = { ...chainConfigToJson(chain), hash: chainConfigHash(chain) };
  const names = Object.keys(SETTINGS) as SettingName[];
  const value = (name: SettingName): unknown => settings[name] ?? null;
  if (flags.json) {
    const rows = names.map((name) => [name, { value: value(name), source: sources[name] }]);
    return printJson({ settings: Object.fromEntries(rows), chain: chainJson });
  }
  const shown = names.map((name): [string, string] => [
    SETTINGS[name].flag ?? SETTINGS[name].env,
    `${value(name) === null ? "-" : String(value(name))}  (${sources[name]})`,
  ]);
  for (const line of columns(shown)) print(line);
  print("");
  print(`chain config ${settings.chainConfig}`);
  const flat = Object.entries(chainJson).map(([name, item]): [string, string] => [
    name,
    typeof item === "object" ? JSON.stringify(item) : String(item),
  ]);
  for (const line of columns(flat)) print(line);
}
