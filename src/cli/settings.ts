import { z } from "zod";
import { L1_ENGINES } from "../l1/dev/embeddedL1.js";
import { Secret } from "./secret.js";

/** One row of the table from which flags, environment names, help and docs/configuration.md come. */
export interface Setting<T> {
  /** Name of the flag without dashes; none: only the environment (secrets are not for command lines). */
  flag: string | null;
  /** What follows the flag in help, null for a switch. */
  argument: string | null;
  env: string;
  /** As a person would type it; null: none. */
  default: string | null;
  unit: string;
  text: string;
  /** From the typed text to the value. */
  schema: z.ZodType<T, string>;
}

/** All roles of a server, in the order in which they start. */
export const ROLES = ["node", "sequencer", "batcher", "proposer", "verifier"] as const;
/** Name of a role as `--roles` takes it. */
export type RoleName = (typeof ROLES)[number];

const text = z.string().trim().min(1, "must not be empty");
const list = text.transform((value) => value.split(",").map((item) => item.trim()));
const flag = z.enum(["true", "false"], "must be true or false").transform((v) => v === "true");
const integer = (min: number, max: number) =>
  text
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
const port = integer(0, 65_535);
const url = text.refine(
  (value) => /^https?:\/\/[^/]/.test(value),
  "must start with http:// or https://",
);
const key = text
  .regex(/^(0x)?[0-9a-fA-F]{64}$/, "must be a private key of 32 bytes in hex")
  .transform((value) => new Secret(value.startsWith("0x") ? value : `0x${value}`));
const roles = list.transform((names, context): RoleName[] => {
  const unknown = names.filter((name) => name !== "all" && !ROLES.includes(name as RoleName));
  if (unknown.length > 0) {
    context.addIssue(`knows no role ${unknown.join(", ")}; the roles are all, ${ROLES.join(", ")}`);
    return z.NEVER;
  }
  if (names.includes("all")) return [...ROLES];
  // Every role works on the chain that the node derives.
  return ROLES.filter((role) => role === "node" || names.includes(role));
});

const setting = <T>(row: Setting<T>): Setting<T> => row;
const secret = (env: string, purpose: string) =>
  setting({
    flag: null,
    argument: null,
    env,
    default: null,
    unit: "key",
    text: purpose,
    schema: key,
  });

/** Every setting of `fovea start`. Chain rules are not settings; they are in the chain config file. */
export const SETTINGS = {
  datadir: setting({
    flag: "datadir",
    argument: "<path>",
    env: "FOVEA_DATADIR",
    default: "./data",
    unit: "folder",
    text: "Where everything is kept.",
    schema: text,
  }),
  chainConfig: setting({
    flag: "chain-config",
    argument: "<file>",
    env: "FOVEA_CHAIN_CONFIG",
    default: "config/dev.json",
    unit: "file",
    text: "Chain config (docs/protocol/genesis.md); the default is the development chain of this package.",
    schema: text,
  }),
  roles: setting({
    flag: "roles",
    argument: "<list>",
    env: "FOVEA_ROLES",
    default: "all",
    unit: "names",
    text: `What this server does: all, or some of ${ROLES.join(",")}; "verifier" alone is a read-only node without keys.`,
    schema: roles,
  }),
  host: setting({
    flag: "host",
    argument: "<address>",
    env: "FOVEA_HOST",
    default: "127.0.0.1",
    unit: "address",
    text: "Address to listen on; the default is reachable from this machine only.",
    schema: text,
  }),
  unsafeAllowDevKeys: setting({
    flag: "unsafe-allow-dev-keys",
    argument: null,
    env: "FOVEA_UNSAFE_ALLOW_DEV_KEYS",
    default: "false",
    unit: "switch",
    text: "Start with publicly known keys although --host lets other machines reach the server.",
    schema: flag,
  }),
  port: setting({
    flag: "port",
    argument: "<port>",
    env: "FOVEA_PORT",
    default: "9545",
    unit: "port",
    text: "JSON-RPC, WebSocket and REST; 0 takes a free one.",
    schema: port,
  }),
  adminPort: setting({
    flag: "admin-port",
    argument: "<port>",
    env: "FOVEA_ADMIN_PORT",
    default: "9546",
    unit: "port",
    text: "Health, metrics and status for operators; always on 127.0.0.1; 0 takes a free one.",
    schema: port,
  }),
  enginePort: setting({
    flag: "engine-port",
    argument: "<port>",
    env: "FOVEA_ENGINE_PORT",
    default: null,
    unit: "port",
    text: "Engine API over HTTP; 9551 if not given and free; 0 takes a free one. Not with --engine-url.",
    schema: port,
  }),
  engineHost: setting({
    flag: "engine-host",
    argument: "<address>",
    env: "FOVEA_ENGINE_HOST",
    default: "127.0.0.1",
    unit: "address",
    text: "Address that the Engine API listens on; the default is reachable from this machine only.",
    schema: text,
  }),
  jwt: setting({
    flag: "jwt",
    argument: "<file>",
    env: "FOVEA_JWT",
    default: null,
    unit: "file",
    text: "Secret of the Engine API, 32 bytes in hex; jwt.hex in the data directory if not given; made if missing.",
    schema: text,
  }),
  engineUrl: setting({
    flag: "engine-url",
    argument: "<url>",
    env: "FOVEA_ENGINE_URL",
    default: null,
    unit: "url",
    text: "Drive the engine at this Engine API instead of the one in this process.",
    schema: url,
  }),
  engineJwt: setting({
    flag: "engine-jwt",
    argument: "<file>",
    env: "FOVEA_ENGINE_JWT",
    default: null,
    unit: "file",
    text: "Secret of the engine at --engine-url, which needs it.",
    schema: text,
  }),
  cors: setting({
    flag: "cors",
    argument: "<origins>",
    env: "FOVEA_CORS",
    default: null,
    unit: "origins",
    text: "Web pages that may call the public port besides those on localhost: a list of origins, or *.",
    schema: list,
  }),
  vhosts: setting({
    flag: "vhosts",
    argument: "<names>",
    env: "FOVEA_VHOSTS",
    default: null,
    unit: "names",
    text: "Host names under which the public port answers besides localhost and IP addresses: a list, or *.",
    schema: list,
  }),
  rpcRateLimit: setting({
    flag: "rpc-rate-limit",
    argument: "<units>",
    env: "FOVEA_RPC_RATE_LIMIT",
    default: "100",
    unit: "units per second",
    text: "What an address that is not of this machine may ask of JSON-RPC: a small read takes 1 unit, a call 10, logs 20, a trace 50; four seconds' worth can be saved up. 0: no limit.",
    schema: integer(0, 1_000_000),
  }),
  l1RpcUrl: setting({
    flag: "l1-rpc-url",
    argument: "<url>",
    env: "FOVEA_L1_RPC_URL",
    default: null,
    unit: "url",
    text: "Use this L1 and start none.",
    schema: url,
  }),
  l1Engine: setting({
    flag: "l1-engine",
    argument: "<program>",
    env: "FOVEA_L1_ENGINE",
    default: "auto",
    unit: "program",
    text: "Program of the embedded L1: anvil, hardhat (keeps its chain in memory only, so each start begins a new one), or auto: anvil where it runs, else hardhat.",
    schema: z.enum(["auto", ...L1_ENGINES], "must be auto, anvil or hardhat"),
  }),
  l1Port: setting({
    flag: "l1-port",
    argument: "<port>",
    env: "FOVEA_L1_PORT",
    default: "8545",
    unit: "port",
    text: "Port of the embedded L1; 0 takes a free one.",
    schema: port,
  }),
  l1BlockTime: setting({
    flag: "l1-block-time",
    argument: "<seconds>",
    env: "FOVEA_L1_BLOCK_TIME",
    default: "2",
    unit: "seconds",
    text: "Time between blocks of the embedded L1.",
    schema: integer(1, 60),
  }),
  l1Confirmations: setting({
    flag: "l1-confirmations",
    argument: "<blocks>",
    env: "FOVEA_L1_CONFIRMATIONS",
    default: null,
    unit: "L1 blocks",
    text: "Depth at which the sequencer takes L1 blocks as origins; 0 with the embedded L1 and 4 with an external one if not given.",
    schema: integer(0, 10_000),
  }),
  blockTime: setting({
    flag: "block-time",
    argument: "<seconds>",
    env: "FOVEA_BLOCK_TIME",
    default: null,
    unit: "seconds",
    text: "Time between L2 blocks, a pace and not a rule; blockTimeSeconds of the chain config if not given.",
    schema: integer(1, 3_600),
  }),
  batchInterval: setting({
    flag: "batch-interval",
    argument: "<seconds>",
    env: "FOVEA_BATCH_INTERVAL",
    default: "4",
    unit: "seconds",
    text: "Longest time between two batches while there are blocks to post.",
    schema: integer(1, 86_400),
  }),
  fresh: setting({
    flag: "fresh",
    argument: null,
    env: "FOVEA_FRESH",
    default: "false",
    unit: "switch",
    text: "Delete the data directory's chains and jobs first.",
    schema: flag,
  }),
  logLevel: setting({
    flag: "log-level",
    argument: "<level>",
    env: "FOVEA_LOG_LEVEL",
    default: "info",
    unit: "level",
    text: "error, warn, info, debug or silent.",
    schema: z.enum(
      ["error", "warn", "info", "debug", "silent"],
      "must be error, warn, info, debug or silent",
    ),
  }),
  logJson: setting({
    flag: "log-json",
    argument: null,
    env: "FOVEA_LOG_JSON",
    default: "false",
    unit: "switch",
    text: "Log JSON lines even on a terminal.",
    schema: flag,
  }),
  redisUrl: setting({
    flag: null,
    argument: null,
    env: "REDIS_URL",
    default: null,
    unit: "url",
    text: "Redis for the job queues; without it redis-server or valkey-server of this machine, else an embedded one.",
    schema: text
      .regex(/^rediss?:\/\//, "must start with redis:// or rediss://")
      .transform((value) => new Secret(value)),
  }),
  batcherKey: secret(
    "FOVEA_BATCHER_KEY",
    "Pays for batches. On a dev chain a well-known key if not given.",
  ),
  proposerKey: secret(
    "FOVEA_PROPOSER_KEY",
    "Stakes and proposes. On a dev chain a well-known key if not given.",
  ),
  deployerKey: secret(
    "FOVEA_DEPLOYER_KEY",
    "Deploys the L1 contracts where they are missing. On a dev chain a well-known key if not given.",
  ),
};

/** Name of a setting in code. */
export type SettingName = keyof typeof SETTINGS;

/** Values of a setting with a default are always there, others may be undefined. */
export type Settings = {
  readonly [Name in Exclude<SettingName, OptionalName>]: z.output<
    (typeof SETTINGS)[Name]["schema"]
  >;
} & { readonly [Name in OptionalName]: z.output<(typeof SETTINGS)[Name]["schema"]> | undefined };

type OptionalName =
  | "enginePort"
  | "jwt"
  | "engineUrl"
  | "engineJwt"
  | "cors"
  | "vhosts"
  | "l1RpcUrl"
  | "l1Confirmations"
  | "blockTime"
  | "redisUrl"
  | "batcherKey"
  | "proposerKey"
  | "deployerKey";
