import { IncomingMessage, ServerResponse } from "node:http";
import type { Express } from "express";

/** Options of `createServer` that say what requests and responses are made of. */
export interface MessageClasses {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
}

/**
 * Classes whose objects already have the prototypes that express would give to each request and response. Objects whose prototype is
 * changed outlive the collection of young garbage, with all they refer to: most of every request did, and pauses were five times as
 * long.
 */
export function expressClasses(app: Pick<Express, "request" | "response">): MessageClasses {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  app.request = inherit(AppRequest.prototype, app.request);
  app.response = inherit(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse as typeof ServerResponse };
}

/** Once for all objects, before there is any. */
function inherit<T extends object>(prototype: object, parent: T): T {
  return Object.setPrototypeOf(prototype, parent) as T;
}
