import type { RpcContext } from "../types.js";

/** The first block up to the newest one where something holds that goes on to hold; undefined: none. */
export async function firstBlockWith(
  { engine }: RpcContext,
  holds: (number: bigint) => Promise<boolean>,
): Promise<bigint | undefined> {
  const head = await engine.getHeader("latest");
  if (!head || !(await holds(head.number))) return undefined;
  let low = -1n;
  let high = head.number;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (await holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
