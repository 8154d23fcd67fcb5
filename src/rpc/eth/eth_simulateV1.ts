import { encodeSimulatedBlock } from "../encode/simulated.js";
import { method } from "../method.js";
import { required } from "../params/param.js";
import { parseSimulation } from "../params/simulation.js";
import { blockIdParam, checkedCall, requireHeader, requireTasks } from "./shared.js";

/** Runs calls in made-up blocks on top of a block, and returns those blocks with what each call came to. */
export const eth_simulateV1 = method({
  doc: "Runs calls in made-up blocks on top of a block, and returns those blocks with what each call came to.",
  params: [required(parseSimulation), blockIdParam],
  usesEvm: true,
  async run([{ blocks, options, hasFullTransactions }, id], context) {
    const base = await requireHeader(context, id);
    const request = {
      ...options,
      blocks: blocks.map((block) => ({
        ...block,
        // How much gas a call may have is decided where it runs, because all calls share it.
        calls: block.calls.map((call) => {
          const { gas } = call.request;
          const checked = checkedCall(context, call);
          return gas === undefined ? checked : { ...checked, gas };
        }),
      })),
    };
    const { callGas: gas, simulationMs: timeoutMs } = context.limits;
    const args = { request, block: base.hash, limits: { gas, timeoutMs } };
    const simulated = await requireTasks(context).run("simulate", args);
    return simulated.map((block) => encodeSimulatedBlock(block, hasFullTransactions));
  },
});
