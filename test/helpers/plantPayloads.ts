import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { createClient } from "redis";
import { concatHex, encodeAbiParameters } from "viem";
import { getL2TransactionHashes } from "viem/op-stack";
import { OptimismMintableERC20Factory } from "../../src/contracts/generated/OptimismMintableERC20Factory.js";
import { PREDEPLOYS } from "../../src/contracts/predeploys.js";
import { devAccount, type FoveaServer, rpc, until, viemClients } from "./foveaServer.js";
import { SCRIPT_PAYLOADS } from "./scriptPayloads.js";

/** Pages that show what was planted, by the part of their address after the server's. */
export interface Planted {
  count: number;
  paths: string[];
}

/** Waits for the receipt of a transaction. */
function receiptOf(url: string, hash: string) {
  return until(
    `the receipt of ${hash}`,
    async () =>
      (await rpc(url, "eth_getTransactionReceipt", [hash])) as {
        status: string;
        contractAddress: string | null;
      } | null,
  );
}

/** Each payload as name and symbol of a token on L2: in the call that makes it and in its logs. */
export async function plantTokenNames(server: FoveaServer): Promise<Planted> {
  const account = devAccount(5);
  const { l2Wallet, l2Public } = await viemClients(server, account);
  let nonce = await l2Public.getTransactionCount({ address: account.address });
  const hashes: `0x${string}`[] = [];
  for (const payload of SCRIPT_PAYLOADS) {
    const hash = await l2Wallet.writeContract({
      address: PREDEPLOYS.OptimismMintableERC20Factory,
      abi: OptimismMintableERC20Factory.abi,
      functionName: "createOptimismMintableERC20",
      args: [devAccount(6).address, payload, payload],
      gas: 3_000_000n,
      nonce: nonce++,
    });
    hashes.push(hash);
  }
  for (const hash of hashes) await receiptOf(server.url, hash);
  return { count: hashes.length, paths: hashes.map((hash) => `/#/tx/${hash}`) };
}

/** Init code of a contract that reverts with whatever it is called with. */
const ECHO_REVERT = "0x66365f5f37365ffd5f5260076019f3";
/** Selector of Error(string). */
const ERROR_SELECTOR = "0x08c379a0";

/** Each payload as the reason with which a transaction reverts, and some as the reason of a deposit that failed. */
export async function plantRevertReasons(server: FoveaServer): Promise<Planted> {
  const account = devAccount(4);
  const { l2Wallet, l2Public, l1Wallet, l1Public } = await viemClients(server, account);
  const made = await l2Wallet.sendTransaction({ data: ECHO_REVERT });
  const { contractAddress } = await receiptOf(server.url, made);
  const to = contractAddress as `0x${string}`;
  let nonce = await l2Public.getTransactionCount({ address: account.address });
  const reasons = SCRIPT_PAYLOADS.map((payload) =>
    concatHex([ERROR_SELECTOR, encodeAbiParameters([{ type: "string" }], [payload])]),
  );
  const hashes: `0x${string}`[] = [];
  for (const data of reasons) {
    hashes.push(await l2Wallet.sendTransaction({ to, data, gas: 100_000n, nonce: nonce++ }));
  }
  // Deposits use up nonces of their sender on L2 too, so they come when all the others are in blocks.
  for (const hash of hashes) await receiptOf(server.url, hash);
  const deposits: `0x${string}`[] = [];
  for (const data of reasons.slice(0, 3)) {
    const wanted = await l2Public.buildDepositTransaction({ account, to, data, gas: 100_000n });
    const hash = await l1Wallet.depositTransaction({ ...wanted, gas: 1_000_000n } as never);
    await receiptOf(server.l1Url, hash);
    const receipt = await l1Public.getTransactionReceipt({ hash });
    deposits.push(...getL2TransactionHashes(receipt));
  }
  for (const hash of [...hashes, ...deposits]) {
    const { status } = await receiptOf(server.url, hash);
    if (status !== "0x0") throw new Error(`${hash} was to revert`);
  }
  return {
    count: hashes.length + deposits.length,
    paths: [...hashes, ...deposits].map((hash) => `/#/tx/${hash}`),
  };
}

/** Of the planted jobs so many have a page of their own in `paths`; the queue's list shows them all. */
const OPENED_JOBS = 9;

/** Each payload as a failed job: its name, data, reason, stack trace and logs. Whoever can write to Redis could do that. */
export async function plantJobs(server: FoveaServer, queue: string): Promise<Planted> {
  const note = JSON.parse(readFileSync(join(server.dataDir, "redis", "server.json"), "utf8"));
  const client = createClient({ url: (note as { url: string }).url });
  await client.connect();
  try {
    const [meta = ""] = await client.keys(`*:${queue}:meta`);
    const base = meta.replace(/:meta$/, "");
    const now = Date.now();
    for (const [i, payload] of SCRIPT_PAYLOADS.entries()) {
      const id = `planted-${i}`;
      await client.hSet(`${base}:${id}`, {
        name: payload,
        data: JSON.stringify({ reason: payload, [payload]: [payload] }),
        opts: JSON.stringify({ attempts: 1, note: payload }),
        timestamp: String(now),
        processedOn: String(now),
        finishedOn: String(now),
        atm: "1",
        failedReason: payload,
        stacktrace: JSON.stringify([`Error: ${payload}\n    at ${payload}`]),
        returnvalue: JSON.stringify(payload),
      });
      await client.rPush(`${base}:${id}:logs`, payload);
      await client.zAdd(`${base}:failed`, { score: now + i, value: id });
    }
  } finally {
    client.destroy();
  }
  return {
    count: SCRIPT_PAYLOADS.length,
    paths: Array.from(
      { length: OPENED_JOBS },
      (_, i) => `/queues/queue/${queue}/planted-${6 * i}?status=failed`,
    ),
  };
}

/** Headers that servers like to show, log or echo. */
const HEADERS = ["request-id", "x-request-id", "user-agent", "referer", "accept-language"];

/** An answer with everything that came back, headers included. */
export interface HeaderAnswer {
  url: string;
  text: string;
}

/** Sends each payload in many headers to each address, as a client that no browser holds back. */
export async function sendInHeaders(urls: readonly string[]): Promise<HeaderAnswer[]> {
  const answers: HeaderAnswer[] = [];
  for (const payload of SCRIPT_PAYLOADS) {
    // On the wire a header is bytes.
    const value = Buffer.from(payload, "utf8").toString("latin1");
    const headers = {
      accept: "text/html,*/*",
      ...Object.fromEntries(HEADERS.map((name) => [name, value])),
    };
    answers.push(...(await Promise.all(urls.map((url) => ask(url, headers)))));
  }
  return answers;
}

function ask(url: string, headers: Record<string, string>): Promise<HeaderAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => {
      let text = response.rawHeaders.join("\n");
      response.setEncoding("latin1");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ url, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
