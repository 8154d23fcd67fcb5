import type { BeaconWithdrawal } from "../../protocol/types.js";
import type { Address } from "../../util/hex.js";
import type { ForkRules } from "../execution/forks.js";
import type { BlockState } from "../state/blockState.js";
import { decodeEthereumHeader } from "./decodeEthereumHeader.js";

const WEI_PER_ETHER = 10n ** 18n;
const WEI_PER_GWEI = 10n ** 9n;

function blockReward(rules: ForkRules): bigint {
  if (rules.isConstantinople) return 2n * WEI_PER_ETHER;
  return (rules.isByzantium ? 3n : 5n) * WEI_PER_ETHER;
}

/** Pays whoever mined a block and its ommers. Sources: Yellow Paper 11.3, EIP-649, EIP-1234 */
export function payRewards(
  state: BlockState,
  rules: ForkRules,
  block: { number: bigint; feeRecipient: Address; ommers: readonly Uint8Array[] },
): void {
  const reward = blockReward(rules);
  let own = reward;
  for (const rlp of block.ommers) {
    const ommer = decodeEthereumHeader(rlp);
    state.addBalance(ommer.feeRecipient, ((8n + ommer.number - block.number) * reward) / 8n);
    own += reward / 32n;
  }
  state.addBalance(block.feeRecipient, own);
}

/** Credits the withdrawals of the beacon chain. Source: EIP-4895 */
export function payWithdrawals(state: BlockState, withdrawals: readonly BeaconWithdrawal[]): void {
  for (const { address, amountGwei } of withdrawals) {
    if (amountGwei > 0n) {
      state.addBalance(address, amountGwei * WEI_PER_GWEI);
      continue;
    }
    // Touched without getting anything: what is empty goes away (EIP-158).
    const account = state.readAccount(address);
    if (account && account.nonce === 0n && account.balance === 0n) {
      if (state.readCode(address).length === 0) state.removeAccount(address);
    }
  }
}
