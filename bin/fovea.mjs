#!/usr/bin/env node
// `npx fovea <command>`: brings dist/ up to date if this is a clone, then runs the command.
import { prepare } from "../scripts/prepare.mjs";

// `npm start` has just done it.
if (process.env.npm_lifecycle_event !== "start") prepare({ build: true });
const { main } = await import("../dist/cli/main.js");
await main(process.argv.slice(2));
