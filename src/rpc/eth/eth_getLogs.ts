import { logsJson } from "../encode/jsonText.js";
import { findLogs } from "../live/findLogs.js";
import { method } from "../method.js";
import { parseLogQuery } from "../params/logFilter.js";
import { required } from "../params/param.js";

/** Logs of a range of blocks or of one block. */
export const eth_getLogs = method({
  doc: "Logs of a range of blocks or of one block.",
  params: [required(parseLogQuery)],
  async run([query], { engine, limits }) {
    return logsJson(await findLogs(engine, query, limits));
  },
});
