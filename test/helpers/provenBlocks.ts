import * as generated from "../../src/contracts/generated/index.js";
import { genesisCursor } from "../../src/derive/index.js";
import { boundaryState } from "../../src/proof/boundaryState.js";
import { Machine } from "../../src/proof/machine.js";
import type { MachineState } from "../../src/proof/state/types.js";
import { MODE } from "../../src/proof/table.js";
import type { StepProof } from "../../src/proof/witness/witnessOf.js";
import { FeedInputs } from "../../src/services/machine/feedInputs.js";
import { toHex } from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import type { RollupWorld } from "./rollupWorld.js";
import { type Artifact, type SolidityContract, SolidityVm } from "./solidityVm.js";
import { type FamilyName, familyOf, type SolidityContext } from "./stepEquivalence.js";

/** Contracts whose names do not follow from their field in StepVerifier's constructor. */
const CONTRACTS: Readonly<Record<string, string>> = { blk: "StepBlock", tx_: "StepTx" };
/** Deployed code that L1 takes. */
const MAX_CODE_BYTES = 24_576;
/** More than any step may need. */
const MOST_GAS = 15_000_000n;
const NOBODY = `0x${"00".repeat(20)}` as const;

const artifacts: Readonly<Record<string, (Artifact & { deployedBytecode: string }) | undefined>> =
  generated as object as Readonly<Record<string, never>>;

/** Fields of StepVerifier's constructor, each with the contract that belongs there; undefined: there is none yet. */
function familyArtifacts(): (readonly [field: string, artifact: (typeof artifacts)[string]])[] {
  const abi: readonly { type: string; inputs?: readonly object[] }[] = generated.StepVerifier.abi;
  const [families] = abi.find(({ type }) => type === "constructor")?.inputs ?? [];
  const { components } = families as { components: readonly { name: string }[] };
  return components.map(({ name }) => [
    name,
    artifacts[CONTRACTS[name] ?? `Step${name.charAt(0).toUpperCase()}${name.slice(1)}`],
  ]);
}

/** A machine at a world's genesis, and what it needs to go on. */
export interface WorldMachine {
  readonly machine: Machine;
  readonly inputs: FeedInputs;
  /** Number of entries that the world's node has derived. */
  readonly entries: bigint;
  readonly records: bigint;
}

/** A machine at genesis, with the inputs of a world whose node is settled. */
export async function machineOfWorld(world: RollupWorld): Promise<WorldMachine> {
  await world.settle();
  const { engine, node } = world.main;
  const header = await engine.getHeader(0n);
  if (header === undefined) throw new Error("no genesis");
  const inputs = new FeedInputs({ engine, feeds: node.feeds, l1: world.l1 });
  const entries = node.feeds.derivedCount;
  const state = boundaryState({
    chainId: BigInt(world.config.chain.l2ChainId),
    header,
    cursor: genesisCursor(world.config),
    hashOf: () => header.hash,
  });
  const machine = new Machine({ state, inputs, entryBound: entries });
  return { machine, inputs, entries, records: node.feeds.recordCount };
}

/** What one mode of the machine, or all of them, took in the contracts. */
export interface ModeFigures {
  steps: number;
  /** Of execution, without the transaction's base and its calldata. */
  mostGas: number;
  mostBytes: number;
}

/** What was proven. Shapes: `missing` counts steps by families whose contract is not there. */
export interface BlockFigures {
  blocks: number;
  proven: number;
  modes: Map<number, ModeFigures>;
  missing: Map<FamilyName, number>;
}

/** StepVerifier with every family that there is. Errors: a family too large for L1. */
export async function deployVerifier(vm: SolidityVm): Promise<SolidityContract> {
  const families: Record<string, string> = {};
  for (const [field, artifact] of familyArtifacts()) {
    families[field] = NOBODY;
    if (artifact === undefined) continue;
    if (artifact.deployedBytecode.length / 2 - 1 > MAX_CODE_BYTES) {
      throw new Error(`${artifact.name} is too large`);
    }
    families[field] = (await vm.deploy(artifact)).address;
  }
  return vm.deploy(generated.StepVerifier, [families]);
}

/** Feeds that say what a world's feeds say. */
export async function deployFeeds(
  vm: SolidityVm,
  { inputs, entries, records }: Omit<WorldMachine, "machine">,
): Promise<SolidityContract> {
  const hashes = (count: bigint, header: (index: bigint) => Uint8Array) =>
    Array.from({ length: Number(count) }, (_, i) => keccakHex(header(BigInt(i))));
  return vm.deploy(generated.FeedsMock, [
    hashes(entries, (i) => inputs.entryHeader(i)),
    hashes(records, (i) => inputs.recordHeader(i)),
  ]);
}

/** The deployed StepVerifier with every family that there is, and feeds that say what a world's feeds say. */
export class BlockProver {
  readonly #verifier: SolidityContract;
  readonly #context: Omit<SolidityContext, "t">;

  private constructor(verifier: SolidityContract, context: Omit<SolidityContext, "t">) {
    this.#verifier = verifier;
    this.#context = context;
  }

  /** Deploys everything for the feeds of a world. */
  static async create({ inputs, entries, records }: WorldMachine): Promise<BlockProver> {
    const vm = await SolidityVm.create();
    const verifier = await deployVerifier(vm);
    const { address } = await deployFeeds(vm, { inputs, entries, records });
    const context = { sequencerFeed: address, depositFeed: address, entryBound: entries };
    return new BlockProver(verifier, context);
  }

  /** True if the contract that StepVerifier picks for a witness is there. */
  async knows({ packed }: StepProof): Promise<boolean> {
    return (await this.#verifier.read("familyOf", [toHex(packed)])) !== NOBODY;
  }

  /** Executes a witness on L1's side, whatever it is. */
  execute(pre: Uint8Array, packed: Uint8Array, t: bigint) {
    const args = [{ ...this.#context, t }, toHex(pre), toHex(packed)];
    return this.#verifier.call("step", args, MOST_GAS);
  }

  /** Proves one step; throws if the contracts end in another root. Returns gas of execution. */
  async prove(proof: StepProof, t: bigint): Promise<number> {
    const outcome = await this.execute(proof.pre, proof.packed, t);
    const name = `step ${t}, mode ${proof.packed[6]}`;
    if (!outcome.ok) throw new Error(`${name}: ${outcome.error}(${outcome.args.join(", ")})`);
    if (outcome.data !== toHex(proof.post)) {
      throw new Error(`${name}: the contracts end in ${outcome.data}, not ${toHex(proof.post)}`);
    }
    return Number(outcome.gasUsed);
  }
}

/** Called for each step that the contracts have executed. */
export type OnStep = (proof: StepProof, t: bigint, mode: number) => Promise<void>;

/**
 * Proves every step of the blocks of all entries from genesis on in the deployed contracts, and that they hang together: each
 * root after a step is the root before the next.
 * Shapes: `blocks` is how many at most; steps of states that `only` refuses are executed by the machine alone.
 */
export async function proveBlocks(
  { machine, inputs, entries }: WorldMachine,
  prover: BlockProver,
  {
    blocks = Number.MAX_SAFE_INTEGER,
    only = () => true,
    onStep,
  }: { blocks?: number; only?: (s: MachineState) => boolean; onStep?: OnStep } = {},
): Promise<BlockFigures> {
  const figures: BlockFigures = { blocks: 0, proven: 0, modes: new Map(), missing: new Map() };
  let expected: string | undefined;
  for (let entry = machine.state.chain.entryIndex; entry < entries; entry++) {
    await inputs.prepare(entry);
    while (machine.state.chain.entryIndex === entry && figures.blocks < blocks) {
      const { number } = machine.state.chain;
      if (only(machine.state)) {
        const proof = machine.witness();
        if (expected !== undefined && toHex(proof.pre) !== expected) throw new Error("a gap");
        expected = toHex(proof.post);
        await proveStep(machine, prover, proof, figures, onStep);
      } else {
        expected = undefined;
      }
      machine.step();
      if (machine.isAtBoundary) machine.skipToSlot();
      if (machine.state.chain.number !== number) figures.blocks++;
    }
  }
  return figures;
}

async function proveStep(
  { state, t }: Machine,
  prover: BlockProver,
  proof: StepProof,
  figures: BlockFigures,
  onStep: OnStep | undefined,
): Promise<void> {
  if (await prover.knows(proof)) {
    const gas = await prover.prove(proof, t);
    count(figures.modes, state.ctl.mode, gas, proof.packed.length);
    figures.proven++;
    await onStep?.(proof, t, state.ctl.mode);
  } else {
    const family = familyOf(state);
    figures.missing.set(family, (figures.missing.get(family) ?? 0) + 1);
  }
}

function count(modes: Map<number, ModeFigures>, mode: number, gas: number, bytes: number): void {
  const old = modes.get(mode) ?? { steps: 0, mostGas: 0, mostBytes: 0 };
  modes.set(mode, {
    steps: old.steps + 1,
    mostGas: Math.max(old.mostGas, gas),
    mostBytes: Math.max(old.mostBytes, bytes),
  });
}

const NAMES = new Map(Object.entries(MODE).map(([name, mode]) => [mode as number, name]));

/** The figures as lines to print. */
export function figuresText({ blocks, proven, modes, missing }: BlockFigures): string {
  const lines = [...modes]
    .sort(([a], [b]) => a - b)
    .map(
      ([mode, { steps, mostGas, mostBytes }]) =>
        `  ${NAMES.get(mode)}: ${steps} steps, at most ${mostGas} gas of execution, ${mostBytes} bytes`,
    );
  const rest = [...missing].map(([family, steps]) => `${steps} of ${family}`);
  lines.push(`  not proven yet: ${rest.length === 0 ? "none" : rest.join(", ")}`);
  return [`${blocks} blocks, ${proven} steps proven in the contracts`, ...lines, ""].join("\n");
}
