import { EVENT_TOPICS, type EventTopic } from "../../../services/eventHub.js";
import type { RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** What happens, as server-sent events. */
export function eventRoutes({ streams }: Pick<RestDeps, "streams">): RestRoute[] {
  return [
    {
      operationId: "getEvents",
      method: "get",
      path: "/events",
      produces: "text/event-stream",
      handle: async ({ query, headers }) => {
        const topics = (query.topics as EventTopic[] | undefined) ?? EVENT_TOPICS;
        const given = headers["last-event-id"];
        const lastEventId = typeof given === "string" && given !== "" ? given : undefined;
        return {
          stream: (request, response) => streams.open(request, response, { topics, lastEventId }),
        };
      },
    },
  ];
}
