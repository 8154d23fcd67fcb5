import { createMPT, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import type { Logger } from "../telemetry/logger.js";
import { hasCode } from "../util/errors.js";
import { type Address, fromHex, type Hash, type Hex, toHex } from "../util/hex.js";
import { keccak256 } from "../util/keccak.js";
import { L1Error } from "./errors.js";
import type { JsonRpc } from "./jsonRpc.js";
import { parseHex, parseObject, parseObjects, parseQuantity, toQuantity } from "./rpcValues.js";
import type { L1Header } from "./types.js";

/** Slots of one contract. */
export interface SlotQuery {
  address: Address;
  slots: readonly Hash[];
}

/** `undefined` in place of the values: there is no such account. */
export type SlotValues = readonly bigint[] | undefined;

/** Slot of `mapping(uint64 => ...)` at `position`. */
export function mappingSlot(key: bigint, position: bigint): Hash {
  return toHex(keccak256(fromHex(wordHex(key) + wordHex(position).slice(2))));
}

/** A 32 byte word. */
export function wordHex(value: bigint): Hash {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

/**
 * Reads contract storage of L1 at a block, proven against the block's state root. Where L1 does not offer proofs it reads
 * plainly and says so once.
 */
export class ProvenStorage {
  readonly #rpc: JsonRpc;
  readonly #logger: Logger;
  #areProofsOffered = true;

  constructor(rpc: JsonRpc, logger: Logger) {
    this.#rpc = rpc;
    this.#logger = logger;
  }

  /** False once L1 has turned out not to offer proofs. */
  get areProofsOffered(): boolean {
    return this.#areProofsOffered;
  }

  /**
   * Values in the order of the slots, one list a query.
   * Errors: L1_LIED if a proof does not fit the state root; L1_STATE_GONE.
   */
  async read(queries: readonly SlotQuery[], at: L1Header): Promise<SlotValues[]> {
    if (this.#areProofsOffered) {
      try {
        const block = toQuantity(at.number);
        const answers = await this.#ask(
          queries.map(({ address, slots }) => ({
            method: "eth_getProof",
            params: [address, slots, block],
          })),
        );
        return await Promise.all(queries.map((query, i) => verifyAccount(answers[i], query, at)));
      } catch (error) {
        if (!isUnsupported(error)) throw toStateError(error, at);
        this.#areProofsOffered = false;
        this.#logger.warn("L1 offers no proofs (eth_getProof): its storage answers are trusted");
      }
    }
    return this.#readPlainly(queries, at);
  }

  async #readPlainly(queries: readonly SlotQuery[], at: L1Header): Promise<SlotValues[]> {
    const block = toQuantity(at.number);
    const codeCalls = queries.map(({ address }) => ({
      method: "eth_getCode",
      params: [address, block],
    }));
    const slotCalls = queries.flatMap(({ address, slots }) =>
      slots.map((slot) => ({ method: "eth_getStorageAt", params: [address, slot, block] })),
    );
    try {
      const answers = await this.#ask([...codeCalls, ...slotCalls]);
      const codes = answers.slice(0, queries.length).map((code) => parseHex(code, "code"));
      const values = answers.slice(queries.length).map((value) => parseQuantity(value, "storage"));
      return queries.map(({ slots }, i) => {
        const own = values.splice(0, slots.length);
        return codes[i] === "0x" ? undefined : own;
      });
    } catch (error) {
      throw toStateError(error, at);
    }
  }

  async #ask(calls: { method: string; params: unknown[] }[]): Promise<unknown[]> {
    const [only] = calls;
    if (calls.length === 1 && only) return [await this.#rpc.call(only.method, only.params)];
    return this.#rpc.batch(calls);
  }
}

async function verifyAccount(answer: unknown, query: SlotQuery, at: L1Header): Promise<SlotValues> {
  const proof = parseObject(answer, "proof");
  const key = fromHex(query.address);
  const account = await verify(at.stateRoot, key, proof.accountProof, query.address);
  if (account === null) return undefined;
  const storageRoot = toHex((RLP.decode(account) as Uint8Array[])[2] as Uint8Array);
  const proofs = parseObjects(proof.storageProof, "storageProof");
  return Promise.all(
    query.slots.map(async (slot, i) => {
      const value = await verify(storageRoot, fromHex(slot), proofs[i]?.proof, query.address);
      // Anvil keeps slots with value zero in its tries: an empty string, which BigInt does not take.
      const bytes = value === null ? new Uint8Array(0) : (RLP.decode(value) as Uint8Array);
      return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
    }),
  );
}

/** Value under `key` in the trie with this root, or null if the proof shows that there is none. */
async function verify(root: Hash, key: Uint8Array, nodes: unknown, address: Address) {
  if (!Array.isArray(nodes)) throw new L1Error("L1_BAD_RESPONSE", { field: "proof" });
  const bytes = nodes.map((node) => fromHex(parseHex(node, "proof node") as Hex));
  const trie = await createMPT({ useKeyHashing: true, useKeyHashingFunction: keccak256 });
  try {
    return await verifyMPTWithMerkleProof(trie, fromHex(root), key, bytes);
  } catch (cause) {
    throw new L1Error("L1_LIED", { what: "storage proof", address, root }, cause);
  }
}

function isUnsupported(error: unknown): boolean {
  if (!hasCode(error, "L1_RPC_ERROR")) return false;
  const { rpcCode, rpcMessage } = (error as L1Error).data;
  if (rpcCode === -32601 || rpcCode === -32004) return true;
  return /method.*(not (found|supported|available|exist)|disabled)|unsupported method/i.test(
    String(rpcMessage),
  );
}

/** Any other error of such a read means that the state is not kept (nodes have no common code for it). */
function toStateError(error: unknown, at: L1Header): unknown {
  if (!hasCode(error, "L1_RPC_ERROR")) return error;
  return new L1Error("L1_STATE_GONE", { number: at.number, ...(error as L1Error).data }, error);
}
