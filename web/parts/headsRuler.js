import { formatSpan, grouped } from "../lib/format.js";
import { html } from "../lib/html.js";
import { BlockLink } from "./ui.js";

/** Lengths of the ruler in seconds, with a mark every so many. */
const SPANS = [
  [30, 5],
  [60, 10],
  [120, 20],
  [300, 60],
  [600, 120],
  [1_800, 300],
  [3_600, 600],
  [7_200, 1_800],
  [21_600, 3_600],
  [86_400, 14_400],
  [604_800, 86_400],
];

/** Both chains on one time ruler that ends now: how far each head is behind, at a glance. */
export function HeadsRuler({ status, now }) {
  const l1 = [
    { kind: "finalized", name: "finalized", block: status.finalizedL1 },
    { kind: "safe", name: "safe", block: status.safeL1 },
    { kind: "unsafe", name: "head", block: status.headL1 },
  ];
  const l2 = [
    { kind: "finalized", name: "finalized", block: status.finalizedL2 },
    { kind: "safe", name: "safe", block: status.safeL2 },
    { kind: "unsafe", name: "unsafe", block: status.unsafeL2 },
  ];
  const oldest = Math.min(...[...l1, ...l2].map(({ block }) => block.timestamp));
  const [span, step] = SPANS.find(([length]) => now - oldest <= length * 0.98) ?? SPANS.at(-1);
  const place = (timestamp) => Math.max(0, Math.min(100, 100 - ((now - timestamp) / span) * 100));
  const marks = Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step);
  return html`<div class="ruler">
    <${Track} name="L1" heads=${l1} place=${place} now=${now} />
    <div class="scale" aria-hidden="true">
      ${marks.map((age) => html`<span class="mark" style=${{ left: `${100 - (age / span) * 100}%` }}>${age === 0 ? "now" : `−${formatSpan(age)}`}</span>`)}
    </div>
    <${Track} name="L2" heads=${l2} place=${place} now=${now} isL2 />
    <p class="note">L1 is read up to block <span class="mono">${grouped(status.currentL1.number)}</span>;
      ${" "}${lagText(status)}</p>
  </div>`;
}

function Track({ name, heads, place, now, isL2 = false }) {
  let from = 0;
  const bars = heads.map(({ kind, block }) => {
    const to = place(block.timestamp);
    const bar = { kind, from, width: Math.max(0, to - from) };
    from = Math.max(from, to);
    return bar;
  });
  const track = html`<div class="track" aria-hidden="true">
    ${bars.map(({ kind, from: left, width }) => html`<span class=${`seg ${kind}`} style=${{ left: `${left}%`, width: `${width}%` }}></span>`)}
  </div>`;
  const legend = html`<dl class="heads">${heads.map(
    ({ kind, name: title, block }) => html`<div>
      <dt><span class=${`key ${kind}`} aria-hidden="true"></span>${name} ${title}</dt>
      <dd>${isL2 ? html`<${BlockLink} number=${block.number} />` : html`<span class="mono" title=${block.hash}>${grouped(block.number)}</span>`}
        <span class="lag">${formatSpan(now - block.timestamp)} behind</span></dd>
    </div>`,
  )}</dl>`;
  return isL2 ? html`${track}${legend}` : html`${legend}${track}`;
}

function lagText({ unsafeL2: unsafe, safeL2: safe, finalizedL2: finalized }) {
  const toSafe = unsafe.number - safe.number;
  const toFinal = safe.number - finalized.number;
  const blocks = (count) => (count === 1 ? "1 block" : `${grouped(count)} blocks`);
  return `${blocks(toSafe)} from unsafe to safe, ${blocks(toFinal)} from safe to finalized.`;
}
