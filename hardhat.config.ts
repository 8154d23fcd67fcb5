import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

// The compiler is the npm package: nothing is downloaded.
const path = createRequire(import.meta.url).resolve("solc/soljson.js");

export default defineConfig({
  solidity: {
    profiles: {
      default: {
        version: "0.8.37",
        path,
        settings: {
          evmVersion: "cancun",
          optimizer: { enabled: true, runs: 200 },
          metadata: { bytecodeHash: "none" },
        },
      },
    },
  },
  paths: {
    sources: "./contracts",
    artifacts: "./artifacts",
    cache: "./cache",
    tests: "./test/none",
  },
});
