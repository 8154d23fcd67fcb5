import type { PrivateKeyAccount } from "viem/accounts";
import type { Receipt } from "../../src/engine/types.js";
import type { L1BlockRef, L2BlockRef } from "../../src/protocol/types.js";
import { createGateway, type Gateway, type GatewayConfig } from "../../src/rpc/gateway.js";
import type { GatewayLimits } from "../../src/rpc/types.js";
import type { OutputAtBlock, RollupNodeView, SyncStatus } from "../../src/services/types.js";
import { type Logger, silentLogger } from "../../src/telemetry/logger.js";
import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  ZERO_HASH,
} from "../../src/util/hex.js";
import { keccakHex } from "../../src/util/keccak.js";
import { accounts, addressOf, depositTx, EngineChain, signTx } from "./engineChain.js";
import { FakeClock } from "./fakeClock.js";

/**
 * A contract of 34 bytes. Without calldata it stores 42 in slot 0, logs 42 under topic 1 and returns 42;
 * with calldata it reverts with them.
 */
export const LOGGER_CODE: Hex =
  "0x36601a57602a600052602a600055600160206000a160206000f35b365f5f37365ffd";
/** Creates it. */
export const LOGGER_INIT: Hex = `0x60228060093d393df3${LOGGER_CODE.slice(2)}`;
export const LOG_TOPIC: Hash = `0x${"1".padStart(64, "0")}`;
export const RECIPIENT: Address = "0x00000000000000000000000000000000000000aa";

/** A JSON-RPC answer. */
export interface Answer {
  jsonrpc: "2.0";
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** What a test chain holds, with the names that tests use. */
export interface SeededChain {
  chain: EngineChain;
  contract: Address;
  /** Hash of the block with the user deposit and a transfer. */
  depositBlock: Hash;
  depositHash: Hash;
  transferHash: Hash;
  /** Receipt of the call that logged. */
  logReceipt: Receipt;
  pendingHash: Hash;
}

/** Block 1: deposit and transfer. Block 2: creation. Block 3: a log; then one transaction stays in the pool. */
export async function seedChain(): Promise<SeededChain> {
  const chain = await EngineChain.open();
  const first = await chain.mine([
    depositTx({ mint: 7n, value: 3n, to: RECIPIENT }),
    await signTx({ nonce: 0, to: RECIPIENT, value: 5n }),
  ]);
  const created = await chain.receipts([
    await signTx({ nonce: 1, data: LOGGER_INIT, gas: 200_000n }),
  ]);
  const contract = created[1]?.contractAddress as Address;
  const logged = await chain.receipts([await signTx({ nonce: 2, to: contract, gas: 100_000n })]);
  const pendingHash = await chain.engine.pool.add(
    await signTx({ nonce: 3, to: RECIPIENT, value: 1n }),
  );
  return {
    chain,
    contract,
    depositBlock: first.blockHash,
    depositHash: keccakHex(first.transactions[1] as Uint8Array),
    transferHash: keccakHex(first.transactions[2] as Uint8Array),
    logReceipt: logged[1] as Receipt,
    pendingHash,
  };
}

const L1_REF: L1BlockRef = {
  hash: `0x${"c1".repeat(32)}`,
  number: 100n,
  parentHash: ZERO_HASH,
  time: 1_800_000_000n,
};

/** A rollup node that knows the seeded chain; `alias` is a hash it answers `depositHash` for. */
export function fakeNode(seeded: SeededChain, alias: Hash): RollupNodeView {
  const refOf = async (number: bigint): Promise<L2BlockRef> => {
    const header = await seeded.chain.engine.getHeader(number);
    return {
      hash: header?.hash ?? ZERO_HASH,
      number,
      parentHash: header?.parentHash ?? ZERO_HASH,
      time: header?.timestamp ?? 0n,
      l1Origin: { hash: L1_REF.hash, number: L1_REF.number },
      sequenceNumber: number,
    };
  };
  const syncStatus = async (): Promise<SyncStatus> => ({
    currentL1: L1_REF,
    headL1: L1_REF,
    safeL1: L1_REF,
    finalizedL1: L1_REF,
    unsafeL2: await refOf(3n),
    safeL2: await refOf(2n),
    finalizedL2: await refOf(1n),
    undisputedL2: null,
  });
  return {
    rollupConfig: seeded.chain.rollup,
    syncStatus,
    async outputAtBlock(number): Promise<OutputAtBlock> {
      const header = await seeded.chain.engine.getHeader(number);
      return {
        version: ZERO_HASH,
        outputRoot: `0x${"0f".repeat(32)}`,
        blockRef: await refOf(number),
        withdrawalStorageRoot: header?.withdrawalsRoot ?? ZERO_HASH,
        stateRoot: header?.stateRoot ?? ZERO_HASH,
        syncStatus: await syncStatus(),
      };
    },
    safeHeadAtL1Block: async (number) => ({
      l1Block: { hash: L1_REF.hash, number },
      safeHead: { hash: (await refOf(2n)).hash, number: 2n },
    }),
    resolveDepositAlias: (hash) => (hash === alias ? seeded.depositHash : undefined),
  };
}

/** A gateway on a seeded chain. */
export class GatewayHarness {
  readonly seeded: SeededChain;
  readonly gateway: Gateway;
  readonly port: number;
  readonly clock: FakeClock;
  /** What GET /readyz reports. */
  readonly reasons: string[];

  private constructor(fields: Omit<GatewayHarness, "url" | "rpc" | "send" | "close" | "account">) {
    this.seeded = fields.seeded;
    this.gateway = fields.gateway;
    this.port = fields.port;
    this.clock = fields.clock;
    this.reasons = fields.reasons;
  }

  static readonly ALIAS: Hash = `0x${"a1".repeat(32)}`;

  static async open(
    options: {
      limits?: Partial<GatewayLimits>;
      config?: Partial<GatewayConfig>;
      logger?: Logger;
    } = {},
  ): Promise<GatewayHarness> {
    const seeded = await seedChain();
    const clock = new FakeClock(1_800_000_000_000);
    const reasons: string[] = [];
    const gateway = createGateway({
      engine: seeded.chain.engine,
      node: fakeNode(seeded, GatewayHarness.ALIAS),
      contracts: () => ({ l2ChainId: 901, portal: RECIPIENT }),
      readiness: () => reasons,
      config: {
        port: 0,
        host: "127.0.0.1",
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...options.config,
      },
      logger: options.logger ?? silentLogger(),
      clock,
    });
    const { port } = await gateway.listen();
    return new GatewayHarness({ seeded, gateway, port, clock, reasons });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get account(): PrivateKeyAccount {
    return accounts[0];
  }

  /** Sends one request and returns the answer. */
  async rpc(method: string, params: unknown[] = []): Promise<Answer> {
    return (await this.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })))
      .body as Answer;
  }

  /** Sends any text. */
  async send(
    body: string | Uint8Array,
    headers: Record<string, string> = { "content-type": "application/json" },
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(this.url, { method: "POST", body: body as string, headers });
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? null : JSON.parse(text),
      headers: response.headers,
    };
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.seeded.chain.engine.close();
  }
}

export { accounts, addressOf, fromHex, signTx, toHex };
