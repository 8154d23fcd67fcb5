import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { chainKeys } from "../../../src/engine/chain/chainKeys.js";
import { decodeEnvelope } from "../../../src/engine/envelope.js";
import { logsBloom, mergeBloom } from "../../../src/engine/execution/bloom.js";
import { EvmMachine, HISTORY_LENGTH, slotOf } from "../../../src/engine/execution/evmMachine.js";
import {
  executeDeposit,
  executeSigned,
  findInvalidity,
} from "../../../src/engine/execution/executeTx.js";
import { type L1FeeParams, rollupCosts } from "../../../src/engine/execution/fees.js";
import { encodeReceipt, toStoredReceipt } from "../../../src/engine/receipts.js";
import { BlockState } from "../../../src/engine/state/blockState.js";
import { encodeRlp, integerToBytes } from "../../../src/engine/state/rlp.js";
import { StateStore } from "../../../src/engine/state/stateStore.js";
import { EMPTY_TRIE_ROOT, listRoot } from "../../../src/engine/state/trie.js";
import { nextBaseFee, SYSTEM_CONTRACTS } from "../../../src/protocol/index.js";
import { MemoryStore } from "../../../src/storage/memoryStore.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../../../src/util/hex.js";
import { keccak256 } from "../../../src/util/keccak.js";

/** OP Sepolia's block 26207960, made public with the Kona project's test data: parent, attributes, and the state it touches. */
interface Vector {
  parentHeader: Record<string, Hex>;
  attributes: {
    timestamp: Hex;
    prevRandao: Hash;
    suggestedFeeRecipient: Address;
    parentBeaconBlockRoot: Hash;
    transactions: Hex[];
    gasLimit: Hex;
    eip1559Params: Hex;
  };
  expectedBlockHash: Hash;
  preimages: Record<Hash, Hex>;
}

const vector = JSON.parse(
  gunzipSync(readFileSync("test/vectors/opSepoliaBlock26207960.json.gz")).toString(),
) as Vector;

/** L1 fee parameters out of the attributes transaction of Ecotone's form. */
function ecotoneParams(data: Uint8Array): L1FeeParams {
  const view = new DataView(data.buffer, data.byteOffset);
  return {
    baseFeeScalar: view.getUint32(4),
    blobBaseFeeScalar: view.getUint32(8),
    l1BaseFee: view.getBigUint64(36 + 24),
    blobBaseFee: view.getBigUint64(68 + 24),
    operatorFeeScalar: 0,
    operatorFeeConstant: 0n,
    daFootprintGasScalar: 400,
  };
}

test("a block of OP Sepolia comes out with its real hash: deposits, L1 fee, vaults, state, receipts", async () => {
  const { parentHeader: parent, attributes, preimages } = vector;
  const integer = (name: string): bigint => BigInt(parent[name] as Hex);
  const store = new MemoryStore();
  await store.batch(
    Object.values(preimages).flatMap((hex) => {
      const value = fromHex(hex);
      const hash = keccak256(value);
      const keys = [chainKeys.trieNode(hash), chainKeys.code(hash)];
      return keys.map((key) => ({ type: "put" as const, key, value }));
    }),
  );
  const state = new BlockState(new StateStore(store), fromHex(parent.stateRoot as Hex));
  const machine = await EvmMachine.create(
    { chainId: 11_155_420, provablePrecompiles: false },
    state,
  );
  const timestamp = BigInt(attributes.timestamp);
  const ring = timestamp % HISTORY_LENGTH;
  const time = fromHex(`0x${timestamp.toString(16).padStart(64, "0")}`);
  const beaconRoot = fromHex(attributes.parentBeaconBlockRoot);
  state.writeStorage(SYSTEM_CONTRACTS.beaconRoots, slotOf(ring), time);
  state.writeStorage(SYSTEM_CONTRACTS.beaconRoots, slotOf(ring + HISTORY_LENGTH), beaconRoot);
  state.settle();

  // Holocene's extra data is Jovian's without the minimum base fee.
  const extraData = fromHex(parent.extraData as Hex);
  const baseFeePerGas = nextBaseFee({
    baseFeePerGas: integer("baseFeePerGas"),
    gasLimit: integer("gasLimit"),
    gasUsed: integer("gasUsed"),
    blobGasUsed: 0n,
    extraData: Uint8Array.of(1, ...extraData.slice(1), ...new Uint8Array(8)),
  });
  const env = {
    number: integer("number") + 1n,
    timestamp,
    gasLimit: BigInt(attributes.gasLimit),
    baseFeePerGas,
    prevRandao: fromHex(attributes.prevRandao),
    feeRecipient: attributes.suggestedFeeRecipient.toLowerCase() as Address,
  };
  const raws = attributes.transactions.map(fromHex);
  const params = ecotoneParams(decodeEnvelope(raws[0] as Uint8Array).data);
  const bloom = new Uint8Array(256);
  let gasUsed = 0n;
  const receipts: Uint8Array[] = [];
  for (const raw of raws) {
    const tx = decodeEnvelope(raw);
    let outcome: Awaited<ReturnType<typeof executeDeposit>>;
    if (tx.kind === "deposit") outcome = await executeDeposit(machine, env, tx);
    else {
      const costs = rollupCosts(raw, params);
      const room = { gas: env.gasLimit - gasUsed, daFootprint: env.gasLimit };
      expect(findInvalidity(state, env, room, tx, costs, params)).toBeUndefined();
      outcome = await executeSigned(machine, env, tx, costs, params);
    }
    const receipt = toStoredReceipt(tx, outcome);
    gasUsed += receipt.gasUsed;
    const own = logsBloom(receipt.logs);
    mergeBloom(bloom, own);
    receipts.push(encodeReceipt(receipt, gasUsed, own));
  }

  const none = new Uint8Array();
  const parentFields = [
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "#difficulty",
    "#number",
    "#gasLimit",
    "#gasUsed",
    "#timestamp",
    "extraData",
    "mixHash",
    "nonce",
    "#baseFeePerGas",
    "withdrawalsRoot",
    "#blobGasUsed",
    "#excessBlobGas",
    "parentBeaconBlockRoot",
  ];
  const parentRlp = encodeRlp(
    parentFields.map((name) =>
      name.startsWith("#") ? integerToBytes(integer(name.slice(1))) : fromHex(parent[name] as Hex),
    ),
  );
  const header = [
    keccak256(parentRlp),
    keccak256(Uint8Array.of(0xc0)),
    fromHex(env.feeRecipient),
    state.seal().root,
    listRoot(raws),
    listRoot(receipts),
    bloom,
    none,
    ...[env.number, env.gasLimit, gasUsed, timestamp].map(integerToBytes),
    Uint8Array.of(0, ...fromHex(attributes.eip1559Params)),
    env.prevRandao,
    new Uint8Array(8),
    integerToBytes(baseFeePerGas),
    EMPTY_TRIE_ROOT,
    none,
    none,
    beaconRoot,
  ];
  expect(toHex(keccak256(encodeRlp(header)))).toBe(vector.expectedBlockHash);
});
