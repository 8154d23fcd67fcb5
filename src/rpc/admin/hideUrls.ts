const URL_PATTERN = /\b([a-z][a-z0-9+.-]{1,10}:\/\/)([^\s"'<>\\]+)/gi;

/**
 * Cuts every URL in every string of a value down to scheme, host and port: paths, queries and users of RPC and Redis URLs are often
 * keys. Bigints become decimal strings.
 */
export function hideUrls(value: unknown): unknown {
  if (typeof value === "string") return value.replace(URL_PATTERN, hideUrl);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(hideUrls);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return hideUrls((value as { toJSON(): unknown }).toJSON());
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideUrls(item)]));
}

function hideUrl(_whole: string, scheme: string, rest: string): string {
  const [authority = "", ...more] = rest.split(/(?=[/?#])/);
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isHidden = host !== authority || more.join("").length > 1;
  return `${scheme}${host}${isHidden ? "/***" : ""}`;
}
