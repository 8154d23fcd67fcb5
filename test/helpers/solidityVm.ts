import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
} from "viem";
import { boundedPrecompiles } from "../../src/engine/execution/precompiles.js";
import { type Address, fromHex, type Hex, toHex } from "../../src/util/hex.js";

const DEPLOYER = createAddressFromString("0x00000000000000000000000000000000000000d1");
const DEPLOY_GAS = 100_000_000n;
const POINT_EVALUATION = "0a".padStart(40, "0");

/** What the generated file of a contract gives. */
export interface Artifact {
  name: string;
  abi: Abi | readonly unknown[];
  bytecode: string;
}

/** How a call went. `gasUsed` is that of the execution: without the transaction's 21,000 and its calldata. */
export type CallOutcome =
  | { ok: true; values: readonly unknown[]; data: Hex; gasUsed: bigint }
  | { ok: false; error: string; args: readonly unknown[]; data: Hex; gasUsed: bigint };

/** A contract that lives in a `SolidityVm`. */
export interface SolidityContract {
  address: Address;
  /** Calls a function; a revert is an outcome, with the name of the custom error or of the EVM's halt. */
  call(functionName: string, args: readonly unknown[], gasLimit: bigint): Promise<CallOutcome>;
  /** Calls a function and returns what it returns, one value or an array; throws if it reverts. */
  read<R>(functionName: string, args: readonly unknown[], gasLimit?: bigint): Promise<R>;
}

/** An EVM in this process with L1's rules (Osaka, its limits of code size too) that runs compiled contracts; nothing is mined. */
export class SolidityVm {
  readonly #evm: EVM;

  private constructor(evm: EVM) {
    this.#evm = evm;
  }

  /** A new one, without contracts. */
  static async create(): Promise<SolidityVm> {
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
    const evm = await createEVM({ common, allowUnlimitedContractSize: false });
    // L1's own: the point evaluation needs its trusted setup.
    const evaluation = boundedPrecompiles(common, false).get(POINT_EVALUATION);
    if (evaluation !== undefined) evm.precompiles.set(POINT_EVALUATION, evaluation);
    return new SolidityVm(evm);
  }

  /** Deploys a contract with its constructor's arguments. */
  async deploy(artifact: Artifact, args: readonly unknown[] = []): Promise<SolidityContract> {
    const abi = artifact.abi as Abi;
    const data = encodeDeployData({ abi, bytecode: artifact.bytecode as Hex, args });
    const { createdAddress, execResult } = await this.#evm.runCall({
      caller: DEPLOYER,
      data: fromHex(data),
      gasLimit: DEPLOY_GAS,
    });
    if (!createdAddress || execResult.exceptionError) {
      throw new Error(`${artifact.name} does not deploy: ${execResult.exceptionError?.error}`);
    }
    const address = createdAddress.toString();
    const call: SolidityContract["call"] = (functionName, values, gasLimit) =>
      this.#call(address, abi, functionName, values, gasLimit);
    return {
      address,
      call,
      read: async <R>(functionName: string, values: readonly unknown[], gasLimit = DEPLOY_GAS) => {
        const outcome = await call(functionName, values, gasLimit);
        if (!outcome.ok) throw new Error(`${functionName}: ${outcome.error}(${outcome.args})`);
        return (outcome.values.length === 1 ? outcome.values[0] : outcome.values) as R;
      },
    };
  }

  async #call(
    address: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
    gasLimit: bigint,
  ): Promise<CallOutcome> {
    const { execResult } = await this.#evm.runCall({
      caller: DEPLOYER,
      to: createAddressFromString(address),
      data: fromHex(encodeFunctionData({ abi, functionName, args })),
      gasLimit,
    });
    const data = toHex(execResult.returnValue);
    const gasUsed = execResult.executionGasUsed;
    if (!execResult.exceptionError) {
      const result = decodeFunctionResult({ abi, functionName, data });
      const outputs = abi.find((item) => item.type === "function" && item.name === functionName);
      const isMany = outputs?.type === "function" && outputs.outputs.length > 1;
      return { ok: true, values: isMany ? (result as unknown[]) : [result], data, gasUsed };
    }
    return { ok: false, ...errorOf(abi, data, execResult.exceptionError.error), data, gasUsed };
  }
}

function errorOf(abi: Abi, data: Hex, halt: string): { error: string; args: readonly unknown[] } {
  if (data === "0x") return { error: halt, args: [] };
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return { error: errorName, args: args ?? [] };
  } catch {
    return { error: `unknown error ${data.slice(0, 10)}`, args: [] };
  }
}
