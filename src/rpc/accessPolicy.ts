import { isIP } from "node:net";

const LOCAL_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]", "::1"];

/** Which names this server answers to, and which web pages may read its answers. */
export interface AccessPolicy {
  /** False: the Host header names a foreign site, as in DNS rebinding. */
  isHostAllowed(host: string | undefined): boolean;
  /** True if a page of this origin may read answers. */
  isOriginAllowed(origin: string, host: string | undefined): boolean;
}

/**
 * `vhosts` and `cors` add to the local names; "*" allows all.
 * Pages on localhost are allowed, because dApps are developed there; a name that is an IP address cannot be rebound.
 */
export function createAccessPolicy(config: { vhosts: string[]; cors: string[] }): AccessPolicy {
  const vhosts = new Set([...LOCAL_NAMES, ...config.vhosts.map((name) => name.toLowerCase())]);
  const origins = new Set(config.cors.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  return {
    isHostAllowed(host) {
      if (vhosts.has("*")) return true;
      const name = hostName(host);
      return name !== undefined && (vhosts.has(name) || isIP(name.replace(/^\[|\]$/g, "")) !== 0);
    },
    isOriginAllowed(origin, host) {
      if (origins.has("*") || origins.has(origin.toLowerCase())) return true;
      const url = parseUrl(origin);
      if (url === undefined) return false;
      // Extensions are no web pages: the user installed them with the right to call servers.
      if (/^(chrome|moz|safari-web)-extension:$/.test(url.protocol)) return true;
      if (url.protocol !== "http:" && url.protocol !== "https:") return false;
      if (LOCAL_NAMES.includes(url.hostname)) return true;
      return host !== undefined && url.host === host.toLowerCase();
    },
  };
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host.length > 255) return undefined;
  return parseUrl(`http://${host}`)?.hostname.toLowerCase();
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
