import { createBullBoard } from "@bull-board/api";
import { ExpressAdapter } from "@bull-board/express";
import { type Express, type RequestHandler, Router } from "express";
import type { Jobs } from "../../jobs/startJobs.js";
import type { Logger } from "../../telemetry/logger.js";
import { AdminProblem, sendAdminProblem } from "./adminProblem.js";
import { TolerantAdapter } from "./tolerantAdapter.js";

type Queue = ReturnType<Jobs["queues"]>[number];

/** Where the queue UI is. */
export const QUEUES_PATH = "/queues";

/** The page's only foreign address. The page works without it, and browsers of operators ask nobody else. */
const FOREIGN_LINKS = /<link href="https?:[^>]*>/g;

/** What the queue UI needs of the job system. */
export interface QueueBoardDeps {
  queues(): Queue[];
  /** State of the duties, for the descriptions of their queues. */
  health(): { redis: "up" | "down"; duties: { name: string; disabledReason: string | null }[] };
  logger: Logger;
}

/** bull-board at /queues. Who may see and change what is decided before the request gets here. */
export function queueBoard(deps: QueueBoardDeps): Router {
  const adapter = new ExpressAdapter();
  adapter.setBasePath(QUEUES_PATH);
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: "Fovea jobs", hideRedisDetails: true } },
  });
  let shown: readonly Queue[] = [];
  const refresh: RequestHandler = (_request, response, next) => {
    const queues = deps.queues();
    if (queues.length !== shown.length || queues.some((queue, i) => queue !== shown[i])) {
      shown = [...queues];
      const duties = deps.health().duties;
      board.setQueues(
        queues.map((queue) => {
          const reason = duties.find(({ name }) => name === queue.name)?.disabledReason;
          return new TolerantAdapter(queue, { description: reason ?? "" });
        }),
      );
    }
    // Without Redis every query would wait for ever.
    if (deps.health().redis === "down" && _request.path.startsWith("/api/")) {
      return sendAdminProblem(response, new AdminProblem("queue-unavailable"));
    }
    next();
  };
  const router = Router();
  // An application of its own, with Express' own settings.
  const pages = adapter.getRouter() as Express;
  pages.disable("x-powered-by");
  router.use(QUEUES_PATH, refresh, withoutForeignLinks, pages);
  return router;
}

const withoutForeignLinks: RequestHandler = (_request, response, next) => {
  const send = response.send.bind(response);
  response.send = (body: unknown) =>
    send(
      typeof body === "string" && body.startsWith("<!DOCTYPE")
        ? body.replace(FOREIGN_LINKS, "")
        : body,
    );
  next();
};
