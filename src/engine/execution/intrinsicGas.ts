import type { TxMessage } from "../envelope.js";

const BASE = 21_000n;
const CREATION = 32_000n;
const INIT_CODE_WORD = 2n;
const DATA_TOKEN = 4n;
const FLOOR_TOKEN = 10n;
const LISTED_ADDRESS = 2_400n;
const LISTED_SLOT = 1_900n;
const AUTHORIZATION = 25_000n;

/** Calldata in tokens: a zero byte is one, another byte four. Source: EIP-7623 */
function dataTokens(data: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros++;
  return BigInt(zeros + 4 * (data.length - zeros));
}

/** Gas taken before execution starts, and the least a transaction pays for its calldata. Sources: EIP-2028, 2930, 3860, 7623, 7702 */
export function intrinsicGas(
  tx: Pick<TxMessage, "to" | "data" | "accessList"> & { authorizations: readonly unknown[] },
): { intrinsic: bigint; floor: bigint } {
  const tokens = dataTokens(tx.data);
  let intrinsic = BASE + DATA_TOKEN * tokens;
  if (tx.to === null) {
    intrinsic += CREATION + INIT_CODE_WORD * BigInt(Math.ceil(tx.data.length / 32));
  }
  for (const { storageKeys } of tx.accessList) {
    intrinsic += LISTED_ADDRESS + LISTED_SLOT * BigInt(storageKeys.length);
  }
  intrinsic += AUTHORIZATION * BigInt(tx.authorizations.length);
  return { intrinsic, floor: BASE + FLOOR_TOKEN * tokens };
}
