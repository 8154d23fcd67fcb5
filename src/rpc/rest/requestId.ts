import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";

const ACCEPTED = /^[A-Za-z0-9._:-]{1,64}$/;

/** Gives every request an id: the caller's own if it is harmless in logs, else a new one. It goes back in Request-Id. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers["request-id"];
  const id = typeof given === "string" && ACCEPTED.test(given) ? given : `req_${randomUUID()}`;
  response.locals.requestId = id;
  response.setHeader("request-id", id);
  next();
};
