import { WELL_KNOWN } from "../../contracts/addresses.js";
import { planVerifier, verifierAddress } from "../../contracts/verifierPlan.js";
import { connectRollup } from "../client/rollupClient.js";
import { chooseAccount, type SignerFlags, walletOn } from "../client/signer.js";
import { createStory } from "../client/story.js";
import { cliError } from "../errors.js";
import { printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

/**
 * `fovea deploy-verifier`: puts the step verifier and its families on L1. Anybody may; the addresses follow from the code, and what
 * is there is left alone, so it can be repeated.
 */
export async function deployVerifier(
  flags: GivenFlags & SignerFlags & { json?: boolean },
): Promise<void> {
  const { l1, contracts } = await connectRollup(flags);
  const account = chooseAccount(flags, process.env, contracts.l1ChainId);
  const wallet = walletOn(l1, account);
  const story = createStory(false);
  const isThere = async (address: `0x${string}`) =>
    ((await l1.getCode({ address })) ?? "0x") !== "0x";
  if (!(await isThere(WELL_KNOWN.create2Proxy))) {
    throw cliError("CLI_CONFIG", `L1 lacks the CREATE2 proxy at ${WELL_KNOWN.create2Proxy}.`);
  }
  const deployed: string[] = [];
  for (const { name, address, data } of planVerifier()) {
    if (await isThere(address)) continue;
    const hash = await wallet.sendTransaction({
      account,
      chain: l1.chain,
      to: WELL_KNOWN.create2Proxy,
      data,
    });
    const { status } = await l1.waitForTransactionReceipt({ hash });
    if (status !== "success" || !(await isThere(address))) {
      throw cliError("CLI_REFUSED", `${name} was not deployed: see L1 transaction ${hash}.`);
    }
    deployed.push(name);
    if (!flags.json) story.say(`${name.padEnd(16)} ${address}`);
  }
  const verifier = verifierAddress();
  if (flags.json) printJson({ verifier, deployed });
  else story.say(`The step verifier is at ${verifier}.`);
}
