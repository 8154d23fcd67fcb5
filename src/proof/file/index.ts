export { type CollectOptions, collectFile } from "./collectFile.js";
export { MAX_FILE_STEPS, ProofFileBuilder } from "./proofFileBuilder.js";
export { MAX_FILE_CHARS, readProofFile } from "./readProofFile.js";
export { type StepCalldata, stepCalldata } from "./stepCalldata.js";
export type { AccessData, ProofFile, ProofFileMeta } from "./types.js";
export { writeProofFile } from "./writeProofFile.js";
