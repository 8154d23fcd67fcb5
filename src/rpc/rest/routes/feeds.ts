import type { FeedEntry, FeedRecord } from "../../../l1/types.js";
import { listReply, readAsOf, toListQuery } from "../cursor.js";
import { encodeAddress } from "../encode/common.js";
import {
  encodeEntry,
  encodeEntryDetail,
  encodeRecord,
  encodeRecordDetail,
} from "../encode/feeds.js";
import { pageByIndex } from "../indexedList.js";
import { chainOf, nodeOf } from "../parts.js";
import { RestProblem } from "../problems.js";
import type { RestReply, RestRequest, RestRoute } from "../route.js";
import type { RestChain, RestDeps } from "../routes.js";

/** The two feeds on L1 with their elements, as the node has checked them. */
export function feedRoutes(deps: RestDeps): RestRoute[] {
  return [
    {
      operationId: "listFeeds",
      method: "get",
      path: "/feeds",
      handle: () => listFeeds(deps),
    },
    {
      operationId: "listFeedEntries",
      method: "get",
      path: "/feeds/{name}/entries",
      handle: (request) => listEntries(deps, request),
    },
    {
      operationId: "getFeedEntry",
      method: "get",
      path: "/feeds/{name}/entries/{index}",
      handle: async (request) => ({ body: getEntry(chainOf(deps), request) }),
    },
  ];
}

async function listFeeds(deps: RestDeps): Promise<RestReply> {
  const { feeds, rollupConfig } = chainOf(deps);
  const { snapshot, derivedCount } = feeds;
  const { addresses } = rollupConfig;
  const data = [
    {
      name: "batches",
      contract: encodeAddress(addresses.sequencerFeed),
      length: Number(snapshot?.entries.length ?? 0n),
      headHash: snapshot?.entries.length ? snapshot.entries.lastHash : null,
      derived: Number(derivedCount),
    },
    {
      name: "deposits",
      contract: encodeAddress(addresses.depositFeed),
      length: Number(snapshot?.records.length ?? 0n),
      headHash: snapshot?.records.length ? snapshot.records.lastHash : null,
      derived: Number(feeds.getEntry(derivedCount - 1n)?.header.depTo ?? 0n),
    },
  ];
  return { body: { data, asOf: await readAsOf(nodeOf(deps)) } };
}

type Element = { feed: "batches"; entry: FeedEntry } | { feed: "deposits"; record: FeedRecord };

function elementAt({ feeds }: RestChain, name: string, index: bigint): Element | undefined {
  if (name === "batches") {
    const entry = feeds.getEntry(index);
    return entry && { feed: "batches", entry };
  }
  const record = feeds.getRecord(index);
  return record && { feed: "deposits", record };
}

function getEntry(chain: RestChain, { params, query }: RestRequest): unknown {
  const element = elementAt(chain, params.name as string, BigInt(params.index as string));
  if (!element) throw new RestProblem("entry-unknown");
  const withRaw = query.raw === true;
  return element.feed === "batches"
    ? encodeEntryDetail(element.entry, chain.feeds, withRaw)
    : encodeRecordDetail(element.record, chain.feeds, withRaw);
}

async function listEntries(deps: RestDeps, { params, query }: RestRequest): Promise<RestReply> {
  const chain = chainOf(deps);
  const name = params.name as string;
  const list = toListQuery(query, "asc");
  const first = query.fromIndex === undefined ? 0n : BigInt(query.fromIndex as number);
  const { feeds } = chain;
  const end = name === "batches" ? feeds.entryCount : feeds.recordCount;
  const listName = `feed/${name}/${first}/${list.order}`;
  const page = pageByIndex<Element>(
    {
      name: listName,
      range: { first, end },
      at: (index) => elementAt(chain, name, index),
      hashOf: (element) => (element.feed === "batches" ? element.entry.hash : element.record.hash),
    },
    list,
  );
  return listReply(listName, page, await readAsOf(nodeOf(deps)), (element) =>
    element.feed === "batches"
      ? encodeEntry(element.entry, feeds)
      : encodeRecord(element.record, feeds),
  );
}
