import { method } from "../method.js";

/** Namespaces of this port and their versions. */
export const rpc_modules = method({
  doc: "Namespaces of this port and their versions.",
  params: [],
  run: (_params, { namespaces }) => Object.fromEntries(namespaces.map((name) => [name, "1.0"])),
});
