import { fromHex, type Hash, ZERO_HASH } from "../../util/hex.js";
import { applyStateOverrides } from "../calls/callMessage.js";
import { hashesBelow } from "../calls/hashesBelow.js";
import { MovedPrecompiles } from "../calls/movedPrecompiles.js";
import { EngineError } from "../errors.js";
import { EvmMachine } from "../execution/evmMachine.js";
import { forkRules, OSAKA_RULES } from "../execution/forks.js";
import type { BlockEnv } from "../execution/runMessage.js";
import type { ExecutionContext } from "../executionContext.js";
import { BlockState } from "../state/blockState.js";
import type { BlockHeader } from "../types.js";
import { SimulateError } from "./errors.js";
import { type PlannedBlock, planBlocks } from "./planBlocks.js";
import { SimulatedBlockRun } from "./simulatedBlockRun.js";
import { SimulatedStates } from "./simulatedStates.js";
import type { SimulationRules } from "./simulationRules.js";
import type { SimulatedBlock, SimulateLimits, SimulateRequest } from "./types.js";

/** Gas that all calls of a simulation share. */
export interface GasBudget {
  left: bigint;
}

/** Runs messages in made-up blocks on top of a block of the chain, one after the other. Used once. */
class Simulator {
  readonly #context: ExecutionContext;
  readonly #simulation: SimulationRules;
  readonly #request: SimulateRequest;
  readonly #states: SimulatedStates;
  readonly #headers = new Map<Hash, BlockHeader>();
  readonly #budget: GasBudget;
  readonly #deadline: number;

  constructor(
    context: ExecutionContext,
    simulation: SimulationRules,
    request: SimulateRequest,
    limits: SimulateLimits,
  ) {
    this.#context = context;
    this.#simulation = simulation;
    this.#request = request;
    this.#states = new SimulatedStates(context.stores.states);
    this.#budget = { left: limits.gas };
    this.#deadline = performance.now() + limits.timeoutMs;
  }

  async run(base: BlockHeader): Promise<SimulatedBlock[]> {
    const results: SimulatedBlock[] = [];
    let parent = base;
    for (const plan of planBlocks(base, this.#request.blocks)) {
      const result = await this.#runBlock(parent, plan);
      parent = result.block.header;
      this.#headers.set(parent.hash, parent);
      results.push(result);
    }
    return results;
  }

  async #runBlock(parent: BlockHeader, plan: PlannedBlock): Promise<SimulatedBlock> {
    const { blockOverrides: overrides, number, timestamp } = plan;
    const evmRules = this.#context.rules.evmAt({ number, timestamp });
    const rules = evmRules.fork ? forkRules(evmRules.fork) : OSAKA_RULES;
    const inherited = this.#simulation.inherit(parent, { number, timestamp });
    const difficulty = overrides.difficulty ?? parent.difficulty;
    const env: BlockEnv = {
      number,
      timestamp,
      gasLimit: overrides.gasLimit ?? parent.gasLimit,
      feeRecipient: overrides.feeRecipient ?? parent.feeRecipient,
      prevRandao: fromHex(overrides.prevRandao ?? ZERO_HASH),
      baseFeePerGas: overrides.baseFeePerGas ?? this.#defaultBaseFee(parent, rules.isLondon),
      blobBaseFee: overrides.blobBaseFee ?? inherited.blobBaseFee,
      ...(rules.isParis || difficulty === undefined ? {} : { difficulty }),
    };
    const state = new BlockState(this.#states, fromHex(parent.stateRoot));
    const getHeader = (hash: Hash) =>
      this.#headers.get(hash) ?? this.#context.stores.ancestors.getHeader(hash);
    const hashes = hashesBelow(getHeader, { number, parentHash: parent.hash });
    const machine = await EvmMachine.create(evmRules, state, hashes);
    machine.limitTime(this.#deadline - performance.now());
    const precompiles = new MovedPrecompiles(machine);
    applyStateOverrides(state, plan.stateOverrides, precompiles);
    const run = new SimulatedBlockRun({
      machine,
      env,
      parent,
      plan,
      rules,
      chainId: this.#context.rules.chainId,
      simulation: this.#simulation,
      inherited,
      validation: this.#request.validation,
      traceTransfers: this.#request.traceTransfers,
      budget: this.#budget,
    });
    await run.begin();
    for (const call of plan.calls) {
      await machine.breathe();
      await run.add(call);
    }
    const { result, stateOperations } = await run.seal();
    this.#states.keep(stateOperations);
    precompiles.remove();
    machine.release();
    return result;
  }

  /** Without validation zero, so that calls without fees are not below it. */
  #defaultBaseFee(parent: BlockHeader, isLondon: boolean): bigint {
    return isLondon && this.#request.validation ? this.#context.rules.nextBaseFee(parent) : 0n;
  }
}

/**
 * Simulates blocks on top of `base`, as `eth_simulateV1` does. Nothing of it reaches the chain's stores.
 * Errors: SIMULATE_*, ENGINE_CALL_INVALID (contradicting overrides), ENGINE_UNSUPPORTED (this kind of chain has no simulation).
 */
export async function simulateBlocks(
  context: ExecutionContext,
  base: BlockHeader,
  request: SimulateRequest,
  limits: SimulateLimits,
): Promise<SimulatedBlock[]> {
  const { simulation } = context.rules;
  if (!simulation) throw new EngineError("ENGINE_UNSUPPORTED", { method: "simulate" });
  try {
    return await new Simulator(context, simulation, request, limits).run(base);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { code, data } = error;
    if (code === "ENGINE_CALL_TIMEOUT") {
      const reason = `execution aborted (timeout = ${limits.timeoutMs}ms)`;
      throw new SimulateError("SIMULATE_TIMEOUT", { reason }, error);
    }
    if (code === "ENGINE_INVALID_BLOCK") {
      throw new SimulateError("SIMULATE_BLOCK_INVALID", data, error);
    }
    throw error;
  }
}
