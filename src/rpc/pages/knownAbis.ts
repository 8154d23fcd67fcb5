import { type Abi, type AbiParameter, toEventSelector, toFunctionSelector } from "viem";
import {
  BlockOracle,
  DepositFeed,
  GasPriceOracle,
  L1Block,
  L1CrossDomainMessenger,
  L1StandardBridge,
  L2CrossDomainMessenger,
  L2StandardBridge,
  L2ToL1MessagePasser,
  OptimismMintableERC20,
  OptimismMintableERC20Factory,
  OptimismPortal,
  SequencerFeed,
  SequencerFeeVault,
  SystemConfig,
  WETH9,
} from "../../contracts/generated/index.js";

const CONTRACTS: readonly { name: string; abi: unknown }[] = [
  OptimismMintableERC20,
  WETH9,
  L2ToL1MessagePasser,
  L2CrossDomainMessenger,
  L2StandardBridge,
  OptimismMintableERC20Factory,
  L1Block,
  GasPriceOracle,
  SequencerFeeVault,
  OptimismPortal,
  L1CrossDomainMessenger,
  L1StandardBridge,
  SystemConfig,
  BlockOracle,
  SequencerFeed,
  DepositFeed,
];

/** A parameter as the pages need it to decode and name a value. */
interface Parameter {
  name: string;
  type: string;
  indexed?: true;
  components?: Parameter[];
}

/** Functions, events and errors of our contracts by selector or topic, for decoding in the browser. */
export interface KnownAbis {
  functions: Record<string, { name: string; inputs: Parameter[] }>;
  /** One topic can stand for events that differ in which parameters are indexed. */
  events: Record<string, { name: string; inputs: Parameter[] }[]>;
  errors: Record<string, { name: string; inputs: Parameter[] }>;
}

/** Collects them from the generated ABIs; the first contract that has a selector names its parameters. */
export function knownAbis(): KnownAbis {
  const known: KnownAbis = { functions: {}, events: {}, errors: {} };
  for (const { abi } of CONTRACTS) {
    for (const item of abi as Abi) {
      if (item.type === "function") {
        known.functions[toFunctionSelector(item)] ??= describe(item);
      } else if (item.type === "error") {
        const asFunction = { ...item, type: "function", outputs: [], stateMutability: "view" };
        known.errors[toFunctionSelector(asFunction as never)] ??= describe(item);
      } else if (item.type === "event" && item.anonymous !== true) {
        const topic = toEventSelector(item);
        const variants = known.events[topic] ?? [];
        known.events[topic] = variants;
        const event = describe(item);
        const isKnown = variants.some(
          ({ inputs }) => indexedOf(inputs) === indexedOf(event.inputs),
        );
        if (!isKnown) variants.push(event);
      }
    }
  }
  return known;
}

function describe(item: { name: string; inputs: readonly AbiParameter[] }) {
  return { name: item.name, inputs: item.inputs.map(parameter) };
}

function parameter(input: AbiParameter & { indexed?: boolean | undefined }): Parameter {
  const components = "components" in input ? input.components : undefined;
  return {
    name: input.name ?? "",
    type: input.type,
    ...(input.indexed === true ? { indexed: true as const } : {}),
    ...(components === undefined ? {} : { components: components.map(parameter) }),
  };
}

const indexedOf = (inputs: Parameter[]) => inputs.map((input) => input.indexed === true).join();
