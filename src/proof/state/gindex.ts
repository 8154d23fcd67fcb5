import { BUFFER, DEPTH, G } from "../table.js";
import { PAGE_DEPTH } from "./page.js";

/** Where a byte string hangs in the state tree. */
export interface Place {
  readonly g: number;
  readonly depth: number;
}

/** Gindex of the word or root number `index`, `depth` levels below `g`. Gindices are up to 2^32: no shifts. */
export function below(g: number, depth: number, index: number): number {
  return g * 2 ** depth + index;
}

/** Gindex of a stack slot of the running frame; 0 is the bottom. */
export function gStack(slot: number): number {
  return G.stack * 1024 + slot;
}

/** Gindex of a register of `work`. */
export function gReg(index: number): number {
  return G.workRegs * 32 + index;
}

/** Gindex of a call word. */
export function gCall(index: number): number {
  return G.call * 16 + index;
}

/** Gindex of a page of a byte string. */
export function gPage({ g, depth }: Place, page: number): number {
  return below(g, depth - PAGE_DEPTH, page);
}

/** Gindex of a word of a byte string. */
export function gWord({ g, depth }: Place, index: number): number {
  return below(g, depth, index);
}

/** Byte strings that COPY knows, by their number. Source: BUFFER */
export const BUFFER_PLACES: readonly Place[] = bufferPlaces();

function bufferPlaces(): Place[] {
  const places: Place[] = [];
  places[BUFFER.mem] = { g: G.mem, depth: DEPTH.bytes };
  places[BUFFER.input] = { g: G.input, depth: DEPTH.bytes };
  places[BUFFER.ret] = { g: G.ret, depth: DEPTH.bytes };
  places[BUFFER.code] = { g: G.code, depth: DEPTH.code };
  places[BUFFER.bufA] = { g: G.bufA, depth: DEPTH.bytes };
  places[BUFFER.bufB] = { g: G.bufB, depth: DEPTH.bufB };
  places[BUFFER.logs] = { g: G.logs, depth: DEPTH.bytes };
  places[BUFFER.batch] = { g: G.batch, depth: DEPTH.batch };
  places[BUFFER.raw] = { g: G.raw, depth: DEPTH.raw };
  return places;
}

/** Place of a byte string by its number in BUFFER. */
export function bufferPlace(buffer: number): Place {
  return BUFFER_PLACES[buffer] as Place;
}
