import type { ChainReader } from "../../engine/types.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import { parseHex } from "../../l1/rpcValues.js";
import { applyAlias } from "../../protocol/index.js";
import type { RollupConfig } from "../../protocol/types.js";
import { type Address, fromHex, type Hex, ZERO_ADDRESS } from "../../util/hex.js";
import { encodeDeposit } from "./portalCalls.js";
import { type Simulation, simulateOnL1, simulateOnL2, type TransactionDraft } from "./simulate.js";

/** A deposit that somebody wants to make. */
export interface DepositWish {
  from: Address;
  /** Null: a creation. */
  to: Address | null;
  value: bigint;
  mint: bigint;
  data: Hex;
  /** Left out: what the call needs now, and a fifth. */
  gasLimit?: bigint;
}

/** A deposit ready to sign, or why the portal would not take it. */
export type PreparedDeposit =
  | {
      refused?: undefined;
      draft: TransactionDraft;
      simulation: Simulation;
      warnings: { code: string; message: string }[];
      deposit: {
        /** Sender on L2. */
        sender: Address;
        isAliased: boolean;
        gasLimit: bigint;
        minimumGasLimit: bigint;
        /** What the deposit would come to on L2 now. */
        l2Simulation: { ok: boolean; revertReason?: string };
      };
    }
  | {
      refused: "gas-limit-out-of-range" | "data-too-large";
      limits: Record<string, bigint | number>;
    };

/** Source of the limits: docs/protocol/deposits.md#portal-rules */
const MAX_GAS_LIMIT = 2n ** 24n;
const MAX_DATA_BYTES = 120_000;
/** For a call whose need cannot be estimated, because it fails now. */
const FALLBACK_GAS_LIMIT = 200_000n;
const DELEGATION_PREFIX = "0xef0100";
const DELEGATION_CHARS = 2 + 2 * 23;

/** Makes a deposit's transaction and tries it on both layers. Errors: those of JsonRpc, ENGINE_CALL_BUSY. */
export async function prepareDeposit(
  config: RollupConfig,
  wish: DepositWish,
  deps: {
    engine: Pick<ChainReader, "estimateGas" | "getBalance" | "getCode">;
    rpc: JsonRpc;
    signal?: AbortSignal;
  },
): Promise<PreparedDeposit> {
  const { from, to, value, mint, data } = wish;
  const dataBytes = (data.length - 2) / 2;
  if (dataBytes > MAX_DATA_BYTES) {
    return { refused: "data-too-large", limits: { maximumBytes: MAX_DATA_BYTES, dataBytes } };
  }
  const minimum = 21_000n + 40n * BigInt(dataBytes);
  const asked = wish.gasLimit;
  if (asked !== undefined && (asked < minimum || asked > MAX_GAS_LIMIT)) {
    return { refused: "gas-limit-out-of-range", limits: { minimum, maximum: MAX_GAS_LIMIT } };
  }
  const isAliased = isContract(await codeOnL1(deps.rpc, from, deps.signal));
  const sender = isAliased ? applyAlias(from) : from;
  const balance = (await deps.engine.getBalance(sender, "latest")) + mint;
  const onL2 = await simulateOnL2(
    deps.engine,
    { from: sender, to, value, data: fromHex(data), ...(asked !== undefined && { gas: asked }) },
    { stateOverrides: { [sender]: { balance } } },
  );
  const gasLimit = asked ?? clamp(onL2.gas ?? FALLBACK_GAS_LIMIT, minimum);
  const draft = {
    from,
    to: config.addresses.portal,
    data: encodeDeposit({
      to: to ?? ZERO_ADDRESS,
      value,
      gasLimit,
      isCreation: to === null,
      data,
    }),
    value: mint,
  };
  const warnings: { code: string; message: string }[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });
  if (isAliased) {
    warn("contract-sender-will-be-aliased", `On L2 the sender will be ${sender}, not ${from}.`);
  }
  if (to !== null && (await isOnlyOnL1(deps, to))) {
    warn("recipient-has-code-on-l1-only", "On L2 nobody may have the key of the recipient.");
  }
  if (!onL2.ok)
    warn("fails-on-l2", "The call would fail on L2; what it mints stays with the sender.");
  return {
    draft,
    simulation: await simulateOnL1(deps.rpc, draft, deps.signal),
    warnings,
    deposit: {
      sender,
      isAliased,
      gasLimit,
      minimumGasLimit: minimum,
      l2Simulation: {
        ok: onL2.ok,
        ...(onL2.revertReason !== null && { revertReason: onL2.revertReason }),
      },
    },
  };
}

/** Code of an L1 account. Errors: those of JsonRpc. */
export async function codeOnL1(rpc: JsonRpc, address: Address, signal?: AbortSignal): Promise<Hex> {
  return parseHex(await rpc.call("eth_getCode", [address, "latest"], signal), "code");
}

/** False for accounts that only delegate (EIP-7702). */
export function isContract(code: Hex): boolean {
  const isDelegated = code.length === DELEGATION_CHARS && code.startsWith(DELEGATION_PREFIX);
  return code !== "0x" && !isDelegated;
}

async function isOnlyOnL1(
  { rpc, engine, signal }: Parameters<typeof prepareDeposit>[2],
  address: Address,
): Promise<boolean> {
  if (!isContract(await codeOnL1(rpc, address, signal))) return false;
  return (await engine.getCode(address, "latest")).length === 0;
}

function clamp(gas: bigint, minimum: bigint): bigint {
  if (gas < minimum) return minimum;
  return gas > MAX_GAS_LIMIT ? MAX_GAS_LIMIT : gas;
}
