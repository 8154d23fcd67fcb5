import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** Where the REST routes are mounted. */
export const API_BASE = "/api/v1";

/** The parts of the document that the server itself looks at. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
}

/** openapi.yaml in the package's root, from src/rpc/rest and from dist/rpc/rest alike. */
export const OPENAPI_PATH = join(dirname(fileURLToPath(import.meta.url)), "../../../openapi.yaml");

let text: string | undefined;

/** The API description, a fresh copy each time, because the validator changes the one it gets. */
export function loadOpenApi(): OpenApiDocument {
  text ??= JSON.stringify(parse(readFileSync(OPENAPI_PATH, "utf8")));
  return JSON.parse(text) as OpenApiDocument;
}
