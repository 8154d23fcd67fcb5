import type { FeedEntry } from "../../../l1/types.js";
import { type BatchStatus, encodeBatch, entryOfBlock, rangeOfStatus } from "../batches.js";
import { listReply, readAsOf, toListQuery } from "../cursor.js";
import { encodeHead, isoTime } from "../encode/common.js";
import { pageByIndex } from "../indexedList.js";
import { chainOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestDeps } from "../routes.js";

/** Pending blocks whose sizes are added up; beyond it the sum is a lower bound. */
const MAX_PENDING_READ = 256;

/** Batches on L1, and what waits to be posted. */
export function batchRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "listBatches",
      method: "get",
      path: "/batches",
      handle: (request) => listBatches(deps, request),
    },
    {
      operationId: "getPendingBatch",
      method: "get",
      path: "/batches/pending",
      handle: async () => ({ body: await pendingAnswer(deps) }),
    },
    {
      operationId: "getBatch",
      method: "get",
      path: "/batches/{index}",
      handle: async ({ params, signal }) => {
        const { feeds } = chainOf(deps);
        const entry = feeds.getEntry(BigInt(params.index as string));
        if (!entry) throw new RestProblem("batch-unknown");
        const [cost] = (await deps.costs?.get([entry.l1], signal)) ?? [];
        return { body: encodeBatch(entry, feeds, cost) };
      },
    },
  ];
}

async function listBatches(deps: RestDeps, { query, signal }: RestRequest): Promise<RestReply> {
  const { feeds } = chainOf(deps);
  const status = query.status as BatchStatus | undefined;
  const from = query.fromL2Block as number | undefined;
  const range = rangeOfStatus(feeds, status);
  if (from !== undefined) {
    const first = entryOfBlock(feeds, BigInt(from));
    if (first > range.first) range.first = first;
  }
  const list = toListQuery(query);
  const name = `batches/${status ?? "all"}/${from ?? 0}/${list.order}`;
  const { items, next } = pageByIndex<FeedEntry>(
    { name, range, at: (index) => feeds.getEntry(index), hashOf: ({ hash }) => hash },
    list,
  );
  const costs =
    (await deps.costs?.get(
      items.map(({ l1 }) => l1),
      signal,
    )) ?? [];
  const data = items.map((entry, i) => encodeBatch(entry, feeds, costs[i]));
  return listReply(name, { items: data, next }, await readAsOf(nodeOf(deps)), (batch) => batch);
}

async function pendingAnswer(deps: RestDeps) {
  const { engine, batcher } = deps;
  const { feeds } = chainOf(deps);
  const { unsafeL2, safeL2 } = await nodeOf(deps).syncStatus();
  const blocks = unsafeL2.number > safeL2.number ? Number(unsafeL2.number - safeL2.number) : 0;
  let bytes = 0;
  for (let i = 1; i <= Math.min(blocks, MAX_PENDING_READ); i++) {
    bytes += (await engine.getHeader(safeL2.number + BigInt(i)))?.sizeBytes ?? 0;
  }
  const oldest = blocks > 0 ? await engine.getHeader(safeL2.number + 1n) : undefined;
  const nowMs = deps.clock.nowMs();
  const lastEntry = feeds.getEntry(feeds.entryCount - 1n);
  const dueMs = Number(lastEntry?.header.l1Time ?? 0n) * 1_000 + (batcher?.intervalMs ?? 0);
  const isFull = batcher !== undefined && bytes >= batcher.targetBytes;
  return {
    blocks,
    bytes,
    bytesComplete: blocks <= MAX_PENDING_READ,
    oldest: oldest ? encodeHead({ ...oldest, time: oldest.timestamp }) : null,
    oldestAgeSec: oldest ? Math.max(0, Math.floor(nowMs / 1000) - Number(oldest.timestamp)) : null,
    lastBatch: lastEntry ? Number(lastEntry.header.index) : null,
    nextPost:
      oldest === undefined || batcher === undefined
        ? null
        : {
            reason: isFull ? "size" : "interval",
            time: isoTime(isFull ? nowMs : Math.max(nowMs, dueMs)),
          },
  };
}
