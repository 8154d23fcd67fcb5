/** Something that is wrong now. */
export interface HealthProblem {
  /** One sentence. */
  text: string;
  /** Names of the roles that say so. */
  roles: string[];
  /** A role has stopped for good: waiting does not help. */
  isCritical: boolean;
}

/** A problem with its history and what follows from it. */
export interface HealthAlert extends HealthProblem {
  sinceMs: number;
  /** False: it has not lasted long enough to matter. */
  counts: boolean;
  /** What does not work meanwhile. */
  impact: string;
  /** What to do about it. */
  advice: string;
}

/** A problem that mattered. */
export interface Incident {
  /** Ascending, also over restarts of the server. */
  id: number;
  text: string;
  roles: string[];
  isCritical: boolean;
  startedAtMs: number;
  /** Null: it lasts. */
  endedAtMs: number | null;
  /** It lasted when its run of the server ended; `endedAtMs` is when the next one began. */
  isInterrupted?: boolean;
  impact: string;
  advice: string;
}

/** What the gateway asks about the server's health. */
export interface HealthView {
  /** Why the server is not ready; empty when it is. */
  reasons(): string[];
  alerts(): HealthAlert[];
  /** Newest first. */
  incidents(): Incident[];
}
