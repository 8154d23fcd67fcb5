import { parseTransaction } from "viem";
import { TestToken } from "../../src/contracts/generated/TestToken.js";
import { devAccount, sleep } from "./foveaServer.js";
import type { RecordedCall } from "./recordingProxy.js";

/**
 * A call of a list under test/vectors/clients. What differs from chain to chain stands as a name with a dollar sign:
 * `$account`; `$hash:n`, `$block:n`, `$number:n`, `$contract:n` of the n-th transaction sent; `$filter:n` of the n-th filter;
 * `$latest`, `$latestHash`, `$nonce`; within calldata in braces; and `{"$sign": {...}}`, a transaction to be signed.
 */
export interface ClientCall {
  method: string;
  params: unknown[];
}

/** What a call got: a result, or the code of an error and whether it has data. */
export type ClientAnswer =
  | { result: unknown }
  | { error: { code: number; message: string; data?: unknown } };

type Sent = { hash: string; blockHash?: string; number?: string; contract?: string };

const NEW_FILTER = /^eth_new.*Filter$/;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const TOKEN_NAME = "$token";

function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]),
  );
}

/** Position of a block number among the parameters, by method. */
function blockAt(method: string): number | undefined {
  if (
    /^eth_get(Block|UncleCount).*ByNumber|^eth_getBlockReceipts|^eth_getTransactionByBlockNumber/.test(
      method,
    )
  )
    return 0;
  if (
    /^eth_(call|estimateGas|createAccessList|getBalance|getCode|getTransactionCount|feeHistory)$/.test(
      method,
    )
  )
    return 1;
  return /^eth_get(StorageAt|Proof)$/.test(method) ? 2 : undefined;
}

/** The list of a recorded session: names instead of what this one chain had, and without repetitions of polling. */
export function toClientCalls(calls: readonly RecordedCall[], account: string): ClientCall[] {
  const names = new Map<string, string>([[account.toLowerCase(), "$account"]]);
  const numbers = new Map<string, string>();
  const list: ClientCall[] = [];
  let sent = 0;
  let filters = 0;
  const rename = (text: string): string => {
    const name = names.get(text.toLowerCase());
    if (name !== undefined) return name;
    if (text === TestToken.bytecode) return TOKEN_NAME;
    // Addresses as words of calldata.
    let changed = text;
    for (const [value, other] of names) {
      if (value.length === 42 && text.length > 66)
        changed = changed.replaceAll(value.slice(2), `{${other}}`);
    }
    return changed;
  };
  for (const { method, params, result } of calls) {
    const at = blockAt(method);
    const renamed = params.map((param, index) => {
      if (
        index === at &&
        typeof param === "string" &&
        param.startsWith("0x") &&
        param.length < 20
      ) {
        return numbers.get(param) ?? "$latest";
      }
      if (method === "eth_sendRawTransaction")
        return { $sign: toSign(param as `0x${string}`, rename) };
      const named = mapStrings(param, rename);
      return isObject(named) ? renameFields(named, numbers) : named;
    });
    const call = { method, params: renamed };
    if (JSON.stringify(list.at(-1)) !== JSON.stringify(call)) list.push(call);
    if (method === "eth_sendRawTransaction") names.set(String(result), `$hash:${sent++}`);
    if (NEW_FILTER.test(method)) names.set(String(result), `$filter:${filters++}`);
    if (method === "eth_getTransactionReceipt" && isObject(result)) {
      const index = names.get(String(result.transactionHash))?.split(":")[1];
      names.set(String(result.blockHash), `$block:${index}`);
      numbers.set(String(result.blockNumber), `$number:${index}`);
      if (result.contractAddress)
        names.set(String(result.contractAddress).toLowerCase(), `$contract:${index}`);
    }
  }
  return list;
}

function renameFields(
  object: Record<string, unknown>,
  numbers: Map<string, string>,
): Record<string, unknown> {
  const renamed = { ...object };
  for (const field of ["fromBlock", "toBlock"]) {
    const value = renamed[field];
    if (typeof value === "string" && value.startsWith("0x"))
      renamed[field] = numbers.get(value) ?? "$latest";
  }
  if ("nonce" in renamed) renamed.nonce = "$nonce";
  return renamed;
}

function toSign(raw: `0x${string}`, rename: (text: string) => string): Record<string, unknown> {
  const { type, to, value, data, gas } = parseTransaction(raw);
  const fields = {
    type,
    to: to ? rename(to) : undefined,
    value: value?.toString(),
    data: data ? rename(data) : undefined,
    gas: gas?.toString(),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
}

/** Plays lists to one server and keeps what the names stand for there. */
export class ClientReplay {
  readonly #url: string;
  readonly #chainId: number;
  readonly #mine: () => Promise<void>;
  readonly #account: ReturnType<typeof devAccount>;
  #sent: Sent[] = [];
  #filters: string[] = [];

  /** `mine` puts what was sent into a block, if the server does not do so by itself. */
  constructor(url: string, options: { chainId: number; account: number; mine(): Promise<void> }) {
    this.#url = url;
    this.#chainId = options.chainId;
    this.#mine = options.mine;
    this.#account = devAccount(options.account);
  }

  /** Answers in the order of the calls. */
  async play(calls: readonly ClientCall[]): Promise<ClientAnswer[]> {
    this.#sent = [];
    this.#filters = [];
    const answers: ClientAnswer[] = [];
    for (const { method, params } of calls) {
      const answer = await this.#ask(method, await this.#resolveAll(params));
      answers.push(answer);
      if (!("result" in answer)) {
        if (JSON.stringify(params).includes("$sign")) throw new Error(answer.error.message);
        continue;
      }
      if (method === "eth_sendRawTransaction") await this.#noteSent(String(answer.result));
      if (NEW_FILTER.test(method)) this.#filters.push(String(answer.result));
    }
    return answers;
  }

  async #ask(method: string, params: unknown[]): Promise<ClientAnswer> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    return (await (
      await fetch(this.#url, { method: "POST", body, headers })
    ).json()) as ClientAnswer;
  }

  async #read(method: string, params: unknown[]): Promise<Record<string, string>> {
    const answer = await this.#ask(method, params);
    if (!("result" in answer)) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result as Record<string, string>;
  }

  async #noteSent(hash: string): Promise<void> {
    await this.#mine();
    let receipt = await this.#read("eth_getTransactionReceipt", [hash]);
    for (let looks = 0; !receipt && looks < 200; looks++) {
      await sleep(20);
      receipt = await this.#read("eth_getTransactionReceipt", [hash]);
    }
    const { blockHash, blockNumber, contractAddress } = receipt;
    this.#sent.push({
      hash,
      blockHash: blockHash as string,
      number: blockNumber as string,
      contract: contractAddress as string,
    });
  }

  async #resolveAll(params: unknown[]): Promise<unknown[]> {
    const resolved: unknown[] = [];
    for (const param of params) resolved.push(await this.#resolve(param));
    return resolved;
  }

  async #resolve(value: unknown): Promise<unknown> {
    if (isObject(value) && "$sign" in value)
      return this.#sign(value.$sign as Record<string, string>);
    const latest = await this.#read("eth_getBlockByNumber", ["latest", false]);
    const nonce = await this.#read("eth_getTransactionCount", [this.#account.address, "latest"]);
    const known: Record<string, unknown> = {
      $latest: latest.number,
      $latestHash: latest.hash,
      $nonce: nonce,
    };
    return mapStrings(value, (text) => known[text] ?? this.#resolveNames(text));
  }

  #resolveNames(text: string): string {
    if (text.startsWith("$")) return this.#valueOf(text);
    return text.replace(/\{(\$[^}]+)\}/g, (_match, name) => this.#valueOf(String(name)).slice(2));
  }

  #valueOf(name: string): string {
    const [kind, index] = name.slice(1).split(":");
    const sent = this.#sent[Number(index)];
    const values: Record<string, string | undefined> = {
      account: this.#account.address.toLowerCase(),
      token: TestToken.bytecode,
      hash: sent?.hash,
      block: sent?.blockHash,
      number: sent?.number,
      contract: sent?.contract?.toLowerCase(),
      filter: this.#filters[Number(index)],
    };
    const found = values[String(kind)];
    if (found === undefined) throw new Error(`nothing is known for ${name}`);
    return found;
  }

  async #sign(fields: Record<string, string>): Promise<string> {
    const { baseFeePerGas } = await this.#read("eth_getBlockByNumber", ["latest", false]);
    const nonce = Number(
      await this.#read("eth_getTransactionCount", [this.#account.address, "latest"]),
    );
    const maxFeePerGas = 2n * BigInt(baseFeePerGas as string) + 1_000_000_000n;
    const fees =
      fields.type === "legacy"
        ? { gasPrice: maxFeePerGas }
        : { maxFeePerGas, maxPriorityFeePerGas: 1_000_000_000n };
    return this.#account.signTransaction({
      type: fields.type,
      chainId: this.#chainId,
      nonce,
      gas: BigInt(fields.gas ?? "21000"),
      value: BigInt(fields.value ?? "0"),
      ...(fields.to ? { to: this.#resolveNames(fields.to) } : {}),
      ...(fields.data ? { data: this.#resolveNames(fields.data) } : {}),
      ...fees,
    } as never);
  }
}
