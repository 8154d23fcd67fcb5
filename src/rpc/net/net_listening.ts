import { method } from "../method.js";

/** True: the server answers. */
export const net_listening = method({
  doc: "True: the server answers.",
  params: [],
  run: () => true,
});
