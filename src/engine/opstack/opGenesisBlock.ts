import {
  isOpAtLeast,
  type OpFork,
  opForkAt,
  PREDEPLOYS,
  SYSTEM_CONTRACTS,
} from "../../protocol/index.js";
import { MemoryStore } from "../../storage/memoryStore.js";
import { toHex, ZERO_HASH } from "../../util/hex.js";
import { ethereumError } from "../ethereum/errors.js";
import {
  ethereumGenesisBlock,
  type GethGenesis,
  headerFields,
  parseAlloc,
  parseGethGenesis,
  writeAlloc,
} from "../ethereum/gethGenesis.js";
import { type JsonObject, objectOf, parseJson } from "../ethereum/jsonFields.js";
import type { ExecutedBlock } from "../execution/blockExecution.js";
import { EMPTY_REQUESTS_HASH, HEADER_FIELDS, sealHeader } from "../header.js";
import { BlockState } from "../state/blockState.js";
import { StateStore } from "../state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "../state/trie.js";
import { CREATE2_DEPLOYER } from "./create2Deployer.js";
import { findKnownChain } from "./knownChains.js";
import { genesisConfigOf, isOpConfig, type OpChainConfig, parseOpConfig } from "./opConfig.js";
import { readOpFeeParams } from "./opFeeParams.js";
import { opFieldCount } from "./opHeaders.js";

const INITIAL_BASE_FEE = 1_000_000_000n;

/** An OP chain's genesis file, read. */
export interface OpGenesis {
  /** Undefined: the file has no config, and no public chain begins at its time. */
  config: OpChainConfig | undefined;
  fork: OpFork;
  alloc: GethGenesis["alloc"];
  header: GethGenesis["header"];
}

function configOf(file: JsonObject): JsonObject | undefined {
  const { config } = file;
  return config === undefined || config === null ? undefined : objectOf(config, "config");
}

/** What a genesis state itself tells of the fork: each brought contracts that were put there from then on. */
function forkOfState({ alloc, header }: Pick<OpGenesis, "alloc" | "header">, hasBlobGas: boolean) {
  if (hasBlobGas || header.excessBlobGas > 0n || alloc.has(SYSTEM_CONTRACTS.beaconRoots)) {
    return "ecotone";
  }
  return alloc.has(CREATE2_DEPLOYER) ? "canyon" : "bedrock";
}

/**
 * Reads the genesis file of an OP chain. A file without a config, as the Superchain registry has them, is that of the public chain
 * which begins at its time; otherwise its state tells the fork. Undefined: not an OP chain's.
 * Errors: ETHEREUM_GENESIS_INVALID, ETHEREUM_UNKNOWN_FORK, ETHEREUM_FORK_ORDER, each with one sentence.
 */
export function parseOpGenesis(file: JsonObject): OpGenesis | undefined {
  const given = configOf(file);
  if (given && !isOpConfig(given)) return undefined;
  const config = given && parseOpConfig(given);
  if (file.stateHash !== undefined && file.stateHash !== null) {
    const sentence = "The genesis file gives its state as a hash only; the accounts are needed.";
    throw ethereumError("ETHEREUM_GENESIS_INVALID", sentence);
  }
  const alloc = parseAlloc(file.alloc);
  if (!config && !alloc.has(PREDEPLOYS.l1Block)) return undefined;
  const header = headerFields(file.difficulty === undefined ? { ...file, difficulty: 0 } : file);
  const known = config ?? findKnownChain(header.timestamp);
  const hasBlobGas = file.excessBlobGas !== undefined && file.excessBlobGas !== null;
  const fork = known
    ? opForkAt(known.schedule, header.timestamp)
    : forkOfState({ alloc, header }, hasBlobGas);
  return { config: known, fork, alloc, header };
}

/** The genesis block of an OP chain with its state; touches no store. Source: docs/protocol/op-chains.md */
export function opGenesisBlock({ fork, alloc, header: given }: OpGenesis): ExecutedBlock {
  const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
  writeAlloc(state, alloc);
  const l1 = readOpFeeParams(state, fork);
  const { root, operations } = state.seal();
  const emptyRoot = toHex(EMPTY_TRIE_ROOT);
  const isIsthmus = isOpAtLeast(fork, "isthmus");
  const isEcotone = isOpAtLeast(fork, "ecotone");
  const messages = isIsthmus ? toHex(state.storageRoot(PREDEPLOYS.l2ToL1MessagePasser)) : emptyRoot;
  const { coinbase, mixHash, baseFeePerGas, difficulty, nonce, ...fields } = given;
  const fieldCount = opFieldCount(fork);
  const { header, rlp } = sealHeader(
    {
      ...fields,
      feeRecipient: coinbase,
      stateRoot: toHex(root),
      transactionsRoot: emptyRoot,
      receiptsRoot: emptyRoot,
      logsBloom: new Uint8Array(256),
      prevRandao: mixHash,
      baseFeePerGas: baseFeePerGas ?? INITIAL_BASE_FEE,
      withdrawalsRoot: isOpAtLeast(fork, "canyon") ? messages : ZERO_HASH,
      blobGasUsed: isEcotone ? given.blobGasUsed : 0n,
      excessBlobGas: isEcotone ? given.excessBlobGas : 0n,
      parentBeaconBlockRoot: ZERO_HASH,
      requestsHash: isIsthmus ? EMPTY_REQUESTS_HASH : ZERO_HASH,
      ...(difficulty > 0n ? { difficulty } : {}),
      ...(/^0x0*$/.test(nonce) ? {} : { nonce }),
      ...(fieldCount < HEADER_FIELDS.prague ? { fieldCount } : {}),
    },
    { transactions: [] },
  );
  return {
    header,
    headerRlp: rlp,
    transactions: [],
    transactionHashes: [],
    receipts: { l1, receipts: [] },
    stateOperations: operations,
  };
}

/**
 * The genesis block of a geth genesis file, be it of plain Ethereum or of an OP chain, and the config that goes with it; undefined
 * if nothing says what it is. Errors: as `parseOpGenesis` and `parseGethGenesis`.
 */
export function genesisOf(file: JsonObject): {
  block: ExecutedBlock;
  config: JsonObject | undefined;
} {
  const genesis = parseOpGenesis(file);
  const given = configOf(file);
  if (!genesis) return { block: ethereumGenesisBlock(parseGethGenesis(file)), config: given };
  const config = given ?? (genesis.config && genesisConfigOf(genesis.config));
  return { block: opGenesisBlock(genesis), config };
}

/** The genesis block of a geth genesis file. Errors: as `genesisOf`. */
export function genesisBlockOf(json: string | JsonObject): ExecutedBlock {
  return genesisOf(objectOf(typeof json === "string" ? parseJson(json) : json, "contents")).block;
}
