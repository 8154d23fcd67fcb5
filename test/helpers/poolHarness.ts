import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { PoolStateView } from "../../src/engine/poolTypes.js";
import { JournaledTxPool } from "../../src/engine/txPool.js";
import type { TxPoolConfig, TxPoolLimits } from "../../src/engine/txPoolConfig.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import { type Address, EMPTY_BYTES, fromHex, type Hash } from "../../src/util/hex.js";

export const POOL_CHAIN_ID = 901;
export const GWEI = 10n ** 9n;
export const ETHER = 10n ** 18n;

/** Account number `index` of the tests. */
export function testAccount(index: number): PrivateKeyAccount {
  return privateKeyToAccount(`0x${(index + 1).toString(16).padStart(64, "0")}`);
}

/** Address in the project's form. */
export function addressOf(account: Account): Address {
  return account.address.toLowerCase() as Address;
}

/** A chain as the pool sees it, set by hand. */
export class FakePoolView implements PoolStateView {
  readonly nonces = new Map<Address, bigint>();
  readonly balances = new Map<Address, bigint>();
  readonly codes = new Map<Address, Uint8Array>();
  baseFee = GWEI;
  gasLimit = 30_000_000n;
  l1FeeWei = 0n;
  footprint = 0n;
  operatorFeeWei = 0n;

  getNonce(address: Address): Promise<bigint> {
    return Promise.resolve(this.nonces.get(address) ?? 0n);
  }
  getBalance(address: Address): Promise<bigint> {
    return Promise.resolve(this.balances.get(address) ?? 100n * ETHER);
  }
  getCode(address: Address): Promise<Uint8Array> {
    return Promise.resolve(this.codes.get(address) ?? EMPTY_BYTES);
  }
  nextBaseFee(): bigint {
    return this.baseFee;
  }
  blockGasLimit(): bigint {
    return this.gasLimit;
  }
  l1Fee(): bigint {
    return this.l1FeeWei;
  }
  daFootprint(): bigint {
    return this.footprint;
  }
  operatorFee(): bigint {
    return this.operatorFeeWei;
  }
}

/** A clock that stands until it is moved. */
export class ManualClock {
  ms = 1_700_000_000_000;
  nowMs(): number {
    return this.ms;
  }
  sleep(ms: number): Promise<void> {
    this.ms += ms;
    return Promise.resolve();
  }
}

/** Fields of a test transaction; the rest is a plain transfer of 1 wei. */
export interface TestTx {
  from?: number;
  nonce?: number;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  gas?: bigint;
  value?: bigint;
  data?: `0x${string}`;
  to?: Address | null;
  chainId?: number;
}

/** Signs a type 2 transaction. */
export async function signTx(tx: TestTx = {}): Promise<Uint8Array> {
  const signed = await testAccount(tx.from ?? 0).signTransaction({
    type: "eip1559",
    chainId: tx.chainId ?? POOL_CHAIN_ID,
    nonce: tx.nonce ?? 0,
    maxFeePerGas: tx.maxFeePerGas ?? 10n * GWEI,
    maxPriorityFeePerGas: tx.maxPriorityFeePerGas ?? GWEI,
    gas: tx.gas ?? 21_000n,
    value: tx.value ?? 1n,
    data: tx.data ?? "0x",
    ...(tx.to === null ? {} : { to: tx.to ?? "0x00000000000000000000000000000000000000aa" }),
  });
  return fromHex(signed);
}

/** A path in a fresh directory. */
export function freshJournalPath(): string {
  return join(mkdtempSync(join(tmpdir(), "fovea-pool-")), "txpool.journal");
}

/** A pool over a fake chain. */
export function createPool(
  options: { limits?: Partial<TxPoolLimits>; journalPath?: string; view?: FakePoolView } = {},
) {
  const view = options.view ?? new FakePoolView();
  const clock = new ManualClock();
  const announced: Hash[] = [];
  const config: TxPoolConfig = {
    chainId: POOL_CHAIN_ID,
    journalPath: options.journalPath ?? null,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  };
  const pool = new JournaledTxPool(config, {
    view,
    clock,
    logger: silentLogger(),
    onPending: (hash) => announced.push(hash),
  });
  return { pool, view, clock, announced };
}
