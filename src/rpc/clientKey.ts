import { isIPv6 } from "node:net";

const LOOPBACK = /^(127\.|::1$)/;

/**
 * Under which name limits per address count a client; undefined for programs of this machine, which are not limited.
 * All addresses of one IPv6 network of 64 bits are one client, because whoever has one of them has all.
 */
export function clientKey(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  if (LOOPBACK.test(plain)) return undefined;
  return isIPv6(plain) ? networkOf(plain) : plain;
}

function networkOf(address: string): string {
  const [left = "", right = ""] = (address.split("%")[0] ?? "").split("::");
  const groups = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  // What "::" stands for.
  while (address.includes("::") && groups.length + tail.length < 8) groups.push("0");
  const all = [...groups, ...tail].map((group) => Number.parseInt(group, 16).toString(16));
  return `${all.slice(0, 4).join(":")}::/64`;
}
