import { FoveaError, hasCode } from "../../util/errors.js";
import type { Address, Hash } from "../../util/hex.js";
import { fromHex } from "../../util/hex.js";
import { Lru } from "../../util/lru.js";
import { EngineError } from "../errors.js";
import type {
  AccountProof,
  Block,
  BlockHeader,
  BlockId,
  CallOptions,
  CallRequest,
  CallResult,
  ChainReader,
  FoundLog,
  FoundTransaction,
  LogFilter,
  Receipt,
} from "../types.js";
import {
  JsonFields,
  quantity,
  readBytes,
  readData,
  readList,
  readQuantity,
} from "../wire/jsonFields.js";
import { decodeBlockAnswer, type HeaderAnswer } from "./blockJson.js";
import { encodeCall, encodeOptions } from "./callJson.js";
import type { EngineRpc, EngineRpcConfig } from "./engineRpc.js";
import { decodeLog, decodeReceipt, decodeReceipts } from "./receiptJson.js";
import { WaitingRpc } from "./waitingRpc.js";

/** Blocks and contents remembered: what has a hash never changes. */
const MAX_HEADERS = 4_096;
const MAX_BLOCKS = 128;
const MAX_CONTENT_BYTES = 32 << 20;
/** Number of a JSON-RPC error for a revert. */
const REVERTED = 3;

/** Reads an external engine: blocks by eth_*, their raw transactions by engine_getPayloadBodiesByHashV1. */
export abstract class RemoteReader implements ChainReader {
  protected readonly rpc: EngineRpc;
  readonly #waiting: WaitingRpc;
  readonly #headers = new Lru<Hash, HeaderAnswer>(MAX_HEADERS);
  readonly #blocks = new Lru<Hash, Block>(MAX_BLOCKS);
  readonly #contents = new Lru<Hash, Uint8Array>(MAX_CONTENT_BYTES, (bytes) => bytes.length + 64);

  constructor(config: EngineRpcConfig, rpc: EngineRpc) {
    this.rpc = rpc;
    this.#waiting = new WaitingRpc(config);
  }

  async getHeader(id: BlockId): Promise<BlockHeader | undefined> {
    return (await this.#find(id))?.header;
  }

  async getBlock(id: BlockId): Promise<Block | undefined> {
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const { header, transactionHashes } = found;
    const known = this.#blocks.get(header.hash);
    if (known !== undefined) return known;
    const [body] = readList(
      await this.rpc.call("engine_getPayloadBodiesByHashV1", [[header.hash]]),
      "bodies",
      (item) => item,
    );
    if (body === null || body === undefined) return undefined;
    const transactions = new JsonFields(body, "body").list("transactions", readBytes);
    const block = { header, transactions, transactionHashes };
    this.#blocks.set(header.hash, block);
    return block;
  }

  async getReceipts(blockHash: Hash): Promise<Receipt[] | undefined> {
    const answer = await this.rpc.call("eth_getBlockReceipts", [blockHash]);
    return answer === null ? undefined : decodeReceipts(readList(answer, "receipts", (r) => r));
  }

  async getReceipt(txHash: Hash): Promise<Receipt | undefined> {
    const answer = await this.rpc.call("eth_getTransactionReceipt", [txHash]);
    return answer === null ? undefined : decodeReceipt(answer);
  }

  async getTransaction(txHash: Hash): Promise<FoundTransaction | undefined> {
    const answer = await this.rpc.call("eth_getTransactionByHash", [txHash]);
    if (answer === null) return undefined;
    const fields = new JsonFields(answer, "transaction");
    if (fields.has("blockHash")) {
      const all = await this.getTransactions(fields.hash("blockHash"));
      return all?.find(({ hash }) => hash === txHash);
    }
    const raw = readBytes(await this.rpc.call("eth_getRawTransactionByHash", [txHash]), "raw");
    const from = fields.data("from", 20);
    return { hash: txHash, raw, from, block: null, index: null, depositNonce: null };
  }

  async getTransactions(blockHash: Hash): Promise<FoundTransaction[] | undefined> {
    const block = await this.getBlock({ hash: blockHash });
    const receipts = block && (await this.getReceipts(blockHash));
    if (!block || !receipts) return undefined;
    const { hash, number, timestamp, baseFeePerGas } = block.header;
    return receipts.map((receipt, index) => ({
      hash: receipt.transactionHash,
      raw: block.transactions[index] as Uint8Array,
      from: receipt.from,
      block: { hash, number, timestamp, baseFeePerGas },
      index,
      depositNonce: receipt.depositNonce,
    }));
  }

  async getLogs(filter: LogFilter, limit: number): Promise<FoundLog[]> {
    const { fromBlock, toBlock, addresses, topics } = filter;
    const query = {
      fromBlock: quantity(fromBlock),
      toBlock: quantity(toBlock),
      ...(addresses.length === 0 ? {} : { address: addresses }),
      topics: topics.map((position) => (position.length === 0 ? null : position)),
    };
    const answer = await this.rpc.call("eth_getLogs", [query]);
    return readList(answer, "logs", decodeLog).slice(0, limit);
  }

  async getLogsOfBlock(blockHash: Hash): Promise<FoundLog[] | undefined> {
    if ((await this.getHeader({ hash: blockHash })) === undefined) return undefined;
    return readList(await this.rpc.call("eth_getLogs", [{ blockHash }]), "logs", decodeLog);
  }

  async getBalance(address: Address, id: BlockId): Promise<bigint> {
    const answer = await this.#ask("eth_getBalance", [address, blockParam(id)]);
    return readQuantity(answer, "balance", 256);
  }

  async getNonce(address: Address, id: BlockId): Promise<bigint> {
    return readQuantity(
      await this.#ask("eth_getTransactionCount", [address, blockParam(id)]),
      "nonce",
    );
  }

  async getCode(address: Address, id: BlockId): Promise<Uint8Array> {
    return readBytes(await this.#ask("eth_getCode", [address, blockParam(id)]), "code");
  }

  async getStorageAt(address: Address, slot: Hash, id: BlockId): Promise<Hash> {
    return readData(
      await this.#ask("eth_getStorageAt", [address, slot, blockParam(id)]),
      "slot",
      32,
    );
  }

  async getProof(address: Address, slots: Hash[], id: BlockId): Promise<AccountProof> {
    const answer = await this.#ask("eth_getProof", [address, slots, blockParam(id)]);
    const fields = new JsonFields(answer, "proof");
    return {
      address,
      balance: fields.quantity("balance", 256),
      nonce: fields.quantity("nonce"),
      codeHash: fields.hash("codeHash"),
      storageHash: fields.hash("storageHash"),
      accountProof: fields.list("accountProof", readBytes),
      storageProof: fields.list("storageProof", (item, label) => {
        const slot = new JsonFields(item, label);
        const key = `0x${slot.data("key").slice(2).padStart(64, "0")}` as Hash;
        return { key, value: slot.quantity("value", 256), proof: slot.list("proof", readBytes) };
      }),
    };
  }

  async dbPrefetch(hash: Hash): Promise<void> {
    if (this.#contents.get(hash) !== undefined) return;
    try {
      const content = readBytes(await this.rpc.call("debug_dbGet", [hash]), "content");
      this.#contents.set(hash, content);
    } catch (error) {
      // That it is not there is for `dbGet` to say.
      if (!hasCode(error, "ENGINE_REMOTE_ERROR")) throw error;
    }
  }

  /** Waits with this thread: who asks cannot wait otherwise. Errors: ENGINE_REMOTE_UNREACHABLE, ENGINE_REMOTE_REFUSED. */
  dbGet(hash: Hash): Uint8Array | undefined {
    const known = this.#contents.get(hash);
    if (known !== undefined) return known;
    try {
      const content = readBytes(this.#waiting.call("debug_dbGet", [hash]), "content");
      this.#contents.set(hash, content);
      return content;
    } catch (error) {
      if (hasCode(error, "ENGINE_REMOTE_ERROR")) return undefined;
      throw error;
    }
  }

  /** The gas used and the logs of a call are not told by eth_call: zero and none. */
  async call(request: CallRequest, id: BlockId, options?: CallOptions): Promise<CallResult> {
    const params = [encodeCall(request), blockParam(id), ...encodeOptions(options)];
    try {
      const returnData = readBytes(await this.#ask("eth_call", params), "result");
      return { failure: null, returnData, gasUsed: 0n, logs: [] };
    } catch (error) {
      const reverted = revertOf(error);
      if (reverted === undefined) throw asInvalidCall(error);
      return reverted;
    }
  }

  async estimateGas(request: CallRequest, id: BlockId, options?: CallOptions): Promise<bigint> {
    const params = [encodeCall(request), blockParam(id), ...encodeOptions(options)];
    try {
      return readQuantity(await this.#ask("eth_estimateGas", params), "gas");
    } catch (error) {
      const result = revertOf(error);
      if (result === undefined) throw asInvalidCall(error);
      throw new EngineError("ENGINE_CALL_FAILED", { result }, error);
    }
  }

  async createAccessList(request: CallRequest, id: BlockId) {
    const answer = await this.#ask("eth_createAccessList", [encodeCall(request), blockParam(id)]);
    const fields = new JsonFields(answer, "access list");
    const accessList = fields.list("accessList", (item, label) => {
      const entry = new JsonFields(item, label);
      const storageKeys = entry.list("storageKeys", (key, of): Hash => readData(key, of, 32));
      return { address: entry.data("address", 20), storageKeys };
    });
    const failure = fields.has("error")
      ? ({ kind: "exception", reason: "execution failed" } as const)
      : null;
    return { accessList, gasUsed: fields.quantity("gasUsed"), failure };
  }

  protected async closeReader(): Promise<void> {
    await this.#waiting.close();
  }

  async #find(id: BlockId): Promise<HeaderAnswer | undefined> {
    const hash = typeof id === "object" ? id.hash : undefined;
    const needsCanonical = typeof id === "object" && id.requireCanonical === true;
    const known = hash === undefined || needsCanonical ? undefined : this.#headers.get(hash);
    if (known !== undefined) return known;
    const found = await this.#fetch(id);
    if (found === undefined) return undefined;
    const { header } = found;
    if (hash !== undefined && header.hash !== hash) {
      throw new EngineError("ENGINE_REMOTE_BAD_ANSWER", { asked: hash, got: header.hash });
    }
    if (needsCanonical && (await this.#fetch(header.number))?.header.hash !== hash)
      return undefined;
    this.#headers.set(header.hash, found);
    return found;
  }

  async #fetch(id: BlockId): Promise<HeaderAnswer | undefined> {
    try {
      const answer =
        typeof id === "object"
          ? await this.rpc.call("eth_getBlockByHash", [id.hash, false])
          : await this.rpc.call("eth_getBlockByNumber", [blockParam(id), false]);
      return answer === null ? undefined : decodeBlockAnswer(answer);
    } catch (error) {
      // Engines answer with an error while they have no safe or finalized block.
      const isLabel = id === "safe" || id === "finalized";
      if (isLabel && hasCode(error, "ENGINE_REMOTE_ERROR")) return undefined;
      throw error;
    }
  }

  /** For questions about a state: a block that the engine does not know is what ours would say. */
  async #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.rpc.call(method, params);
    } catch (error) {
      const words = error instanceof FoveaError ? String(error.data.rpcMessage ?? "") : "";
      if (!/header not found|unknown block|block not found/i.test(words)) throw error;
      throw new EngineError("ENGINE_UNKNOWN_BLOCK", { params: params.length }, error);
    }
  }
}

function blockParam(id: BlockId): unknown {
  if (typeof id === "bigint") return quantity(id);
  if (typeof id === "string") return id;
  return { blockHash: id.hash, ...(id.requireCanonical ? { requireCanonical: true } : {}) };
}

/** The result of a call that reverted, undefined for other errors. */
function revertOf(error: unknown): CallResult | undefined {
  if (!hasCode(error, "ENGINE_REMOTE_ERROR")) return undefined;
  const { rpcCode, rpcData, rpcMessage } = (error as FoveaError).data;
  if (rpcCode !== REVERTED) return undefined;
  const isData = typeof rpcData === "string" && /^0x([0-9a-f]{2})*$/i.test(rpcData);
  return {
    failure: { kind: "revert", reason: String(rpcMessage) },
    returnData: isData ? fromHex(rpcData) : new Uint8Array(),
    gasUsed: 0n,
    logs: [],
  };
}

function asInvalidCall(error: unknown): unknown {
  if (!hasCode(error, "ENGINE_REMOTE_ERROR")) return error;
  const reason = String((error as FoveaError).data.rpcMessage);
  return new EngineError("ENGINE_CALL_INVALID", { reason }, error);
}
