/** One configuration for all test trees; `npm run jest -- test/unit/derive` runs a part. */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/data", "<rootDir>/artifacts"],
  // For a machine that is busy with other things: what hangs is found all the same.
  testTimeout: 180_000,
  maxWorkers: 2,
  // Modules of each file stay in the memory of the process that ran it; beyond this a new process runs the next one.
  workerIdleMemoryLimit: "1500MB",
};
