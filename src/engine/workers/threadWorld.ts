import type { KeyValueStore } from "../../storage/types.js";
import { CallRunner } from "../calls/callRunner.js";
import { ChainStore } from "../chain/chainStore.js";
import type { ExecutionContext } from "../executionContext.js";
import { StateStore } from "../state/stateStore.js";
import type { Block, BlockHeader, BlockId } from "../types.js";
import { createRules, type RulesSetup } from "./rulesSetup.js";

/** Plain data from which a thread makes what it works with. */
export interface WorldSetup {
  rules: RulesSetup;
  callTimeoutMs: number;
}

/** What tasks work with. */
export interface World {
  readonly execution: ExecutionContext;
  readonly calls: CallRunner;
}

/** The chain and its states as a thread has them. Blocks are known by hash only: numbers and labels are the engine's matter. */
export class ThreadWorld implements World {
  readonly execution: ExecutionContext;
  readonly calls: CallRunner;
  readonly #chain: ChainStore;

  constructor({ rules: setup, callTimeoutMs }: WorldSetup, store: KeyValueStore) {
    const rules = createRules(setup);
    const states = new StateStore(store);
    this.#chain = new ChainStore(store);
    this.calls = new CallRunner(rules, states, callTimeoutMs, this.#chain);
    this.execution = {
      rules,
      stores: { states, ancestors: this.#chain },
      headerAt: (id) => this.#header(id),
      blockAt: (id) => this.#block(id),
    };
  }

  #header(id: BlockId): BlockHeader | undefined {
    return typeof id === "object" ? this.#chain.getHeader(id.hash) : undefined;
  }

  #block(id: BlockId): Block | undefined {
    const header = this.#header(id);
    const body = header && this.#chain.getBody(header.hash);
    if (!header || !body) return undefined;
    const { hashes: transactionHashes, ...rest } = body;
    return { header, transactionHashes, ...rest };
  }
}
