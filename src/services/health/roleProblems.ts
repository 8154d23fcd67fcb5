import type { Role } from "../types.js";
import type { HealthProblem } from "./types.js";

/** Problems of all roles, each once, with the roles that have it. `more`: what others say; known ones are left out. */
export function roleProblems(
  roles: readonly Role[],
  more: readonly string[] = [],
): HealthProblem[] {
  const byText = new Map<string, { roles: Set<string>; isCritical: boolean }>();
  for (const role of roles) {
    for (const text of role.readinessProblems()) {
      const found = byText.get(text) ?? { roles: new Set<string>(), isCritical: false };
      found.roles.add(role.name);
      found.isCritical ||= text === role.criticalProblem;
      byText.set(text, found);
    }
  }
  for (const text of more) {
    if (!byText.has(text)) byText.set(text, { roles: new Set(), isCritical: false });
  }
  return [...byText].map(([text, found]) => ({
    text,
    roles: [...found.roles],
    isCritical: found.isCritical,
  }));
}
