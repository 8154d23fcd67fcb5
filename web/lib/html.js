import htm from "htm";
import { h } from "preact";

/** Markup of the pages. Values become text or attributes, never markup. */
export const html = htm.bind(h);
