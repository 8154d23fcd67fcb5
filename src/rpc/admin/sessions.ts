import { randomBytes } from "node:crypto";
import type { Clock } from "../../util/clock.js";
import type { AdminRole } from "./adminTokens.js";

/** Name of the cookie. It holds a session, never a token: browsers send it to every port of this machine. */
export const SESSION_COOKIE = "fovea_admin";
const LIFETIME_MS = 12 * 3_600_000;
const MAX_SESSIONS = 64;
const MAX_FAILURES = 10;
const FAILURE_WINDOW_MS = 60_000;

interface Session {
  role: AdminRole;
  endsAtMs: number;
}

/** Logins of browsers, in memory: a restart ends them. */
export class Sessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  #failures: number[] = [];

  constructor(deps: { clock: Clock }) {
    this.#clock = deps.clock;
  }

  /** False after too many wrong tokens within a minute. */
  mayTry(): boolean {
    const since = this.#clock.nowMs() - FAILURE_WINDOW_MS;
    this.#failures = this.#failures.filter((atMs) => atMs > since);
    return this.#failures.length < MAX_FAILURES;
  }

  noteFailure(): void {
    this.#failures.push(this.#clock.nowMs());
  }

  /** A new session; the oldest makes room. Returns the value of the Set-Cookie header. */
  open(role: AdminRole): string {
    if (this.#sessions.size >= MAX_SESSIONS) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    const id = randomBytes(32).toString("hex");
    this.#sessions.set(id, { role, endsAtMs: this.#clock.nowMs() + LIFETIME_MS });
    return cookie(id, LIFETIME_MS / 1_000);
  }

  /** Role of the session that a Cookie header names. */
  roleOf(cookieHeader: string | undefined): AdminRole | undefined {
    for (const id of idsOf(cookieHeader)) {
      const session = this.#sessions.get(id);
      if (session === undefined) continue;
      if (session.endsAtMs > this.#clock.nowMs()) return session.role;
      this.#sessions.delete(id);
    }
    return undefined;
  }

  /** Ends the session; returns the Set-Cookie header that removes the cookie. */
  close(cookieHeader: string | undefined): string {
    for (const id of idsOf(cookieHeader)) this.#sessions.delete(id);
    return cookie("", 0);
  }
}

function cookie(value: string, maxAgeSec: number): string {
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeSec}; HttpOnly; SameSite=Strict`;
}

function idsOf(header: string | undefined): string[] {
  return (header ?? "").split(";").flatMap((part) => {
    const [name, value] = part.trim().split("=");
    return name === SESSION_COOKIE && value !== undefined ? [value] : [];
  });
}
