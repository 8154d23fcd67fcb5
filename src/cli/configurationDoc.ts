import { SETTINGS, type Setting } from "./settings.js";

/** Text of docs/configuration.md, from the table of settings. */
export function renderConfigurationDoc(): string {
  const rows = (Object.values(SETTINGS) as Setting<unknown>[]).map((row) =>
    [
      row.flag === null
        ? ""
        : `\`--${row.flag}${row.argument === null ? "" : ` ${row.argument}`}\``,
      `\`${row.env}\``,
      row.default === null ? "" : `\`${row.default}\``,
      row.unit,
      row.text.replaceAll("|", "\\|"),
    ].join(" | "),
  );
  return `# Configuration

<!-- Generated from src/cli/settings.ts by \`npm run gen:docs\`. Do not edit. -->

Every setting of \`fovea start\`; \`fovea engine\` takes those of its ports, logs and data directory. A flag wins over the environment, the environment over the default; an empty variable counts as not set.
All problems of a configuration are reported together, in one sentence, and end the start with exit code 78.
\`npx fovea config\` prints the effective values and where each comes from.

| flag | environment | default | unit | what |
|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join("\n")}

## Secrets
Keys and \`REDIS_URL\` come from the environment only, because everybody on a machine can read command lines. A key may also stand in a file that nobody else can read (\`chmod 600\`): \`FOVEA_BATCHER_KEY_FILE\`, \`FOVEA_PROPOSER_KEY_FILE\`, \`FOVEA_DEPLOYER_KEY_FILE\`.
They print as \`***\` everywhere. On the development chains (L1 chain ids 900, 901, 1337, 31337) the well-known keys of the accounts in the chain config are used if none is given; on every other chain those keys are refused.

## Chain rules
Chain ids, delays, fees and genesis balances are no settings. They are in the chain config, a JSON file ([genesis](protocol/genesis.md#chain-config)); its hash is stored on L1, and a server with another one refuses to start.

## Redis
| order | condition | what |
|---|---|---|
| 1 | \`REDIS_URL\` is set | that Redis (6.2 or later, or Valkey); the start fails if it does not answer |
| 2 | \`redis-server\` or \`valkey-server\` is on the PATH | a private child on 127.0.0.1 with a random password and an append-only file in the data directory |
| 3 | otherwise | Valkey as WebAssembly in a child; jobs are not kept over restarts, and need not be: they are found again from L1 |

## Exit codes
| code | meaning |
|---|---|
| 0 | stopped as asked |
| 1 | \`doctor\` found something to cure |
| 64 | the command line is wrong |
| 65 | the chain refuses: no funds, a revert, an unknown transaction; or a deposit's or withdrawal's call failed |
| 69 | L1, Redis or the server asked does not answer, or the embedded L1 has ended |
| 70 | something that nobody foresaw; \`rebuild\`: L1 holds another chain now |
| 73 | the data directory or a port is in use or cannot be used |
| 75 | not yet: \`status\` of a server that is not ready, a withdrawal that cannot be proven or finalized now |
| 78 | the configuration is wrong |
| 130, 143 | stopped at once by a second signal |
`;
}
