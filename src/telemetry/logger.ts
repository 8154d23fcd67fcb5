import {
  type DestinationStream,
  type LevelWithSilent,
  type LoggerOptions,
  type Logger as PinoLogger,
  pino,
} from "pino";
import { LogControl } from "./logControl.js";
import { currentTraceId } from "./trace.js";

/** Fields of one log line; bigints are written as decimal strings. */
export type LogFields = Record<string, unknown>;

/** Writes one line: a constant message, or fields and a constant message. */
export interface LogMethod {
  (message: string): void;
  (fields: LogFields, message: string): void;
}

/** What every room logs to. `child` adds fields (for example `{ role: "batcher" }`) to all its lines. */
export interface Logger {
  error: LogMethod;
  warn: LogMethod;
  info: LogMethod;
  debug: LogMethod;
  child(fields: LogFields): Logger;
}

/** Amount of logging. */
export type LogLevel = LevelWithSilent;

/** How much is logged, how, and where to. */
export interface LoggerConfig {
  level: LogLevel;
  /** True: one JSON object a line. False: lines for people. */
  json: boolean;
  /** Where lines go; standard error by default, so that the output of commands stays clean. */
  destination?: DestinationStream;
  /** Through which the level can be changed later; its own level counts then, not `level`. */
  control?: LogControl;
}

/** Field names whose values never reach a log, at the top and one level below. */
const SECRET_FIELDS = ["privateKey", "mnemonic", "jwtSecret", "token", "password", "authorization"];

/** Makes the logger that the rooms get by their constructors. */
export function createLogger(config: LoggerConfig): Logger {
  const destination = config.destination ?? pino.destination({ fd: 2, sync: true });
  const control = config.control ?? new LogControl(config.level);
  const options: LoggerOptions = {
    // Children of pino keep the level of their birth, so the level is judged in front of it.
    level: "debug",
    base: null,
    mixin: () => {
      const traceId = currentTraceId();
      return traceId === undefined ? {} : { traceId };
    },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
      censor: "***",
    },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => plainFields(fields),
    },
  };
  const sink = {
    write: (line: string) => {
      control.note(line);
      destination.write(config.json ? line : humanLine(line));
    },
  };
  return controlled(pino(options, sink), control);
}

function controlled(target: PinoLogger, control: LogControl): Logger {
  const method =
    (level: "error" | "warn" | "info" | "debug"): LogMethod =>
    (...args: [string] | [LogFields, string]) => {
      if (!control.allows(level)) return;
      if (typeof args[0] === "string") target[level](args[0]);
      else target[level](args[0], args[1]);
    };
  return {
    error: method("error"),
    warn: method("warn"),
    info: method("info"),
    debug: method("debug"),
    child: (fields) => controlled(target.child(fields), control),
  };
}

/** A logger that writes nothing. */
export function silentLogger(): Logger {
  return createLogger({ level: "silent", json: true });
}

/** Errors become their code, text and data; bigints become strings (JSON has neither). */
function plainFields(fields: Record<string, unknown>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) plain[name] = plainValue(value, 0);
  return plain;
}

function plainValue(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= 4) return "...";
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, plainValue(item, depth + 1)]),
  );
}

function plainError(error: Error, depth: number): Record<string, unknown> {
  const { code, data } = error as Error & { code?: unknown; data?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(data === undefined ? {} : { data: plainValue(data, depth + 1) }),
    ...(error.cause === undefined || depth >= 4
      ? {}
      : { cause: plainValue(error.cause, depth + 1) }),
    ...(code === undefined ? { stack: error.stack } : {}),
  };
}

/** `12:00:01.123 INFO  batcher: entry appended index=12`. */
function humanLine(line: string): string {
  const { level, time, msg, role, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields)
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  const who = role === undefined ? "" : `${role}: `;
  return `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${who}${msg}${rest}\n`;
}
