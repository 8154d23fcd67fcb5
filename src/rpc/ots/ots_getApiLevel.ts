import { method } from "../method.js";

const API_LEVEL = 8;

/** Version of the ots methods. */
export const ots_getApiLevel = method({
  doc: "Version of the ots methods.",
  params: [],
  run: () => API_LEVEL,
});
