import { grouped } from "../lib/format.js";
import { html } from "../lib/html.js";
import { AddressLink, Facts, Hash } from "./ui.js";

/** Characters of one value that are shown. */
const SHOWN = 2_048;
/** Numbers from here on are no amounts that anybody reads by thousands. */
const LONG = 10n ** 30n;

/** Decoded parameters, by name. */
export function Arguments({ args }) {
  if (args.length === 0) return null;
  return html`<${Facts} className="args" rows=${args.map((arg, i) => [
    html`${arg.name || `#${i}`} <span class="type">${arg.type}</span>`,
    html`<${Value} type=${arg.type} components=${arg.input.components} value=${arg.value} />`,
  ])} />`;
}

function Value({ type, components, value }) {
  if (Array.isArray(value)) {
    const item = /^(.*)\[\d*\]$/.exec(type);
    return html`<ol class="values">${value.map((one, i) => {
      const component = item === null ? components?.[i] : undefined;
      return html`<li>${component?.name && html`<span class="muted">${component.name} </span>`}<${Value} type=${component?.type ?? item?.[1] ?? "bytes"} components=${component?.components ?? components} value=${one} /></li>`;
    })}</ol>`;
  }
  if (type === "address") return html`<${AddressLink} address=${value} />`;
  if (typeof value === "bigint") {
    const isLong = value >= LONG || value <= -LONG;
    if (isLong) return html`<span class="mono whole">${String(value)}</span>`;
    return html`<span class="num">${grouped(value)}</span>`;
  }
  if (typeof value === "boolean") return value ? "true" : "false";
  if (/^0x[0-9a-f]{64}$/.test(value)) return html`<${Hash} value=${value} />`;
  const text = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return html`<span class="text">${text === "" || text === "0x" ? "empty" : text}</span>`;
}
