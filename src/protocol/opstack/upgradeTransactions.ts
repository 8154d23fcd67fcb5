import { type Address, fromHex, type Hash, type Hex } from "../../util/hex.js";
import { DEPOSITOR, PREDEPLOYS } from "../constants.js";
import { encodeDepositTx } from "../depositTx.js";
import { sourceHashOf } from "../sourceHash.js";
import { type OpFork, type OpSchedule, opForksStarting } from "./opForks.js";
import { UPGRADE_CREATION_CODE } from "./upgradeCreationCode.js";

/** A deposit that the rollup node puts into the activation block of a fork. */
export interface UpgradeTransaction {
  /** What it is for; its source hash follows from these words. */
  intent: string;
  from: Address;
  /** Null: contract creation. */
  to: Address | null;
  gas: bigint;
  data: Hex;
  /** Creations only: where the contract comes to be, and the hash of its code. */
  deploys?: { address: Address; codeHash: Hash };
}

const DOMAIN_UPGRADE = 2;
const ZERO: Address = "0x0000000000000000000000000000000000000000";
/** upgradeTo(address) of the proxies. */
const UPGRADE_TO = "0x3659cfe6";
const { l1Block, gasPriceOracle, operatorFeeVault } = PREDEPLOYS;

/** Names that the specification has for the predeploys; Jovian's L1Block has another one than before. */
const NAMES = {
  [l1Block]: "L1 Block",
  [gasPriceOracle]: "Gas Price Oracle",
  [operatorFeeVault]: "Operator Fee Vault",
};

const deployer = (index: number): Address =>
  `0x421000000000000000000000000000000000000${index.toString(16)}`;

function deployment(
  intent: string,
  from: Address,
  gas: bigint,
  data: Hex,
  address: Address,
  codeHash: Hash,
): UpgradeTransaction {
  return { intent, from, to: null, gas, data, deploys: { address, codeHash } };
}

function proxyUpdate(
  fork: string,
  proxy: keyof typeof NAMES,
  implementation: Address,
  name: string = NAMES[proxy],
): UpgradeTransaction {
  const data: Hex = `${UPGRADE_TO}${implementation.slice(2).padStart(64, "0")}`;
  return { intent: `${fork}: ${name} Proxy Update`, from: ZERO, to: proxy, gas: 50_000n, data };
}

function enable(fork: string, selector: Hex, gas: bigint): UpgradeTransaction {
  const intent = `${fork}: Gas Price Oracle Set ${fork}`;
  return { intent, from: DEPOSITOR, to: gasPriceOracle, gas, data: selector };
}

const ECOTONE_L1_BLOCK = "0x07dbe8500fc591d1852b76fee44d5a05e13097ff";
const ECOTONE_ORACLE = "0xb528d11cc114e026f138fe568744c6d45ce6da7a";
const FJORD_ORACLE = "0xa919894851548179a0750865e7974da599c0fac7";
const ISTHMUS_L1_BLOCK = "0xff256497d61dcd71a9e9ff43967c13fde1f72d12";
const ISTHMUS_ORACLE = "0x93e57a196454cb919193fa9946f14943cf733845";
const ISTHMUS_VAULT = "0x4fa2be8cd41504037f1838bce3bcc93bc68ff537";
const JOVIAN_L1_BLOCK = "0x3ba4007f5c922fbb33c454b41ea7a1f11e83df2c";
const JOVIAN_ORACLE = "0x4f1db3c6abd250ba86e0928471a8f7db3afd88f1";

const code = UPGRADE_CREATION_CODE;

/**
 * Upgrade transactions by fork, in order. They follow the L1 attributes transaction and the user deposits of the activation block,
 * which takes nothing from the pool. Source: specs.optimism.io, protocol/{ecotone,fjord,isthmus,jovian}/derivation.md
 */
export const UPGRADE_TRANSACTIONS: Readonly<
  Partial<Record<OpFork, readonly UpgradeTransaction[]>>
> = {
  ecotone: [
    deployment(
      "Ecotone: L1 Block Deployment",
      deployer(0),
      375_000n,
      code.ecotoneL1Block,
      ECOTONE_L1_BLOCK,
      "0xc88a313aa75dc4fbf0b6850d9f9ae41e04243b7008cf3eadb29256d4a71c1dfd",
    ),
    deployment(
      "Ecotone: Gas Price Oracle Deployment",
      deployer(1),
      1_000_000n,
      code.ecotoneGasPriceOracle,
      ECOTONE_ORACLE,
      "0x8b71360ea773b4cfaf1ae6d2bd15464a4e1e2e360f786e475f63aeaed8da0ae5",
    ),
    proxyUpdate("Ecotone", l1Block, ECOTONE_L1_BLOCK),
    proxyUpdate("Ecotone", gasPriceOracle, ECOTONE_ORACLE),
    enable("Ecotone", "0x22b90ab3", 80_000n),
    deployment(
      "Ecotone: beacon block roots contract deployment",
      "0x0b799c86a49deeb90402691f1041aa3af2d3c875",
      250_000n,
      code.beaconRoots,
      "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
      "0xf57acd40259872606d76197ef052f3d35588dadf919ee1f0e3cb9b62d3f4b02c",
    ),
  ],
  fjord: [
    deployment(
      "Fjord: Gas Price Oracle Deployment",
      deployer(2),
      1_450_000n,
      code.fjordGasPriceOracle,
      FJORD_ORACLE,
      "0xa88fa50a2745b15e6794247614b5298483070661adacb8d32d716434ed24c6b2",
    ),
    proxyUpdate("Fjord", gasPriceOracle, FJORD_ORACLE),
    enable("Fjord", "0x8e98b106", 90_000n),
  ],
  isthmus: [
    deployment(
      "Isthmus: L1 Block Deployment",
      deployer(3),
      425_000n,
      code.isthmusL1Block,
      ISTHMUS_L1_BLOCK,
      "0x8e3fe7a416d3e5f3b7be74ddd4e7e58e516fa3f80b67c6d930e3cd7297da4a4b",
    ),
    deployment(
      "Isthmus: Gas Price Oracle Deployment",
      deployer(4),
      1_625_000n,
      code.isthmusGasPriceOracle,
      ISTHMUS_ORACLE,
      "0x4d195a9d7caf9fb6d4beaf80de252c626c853afd5868c4f4f8d19c9d301c2679",
    ),
    deployment(
      "Isthmus: Operator Fee Vault Deployment",
      deployer(5),
      500_000n,
      code.isthmusOperatorFeeVault,
      ISTHMUS_VAULT,
      "0x57dc55c9c09ca456fa728f253fe7b895d3e6aae0706104935fe87c7721001971",
    ),
    proxyUpdate("Isthmus", l1Block, ISTHMUS_L1_BLOCK),
    proxyUpdate("Isthmus", gasPriceOracle, ISTHMUS_ORACLE),
    proxyUpdate("Isthmus", operatorFeeVault, ISTHMUS_VAULT),
    enable("Isthmus", "0x291b0383", 90_000n),
    deployment(
      "Isthmus: EIP-2935 Contract Deployment",
      "0x3462413af4609098e1e27a490f554f260213d685",
      250_000n,
      code.blockHashHistory,
      "0x0000f90827f1c53a10cb7a02335b175320002935",
      "0x6e49e66782037c0555897870e29fa5e552daf4719552131a0abce779daec0a5d",
    ),
  ],
  jovian: [
    deployment(
      "Jovian: L1Block Deployment",
      deployer(6),
      447_315n,
      code.jovianL1Block,
      JOVIAN_L1_BLOCK,
      "0x5f885ca815d2cf27a203123e50b8ae204fdca910b6995d90b2d7700cbb9240d1",
    ),
    proxyUpdate("Jovian", l1Block, JOVIAN_L1_BLOCK, "L1Block"),
    deployment(
      "Jovian: GasPriceOracle Deployment",
      deployer(7),
      1_750_714n,
      code.jovianGasPriceOracle,
      JOVIAN_ORACLE,
      "0xe9fc7c96c4db0d6078e3d359d7e8c982c350a513cb2c31121adf5e1e8a446614",
    ),
    proxyUpdate("Jovian", gasPriceOracle, JOVIAN_ORACLE, "GasPriceOracle"),
    enable("Jovian", "0xb3d72079", 90_000n),
  ],
};

/** Source hash of an upgrade transaction: domain 2, of the words of its intent. */
export function upgradeSourceHash(intent: string): Hash {
  return sourceHashOf(DOMAIN_UPGRADE, new TextEncoder().encode(intent));
}

/** Envelope of an upgrade transaction. */
export function encodeUpgradeTransaction(transaction: UpgradeTransaction): Uint8Array {
  const { intent, from, to, gas, data } = transaction;
  return encodeDepositTx({
    sourceHash: upgradeSourceHash(intent),
    from,
    to,
    mint: 0n,
    value: 0n,
    gas,
    isSystemTx: false,
    data: fromHex(data),
  });
}

/** Envelopes that a block of this time on a parent of that must hold behind its user deposits; mostly none. */
export function upgradeTransactionsOf(
  schedule: OpSchedule,
  parentTimestamp: bigint,
  timestamp: bigint,
): Uint8Array[] {
  return opForksStarting(schedule, parentTimestamp, timestamp).flatMap((fork) =>
    (UPGRADE_TRANSACTIONS[fork] ?? []).map(encodeUpgradeTransaction),
  );
}
