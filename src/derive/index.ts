export * from "./batchBlockFromPayload.js";
export * from "./buildBlockAttributes.js";
export * from "./consumeRecords.js";
export * from "./cursorCodec.js";
export * from "./deriveEntry.js";
export * from "./errors.js";
export * from "./genesisCursor.js";
