import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { loadOpenApi } from "../../src/rpc/rest/openApi.js";

/** A parameter of an operation, references resolved. */
export interface ApiParameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Record<string, unknown>;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

/** An operation of openapi.yaml, references of its parameters and responses resolved. */
export interface ApiOperation {
  operationId: string;
  method: string;
  path: string;
  parameters: ApiParameter[];
  requestBody?: {
    required?: boolean;
    content: Record<
      string,
      { schema: object; example?: unknown; examples?: Record<string, { value: unknown }> }
    >;
  };
  responses: Record<string, { content?: Record<string, { schema: object; example?: unknown }> }>;
  /** Codes of problems that it may answer besides those of every route. */
  problems: string[];
}

/** An answer as the checks see it. */
export interface ApiAnswer {
  status: number;
  type: string;
  body: unknown;
  headers: Headers;
}

/** Problems that any route may answer, whatever it does. */
export const GENERAL_PROBLEMS: readonly string[] = [
  "request-malformed",
  "json-malformed",
  "json-too-deep",
  "validation-failed",
  "route-unknown",
  "method-not-allowed",
  "not-acceptable",
  "payload-too-large",
  "unsupported-media-type",
  "rate-limited",
  "overloaded",
];

const METHODS = ["get", "post", "put", "delete", "patch"];

/** The API description with checks for answers; wraps openapi.yaml for tests of any route. */
export class OpenApiChecker {
  readonly document = loadOpenApi();
  readonly operations: ApiOperation[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    // ajv-formats is a CommonJS module whose types say otherwise.
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema({ ...this.document, $id: "https://fovea.test/openapi" });
    this.operations = Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, raw]) => this.#toOperation(path, method, item, raw as never)),
    );
  }

  operation(operationId: string): ApiOperation {
    const found = this.operations.find((operation) => operation.operationId === operationId);
    if (!found) throw new Error(`openapi.yaml has no operation ${operationId}`);
    return found;
  }

  /** Everything in which an answer differs from the description; empty if it fits. */
  check(operation: ApiOperation, answer: ApiAnswer): string[] {
    const where = `${operation.method.toUpperCase()} ${operation.path} → ${answer.status}`;
    if (answer.status === 304) return [];
    if (answer.headers.get("request-id") === null) return [`${where}: no Request-Id`];
    if (answer.status >= 400) return this.#checkProblem(operation, answer, where);
    const response = operation.responses[String(answer.status)];
    if (!response) return [`${where}: this status is not described`];
    const type = answer.type.split(";")[0] ?? "";
    const media = response.content?.[type];
    if (!media) return [`${where}: the media type ${type} is not described`];
    const at = [
      ...["paths", operation.path, operation.method, "responses", String(answer.status)],
      ...["content", type, "schema"],
    ];
    return this.#errorsAt(at, answer.body).map((error) => `${where}: ${error}`);
  }

  /** Errors of a value against a schema of components. */
  checkSchema(name: string, value: unknown): string[] {
    return this.#errorsAt(["components", "schemas", name], value);
  }

  /** Follows a reference inside the document. */
  resolve<T>(value: T | { $ref: string }): T {
    if (typeof value !== "object" || value === null || !("$ref" in value)) return value as T;
    const parts = String(value.$ref).replace(/^#\//, "").split("/");
    let found: unknown = this.document;
    for (const part of parts) found = (found as Record<string, unknown>)[part];
    return this.resolve(found as T);
  }

  #checkProblem(operation: ApiOperation, answer: ApiAnswer, where: string): string[] {
    if (!answer.type.startsWith("application/problem+json")) {
      return [`${where}: ${answer.type} is no problem`];
    }
    const errors = this.checkSchema("Problem", answer.body);
    const { code, status } = answer.body as { code: string; status: number };
    if (status !== answer.status) errors.push(`the problem says status ${status}`);
    if (![...GENERAL_PROBLEMS, ...operation.problems].includes(code)) {
      errors.push(`the problem ${code} is not listed in x-problems`);
    }
    return errors.map((error) => `${where}: ${error}`);
  }

  #errorsAt(path: string[], value: unknown): string[] {
    const pointer = path
      .map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1")))
      .join("/");
    let validate = this.#validators.get(pointer);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `https://fovea.test/openapi#/${pointer}` });
      this.#validators.set(pointer, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }

  #toOperation(
    path: string,
    method: string,
    item: Record<string, unknown>,
    raw: Omit<ApiOperation, "problems"> & { "x-problems"?: string[] },
  ): ApiOperation {
    const shared = (item.parameters ?? []) as ApiParameter[];
    return {
      ...raw,
      path,
      method,
      parameters: [...shared, ...(raw.parameters ?? [])].map((parameter) => {
        const found = this.resolve(parameter);
        return { ...found, schema: this.resolve(found.schema) };
      }),
      responses: Object.fromEntries(
        Object.entries(raw.responses).map(([status, response]) => [status, this.resolve(response)]),
      ),
      problems: raw["x-problems"] ?? [],
    };
  }
}

/** A request made from an operation and values for its parameters. */
export interface ApiRequest {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Sends a request of an operation; values go out as they are, also wrong ones. Streams are read up to the first bytes. */
export async function sendApi(
  url: string,
  operation: ApiOperation,
  request: ApiRequest = {},
): Promise<ApiAnswer> {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(request.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {}))
    query.append(name, String(value));
  const text = query.size > 0 ? `?${query}` : "";
  const cut = new AbortController();
  const response = await fetch(`${url}/api/v1${path}${text}`, {
    method: operation.method.toUpperCase(),
    signal: cut.signal,
    redirect: "manual",
    headers: {
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      ...request.headers,
    },
    ...(request.body === undefined
      ? {}
      : { body: typeof request.body === "string" ? request.body : JSON.stringify(request.body) }),
  });
  const type = response.headers.get("content-type") ?? "";
  let body: unknown;
  if (type.startsWith("text/event-stream")) {
    const first = await response.body?.getReader().read();
    body = new TextDecoder().decode(first?.value);
    cut.abort();
  } else {
    const answered = await response.text();
    body = type.includes("json") ? JSON.parse(answered) : answered;
  }
  return { status: response.status, type, body, headers: response.headers };
}

/** The requests that the examples of an operation describe: one with all of them, one with the required ones only. */
export function exampleRequests(operation: ApiOperation): ApiRequest[] {
  const media = operation.requestBody?.content["application/json"];
  const bodies = media?.examples
    ? Object.values(media.examples).map(({ value }) => value)
    : [media?.example];
  const pick = (where: string, all: boolean) =>
    Object.fromEntries(
      operation.parameters
        .filter((parameter) => parameter.in === where && (all || parameter.required === true))
        .filter(({ example, examples }) => example !== undefined || examples !== undefined)
        .map(({ name, example, examples }) => [
          name,
          example ?? Object.values(examples ?? {})[0]?.value,
        ]),
    );
  return [true, false].flatMap((all) =>
    bodies.map((body) => ({
      params: pick("path", all),
      query: pick("query", all),
      ...(body === undefined ? {} : { body }),
    })),
  );
}
