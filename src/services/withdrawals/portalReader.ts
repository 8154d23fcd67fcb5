import { L1CrossDomainMessenger } from "../../contracts/generated/L1CrossDomainMessenger.js";
import { OptimismPortal } from "../../contracts/generated/OptimismPortal.js";
import { PREDEPLOYS } from "../../contracts/predeploys.js";
import type { L1Addresses, L1BlockRef } from "../../protocol/types.js";
import type { Address, Hash, Hex } from "../../util/hex.js";
import { fromHex, ZERO_ADDRESS } from "../../util/hex.js";
import { keccakHex } from "../../util/keccak.js";
import type { GameNode, IndexedWithdrawal } from "../indexer/types.js";
import { GameReader } from "./gameReader.js";
import type { L1Calls } from "./l1Calls.js";
import { staticCall, wordAt } from "./staticCall.js";

const portal = {
  finalizedWithdrawals: staticCall(OptimismPortal.abi, "finalizedWithdrawals"),
  numProofSubmitters: staticCall(OptimismPortal.abi, "numProofSubmitters"),
  proofSubmitters: staticCall(OptimismPortal.abi, "proofSubmitters"),
  provenWithdrawals: staticCall(OptimismPortal.abi, "provenWithdrawals"),
};
const messenger = {
  failedMessages: staticCall(L1CrossDomainMessenger.abi, "failedMessages"),
  successfulMessages: staticCall(L1CrossDomainMessenger.abi, "successfulMessages"),
};

/** Submitters read per withdrawal: the first and the last so many. Anybody may prove, so there is no end to them. */
const MAX_SUBMITTERS_EACH_SIDE = 8n;
/** Withdrawals whose state is kept until L1 moves on. */
const MAX_CACHED = 4_096;

/** A withdrawal as the portal and the messenger know it. */
export interface PortalState {
  isFinalized: boolean;
  /** The messenger keeps it for another try. */
  isReplayable: boolean;
  proofs: { submitter: Address; provenAt: bigint; game: GameNode }[];
}

type Wanted = Pick<IndexedWithdrawal, "withdrawalHash" | "sender" | "target" | "data">;
interface Proof {
  hash: Hash;
  submitter: Address;
  provenAt: bigint;
  game: Address;
}

/** What L1's contracts say about withdrawals, all read at one L1 block, few requests for many of them. */
export class PortalReader {
  readonly #addresses: L1Addresses;
  readonly #calls: L1Calls;
  readonly #games: GameReader;
  #cachedAt: Hash | undefined;
  readonly #cache = new Map<Hash, PortalState>();

  constructor(addresses: L1Addresses, deps: { calls: L1Calls }) {
    this.#addresses = addresses;
    this.#calls = deps.calls;
    this.#games = new GameReader(addresses.blockOracle, deps);
  }

  /** In the order of `withdrawals`. Errors: those of L1Calls. */
  async read(withdrawals: readonly Wanted[], at: L1BlockRef): Promise<PortalState[]> {
    const found = new Map<Hash, PortalState>();
    if (this.#cachedAt === at.hash) {
      for (const { withdrawalHash } of withdrawals) {
        const cached = this.#cache.get(withdrawalHash);
        if (cached) found.set(withdrawalHash, cached);
      }
    }
    const missing = withdrawals.filter(({ withdrawalHash }) => !found.has(withdrawalHash));
    if (missing.length > 0) {
      const states = await this.#fetch(missing, at);
      missing.forEach(({ withdrawalHash }, i) => {
        found.set(withdrawalHash, states[i] as PortalState);
      });
      this.#remember(found, at);
    }
    return withdrawals.map(({ withdrawalHash }) => found.get(withdrawalHash) as PortalState);
  }

  /** One account's proof; undefined: it has none. Errors: those of L1Calls. */
  async readProof(
    hash: Hash,
    submitter: Address,
    at: L1BlockRef,
  ): Promise<PortalState["proofs"][number] | undefined> {
    const [proof] = await this.#fetchProofs([{ hash, submitter }], at);
    if (!proof) return undefined;
    const game = (await this.#games.read([proof.game], at)).get(proof.game);
    return game && { submitter, provenAt: proof.provenAt, game };
  }

  #remember(states: ReadonlyMap<Hash, PortalState>, at: L1BlockRef): void {
    if (this.#cachedAt !== at.hash || this.#cache.size > MAX_CACHED) this.#cache.clear();
    this.#cachedAt = at.hash;
    for (const [hash, state] of states) this.#cache.set(hash, state);
  }

  async #fetch(withdrawals: readonly Wanted[], at: L1BlockRef): Promise<PortalState[]> {
    const heads = await this.#fetchHeads(withdrawals, at);
    const open = withdrawals.filter((_, i) => !heads[i]?.isFinalized);
    const counts = new Map(withdrawals.map(({ withdrawalHash }, i) => [withdrawalHash, heads[i]]));
    const places = open.flatMap(({ withdrawalHash: hash }) =>
      submitterIndexes(counts.get(hash)?.submitters ?? 0n).map((index) => ({ hash, index })),
    );
    const submitters = await this.#fetchSubmitters(places, at);
    const proofs = await this.#fetchProofs(submitters, at);
    const games = await this.#games.read(
      proofs.map(({ game }) => game),
      at,
    );
    return withdrawals.map(({ withdrawalHash }, i) => ({
      isFinalized: heads[i]?.isFinalized ?? false,
      isReplayable: heads[i]?.isReplayable ?? false,
      proofs: proofs.flatMap(({ hash, submitter, provenAt, game }) => {
        const node = hash === withdrawalHash ? games.get(game) : undefined;
        return node ? [{ submitter, provenAt, game: node }] : [];
      }),
    }));
  }

  async #fetchHeads(withdrawals: readonly Wanted[], at: L1BlockRef) {
    const { portal: target, l1CrossDomainMessenger } = this.#addresses;
    const reads = withdrawals.flatMap((withdrawal) => {
      const { withdrawalHash } = withdrawal;
      const message = messageHash(withdrawal, l1CrossDomainMessenger);
      return [
        { target, data: portal.finalizedWithdrawals(withdrawalHash) },
        { target, data: portal.numProofSubmitters(withdrawalHash) },
        { target: l1CrossDomainMessenger, data: messenger.failedMessages(message) },
        { target: l1CrossDomainMessenger, data: messenger.successfulMessages(message) },
      ];
    });
    const answers = await this.#calls.read(reads, at);
    return withdrawals.map((withdrawal, i) => {
      const [finalized, count, failed, succeeded] = answers.slice(i * 4, i * 4 + 4);
      const isMessage = isMessengers(withdrawal, l1CrossDomainMessenger);
      return {
        isFinalized: isTrue(finalized),
        submitters: count === undefined ? 0n : BigInt(count),
        isReplayable: isMessage && isTrue(failed) && !isTrue(succeeded),
      };
    });
  }

  async #fetchSubmitters(places: readonly { hash: Hash; index: bigint }[], at: L1BlockRef) {
    const answers = await this.#calls.read(
      places.map(({ hash, index }) => ({
        target: this.#addresses.portal,
        data: portal.proofSubmitters(hash, index),
      })),
      at,
    );
    return places.flatMap(({ hash }, i) => {
      const data = answers[i];
      if (data === undefined) return [];
      return [{ hash, submitter: addressAt(data, 0) }];
    });
  }

  async #fetchProofs(
    submitters: readonly { hash: Hash; submitter: Address }[],
    at: L1BlockRef,
  ): Promise<Proof[]> {
    const answers = await this.#calls.read(
      submitters.map(({ hash, submitter }) => ({
        target: this.#addresses.portal,
        data: portal.provenWithdrawals(hash, submitter),
      })),
      at,
    );
    return submitters.flatMap(({ hash, submitter }, i) => {
      const data = answers[i];
      if (data === undefined) return [];
      const game = addressAt(data, 0);
      if (game === ZERO_ADDRESS) return [];
      return [{ hash, submitter, provenAt: BigInt(wordAt(data, 1)), game }];
    });
  }
}

/** True for a message that L2's messenger sent to L1's. */
export function isMessengers(
  { sender, target }: Pick<Wanted, "sender" | "target">,
  l1Messenger: Address,
): boolean {
  return sender === PREDEPLOYS.L2CrossDomainMessenger && target === l1Messenger;
}

/** Key of a message in the messenger; of no message for other withdrawals. */
function messageHash(withdrawal: Wanted, l1Messenger: Address): Hash {
  return keccakHex(isMessengers(withdrawal, l1Messenger) ? withdrawal.data : fromHex("0x"));
}

function submitterIndexes(count: bigint): bigint[] {
  const each = MAX_SUBMITTERS_EACH_SIDE;
  const indexes: bigint[] = [];
  for (let index = 0n; index < count; index += 1n) {
    if (index === each && count > 2n * each) index = count - each;
    indexes.push(index);
  }
  return indexes;
}

function addressAt(data: Hex, index: number): Address {
  return `0x${wordAt(data, index).slice(-40).toLowerCase()}`;
}

function isTrue(word: Hex | undefined): boolean {
  return word !== undefined && word !== "0x" && BigInt(word) === 1n;
}
