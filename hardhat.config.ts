import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

// The compiler is the npm package: nothing is downloaded.
const path = createRequire(import.meta.url).resolve("solc/soljson.js");

const compiler = (viaIR: boolean) => ({
  version: "0.8.37",
  path,
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    viaIR,
    metadata: { bytecodeHash: "none" as const },
  },
});

// The step verifier has many values alive at a time: the compiler's other way runs out of stack. Unrolled hash functions have few,
// and this way runs out of memory.
const verifierFiles = [
  ...readdirSync("contracts/proof", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sol") && name !== "StepCompress.sol")
    .map((name) => `contracts/proof/${name}`),
  "contracts/mocks/ProofLibHarness.sol",
];

export default defineConfig({
  solidity: {
    profiles: {
      default: {
        compilers: [compiler(false)],
        overrides: Object.fromEntries(verifierFiles.map((file) => [file, compiler(true)])),
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
