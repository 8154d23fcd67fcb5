import type { SimulateBlock, SimulateRequest } from "../../engine/simulate/types.js";
import { ownField, parseBoolean, parseList, parseObject } from "./basic.js";
import { type ParsedCall, parseCall } from "./callRequest.js";
import { parseBlockParts, parseStateOverrides } from "./overrides.js";

/** More than any simulation may have: what is too much is said by the engine, with its own number. */
const MAX_PARSED = 20_000;

/** What `eth_simulateV1` is asked; the chain ids that calls name are checked by the method, which knows the chain. */
export interface ParsedSimulation {
  blocks: (Omit<SimulateBlock, "calls"> & { calls: ParsedCall[] })[];
  options: Omit<SimulateRequest, "blocks">;
  hasFullTransactions: boolean;
}

/** The payload of eth_simulateV1. Errors: RPC_INVALID_PARAMS. */
export function parseSimulation(value: unknown): ParsedSimulation {
  const object = parseObject(value);
  const flag = (name: string): boolean => {
    const given = ownField(object, name);
    return given === undefined ? false : parseBoolean(given);
  };
  return {
    blocks: parseList(ownField(object, "blockStateCalls") ?? [], MAX_PARSED, parseBlock),
    options: { traceTransfers: flag("traceTransfers"), validation: flag("validation") },
    hasFullTransactions: flag("returnFullTransactions"),
  };
}

function parseBlock(value: unknown): ParsedSimulation["blocks"][number] {
  const object = parseObject(value);
  return {
    blockOverrides: parseBlockParts(ownField(object, "blockOverrides") ?? {}),
    stateOverrides: parseStateOverrides(ownField(object, "stateOverrides") ?? {}),
    calls: parseList(ownField(object, "calls") ?? [], MAX_PARSED, parseCall),
  };
}
