import type { L1Reader, L1Sender } from "../../l1/types.js";
import { GENESIS_PARENT_INDEX } from "../../protocol/index.js";
import type { L1BlockRef } from "../../protocol/types.js";
import type { Logger } from "../../telemetry/logger.js";
import type { Clock } from "../../util/clock.js";
import { hasCode } from "../../util/errors.js";
import type { OutputAccess } from "../chainAccess.js";
import { InclusionGate } from "../inclusionGate.js";
import { LoopRole } from "../loopRole.js";
import { ClaimPlanner } from "../proposals/claimPlanner.js";
import {
  encodeCreate,
  encodeJoin,
  encodeResolve,
  encodeSetAnchor,
  encodeStake,
} from "../proposals/oracleCalls.js";
import type { OracleReader } from "../proposals/types.js";
import type { StepResult } from "../types.js";
import type { ProposerConfig } from "./config.js";
import { findResolvable } from "./resolvable.js";

/**
 * Claims what this node derived, period by period, on top of the proposals it agrees with; resolves, and moves the anchor.
 * It keeps nothing: what is due follows from L1 and the node, and each call names the feed tip and the parent it was made for.
 * Source: docs/protocol/proposals.md
 */
export class Proposer extends LoopRole {
  readonly name = "proposer";
  readonly #node: OutputAccess;
  readonly #reader: OracleReader;
  readonly #sender: L1Sender;
  readonly #planner: ClaimPlanner;
  readonly #gate: InclusionGate;
  #stuck: string | undefined;

  constructor(
    config: ProposerConfig,
    deps: {
      node: OutputAccess;
      reader: OracleReader;
      l1: L1Reader;
      sender: L1Sender;
      clock: Clock;
      logger: Logger;
    },
  ) {
    super(config.loop, deps);
    this.#node = deps.node;
    this.#reader = deps.reader;
    this.#sender = deps.sender;
    this.#gate = new InclusionGate(deps);
    const { genesisOrigin } = deps.node.rollupConfig;
    const genesisTime = async () => (await deps.l1.getHeader(genesisOrigin.number + 1n)).time;
    this.#planner = new ClaimPlanner(config, { ...deps, genesisTime });
  }

  override readinessProblems(): string[] {
    return [...super.readinessProblems(), ...(this.#stuck === undefined ? [] : [this.#stuck])];
  }

  /** Makes at most one L1 transaction. Errors: those of L1Sender but L1_TX_REVERTED, those of OracleReader. */
  async step(): Promise<StepResult> {
    const at = this.#node.feeds.snapshot?.at;
    if (!at) return { status: "waiting", detail: "L1 has not answered yet" };
    // A proposal is listed from the second after its creation on.
    if (this.#gate.isClosed(at, 1n)) {
      return { status: "waiting", detail: "the node has not seen the last transaction yet" };
    }
    const { stuck, next, agreed } = await this.#planner.plan(this.#sender.address, at);
    this.#stuck = stuck;
    if (next?.kind === "stake") return this.#stake();
    if (next?.kind === "join") return this.#send(encodeJoin(next.index), `join ${next.index}`);
    if (next?.kind === "create") {
      const { rootClaim, extraData, proof } = next.claim;
      return this.#send(
        encodeCreate(rootClaim, extraData, proof),
        `propose block ${extraData.l2BlockNumber}`,
      );
    }
    return this.#finish(agreed, at);
  }

  async #stake(): Promise<StepResult> {
    const { stakeWei } = this.#node.rollupConfig.chain;
    return this.#send(encodeStake(), "stake", stakeWei);
  }

  /** Writes fates and moves the anchor, when no claim is due. */
  async #finish(agreed: ReadonlySet<bigint>, at: L1BlockRef): Promise<StepResult> {
    const { challengePeriodSeconds } = this.#node.rollupConfig.chain;
    const ripe = findResolvable(this.#planner.book.open, agreed, at.time, {
      challengePeriodSeconds,
      genesisIndex: GENESIS_PARENT_INDEX,
    });
    if (ripe) return this.#send(encodeResolve(ripe.index), `resolve ${ripe.index}`);
    const confirmed = this.#planner.book.newestConfirmed();
    if (confirmed) {
      const anchor = await this.#reader.getAnchor(at);
      const known = anchor && this.#planner.book.open.find(({ address }) => address === anchor);
      const isNewer = known ? known.index < confirmed.index : anchor !== confirmed.address;
      if (isNewer)
        return this.#send(encodeSetAnchor(confirmed.address), `anchor ${confirmed.index}`);
    }
    return { status: "idle" };
  }

  async #send(data: Uint8Array, label: string, valueWei = 0n): Promise<StepResult> {
    try {
      const { blockNumber, txHash } = await this.#sender.send(
        {
          to: this.#node.rollupConfig.addresses.blockOracle,
          data,
          valueWei,
          label,
        },
        this.signal,
      );
      this.#gate.note(blockNumber);
      this.logger.info({ txHash, label }, "proposer transaction included");
      return { status: "progress", detail: label };
    } catch (error) {
      if (!hasCode(error, "L1_TX_REVERTED")) throw error;
      // Somebody was first, or L1 moved: the next step sees which.
      this.logger.info({ label, error }, "proposer transaction refused, looking again");
      return { status: "waiting", detail: `${label} refused` };
    }
  }
}
