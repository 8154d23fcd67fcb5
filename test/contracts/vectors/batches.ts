import type { Abi } from "viem";
import { VectorHarness } from "../../../src/contracts/generated/VectorHarness.js";
import type { Address } from "../../../src/util/hex.js";
import type { PredeployChain } from "../universal/predeployChain.js";

const MAX_BATCH_ITEMS = 500;
const MAX_BATCH_BYTES = 150_000;

/**
 * Runs a function of VectorHarness on all inputs, many in one call; `sizeOf` is about the bytes of an input.
 * Shapes: `collect` gets the answer of one batch, in the order of the inputs.
 */
export async function inBatches<Input, Answer>(
  chain: PredeployChain,
  harness: Address,
  functionName: string,
  inputs: readonly Input[],
  sizeOf: (input: Input) => number,
  collect: (answer: Answer) => void,
): Promise<void> {
  for (let at = 0; at < inputs.length; ) {
    let end = at;
    for (let size = 0; end < inputs.length && end - at < MAX_BATCH_ITEMS; end++) {
      size += sizeOf(inputs[end] as Input);
      if (size > MAX_BATCH_BYTES && end > at) break;
    }
    const abi = VectorHarness.abi as Abi;
    const args = [inputs.slice(at, end)];
    collect(
      await chain.read<Answer>({ address: harness, abi, functionName, args, gas: 20_000_000_000n }),
    );
    at = end;
  }
}
