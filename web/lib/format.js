/** Decimal text of an integer over 10^decimals, with at most `digits` places (cut, not rounded, so nothing looks like more). */
export function formatUnits(value, decimals, digits = decimals) {
  const amount = BigInt(value);
  const text = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = text.slice(0, text.length - decimals);
  const fraction = text
    .slice(text.length - decimals)
    .slice(0, digits)
    .replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${grouped(whole)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Wei of a decimal amount of ether; undefined if it is none. */
export function parseEther(text) {
  const match = /^(\d{1,20})(?:\.(\d{0,18}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return BigInt(match[1]) * 10n ** 18n + BigInt((match[2] ?? "").padEnd(18, "0"));
}

/** 1234567 as 1,234,567. */
export function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Amount of wei in the unit that reads best. */
export function formatWei(value) {
  const wei = BigInt(value);
  if (wei === 0n) return "0 ETH";
  if (wei >= 10n ** 12n) return `${formatUnits(wei, 18, 6)} ETH`;
  if (wei >= 10n ** 6n) return `${formatUnits(wei, 9, 4)} gwei`;
  return `${grouped(wei)} wei`;
}

/** 0x1234567890 … as 0x123456…cdef. */
export function shorten(hex, head = 8, tail = 4) {
  const text = String(hex);
  return text.length <= head + tail + 3 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** Number of bytes as people say it. */
export function formatBytes(count) {
  if (count < 1_000) return `${count} B`;
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)} kB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

/** Seconds as one or two units: 8 s, 3 min 20 s, 2 h 5 min, 4 d 3 h. */
export function formatSpan(seconds) {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ];
  const first = units.findIndex(([, size]) => total >= size);
  const [name, size] = units[first];
  const whole = Math.floor(total / size);
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((total - whole * size) / next[1]);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[0]}`;
}

/** Seconds since 1970 of RFC 3339 text, a number of seconds, or a hex quantity; undefined for nothing. */
export function toSeconds(time) {
  if (time === undefined || time === null || time === "") return undefined;
  if (typeof time === "number") return time;
  if (/^0x/.test(time)) return Number(BigInt(time));
  if (/^\d+$/.test(time)) return Number(time);
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
}

/** "12 s ago", "in 3 min". */
export function formatAgo(seconds, nowSeconds = Date.now() / 1000) {
  const age = nowSeconds - seconds;
  if (Math.abs(age) < 1) return "now";
  return age > 0 ? `${formatSpan(age)} ago` : `in ${formatSpan(-age)}`;
}

/** camelCase as words: "inChallengePeriod" is "in challenge period". */
export function words(name) {
  return String(name)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("-", " ")
    .toLowerCase();
}
