import { PROBLEMS, type ProblemCode } from "../../src/rpc/rest/problems.js";
import {
  type ApiOperation,
  type ApiRequest,
  GENERAL_PROBLEMS,
  type OpenApiChecker,
  sendApi,
} from "./openapi.js";

/** Stands for all operations: problems that any of them may answer. */
export const ANY_OPERATION = "any operation";

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas.
type Json = any;

const OK = "ok";
const VALIDATION = "validation-failed";

/** Problems of the server rather than of a request. */
const SERVER_PROBLEMS = ["host-unknown", "internal"] as const;

/** Which answers openapi.yaml lists, and which of them were seen over HTTP. */
export class ProblemLedger {
  readonly #checker: OpenApiChecker;
  readonly #seen = new Set<string>();

  constructor(checker: OpenApiChecker) {
    this.#checker = checker;
  }

  /**
   * Sends a request, takes down its answer and gives its body. Throws if the answer differs from the description, or is another
   * one than `expected`: a code, or "ok".
   */
  async ask(
    url: string,
    operationId: string,
    expected: string,
    request?: ApiRequest,
  ): Promise<Json> {
    const operation = this.#checker.operation(operationId);
    const answer = await sendApi(url, operation, request);
    const wrong = this.#checker.check(operation, answer);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    const body = answer.body as { code?: string };
    const code = answer.status < 400 ? OK : String(body.code);
    if (code !== expected) {
      const text = JSON.stringify(body).slice(0, 600);
      throw new Error(`${operationId}: expected ${expected}, got ${answer.status} ${text}`);
    }
    this.#seen.add(pairOf(operationId, answer.status, code));
    return answer.body;
  }

  /** Takes down a problem that any operation may answer, seen by other means than `ask`. */
  note(status: number, code: string): void {
    this.#seen.add(pairOf(ANY_OPERATION, status, code));
  }

  /** Every answer that is described: (operation, status, code of the problem). */
  listed(): string[] {
    const codes = [...GENERAL_PROBLEMS, ...SERVER_PROBLEMS];
    const general = codes.map((code) => pairOf(ANY_OPERATION, statusOf(code), code));
    return [...this.#checker.operations.flatMap(listedOf), ...general];
  }

  /** Codes of the catalogue that nothing answers. */
  idle(): string[] {
    const used = new Set(this.listed().map((pair) => pair.split(" ").at(-1)));
    return Object.keys(PROBLEMS).filter((code) => !used.has(code));
  }

  missing(): string[] {
    return this.listed().filter((pair) => !this.#seen.has(pair));
  }
}

/** Statuses and problems of an operation that do not fit each other. */
export function contradictionsOf({ operationId, problems, responses }: ApiOperation): string[] {
  const described = Object.keys(responses).filter((status) => Number(status) >= 400);
  const codes = "400" in responses ? [...problems, VALIDATION] : problems;
  const needed = new Set(codes.map((code) => String(statusOf(code))));
  return [
    ...described.filter((status) => !needed.has(status)).map((s) => `${operationId}: no ${s}`),
    ...[...needed].filter((s) => !described.includes(s)).map((s) => `${operationId}: ${s} lacks`),
  ];
}

function listedOf({ operationId, problems, responses }: ApiOperation): string[] {
  const pairs = problems.map((code) => pairOf(operationId, statusOf(code), code));
  if ("400" in responses) pairs.push(pairOf(operationId, 400, VALIDATION));
  return [...pairs, pairOf(operationId, 200, OK)];
}

function statusOf(code: string): number {
  return PROBLEMS[code as ProblemCode].status;
}

function pairOf(operationId: string, status: number, code: string): string {
  return `${operationId} ${status} ${code}`;
}
