import { join } from "node:path";
import type { Page } from "playwright-core";
import type { PrivateKeyAccount } from "viem/accounts";
import { L2CrossDomainMessenger } from "../../src/contracts/generated/L2CrossDomainMessenger.js";
import { MessengerTargetMock } from "../../src/contracts/generated/MessengerTargetMock.js";
import { PREDEPLOYS } from "../../src/contracts/predeploys.js";
import { ARTIFACTS, type WatchedBrowser } from "./browser.js";
import { installWallet } from "./browserWallet.js";
import { devAccount, type FoveaServer, rpc, until, viemClients } from "./foveaServer.js";

/** A server and a browser that looks at it. */
export interface Watched {
  server: FoveaServer;
  browser: WatchedBrowser;
}

/** How a page is looked at. */
export interface Look {
  width: number;
  scheme: "light" | "dark";
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });

/** Wei that an address has on L1. */
export async function balanceOnL1({ l1Url }: FoveaServer, address: string): Promise<bigint> {
  return BigInt((await rpc(l1Url, "eth_getBalance", [address, "latest"])) as string);
}

/** Lets the account of a number sign. */
export async function chooseAccount(page: Page, index: number): Promise<void> {
  await page.getByLabel("Use dev account").selectOption(String(index));
}

/** Fills in the deposit form, sends it, and follows the deposit to its transaction on L2. */
export async function deposit(page: Page, { url }: FoveaServer, amount: string): Promise<void> {
  await page.goto(`${url}/#/deposits`);
  await page.getByLabel("Amount in ETH").fill(amount);
  await page.getByRole("button", { name: "Deposit", exact: true }).click();
  await page.getByText("watch it reach L2").click({ timeout: 30_000 });
  await page.getByText("succeeded").waitFor({ timeout: 30_000 });
}

/** From the form to the last of the five steps. */
export async function withdraw(
  page: Page,
  { url }: FoveaServer,
  { amount, to, name }: { amount: string; to: string; name: string },
): Promise<void> {
  await page.goto(`${url}/#/withdraw`);
  await page.getByLabel("Amount in ETH").fill(amount);
  await page.getByLabel("To on L1").fill(to);
  await page.getByRole("button", { name: "Initiate on L2" }).click();
  await page.waitForURL(/#\/withdrawals\/0x[0-9a-f]{64}$/, { timeout: 60_000 });
  await page.getByText("Initiated", { exact: true }).last().waitFor();
  await picture(page, `${name}-1-initiated`);
  await proveAndFinalize(page, name);
  await page.getByText("Done: the call on L1 was made.").waitFor({ timeout: 60_000 });
  await picture(page, `${name}-4-finalized`);
}

async function proveAndFinalize(page: Page, name: string): Promise<void> {
  const prove = page.locator("button:enabled", { hasText: "Prove on L1" });
  await prove.waitFor({ timeout: 60_000 });
  await picture(page, `${name}-2-provable`);
  await prove.click();
  await page.getByText("left", { exact: false }).first().waitFor({ timeout: 60_000 });
  await picture(page, `${name}-3-proven`);
  await page.locator("button:enabled", { hasText: "Finalize on L1" }).click({ timeout: 150_000 });
}

/** A deposit and a withdrawal through the browser's wallet, which knows neither chain and says no once. Answers what it was asked. */
export async function byWallet(
  { server, browser }: Watched,
  look: Look,
  { account, to }: { account: PrivateKeyAccount; to: string },
): Promise<string[]> {
  let wallet: Awaited<ReturnType<typeof installWallet>> | undefined;
  const { page, context } = await browser.open(`${server.url}/#/deposits`, {
    ...look,
    prepare: async (opened) => {
      wallet = await installWallet(opened, account);
    },
  });
  await page.getByRole("button", { name: "Connect Test Wallet" }).click();
  await page.getByRole("button", { name: "Test Wallet: 0x" }).waitFor();
  wallet?.refuseNext();
  await page.getByRole("button", { name: "Deposit", exact: true }).click();
  await page.getByText("Refused in the wallet.").waitFor();
  await deposit(page, server, "0.25");
  await picture(page, "wallet-deposit");
  await withdraw(page, server, { amount: "0.05", to, name: "wallet-withdrawal" });
  await context.close();
  return wallet?.asked ?? [];
}

/** The same with a test account of the development chain. */
export async function byTestAccount(
  { server, browser }: Watched,
  look: Look,
  { index, to }: { index: number; to: string },
): Promise<void> {
  const { page, context } = await browser.open(`${server.url}/#/deposits`, look);
  await chooseAccount(page, index);
  await deposit(page, server, "0.125");
  await withdraw(page, server, { amount: "0.05", to, name: "account-withdrawal" });
  await context.close();
}

/** A message whose call on L1 fails, fails again when it is replayed, and then succeeds. Answers its hash. */
export async function byReplay(
  { server, browser }: Watched,
  look: Look,
  { index }: { index: number },
): Promise<string> {
  const { l1Wallet, l1Public, l2Wallet } = await viemClients(server, devAccount(index));
  const { abi, bytecode } = MessengerTargetMock;
  const made = await l1Wallet.deployContract({ abi, bytecode });
  const receipt = await l1Public.waitForTransactionReceipt({ hash: made });
  const target = receipt.contractAddress as `0x${string}`;
  const setMode = async (mode: number) => {
    const hash = await l1Wallet.writeContract({
      address: target,
      abi,
      functionName: "setMode",
      args: [mode],
    });
    await l1Public.waitForTransactionReceipt({ hash });
  };
  await setMode(1);
  const sent = await l2Wallet.writeContract({
    address: PREDEPLOYS.L2CrossDomainMessenger,
    abi: L2CrossDomainMessenger.abi,
    functionName: "sendMessage",
    args: [target, "0x", 100_000],
    value: 7n,
  });
  const hash = await until("the withdrawal in the index", async () => {
    const response = await fetch(`${server.url}/api/v1/withdrawals?l2TxHash=${sent}`);
    const { data } = (await response.json()) as { data: { withdrawalHash: string }[] };
    return data[0]?.withdrawalHash;
  });
  const { page, context } = await browser.open(`${server.url}/#/withdrawals/${hash}`, look);
  await page.getByText("relayMessage").waitFor();
  await page.getByText("Initiated", { exact: true }).waitFor();
  await page.getByLabel("Use dev account").waitFor({ timeout: 60_000 });
  await chooseAccount(page, index);
  await proveAndFinalize(page, "replayed-withdrawal");
  const replay = page.locator("button:enabled", { hasText: "Replay on L1" });
  await replay.waitFor({ timeout: 60_000 });
  await picture(page, "replayed-withdrawal-4-failed");
  await replay.click();
  await page.getByText("The call failed again.").waitFor({ timeout: 30_000 });
  await setMode(0);
  await replay.click();
  await page.getByText("Done: the call on L1 was made.").waitFor({ timeout: 60_000 });
  await picture(page, "replayed-withdrawal-5-done");
  await context.close();
  return target;
}
