import { PREDEPLOYS } from "../../../protocol/index.js";
import type { Step } from "../../state/types.js";
import { bytesToWord } from "../../state/wordBytes.js";
import { getAccount, NO_ACCOUNT } from "../../state/world.js";
import { goTo, touch } from "../../step.js";
import { G, MODE } from "../../table.js";

/** Reads the storage root of the message passer. Source: docs/protocol/machine.md#end-of-a-block */
export function mproot(step: Step): void {
  touch(step, G.stateRoot, G.passerRoot);
  const account = getAccount(step, BigInt(PREDEPLOYS.l2ToL1MessagePasser)) ?? NO_ACCOUNT;
  step.s.chain.passerRoot = bytesToWord(account.storage.rootBytes());
  goTo(step, MODE.seal);
}
