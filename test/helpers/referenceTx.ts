import { createBlock } from "@ethereumjs/block";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { Account, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";
import { forkCommon } from "../../src/engine/execution/forkCommon.js";
import type { Fork } from "../../src/engine/execution/forks.js";
import { fromHex, type Hash, type Hex, toHex } from "../../src/util/hex.js";

/** Accounts of a state test. */
export type Pre = Record<Hex, { balance: Hex; nonce: Hex; code: Hex; storage: Record<Hex, Hex> }>;

/** Root that @ethereumjs/vm's transaction loop and state manager find; undefined: it refuses the transaction. */
export async function referenceRoot(
  fork: Fork,
  env: Record<string, Hex>,
  pre: Pre,
  raw: Uint8Array,
): Promise<{ root: Hash; gasUsed: bigint } | { refused: string }> {
  const common = forkCommon(1, fork);
  const stateManager = new MerkleStateManager({ common });
  for (const [hex, { balance, nonce, code, storage }] of Object.entries(pre)) {
    const address = createAddressFromString(hex);
    await stateManager.putAccount(address, new Account(BigInt(nonce), BigInt(balance)));
    if (code !== "0x") await stateManager.putCode(address, fromHex(code));
    for (const [slot, value] of Object.entries(storage)) {
      const key = hexToBytes(`0x${slot.slice(2).padStart(64, "0")}`);
      const trimmed = fromHex(value).findIndex((byte) => byte !== 0);
      if (trimmed < 0) continue;
      await stateManager.putStorage(address, key, fromHex(value).subarray(trimmed));
    }
  }
  const vm = await createVM({ common, stateManager });
  const at = (name: string): bigint => BigInt(env[name] ?? "0x0");
  const isMerged = common.gteHardfork("paris");
  const block = createBlock(
    {
      header: {
        number: at("currentNumber"),
        timestamp: at("currentTimestamp"),
        gasLimit: at("currentGasLimit"),
        coinbase: createAddressFromString(env.currentCoinbase as Hex),
        ...(common.gteHardfork("london") ? { baseFeePerGas: at("currentBaseFee") } : {}),
        ...(isMerged
          ? { mixHash: fromHex(env.currentRandom as Hex) }
          : { difficulty: at("currentDifficulty") }),
      },
    },
    { common, skipConsensusFormatValidation: true },
  );
  let tx: ReturnType<typeof createTxFromRLP>;
  try {
    tx = createTxFromRLP(raw, { common });
    const { totalGasSpent } = await runTx(vm, { tx, block, skipHardForkValidation: true });
    return { root: toHex(await stateManager.getStateRoot()), gasUsed: totalGasSpent };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
