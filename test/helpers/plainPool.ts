import type { PoolStateView } from "../../src/engine/poolTypes.js";
import { JournaledTxPool } from "../../src/engine/txPool.js";
import type { TxPoolLimits } from "../../src/engine/txPoolConfig.js";
import type { PooledTx } from "../../src/engine/txPoolTx.js";
import { silentLogger } from "../../src/telemetry/logger.js";
import type { Address } from "../../src/util/hex.js";
import { decodePlain } from "./pooledTxs.js";
import { FakePoolView, ManualClock, POOL_CHAIN_ID } from "./poolHarness.js";

/** A chain set by hand whose transactions are not signed; it counts what the pool asks it. */
export class PlainPoolView extends FakePoolView implements PoolStateView {
  l1FeePerByte = 0n;
  operatorFeePerGas = 0n;
  accountReads = 0;
  feeReads = 0;

  decode(raw: Uint8Array): Promise<PooledTx> {
    return Promise.resolve(decodePlain(raw));
  }

  override getNonce(address: Address): Promise<bigint> {
    this.accountReads++;
    return super.getNonce(address);
  }

  override l1Fee(raw?: Uint8Array): bigint {
    this.feeReads++;
    return this.l1FeePerByte * BigInt(raw?.length ?? 0);
  }

  override operatorFee(gas = 0n): bigint {
    return this.operatorFeePerGas * gas;
  }
}

/** A pool without a journal over such a chain. */
export function createPlainPool(limits: Partial<TxPoolLimits> = {}) {
  const view = new PlainPoolView();
  const clock = new ManualClock();
  const pool = new JournaledTxPool(
    { chainId: POOL_CHAIN_ID, journalPath: null, limits: { maxFeeWei: 0n, ...limits } },
    { view, clock, logger: silentLogger(), onPending: () => {} },
  );
  return { pool, view, clock };
}

/** Code of the error that a promise is rejected with, or what it comes to. */
export async function codeOrDone(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "done";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
