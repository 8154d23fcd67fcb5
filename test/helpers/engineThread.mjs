// The engine's thread from its sources, for tests that run without a build.
import { register } from "node:module";

register(new URL("./sourceLoader.mjs", import.meta.url));
await import("../../src/engine/workers/engineThread.ts");
