import { readFileSync } from "node:fs";
import { hashOrigins } from "../../../src/derive/index.js";
import {
  type ChainConfig,
  chunkHash,
  type DepositFeedRecord,
  type EntryHeader,
  encodeConfigRecord,
  hashEntryHeader,
  hashRecordHeader,
  type L1Origin,
  parseChainConfig,
  RECORD_KIND_CONFIG,
  RECORD_KIND_DEPOSIT,
  type RollupConfig,
  type SystemConfigUpdate,
} from "../../../src/protocol/index.js";
import { type Hash, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../../src/util/hex.js";
import { keccakHex } from "../../../src/util/keccak.js";
import type { Random } from "./random.js";

export const START_BLOCK = 100;
export const chain: ChainConfig = parseChainConfig(
  JSON.parse(readFileSync("config/dev.json", "utf8")),
);

/** A record and the log index that a sequencer would give as its hint. */
export interface HintedRecord extends DepositFeedRecord {
  logIndex: number;
}

/** An entry with its data, as the L1 reader hands it over. */
export interface Entry {
  header: EntryHeader;
  data: Uint8Array;
}

/** An L1 of made-up blocks with a DepositFeed in them. */
export class FakeL1 {
  readonly origins: L1Origin[] = [];
  readonly records: HintedRecord[] = [];
  readonly rollup: RollupConfig;

  constructor(random: Random, blockCount: number) {
    let time = 1_700_000_000n;
    for (let i = 0; i < blockCount; i++) {
      time += BigInt(random.chance(4) ? random.int(1_000, 4_000) : random.int(1, 12));
      const hash = keccakHex(random.bytes(4));
      const number = BigInt(START_BLOCK + i);
      const beacon = random.chance(80) ? hash : ZERO_HASH;
      this.origins.push({
        number,
        hash,
        time,
        baseFee: BigInt(random.next()),
        prevRandao: hash,
        parentBeaconBlockRoot: beacon,
      });
      if (i > 0 && random.chance(45)) this.#addRecords(random, number, time);
    }
    const addresses = {} as RollupConfig["addresses"];
    this.rollup = { chain, addresses, genesisOrigin: this.at(START_BLOCK) };
  }

  at(number: number | bigint): L1Origin {
    const origin = this.origins[Number(number) - START_BLOCK];
    if (!origin) throw new RangeError(`no L1 block ${number}`);
    return origin;
  }

  get lastNumber(): number {
    return START_BLOCK + this.origins.length - 1;
  }

  /** Number of records in L1 blocks up to this one. */
  recordsUpTo(number: number): number {
    return this.records.filter(({ header }) => header.l1Number <= BigInt(number)).length;
  }

  #addRecords(random: Random, l1Number: bigint, l1Time: bigint): void {
    let logIndex = random.int(0, 3);
    for (let left = random.chance(10) ? random.int(5, 9) : random.int(1, 3); left > 0; left--) {
      logIndex += random.int(1, 4);
      const isConfig = random.chance(20);
      const isCreation = !isConfig && random.chance(10);
      const data = isConfig ? configData(random) : random.bytes(random.int(0, 40));
      const previous = this.records.at(-1)?.header;
      const header = {
        kind: isConfig ? RECORD_KIND_CONFIG : RECORD_KIND_DEPOSIT,
        index: BigInt(this.records.length),
        l1Number,
        l1Time,
        from: toHex(random.bytes(20)),
        to: isConfig || isCreation ? ZERO_ADDRESS : toHex(random.bytes(20)),
        isCreation,
        mint: isConfig ? 0n : BigInt(random.next()),
        value: isConfig ? 0n : BigInt(random.int(0, 5)),
        gasLimit: isConfig
          ? 0n
          : BigInt(
              random.chance(40) ? random.int(10_000_000, 2 ** 24) : random.int(21_000, 500_000),
            ),
        dataLength: data.length,
        dataHash: chunkHash(data),
        prevRecordHash: previous ? hashRecordHeader(previous) : ZERO_HASH,
      };
      this.records.push({ header, data, logIndex });
    }
  }
}

/** A SequencerFeed that accepts whatever `append` accepts. */
export class FakeFeed {
  readonly entries: Entry[] = [];
  lastOrigin = START_BLOCK;
  lastL1Number = START_BLOCK + 1;
  readonly #l1: FakeL1;

  constructor(l1: FakeL1) {
    this.#l1 = l1;
  }

  append(
    l1Number: number,
    firstOrigin: number,
    lastOrigin: number,
    data: Uint8Array,
    format = 0,
  ): Entry {
    const origins = this.#l1.origins.slice(firstOrigin - START_BLOCK, lastOrigin - START_BLOCK + 1);
    const depTo = this.#l1.recordsUpTo(lastOrigin);
    const last = this.#l1.records[depTo - 1];
    const previous = this.entries.at(-1)?.header;
    const header: EntryHeader = {
      format,
      index: BigInt(this.entries.length),
      l1Number: BigInt(l1Number),
      l1Time: this.#l1.at(l1Number).time,
      firstOrigin: BigInt(firstOrigin),
      lastOrigin: BigInt(lastOrigin),
      originsHash: hashOrigins(origins),
      depTo: BigInt(depTo),
      depRecordHash: last ? hashRecordHeader(last.header) : ZERO_HASH,
      dataLength: data.length,
      dataHash: chunkHash(data),
      prevEntryHash: previous ? hashEntryHeader(previous) : ZERO_HASH,
    };
    const entry = { header, data };
    this.entries.push(entry);
    this.lastOrigin = lastOrigin;
    this.lastL1Number = l1Number;
    return entry;
  }

  originsOf({ header }: Entry): L1Origin[] {
    const first = Number(header.firstOrigin) - START_BLOCK;
    return this.#l1.origins.slice(first, Number(header.lastOrigin) - START_BLOCK + 1);
  }
}

const CONFIG_UPDATES: SystemConfigUpdate[] = [
  { type: "batcher", batcherHash: `0x${"00".repeat(12)}${"ab".repeat(20)}` as Hash },
  { type: "feeScalars", baseFeeScalar: 77, blobBaseFeeScalar: 0 },
  { type: "gasLimit", gasLimit: 21_000_000n },
  { type: "gasLimit", gasLimit: 33_000_000n },
  { type: "gasLimit", gasLimit: 60_000_000n },
  { type: "gasLimit", gasLimit: 1n },
  { type: "eip1559", denominator: 50, elasticity: 2 },
  { type: "operatorFee", scalar: 12, constant: 34n },
  { type: "minBaseFee", minBaseFee: 1_000n },
  { type: "daFootprintGasScalar", scalar: 0 },
];

function configData(random: Random): Uint8Array {
  if (random.chance(15)) return random.bytes(random.int(0, 40));
  return encodeConfigRecord(random.pick(CONFIG_UPDATES));
}
