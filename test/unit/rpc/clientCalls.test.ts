import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { compareShapes, type ShapeDifference } from "../../helpers/answerShape.js";
import { startAnvil, type TestAnvil } from "../../helpers/anvil.js";
import { type ClientCall, ClientReplay, toClientCalls } from "../../helpers/clientCalls.js";
import {
  ethersSession,
  hardhatSession,
  SESSION_ACCOUNT,
  viemSession,
} from "../../helpers/clientSessions.js";
import { devAccount } from "../../helpers/foveaServer.js";
import { GatewayHarness, RECIPIENT } from "../../helpers/gatewayHarness.js";
import { startRecordingProxy } from "../../helpers/recordingProxy.js";

// The calls that clients make in a session, played to anvil and to the gateway: the answers must be alike in shape.
// `FOVEA_RECORD_CLIENTS=1 npm run jest -- test/unit/rpc/clientCalls` records the lists of viem, ethers and Hardhat anew;
// those of wallets are written by hand, after what they ask in a browser.

const FOLDER = "test/vectors/clients";
const CHAIN_ID = 901;

/** Where the answers must differ. `place` is method and path. */
const EXCEPTIONS: { place: RegExp; reason: string }[] = [
  {
    place: /^eth_get\w+ result(\[\])?\.(totalDifficulty|blobGasPrice|blockTimestamp)$/,
    reason:
      "anvil has fields outside of the specification: totalDifficulty, and in receipts blobGasPrice without blobs and blockTimestamp as a number",
  },
  {
    place: /^eth_get\w+Receipts? result(\[\])?\.(l1\w+|daFootprintGasScalar|blobGasUsed)$/,
    reason: "a receipt of an L2 tells the L1 fee, as op-geth's does",
  },
  {
    place: /^eth_accounts result$/,
    reason: "anvil has unlocked accounts, a gateway keeps no keys",
  },
  {
    place: /^eth_getBlockByNumber result\.transactions$/,
    reason: "the pending block of an L2 is not empty, it begins with a deposit",
  },
  {
    place: /^eth_(call|estimateGas) $/,
    reason:
      "a value above the balance is error -32000, as with geth; anvil says -32003, and estimates all the same",
  },
];

let anvil: TestAnvil;
let harness: GatewayHarness;
let replays: { anvil: ClientReplay; gateway: ClientReplay };
beforeAll(async () => {
  anvil = await startAnvil({ chainId: CHAIN_ID });
  harness = await GatewayHarness.open();
  const mine = async () => {
    await harness.seeded.chain.mine([], { noTxPool: false });
  };
  const options = { chainId: CHAIN_ID, account: SESSION_ACCOUNT };
  replays = {
    anvil: new ClientReplay(anvil.url, { ...options, mine: async () => {} }),
    gateway: new ClientReplay(harness.url, { ...options, mine }),
  };
  if (process.env.FOVEA_RECORD_CLIENTS) await recordAll();
  // So that neither chain is new.
  const first = {
    method: "eth_sendRawTransaction",
    params: [{ $sign: { type: "eip1559", to: RECIPIENT } }],
  };
  await replays.anvil.play([first]);
  await replays.gateway.play([first]);
}, 300_000);
afterAll(async () => {
  await harness?.close();
  await anvil?.close();
});

async function recordAll(): Promise<void> {
  const sessions: Record<string, (url: string) => Promise<void>> = {
    viem: (url) => viemSession(url, CHAIN_ID),
    ethers: ethersSession,
    hardhat: hardhatSession,
  };
  for (const [client, session] of Object.entries(sessions)) {
    const proxy = await startRecordingProxy(anvil.url);
    await session(proxy.url);
    await proxy.close();
    const calls = toClientCalls(proxy.calls, devAccount(SESSION_ACCOUNT).address);
    const { version } = JSON.parse(readFileSync(`node_modules/${client}/package.json`, "utf8"));
    const lines = calls.map((call) => `    ${JSON.stringify(call)}`).join(",\n");
    writeFileSync(
      join(FOLDER, `${client}.json`),
      `{\n  "client": "${client} ${version}",\n  "calls": [\n${lines}\n  ]\n}\n`,
    );
  }
}

const lists = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
const used = new Set<RegExp>();
let compared = 0;

test.each(lists)("what %s asks is answered in the shape of anvil's answers", async (name) => {
  const { calls } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as { calls: ClientCall[] };
  const expected = await replays.anvil.play(calls);
  const found = await replays.gateway.play(calls);
  const wrong: (ShapeDifference & { call: string })[] = [];
  for (const [index, call] of calls.entries()) {
    const [left, right] = [expected[index], found[index]];
    if (left === undefined || right === undefined) throw new Error("a call has no answer");
    compared++;
    for (const difference of compareShapes(left, right)) {
      const place = `${call.method} ${difference.path}`;
      const exception = EXCEPTIONS.find((item) => item.place.test(place));
      if (exception) used.add(exception.place);
      else wrong.push({ call: JSON.stringify(call).slice(0, 300), ...difference });
    }
  }
  expect(wrong).toEqual([]);
});

test("there are at most five exceptions, all of them needed", () => {
  expect(EXCEPTIONS.length).toBeLessThanOrEqual(5);
  expect(EXCEPTIONS.filter(({ place }) => !used.has(place))).toEqual([]);
  process.stdout.write(
    `client calls: ${lists.length} lists, ${compared} calls compared with anvil; exceptions: ${EXCEPTIONS.map(({ reason }) => reason).join("; ")}\n`,
  );
});
