import { DepositFeed } from "../../contracts/generated/DepositFeed.js";
import { SequencerFeed } from "../../contracts/generated/SequencerFeed.js";
import { systemClock } from "../../util/clock.js";
import { connectRollup, type RollupClient } from "../client/rollupClient.js";
import { sendCall } from "../client/send.js";
import { chooseAccount, type SignerFlags } from "../client/signer.js";
import { createStory } from "../client/story.js";
import { cliError } from "../errors.js";
import { printJson } from "../output.js";
import type { GivenFlags } from "../readSettings.js";

interface Waiting {
  /** Records of the deposit feed that no entry covers. */
  records: bigint;
  /** L1 time from which anybody may force them in. Units: seconds. */
  earliest: bigint;
  now: bigint;
}

const POLL_MS = 1_000;

/**
 * `fovea force`: writes overdue deposits into the sequencer feed, without the sequencer. Anybody may, after FORCE_DELAY.
 * Source: docs/protocol/feeds.md#forced-inclusion
 */
export async function force(
  flags: GivenFlags & SignerFlags & { wait?: boolean; json?: boolean },
): Promise<void> {
  const client = await connectRollup(flags);
  const account = chooseAccount(flags, process.env, client.contracts.l1ChainId);
  const story = createStory(false);
  const tell = (text: string) => flags.json || story.say(text);
  let isTold = false;
  for (;;) {
    const found = await readWaiting(client);
    if (found.records === 0n) {
      tell("Nothing waits: an entry of the sequencer feed covers every deposit.");
      if (flags.json) printJson({ status: "nothing-waits", records: 0, l1Hash: null });
      return;
    }
    if (found.now >= found.earliest) {
      const l1Hash = await forceInclude(client, account);
      tell(`${found.records} forced in   L1 transaction ${l1Hash}`);
      tell("Every node derives them from L1 now, the sequencer has no say in it.");
      if (flags.json) printJson({ status: "forced", records: Number(found.records), l1Hash });
      return;
    }
    const seconds = found.earliest - found.now;
    if (!flags.wait) {
      throw cliError(
        "CLI_NOT_YET",
        `${found.records} deposit(s) or config changes wait, and may be forced in ${seconds} s from now; add --wait, or try again then.`,
      );
    }
    if (!isTold)
      tell(
        `${found.records} wait(s); to be forced in ${seconds} s, unless the sequencer comes first`,
      );
    isTold = true;
    await systemClock.sleep(POLL_MS);
  }
}

async function readWaiting({ l1, contracts }: RollupClient): Promise<Waiting> {
  const feed = { address: contracts.sequencerFeed, abi: SequencerFeed.abi } as const;
  const deposits = { address: contracts.depositFeed, abi: DepositFeed.abi } as const;
  const [covered, delay, length, { timestamp: now }] = await Promise.all([
    l1.readContract({ ...feed, functionName: "lastDepTo" }),
    l1.readContract({ ...feed, functionName: "forceDelaySeconds" }),
    l1.readContract({ ...deposits, functionName: "length" }),
    l1.getBlock(),
  ]);
  if (length <= covered) return { records: 0n, earliest: 0n, now };
  const [, l1Time] = await l1.readContract({
    ...deposits,
    functionName: "recordMeta",
    args: [covered],
  });
  return { records: length - covered, earliest: l1Time + delay, now };
}

async function forceInclude(
  { l1, contracts }: RollupClient,
  account: Parameters<typeof sendCall>[1],
): Promise<string> {
  const feed = { address: contracts.sequencerFeed, abi: SequencerFeed.abi } as const;
  const [length, lastHash] = await Promise.all([
    l1.readContract({ ...feed, functionName: "length" }),
    l1.readContract({ ...feed, functionName: "lastHash" }),
  ]);
  const receipt = await sendCall(l1, account, {
    ...feed,
    functionName: "forceInclude",
    args: [length, lastHash],
  });
  return receipt.transactionHash;
}
