import { isIP } from "node:net";

/** True if only programs of this machine reach what listens on an address. A name other than localhost may be any address. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase();
  if (address === "localhost" || address === "::1") return true;
  return isIP(address) === 4 && address.startsWith("127.");
}
