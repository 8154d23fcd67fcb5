import { MemoryStore } from "../../storage/memoryStore.js";
import {
  type Address,
  EMPTY_BYTES,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "../../util/hex.js";
import type { ExecutedBlock } from "../execution/blockExecution.js";
import type { ForkRules } from "../execution/forks.js";
import {
  EMPTY_OMMERS_HASH,
  EMPTY_REQUESTS_HASH,
  HEADER_FIELDS,
  sealHeader,
  type UnsealedHeader,
} from "../header.js";
import { BlockState } from "../state/blockState.js";
import { StateStore } from "../state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../state/trie.js";
import { ethereumError } from "./errors.js";
import { type EthereumConfig, ForkSchedule } from "./forkSchedule.js";
import {
  addressOf,
  hexOf,
  integerOf,
  type JsonObject,
  objectOf,
  paddedHexOf,
  parseJson,
} from "./jsonFields.js";
import { parseGethConfig } from "./parseGethConfig.js";

/** An account of a genesis state. Units: wei. */
export interface GenesisAccount {
  balance: bigint;
  nonce: bigint;
  code: Uint8Array;
  storage: ReadonlyMap<Hash, Hash>;
}

/** A geth genesis file, read. */
export interface GethGenesis {
  config: EthereumConfig;
  alloc: ReadonlyMap<Address, GenesisAccount>;
  header: {
    number: bigint;
    timestamp: bigint;
    extraData: Uint8Array;
    gasLimit: bigint;
    gasUsed: bigint;
    difficulty: bigint;
    mixHash: Hash;
    nonce: Hex;
    coinbase: Address;
    parentHash: Hash;
    baseFeePerGas: bigint | undefined;
    excessBlobGas: bigint;
    blobGasUsed: bigint;
  };
}

const INITIAL_BASE_FEE = 1_000_000_000n;
const DEFAULT_GAS_LIMIT = 4_712_388n;
/** geth takes the lowest allowed difficulty for a genesis that names none and whose chain was never merged. */
const DEFAULT_DIFFICULTY = 131_072n;

function accountOf(value: unknown, place: string): GenesisAccount {
  const entry = objectOf(value, place);
  const storage = new Map<Hash, Hash>();
  if (entry.storage !== undefined && entry.storage !== null) {
    const slots = objectOf(entry.storage, `${place}.storage`);
    for (const slot of Object.keys(slots)) {
      const key = paddedHexOf({ slot }, "slot", 32, `${place}.storage`) as Hash;
      const value = paddedHexOf(slots, slot, 32, `${place}.storage.${slot}`) ?? ZERO_HASH;
      storage.set(key, value);
    }
  }
  return {
    balance: integerOf(entry, "balance", `${place}.balance`) ?? 0n,
    nonce: integerOf(entry, "nonce", `${place}.nonce`) ?? 0n,
    code: fromHex(hexOf(entry, "code", `${place}.code`) ?? "0x"),
    storage,
  };
}

/** Accounts of a genesis file or of the `pre` of a test fixture. Errors: ETHEREUM_GENESIS_INVALID. */
export function parseAlloc(value: unknown): Map<Address, GenesisAccount> {
  const alloc = new Map<Address, GenesisAccount>();
  for (const [name, account] of Object.entries(objectOf(value ?? {}, "alloc"))) {
    const address = paddedHexOf({ name }, "name", 20, "alloc") as Address;
    alloc.set(address, accountOf(account, `alloc.${name}`));
  }
  return alloc;
}

/**
 * Reads a geth genesis file.
 * Errors: ETHEREUM_GENESIS_INVALID, ETHEREUM_UNKNOWN_FORK, ETHEREUM_FORK_ORDER, each with one sentence that names the place.
 */
export function parseGethGenesis(json: string | JsonObject): GethGenesis {
  const file = objectOf(typeof json === "string" ? parseJson(json) : json, "contents");
  if (file.config === undefined || file.config === null) {
    throw ethereumError("ETHEREUM_GENESIS_INVALID", "The genesis file has no config.");
  }
  const config = parseGethConfig(objectOf(file.config, "config"));
  return { config, alloc: parseAlloc(file.alloc), header: headerFields(file) };
}

/** Fields of the genesis block as a file gives them. Errors: ETHEREUM_GENESIS_INVALID. */
export function headerFields(file: JsonObject): GethGenesis["header"] {
  // geth reads names without regard to case, and some files rely on it.
  const fields: JsonObject = "mixhash" in file ? { mixHash: file.mixhash, ...file } : file;
  return {
    number: integerOf(fields, "number") ?? 0n,
    timestamp: integerOf(fields, "timestamp") ?? 0n,
    extraData: fromHex(hexOf(fields, "extraData") ?? "0x"),
    gasLimit: integerOf(fields, "gasLimit") || DEFAULT_GAS_LIMIT,
    gasUsed: integerOf(fields, "gasUsed") ?? 0n,
    difficulty: integerOf(fields, "difficulty") ?? DEFAULT_DIFFICULTY,
    mixHash: paddedHexOf(fields, "mixHash", 32) ?? ZERO_HASH,
    nonce: toNonce(integerOf(fields, "nonce") ?? 0n),
    coinbase: addressOf(fields, "coinbase") ?? ZERO_ADDRESS,
    parentHash: paddedHexOf(fields, "parentHash", 32) ?? ZERO_HASH,
    baseFeePerGas: integerOf(fields, "baseFeePerGas"),
    excessBlobGas: integerOf(fields, "excessBlobGas") ?? 0n,
    blobGasUsed: integerOf(fields, "blobGasUsed") ?? 0n,
  };
}

function toNonce(value: bigint): Hex {
  return `0x${value.toString(16).padStart(16, "0")}`;
}

/** Number of header fields that a fork has. */
export function fieldCountOf(rules: ForkRules): number {
  if (rules.isPrague) return HEADER_FIELDS.prague;
  if (rules.isCancun) return HEADER_FIELDS.cancun;
  if (rules.isShanghai) return HEADER_FIELDS.shanghai;
  return rules.isLondon ? HEADER_FIELDS.london : HEADER_FIELDS.frontier;
}

/** Writes accounts into a state; those without anything are written too, as geth does. */
export function writeAlloc(state: BlockState, alloc: GethGenesis["alloc"]): void {
  for (const [address, { balance, nonce, code, storage }] of alloc) {
    state.writeAccount(address, { balance, nonce });
    if (code.length > 0) state.writeCode(address, code);
    for (const [slot, value] of storage) state.writeStorage(address, fromHex(slot), fromHex(value));
  }
  state.settle();
}

/** The genesis block with its state; touches no store. */
export function ethereumGenesisBlock({ config, alloc, header }: GethGenesis): ExecutedBlock {
  const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
  writeAlloc(state, alloc);
  const { root, operations } = state.seal();
  const rules = new ForkSchedule(config).rulesAt(header);
  const fieldCount = fieldCountOf(rules);
  const { difficulty, nonce } = header;
  const unsealed: UnsealedHeader = {
    parentHash: header.parentHash,
    ommersHash: EMPTY_OMMERS_HASH,
    feeRecipient: header.coinbase,
    stateRoot: toHex(root),
    transactionsRoot: toHex(EMPTY_TRIE_ROOT),
    receiptsRoot: toHex(EMPTY_TRIE_ROOT),
    logsBloom: new Uint8Array(256),
    number: header.number,
    gasLimit: header.gasLimit,
    gasUsed: header.gasUsed,
    timestamp: header.timestamp,
    extraData: header.extraData.length > 0 ? header.extraData : EMPTY_BYTES,
    prevRandao: header.mixHash,
    baseFeePerGas: rules.isLondon ? (header.baseFeePerGas ?? INITIAL_BASE_FEE) : 0n,
    withdrawalsRoot: rules.isShanghai ? toHex(EMPTY_TRIE_ROOT) : ZERO_HASH,
    blobGasUsed: rules.isCancun ? header.blobGasUsed : 0n,
    excessBlobGas: rules.isCancun ? header.excessBlobGas : 0n,
    parentBeaconBlockRoot: ZERO_HASH,
    requestsHash: rules.isPrague ? EMPTY_REQUESTS_HASH : ZERO_HASH,
    ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    ...(difficulty > 0n ? { difficulty } : {}),
    ...(nonce === toNonce(0n) ? {} : { nonce }),
  };
  const { header: sealed, rlp } = sealHeader(unsealed, { transactions: [] });
  return {
    header: sealed,
    headerRlp: rlp,
    transactions: [],
    transactionHashes: [],
    receipts: { l1: null, receipts: [] },
    ...(rules.isShanghai ? { withdrawals: [] } : {}),
    stateOperations: operations,
  };
}
