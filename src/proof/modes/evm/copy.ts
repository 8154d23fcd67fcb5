import { bufferPlace, gPage } from "../../state/gindex.js";
import { PAGE_BYTES, PAGE_DEPTH } from "../../state/page.js";
import { PagedBytes } from "../../state/pagedBytes.js";
import type { Step } from "../../state/types.js";
import { COPY_WORD, type CopyFields } from "../../state/words.js";
import { bufferOf, editBuffer, reg, setReg, touch, touchPages } from "../../step.js";
import { BUFFER, DEPTH, G, LIMIT, R } from "../../table.js";

const WINDOW = LIMIT.windowPages * PAGE_BYTES;

/** A part of a copy that one step does. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** One window of a copy. Source: docs/protocol/machine.md#opcodes */
export function copy(step: Step): void {
  const { s } = step;
  const job = COPY_WORD.unpack(reg(step, R.copy));
  const part = job.isDown ? lastPart(job) : firstPart(job);
  const given = Math.max(0, Math.min(part.size, job.srcLen - part.from));
  record(step, job, part, given);
  const bytes = new Uint8Array(part.size);
  if (given > 0) bytes.set(bufferOf(s, job.src).read(part.from, given));
  editBuffer(s, job.dst).write(part.to, bytes);
  job.left -= part.size;
  if (job.left > 0) {
    if (!job.isDown) {
      job.srcOff += part.size;
      job.dstOff += part.size;
    }
    setReg(step, R.copy, COPY_WORD.pack(job));
    return;
  }
  setReg(step, R.copy, 0n);
  if (job.src === BUFFER.bufB) {
    touch(step, G.bufB);
    s.work.bufB = new PagedBytes(DEPTH.bufB);
  }
  s.ctl.mode = s.ctl.ret;
  s.ctl.ret = 0;
}

function firstPart({ srcOff, dstOff, left }: CopyFields): Part {
  const size = Math.min(left, WINDOW - (dstOff % WINDOW));
  return { from: srcOff, to: dstOff, size };
}

function lastPart({ srcOff, dstOff, left }: CopyFields): Part {
  const end = dstOff + left;
  const to = Math.max(dstOff, end - 1 - ((end - 1) % WINDOW));
  return { from: srcOff + to - dstOff, to, size: end - to };
}

/** Source pages that are there, destination pages: open if a part of them stays, else replaced. */
function record(step: Step, { src, dst }: CopyFields, part: Part, given: number): void {
  const { rec } = step;
  if (rec === undefined) return;
  touchPages(step, bufferPlace(src), part.from, given);
  const place = bufferPlace(dst);
  const end = part.to + part.size;
  for (let at = part.to - (part.to % PAGE_BYTES); at < end; at += PAGE_BYTES) {
    const g = gPage(place, at / PAGE_BYTES);
    if (at >= part.to && at + PAGE_BYTES <= end) rec.leaf(g);
    else rec.words(g, PAGE_DEPTH);
  }
}
