import { defineErrors, type FoveaError } from "../util/errors.js";

/** What ends a command. The sentence that a person reads is in `data.sentence`: it names the cause and the cure. */
export const CliError = defineErrors("CliError", {
  CLI_USAGE: { severity: "invalid", text: "The command line is wrong." },
  CLI_CONFIG: { severity: "invalid", text: "The configuration is wrong." },
  CLI_DATADIR: { severity: "critical", text: "The data directory cannot be used." },
  CLI_DATADIR_LOCKED: { severity: "critical", text: "The data directory is in use." },
  CLI_PORT_TAKEN: { severity: "critical", text: "A port is taken." },
  CLI_L1_UNAVAILABLE: { severity: "critical", text: "The L1 does not answer." },
  CLI_SERVER_UNREACHABLE: { severity: "temporary", text: "No server answers." },
  CLI_REDIS: { severity: "critical", text: "There is no Redis." },
  CLI_REFUSED: { severity: "invalid", text: "The chain refuses what was asked for." },
  CLI_NOT_YET: { severity: "temporary", text: "What was asked for is not possible yet." },
  CLI_REBUILD_DIFFERS: { severity: "critical", text: "The rebuilt chain is another one." },
});

type CliErrorCode = keyof typeof CliError.catalogue;

/** Exit codes by error code, as sysexits.h names them. */
const EXIT_CODES: Record<string, number> = {
  CLI_USAGE: 64,
  CLI_REFUSED: 65,
  CLI_NOT_YET: 75,
  CLI_SERVER_UNREACHABLE: 69,
  CLI_L1_UNAVAILABLE: 69,
  CLI_REDIS: 69,
  CLI_DATADIR: 73,
  CLI_DATADIR_LOCKED: 73,
  CLI_PORT_TAKEN: 73,
  CLI_CONFIG: 78,
  CLI_REBUILD_DIFFERS: 70,
  ETHEREUM_GENESIS_INVALID: 65,
  ETHEREUM_UNKNOWN_FORK: 65,
  ETHEREUM_FORK_ORDER: 65,
  ETHEREUM_BAD_FIXTURE: 65,
  L1_UNREACHABLE: 69,
  L1_DEV_CHAIN_UNAVAILABLE: 69,
  L1_DEV_CHAIN_FAILED: 69,
  STORE_LOCKED: 73,
  STORE_CORRUPT: 73,
  L1_STATE_CORRUPT: 73,
  L1_WRONG_CHAIN: 78,
  L1_WRONG_DEPLOYER: 78,
  L1_OTHER_CONFIG: 78,
  L1_OTHER_CODE: 78,
};

/** Makes the error that ends a command with one sentence. */
export function cliError(code: CliErrorCode, sentence: string, cause?: unknown) {
  return new CliError(code, { sentence }, cause);
}

/** Exit code of an error; 70 for what nobody foresaw. */
export function exitCodeOf(error: unknown): number {
  return EXIT_CODES[(error as Partial<FoveaError>)?.code ?? ""] ?? 70;
}

/** The sentence a person reads: cause, cure, and the chain of causes for what nobody foresaw. */
export function sentenceOf(error: unknown): string {
  const { message, help, data } = error as Partial<FoveaError>;
  if (typeof data?.sentence === "string") return data.sentence;
  const facts = Object.entries(data ?? {})
    .filter(([, value]) => isShort(value))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("; ") : String(value)}`);
  const cause = (error as { cause?: unknown })?.cause;
  const parts = [
    `${message ?? String(error)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`,
    ...(help === undefined ? [] : [help]),
    ...(cause instanceof Error ? [`Cause: ${sentenceOf(cause)}`] : []),
  ];
  return parts.join(" ");
}

function isShort(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isShort);
  return ["string", "number", "bigint"].includes(typeof value);
}
