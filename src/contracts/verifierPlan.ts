import { encodeAbiParameters } from "viem";
import { type Address, type Hex, ZERO_HASH } from "../util/hex.js";
import { WELL_KNOWN } from "./addresses.js";
import { create2Address } from "./create2.js";
import { StepBlock } from "./generated/StepBlock.js";
import { StepCall } from "./generated/StepCall.js";
import { StepCallOp } from "./generated/StepCallOp.js";
import { StepCompress } from "./generated/StepCompress.js";
import { StepCreate } from "./generated/StepCreate.js";
import { StepEngines } from "./generated/StepEngines.js";
import { StepFeed } from "./generated/StepFeed.js";
import { StepLeaves } from "./generated/StepLeaves.js";
import { StepOp } from "./generated/StepOp.js";
import { StepPrecompile } from "./generated/StepPrecompile.js";
import { StepRecords } from "./generated/StepRecords.js";
import { StepState } from "./generated/StepState.js";
import { StepTx } from "./generated/StepTx.js";
import { StepTxEnd } from "./generated/StepTxEnd.js";
import { StepVerifier } from "./generated/StepVerifier.js";

/** A contract that the CREATE2 proxy makes; its address follows from its code. */
export interface ProxyContract {
  name: string;
  address: Address;
  /** Calldata for the proxy. */
  data: Hex;
}

/** Families in the order of StepVerifier's constructor. */
const FAMILIES = [
  StepFeed,
  StepBlock,
  StepRecords,
  StepLeaves,
  StepTx,
  StepTxEnd,
  StepOp,
  StepState,
  StepCallOp,
  StepEngines,
  StepCall,
  StepCreate,
  StepPrecompile,
  StepCompress,
] as const;

function viaProxy(name: string, initCode: Hex): ProxyContract {
  return {
    name,
    address: create2Address(WELL_KNOWN.create2Proxy, ZERO_HASH, initCode),
    data: `0x${ZERO_HASH.slice(2)}${initCode.slice(2)}`,
  };
}

/**
 * The step verifier and its families: the same addresses on every L1, whoever deploys them.
 * Shapes: in the order of deployment, StepVerifier last. Source: docs/protocol/machine.md#steps
 */
export function planVerifier(): ProxyContract[] {
  const families = FAMILIES.map(({ name, bytecode }) => viaProxy(name, bytecode));
  const components = families.map(({ name }) => ({ name, type: "address" }) as const);
  const addresses = Object.fromEntries(families.map(({ name, address }) => [name, address]));
  const args = encodeAbiParameters(
    [{ type: "tuple", components }] as const,
    [addresses as Record<string, Address>] as never,
  );
  const router = viaProxy(StepVerifier.name, `${StepVerifier.bytecode}${args.slice(2)}` as Hex);
  return [...families, router];
}

/** Address of the step verifier, deployed or not. */
export function verifierAddress(): Address {
  return (planVerifier().at(-1) as ProxyContract).address;
}
