// Makes forksChain.json: a chain that crosses the forks from Homestead to Cancun, built by @ethereumjs/vm and not by our engine.
// Usage: node test/vectors/makeForksChain.mjs
import { writeFileSync } from "node:fs";
import { createBlock } from "@ethereumjs/block";
import { createCommonFromGethGenesis } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTx } from "@ethereumjs/tx";
import {
  bytesToHex,
  createAccount,
  createAddressFromPrivateKey,
  createAddressFromString,
  hexToBytes,
} from "@ethereumjs/util";
import { buildBlock, createVM } from "@ethereumjs/vm";

const key = hexToBytes(`0x${"45".repeat(32)}`);
const sender = createAddressFromPrivateKey(key);
/** Logs its call data and keeps the block number in slot 0. */
const LOGGER = "0x00000000000000000000000000000000000010aa";
const LOGGER_CODE = "0x366000600037600a366000a14360005500";
const SYSTEM = {
  "0x000f3df6d732807ef1319fb7b8bb8522d0beac02":
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500",
  "0x0000f90827f1c53a10cb7a02335b175320002935":
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500",
};
const genesis = {
  config: {
    chainId: 4242,
    homesteadBlock: 0,
    eip150Block: 2,
    eip155Block: 2,
    eip158Block: 2,
    byzantiumBlock: 3,
    constantinopleBlock: 4,
    petersburgBlock: 4,
    istanbulBlock: 4,
    berlinBlock: 5,
    londonBlock: 6,
    mergeNetsplitBlock: 8,
    terminalTotalDifficulty: 0,
    shanghaiTime: 100,
    cancunTime: 110,
  },
  nonce: "0x0",
  timestamp: "0x0",
  extraData: "0x",
  gasLimit: "0x1c9c380",
  difficulty: "0x20000",
  mixHash: `0x${"00".repeat(32)}`,
  coinbase: `0x${"00".repeat(20)}`,
  alloc: {
    [sender.toString()]: { balance: "0xde0b6b3a7640000000" },
    [LOGGER]: { balance: "0x0", code: LOGGER_CODE },
    ...Object.fromEntries(
      Object.entries(SYSTEM).map(([a, code]) => [a, { balance: "0x0", nonce: "0x1", code }]),
    ),
  },
};
/** Of each block, its time; the first seven are mined. */
const TIMES = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 105, 110, 115];
const MINED = 7;

const common = createCommonFromGethGenesis(structuredClone(genesis), { chain: "forks" });
const state = new MerkleStateManager({ common });
const vm = await createVM({ common, stateManager: state });
for (const [address, { balance, nonce = "0x0", code }] of Object.entries(genesis.alloc)) {
  const at = createAddressFromString(address);
  await state.putAccount(at, createAccount({ balance: BigInt(balance), nonce: BigInt(nonce) }));
  if (code) await state.putCode(at, hexToBytes(code));
}
await state.flush?.();
const stateRoot = await state.getStateRoot();
common.setHardforkBy({ blockNumber: 0n, timestamp: 0n });
const { alloc: _alloc, config: _config, coinbase, ...head } = genesis;
let parent = createBlock(
  { header: { ...head, nonce: "0x0000000000000000", coinbase, stateRoot, number: 0n } },
  { common, setHardfork: false },
);
const genesisBlock = parent;
const blocks = [];
let total = BigInt(genesis.difficulty);
let nonce = 0n;

function transactions(number, baseFee) {
  const fee =
    baseFee === undefined
      ? { gasPrice: 10n ** 9n }
      : { maxFeePerGas: baseFee * 2n, maxPriorityFeePerGas: 1_000n };
  const forks = [
    { type: 0, data: "0x1234", gasPrice: baseFee === undefined ? 10n ** 9n : baseFee * 2n },
  ];
  if (common.isActivatedEIP(2930)) {
    forks.push({
      type: 1,
      gasPrice: forks[0].gasPrice,
      data: "0x56",
      accessList: [{ address: LOGGER, storageKeys: [`0x${"00".repeat(32)}`] }],
    });
  }
  if (common.isActivatedEIP(1559)) forks.push({ type: 2, ...fee, data: "0x" });
  // Creates an account that had nothing.
  forks.push({
    type: 0,
    gasPrice: forks[0].gasPrice,
    to: `0x${(0xcc00 + number).toString(16).padStart(40, "0")}`,
    value: 7n,
  });
  return forks.map((fields) =>
    createTx(
      { chainId: 4242n, gasLimit: 100_000n, to: LOGGER, nonce: nonce++, ...fields },
      { common },
    ).sign(key),
  );
}

for (const [index, timestamp] of TIMES.entries()) {
  const number = BigInt(index + 1);
  common.setHardforkBy({ blockNumber: number, timestamp: BigInt(timestamp) });
  const isMined = index < MINED;
  const hasBaseFee = common.isActivatedEIP(1559);
  const baseFeePerGas = !hasBaseFee
    ? undefined
    : number === 6n
      ? 10n ** 9n
      : parent.header.calcNextBaseFee();
  const isShanghai = common.isActivatedEIP(4895);
  const builder = await buildBlock(vm, {
    parentBlock: parent,
    headerData: {
      number,
      timestamp: BigInt(timestamp),
      gasLimit: number === 6n ? parent.header.gasLimit * 2n : parent.header.gasLimit,
      coinbase: `0x${"fe".repeat(20)}`,
      ...(hasBaseFee ? { baseFeePerGas } : {}),
      ...(isMined ? {} : { mixHash: `0x${number.toString(16).padStart(64, "0")}` }),
      ...(common.isActivatedEIP(4788) ? { parentBeaconBlockRoot: `0x${"be".repeat(32)}` } : {}),
    },
    ...(isShanghai
      ? {
          withdrawals: [
            { index: number, validatorIndex: 3n, address: `0x${"dd".repeat(20)}`, amount: 9n },
          ],
        }
      : {}),
    blockOpts: {
      ...(isMined ? { calcDifficultyFromHeader: parent.header } : {}),
      putBlockIntoBlockchain: false,
      setHardfork: false,
      skipConsensusFormatValidation: true,
    },
  });
  for (const tx of transactions(index + 1, baseFeePerGas)) await builder.addTransaction(tx);
  const { block } = await builder.build(
    isMined
      ? { nonce: `0x00000000000000${(0x10 + index).toString(16)}`, mixHash: `0x${"11".repeat(32)}` }
      : undefined,
  );
  blocks.push(block);
  if (isMined) total += block.header.difficulty;
  parent = block;
}
genesis.config.terminalTotalDifficulty = Number(total);
const out = {
  genesis,
  genesisHash: bytesToHex(genesisBlock.hash()),
  blocks: blocks.map((block) => ({
    hash: bytesToHex(block.hash()),
    rlp: bytesToHex(block.serialize()),
  })),
};
writeFileSync(new URL("forksChain.json", import.meta.url), `${JSON.stringify(out, null, 2)}\n`);
