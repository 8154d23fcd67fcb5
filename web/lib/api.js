/** An answer that is no success, with the words a person should read. */
export class ApiError extends Error {
  constructor(message, { code, hint, status, problem, data } = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.status = status;
    this.problem = problem;
    this.data = data;
  }
}

const API = "/api/v1";

/** GET of a REST route: the JSON, or an ApiError. */
export async function rest(path, { signal } = {}) {
  return answerOf(await reach(`${API}${path}`, { signal }));
}

/** GET of a route outside the API, for example /readyz, whose 503 is an answer too. */
export async function restRaw(path, { signal } = {}) {
  const response = await reach(path, { signal });
  if (response.status !== 503 && !response.ok) return answerOf(response);
  return response.json();
}

/** POST of a REST route. */
export async function restPost(path, body, { signal } = {}) {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  };
  return answerOf(await reach(`${API}${path}`, request));
}

/** Undefined where the API says that there is no such thing. */
export async function restOrNothing(path, options) {
  try {
    return await rest(path, options);
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return undefined;
    throw error;
  }
}

async function reach(url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer.", {
      code: "unreachable",
      hint: "Is it running? This page tries again by itself.",
    });
  }
}

async function answerOf(response) {
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(`The server answered ${response.status} without JSON.`, {
      status: response.status,
    });
  }
  if (response.ok) return body;
  const places = (body.errors ?? []).map((place) => `${place.pointer}: ${place.message}`);
  // Where there is nothing particular to say, the detail repeats the hint.
  const detail = body.detail === body.hint ? undefined : body.detail;
  const message = [detail ?? body.title ?? `Status ${response.status}`, ...places].join(" · ");
  throw new ApiError(message, {
    code: body.code,
    hint: body.hint,
    status: response.status,
    problem: body,
  });
}

/** One JSON-RPC call to L2, or to another address. */
export async function rpc(method, params = [], { signal, url = "/" } = {}) {
  const [answer] = await rpcBatch([[method, params]], { signal, url });
  return answer;
}

/** Several JSON-RPC calls in one request; results in the same order. The first error is thrown. */
export async function rpcBatch(calls, { signal, url = "/" } = {}) {
  const body = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
  const response = await reach(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const answers = await response.json().catch(() => {
    throw new ApiError(`The server answered ${response.status} without JSON.`);
  });
  if (!Array.isArray(answers)) throw new ApiError(answers.error?.message ?? "No answer.");
  return calls.map((_call, id) => {
    const answer = answers.find((one) => one.id === id);
    if (answer?.error !== undefined) {
      throw new ApiError(answer.error.message, {
        code: answer.error.code,
        data: answer.error.data,
      });
    }
    return answer?.result;
  });
}

let settings;

/** What this server is: chain ids, and in development its L1 and test accounts. Read once. */
export function readSettings() {
  settings ??= reach("/pages/settings.json", {})
    .then(answerOf)
    .catch((error) => {
      settings = undefined;
      throw error;
    });
  return settings;
}

let abis;

/** Functions, events and errors of our contracts. Read once, when first needed. */
export function readAbis() {
  const url = new URL("../abis.json", import.meta.url);
  abis ??= fetch(url).then((response) => response.json());
  return abis;
}
