import { VERSION } from "../version.js";
import { type Check, type Finding, problem } from "./types.js";

const TIMEOUT_MS = 5_000;

/** The server that runs here, or the one that was named. */
export const serverCheck: Check = {
  name: "server",
  async run({ note, serverUrl }) {
    const url = serverUrl ?? note?.url;
    if (url === undefined) return "none runs on this data directory; `npx fovea start` starts one";
    const answer = await fetchReadiness(url);
    if (typeof answer === "string") {
      return [
        problem(
          `The server at ${url} does not answer (${answer})`,
          note === undefined
            ? "start it with `npx fovea start`, or correct the address"
            : `look at its log, and restart it (pid ${note.pid})`,
        ),
      ];
    }
    const findings: Finding[] = [];
    if (!answer.ready) {
      findings.push(
        problem(
          `The server at ${url} is not ready: ${answer.reasons.join(", ") || "no reason given"}`,
          "wait if it has just started, else see `npx fovea status` for what each role does",
        ),
      );
    }
    if (note !== undefined && note.version !== VERSION) {
      findings.push(
        problem(
          `The server that runs is version ${note.version}, and this command ${VERSION}`,
          "restart the server",
        ),
      );
    }
    return findings.length > 0 ? findings : `ready at ${url}`;
  },
};

/** The answer of /readyz; a text if there is none. */
async function fetchReadiness(
  url: string,
): Promise<{ ready: boolean; reasons: string[] } | string> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { ready, reasons } = (await response.json()) as { ready?: boolean; reasons?: string[] };
    if (typeof ready !== "boolean") return `HTTP ${response.status}, and it is no Fovea server`;
    return { ready, reasons: Array.isArray(reasons) ? reasons.map(String) : [] };
  } catch (error) {
    const { cause, name } = error as { cause?: { code?: string }; name?: string };
    if (error instanceof SyntaxError) return "it is no Fovea server";
    return cause?.code ?? (name === "TimeoutError" ? "no answer in 5 s" : String(error));
  }
}
