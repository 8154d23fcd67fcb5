import type { Engine } from "../../engine/types.js";
import type { JsonRpc } from "../../l1/jsonRpc.js";
import type { RollupConfig } from "../../protocol/types.js";
import type { IndexedWithdrawal, IndexReader } from "../../services/indexer/types.js";
import type { RollupNodeView } from "../../services/types.js";
import { genesisTimeReader } from "../../services/withdrawals/genesisTimeReader.js";
import { L1Calls } from "../../services/withdrawals/l1Calls.js";
import { WithdrawalReader } from "../../services/withdrawals/withdrawalReader.js";
import type { Hash } from "../../util/hex.js";
import { RestProblem } from "./problems.js";
import type { RestChain, RestDeps } from "./routes.js";
import { WithdrawalRows } from "./withdrawalRows.js";

/** What the routes about withdrawals work with. */
export interface WithdrawalParts {
  config: RollupConfig;
  engine: Engine;
  index: IndexReader;
  node: RollupNodeView;
  chain: RestChain;
  l1: JsonRpc;
  calls: L1Calls;
  reader: WithdrawalReader;
  rows: WithdrawalRows;
  /** L1 time that claim periods count from. */
  genesisTime(): Promise<bigint>;
}

/** An L2 head further ahead of the index than this many blocks: what is not found may be there all the same. */
const MAX_INDEX_LAG = 8n;

/** The parts, made at the first call. Errors: part-not-running. */
export function withdrawalParts(deps: RestDeps): () => WithdrawalParts {
  let parts: WithdrawalParts | undefined;
  return () => {
    parts ??= createParts(deps);
    return parts;
  };
}

function createParts({ engine, index, node, chain, l1 }: RestDeps): WithdrawalParts {
  if (!index || !node || !chain || !l1) throw new RestProblem("part-not-running");
  const config = chain.rollupConfig;
  const calls = new L1Calls(config.addresses.multicall3, { rpc: l1 });
  const genesisTime = genesisTimeReader(config.addresses.sequencerFeed, { calls });
  const finalizedL1 = () => chain.feeds.heads?.finalized;
  const reader = new WithdrawalReader(config, {
    ...{ calls, index, engine, genesisTime },
    finalizedL1: () => finalizedL1()?.number,
  });
  const rows = new WithdrawalRows({ reader, engine, finalizedL1 });
  return { config, engine, index, node, chain, l1, calls, reader, rows, genesisTime };
}

/**
 * The withdrawal of this hash, or the only one of the L2 transaction of this hash.
 * Errors: withdrawal-unknown, syncing.
 */
export async function requireWithdrawal(
  { index }: Pick<WithdrawalParts, "index">,
  hash: Hash,
): Promise<IndexedWithdrawal> {
  const found = await index.getWithdrawal(hash);
  if (found) return found;
  const ofTx = await index.withdrawalsOfTx(hash);
  const [only] = ofTx;
  if (only && ofTx.length === 1) return only;
  if (only) {
    throw new RestProblem("withdrawal-unknown", {
      detail: `This L2 transaction initiated ${ofTx.length} withdrawals: name one by its withdrawal hash.`,
      withdrawalHashes: ofTx.map(({ withdrawalHash }) => withdrawalHash),
    });
  }
  throw unknownWithdrawal(index);
}

/** Why a withdrawal was not found: it does not exist, or the index is not there yet. */
export function unknownWithdrawal(index: Pick<IndexReader, "progress">): RestProblem {
  const { l2 } = index.progress();
  if (l2.head - l2.indexed > MAX_INDEX_LAG) {
    const detail = `The index has L2 blocks up to ${l2.indexed} of ${l2.head}.`;
    return new RestProblem("syncing", { detail, retryAfterSec: 2 });
  }
  return new RestProblem("withdrawal-unknown");
}
