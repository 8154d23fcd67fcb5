import type { RedisClientType } from "redis";

const LISTS = ["wait", "active", "paused"];
const SORTED_SETS = ["delayed", "prioritized", "completed", "failed", "waiting-children"];
const MAX_JOBS = 1_000;
/** Our jobs hold some dozen bytes. */
const MAX_DATA_BYTES = 4_096;

/**
 * Removes jobs whose data are not JSON or are far too large: such a job is never finished, and makes listing its queue fail.
 * Returns how many were removed.
 */
export async function sweepPoison(
  client: RedisClientType,
  prefix: string,
  queue: string,
): Promise<number> {
  const base = `${prefix}:${queue}`;
  const ids = new Set<string>();
  for (const list of LISTS) {
    for (const id of await client.lRange(`${base}:${list}`, 0, MAX_JOBS)) ids.add(id);
  }
  for (const set of SORTED_SETS) {
    for (const id of await client.zRange(`${base}:${set}`, 0, MAX_JOBS)) ids.add(id);
  }
  let removed = 0;
  for (const id of ids) {
    const key = `${base}:${id}`;
    if (!(await isPoison(client, key))) continue;
    const all = client.multi().del([key, `${key}:lock`, `${key}:logs`]);
    for (const list of LISTS) all.lRem(`${base}:${list}`, 0, id);
    for (const set of SORTED_SETS) all.zRem(`${base}:${set}`, id);
    all.sRem(`${base}:stalled`, id);
    await all.exec();
    removed += 1;
  }
  return removed;
}

async function isPoison(client: RedisClientType, key: string): Promise<boolean> {
  if ((await client.type(key)) !== "hash") return (await client.exists(key)) === 1;
  if (Number(await client.hStrLen(key, "data")) > MAX_DATA_BYTES) return true;
  try {
    for (const field of ["data", "opts"]) {
      const text = await client.hGet(key, field);
      if (text !== null && text !== undefined) JSON.parse(text);
    }
    return false;
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}
