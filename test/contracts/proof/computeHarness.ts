import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { type Abi, decodeErrorResult, decodeFunctionResult, encodeFunctionData } from "viem";
import { ProofComputeHarness } from "../../../src/contracts/generated/ProofComputeHarness.js";
import { fromHex, type Hex, toHex } from "../../../src/util/hex.js";

const GAS_LIMIT = 4_000_000_000n;
const abi: Abi = ProofComputeHarness.abi;

/** Calls a function of the harness in an EVM of this process, with L1's rules; a custom error is thrown as `Name(arguments)`. */
export type HarnessCall = (
  functionName: string,
  args: readonly unknown[],
  gasLimit?: bigint,
) => Promise<unknown[]>;

/** A harness that is ready to be called. */
export async function createHarness(): Promise<HarnessCall> {
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
  const evm = await createEVM({ common });
  const code = fromHex(ProofComputeHarness.deployedBytecode as Hex);
  return async (functionName, args, gasLimit = GAS_LIMIT) => {
    const data = fromHex(encodeFunctionData({ abi, functionName, args }));
    const { returnValue, exceptionError } = await evm.runCode({ code, data, gasLimit });
    const returned = toHex(returnValue);
    if (exceptionError !== undefined) {
      if (returned === "0x") throw new Error(String(exceptionError.error));
      const { errorName, args: values = [] } = decodeErrorResult({ abi, data: returned });
      throw new Error(`${errorName}(${values.join(", ")})`);
    }
    const result = decodeFunctionResult({ abi, functionName, data: returned });
    return Array.isArray(result) ? (result as unknown[]) : [result];
  };
}

/** Prints a line of gas; the tests assert the bounds. */
export function printGas(what: string, gas: number | bigint): void {
  process.stdout.write(`gas: ${what}: ${gas}\n`);
}
