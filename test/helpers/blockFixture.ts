import { decodeEnvelope } from "../../src/engine/envelope.js";
import type { GenesisAccount } from "../../src/engine/ethereum/gethGenesis.js";
import { headerFields } from "../../src/engine/ethereum/gethGenesis.js";
import { difficultyAfter } from "../../src/engine/ethereum/headerRules.js";
import { MemoryChain } from "../../src/engine/ethereum/memoryChain.js";
import { networkConfig } from "../../src/engine/ethereum/suites/networkConfig.js";
import { encodeHeader, withdrawalItem } from "../../src/engine/header.js";
import { decodeRlp, encodeRlp, type RlpItem } from "../../src/engine/state/rlp.js";
import type { BlockHeader } from "../../src/engine/types.js";
import { type Address, fromHex, type Hex, toHex, ZERO_HASH } from "../../src/util/hex.js";

/** Genesis header of fixtures of one network. */
export function genesisHeaderJson(network: string): Record<string, Hex> {
  const isMined = !["Paris", "Shanghai", "Cancun", "Prague", "Osaka"].includes(network);
  return {
    parentHash: ZERO_HASH,
    coinbase: `0x${"00".repeat(20)}`,
    difficulty: isMined ? "0x020000" : "0x00",
    number: "0x00",
    gasLimit: "0x07270e00",
    gasUsed: "0x00",
    timestamp: "0x00",
    extraData: "0x00",
    mixHash: ZERO_HASH,
    nonce: "0x0000000000000000",
    baseFeePerGas: "0x07",
  };
}

/** A chain in memory of a network from genesis on. */
export function networkChain(
  network: string,
  alloc: ReadonlyMap<Address, GenesisAccount>,
): Promise<MemoryChain> {
  const header = headerFields(genesisHeaderJson(network));
  return MemoryChain.create({ config: networkConfig(network, 1n, undefined), alloc, header });
}

/** RLP of a block of these transactions on the head, mined where the network mines; throws if one is not valid. */
export async function nextBlock(
  chain: MemoryChain,
  transactions: readonly Uint8Array[],
  ommers: readonly BlockHeader[] = [],
  extraData: Uint8Array = new Uint8Array(),
  consensus: "as the head" | "stake" = "as the head",
): Promise<Uint8Array> {
  const { rules, stores, head } = chain;
  const timestamp = head.timestamp + 12n;
  const isMined = (head.difficulty ?? 0n) > 0n && consensus !== "stake";
  const { isShanghai } = rules.schedule.rulesAt({ number: head.number + 1n, timestamp });
  const encodedOmmers = ommers.map((ommer) => encodeHeader(ommer));
  const run = await rules.begin(stores, head, {
    timestamp,
    prevRandao: ZERO_HASH,
    parentBeaconBlockRoot: ZERO_HASH,
    gasLimit: head.gasLimit,
    feeRecipient: `0x${"c0".repeat(20)}`,
    ...(isMined ? { difficulty: difficultyAfter(rules.schedule, head, timestamp) } : {}),
    ...(isShanghai ? { withdrawals: [] } : {}),
    ommers: encodedOmmers,
    extraData,
  });
  for (const raw of transactions) {
    const invalidity = await run.add(decodeEnvelope(raw));
    if (invalidity) throw new Error(invalidity.reason);
  }
  const block = await run.seal();
  const parts: RlpItem[] = [
    decodeRlp(block.headerRlp),
    transactions.map((raw) => ((raw[0] as number) >= 0xc0 ? decodeRlp(raw) : raw)),
    encodedOmmers.map((ommer) => decodeRlp(ommer)),
  ];
  if (isShanghai) parts.push((block.withdrawals ?? []).map(withdrawalItem));
  return encodeRlp(parts);
}

/** A blockchain test of these blocks. */
export function blockFixture(
  network: string,
  alloc: ReadonlyMap<Address, GenesisAccount>,
  genesisHash: Hex,
  blocks: readonly { rlp: Hex; expectException?: string }[],
  lastblockhash: Hex,
): Record<string, unknown> {
  const pre = Object.fromEntries(
    [...alloc].map(([address, { balance, nonce, code, storage }]) => [
      address,
      {
        balance: `0x${balance.toString(16)}`,
        nonce: `0x${nonce.toString(16)}`,
        code: toHex(code),
        storage: Object.fromEntries(storage),
      },
    ]),
  );
  const genesisBlockHeader = { ...genesisHeaderJson(network), hash: genesisHash };
  const config = { network, chainid: "0x01" };
  return { network, config, pre, genesisBlockHeader, blocks, lastblockhash };
}

/** An account with a balance only. */
export function rich(balance: bigint): GenesisAccount {
  return { balance, nonce: 0n, code: fromHex("0x"), storage: new Map() };
}
