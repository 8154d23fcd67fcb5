import { predeployStates } from "../contracts/predeploys.js";
import { PREINSTALLS } from "../contracts/preinstalls.js";
import { encodeExtraData, outputRoot, PREDEPLOYS, type RollupConfig } from "../protocol/index.js";
import { MemoryStore } from "../storage/memoryStore.js";
import { type Address, fromHex, type Hash, toHex, ZERO_HASH } from "../util/hex.js";
import type { ExecutedBlock } from "./execution/blockExecution.js";
import { EMPTY_REQUESTS_HASH, sealHeader } from "./header.js";
import { BlockState } from "./state/blockState.js";
import { StateStore } from "./state/stateStore.js";
import { EMPTY_TRIE_ROOT } from "./state/trie.js";
import type { BlockHeader } from "./types.js";

/** The L2 genesis block and what proposals say about it. */
export interface Genesis {
  hash: Hash;
  stateRoot: Hash;
  messagePasserStorageRoot: Hash;
  outputRoot: Hash;
  header: BlockHeader;
  /** As it is stored. */
  block: ExecutedBlock;
}

function writeState(state: BlockState, { chain, addresses }: RollupConfig): void {
  const contracts = [...predeployStates({ addresses, owner: chain.owner }), ...PREINSTALLS];
  for (const { address, code, storage } of contracts) {
    const lower = address.toLowerCase() as Address;
    state.writeAccount(lower, { nonce: 1n });
    state.writeCode(lower, fromHex(code));
    for (const [slot, value] of Object.entries(storage)) {
      state.writeStorage(lower, fromHex(slot), fromHex(value));
    }
  }
  for (const [address, balance] of Object.entries(chain.alloc)) {
    state.addBalance(address.toLowerCase() as Address, balance);
  }
}

/** Computes the genesis block; touches no store. Source: docs/protocol/genesis.md#l2-genesis-block */
export async function computeGenesis(rollup: RollupConfig): Promise<Genesis> {
  const { chain, genesisOrigin } = rollup;
  const { system } = chain;
  const state = new BlockState(new StateStore(new MemoryStore()), EMPTY_TRIE_ROOT);
  writeState(state, rollup);
  const { root, operations } = state.seal();
  const withdrawalsRoot = toHex(state.storageRoot(PREDEPLOYS.l2ToL1MessagePasser));
  const { header, rlp } = sealHeader(
    {
      parentHash: ZERO_HASH,
      feeRecipient: PREDEPLOYS.sequencerFeeVault,
      stateRoot: toHex(root),
      transactionsRoot: toHex(EMPTY_TRIE_ROOT),
      receiptsRoot: toHex(EMPTY_TRIE_ROOT),
      logsBloom: new Uint8Array(256),
      number: 0n,
      gasLimit: system.gasLimit,
      gasUsed: 0n,
      timestamp: genesisOrigin.time,
      extraData: encodeExtraData({
        denominator: system.eip1559Denominator,
        elasticity: system.eip1559Elasticity,
        minBaseFee: system.minBaseFee,
      }),
      prevRandao: genesisOrigin.prevRandao,
      baseFeePerGas: chain.genesisBaseFee,
      withdrawalsRoot,
      blobGasUsed: 0n,
      excessBlobGas: 0n,
      parentBeaconBlockRoot: ZERO_HASH,
      requestsHash: EMPTY_REQUESTS_HASH,
    },
    { transactions: [] },
  );
  const { stateRoot, hash } = header;
  return {
    hash,
    stateRoot,
    messagePasserStorageRoot: withdrawalsRoot,
    outputRoot: outputRoot({
      stateRoot,
      messagePasserStorageRoot: withdrawalsRoot,
      blockHash: hash,
    }),
    header,
    block: {
      header,
      headerRlp: rlp,
      transactions: [],
      transactionHashes: [],
      stateOperations: operations,
      receipts: {
        l1: {
          l1BaseFee: 0n,
          blobBaseFee: 0n,
          baseFeeScalar: 0,
          blobBaseFeeScalar: 0,
          operatorFeeScalar: 0,
          operatorFeeConstant: 0n,
          daFootprintGasScalar: 0,
        },
        receipts: [],
      },
    },
  };
}
