import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A socket on which a process takes connections. */
export interface ListeningSocket {
  address: string;
  port: number;
}

const LISTENING = "0A";

/** Sockets that a process and its descendants listen on, by what the kernel says (Linux). */
export function listeningSockets(pid: number): ListeningSocket[] {
  const inodes = new Set([pid, ...descendantsOf(pid)].flatMap(socketsOf));
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/ +/);
        if (state !== LISTENING || !inodes.has(inode)) return [];
        const [address = "", port = ""] = local.split(":");
        return [{ address: addressOf(address), port: Number.parseInt(port, 16) }];
      }),
  );
}

/** Ids of all processes below one. */
export function descendantsOf(pid: number): number[] {
  const children = tryTo(() => readdirSync(`/proc/${pid}/task`), []).flatMap((task) =>
    tryTo(() => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"), "")
      .split(" ")
      .filter((id) => id !== "")
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return tryTo(() => readdirSync(folder), []).flatMap((name) => {
    const target = tryTo(() => readlinkSync(`${folder}/${name}`), "");
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

/** The kernel prints an address as words of the machine's byte order (little endian). */
function addressOf(words: string): string {
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0);
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped && bytes[10] === 255 && bytes[11] === 255) return bytes.slice(12).join(".");
  if (bytes.every((byte, at) => byte === (at === 15 ? 1 : 0))) return "::1";
  if (bytes.every((byte) => byte === 0)) return "::";
  return Buffer.from(bytes).toString("hex");
}

/** Processes and their files may be gone before they are read. */
function tryTo<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
