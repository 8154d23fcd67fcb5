import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { WELL_KNOWN } from "../../../src/contracts/addresses.js";
import { planAddresses, planMulticall3 } from "../../../src/contracts/deployPlan.js";
import { DepositFeed } from "../../../src/contracts/generated/DepositFeed.js";
import { deployContracts } from "../../../src/l1/deploy.js";
import { readDeployment } from "../../../src/l1/deployment.js";
import { startDevL1 } from "../../../src/l1/dev/devL1.js";
import { L1Error } from "../../../src/l1/errors.js";
import type { JsonRpc } from "../../../src/l1/jsonRpc.js";
import type { L1Sender } from "../../../src/l1/types.js";
import { silentLogger } from "../../../src/telemetry/logger.js";
import { toHex } from "../../../src/util/hex.js";
import { devChainConfig, SOME_ROOT, startTestL1, type TestL1 } from "../../helpers/devL1.js";
import { freePort } from "../../helpers/freePort.js";

const logger = silentLogger();
const chain = devChainConfig();
let l1: TestL1;

beforeAll(async () => {
  l1 = await startTestL1();
});

afterAll(() => l1?.end());

test("deploy: contracts are where the plan says, and a second run sends nothing", async () => {
  const { rpc } = l1.embedded;
  expect(l1.rollup.addresses).toMatchObject(planAddresses(chain));
  expect(l1.rollup.genesisOrigin.number).toBeGreaterThan(0n);
  const sender = l1.sender(chain.deployer);
  const before = await rpc.call("eth_getTransactionCount", [chain.deployer, "latest"]);
  const again = await deployContracts({
    chain,
    rpc,
    sender,
    computeGenesisOutputRoot: () => SOME_ROOT,
    logger,
  });
  expect(again).toEqual(l1.rollup);
  expect(await rpc.call("eth_getTransactionCount", [chain.deployer, "latest"])).toBe(before);
});

test("deploy: goes on where a failure stopped it", async () => {
  const { rpc } = l1.embedded;
  const other = { ...chain, salt: `0x${"01".repeat(32)}` as const };
  const inner = l1.sender(chain.deployer);
  let budget = 3;
  const failing: L1Sender = {
    address: inner.address,
    getBalance: () => inner.getBalance(),
    send: (request) => {
      if (budget-- === 0) throw new RangeError("out of luck");
      return inner.send(request);
    },
  };
  const input = { chain: other, rpc, computeGenesisOutputRoot: () => SOME_ROOT, logger };
  await expect(deployContracts({ ...input, sender: failing })).rejects.toThrow("out of luck");
  await expect(readDeployment(input)).rejects.toMatchObject({ code: "L1_NOT_DEPLOYED" });
  const rollup = await deployContracts({ ...input, sender: inner });
  expect(rollup.addresses.portal).not.toBe(l1.rollup.addresses.portal);
});

test("deploy: deploys a Multicall3 of our own where L1 has none", async () => {
  const { rpc } = l1.embedded;
  const multicall3 = l1.rollup.addresses.multicall3;
  const code = await rpc.call("eth_getCode", [multicall3, "latest"]);
  await rpc.call("anvil_setCode", [multicall3, "0x"]);
  const other = { ...chain, salt: `0x${"02".repeat(32)}` as const };
  const rollup = await deployContracts({
    chain: other,
    rpc,
    sender: l1.sender(chain.deployer),
    computeGenesisOutputRoot: () => SOME_ROOT,
    logger,
  });
  expect(rollup.addresses.multicall3).toBe(planMulticall3().address);
  expect(await rpc.call("eth_getCode", [rollup.addresses.multicall3, "latest"])).toBe(code);
  await rpc.call("anvil_setCode", [multicall3, code]);
});

test("deploy: says what is wrong with deployer, chain id, config, code and proxy", async () => {
  const { rpc } = l1.embedded;
  const computeGenesisOutputRoot = () => SOME_ROOT;
  const stranger = l1.sender("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  const input = { chain, rpc, computeGenesisOutputRoot, logger };
  await expect(deployContracts({ ...input, sender: stranger })).rejects.toMatchObject({
    code: "L1_WRONG_DEPLOYER",
  });
  const read = (changes: object) => readDeployment({ ...input, ...changes });
  await expect(read({ chain: { ...chain, l1ChainId: 1 } })).rejects.toMatchObject({
    code: "L1_WRONG_CHAIN",
  });
  await expect(read({ chain: { ...chain, periodSeconds: 99 } })).rejects.toMatchObject({
    code: "L1_OTHER_CONFIG",
  });
  await expect(
    read({ computeGenesisOutputRoot: () => toHex(new Uint8Array(32)) }),
  ).rejects.toMatchObject({
    code: "L1_OTHER_CONFIG",
  });
  const { depositFeed } = l1.rollup.addresses;
  await rpc.call("anvil_setCode", [depositFeed, "0x00"]);
  await expect(read({})).rejects.toMatchObject({ code: "L1_OTHER_CODE" });
  await rpc.call("anvil_setCode", [depositFeed, DepositFeed.deployedBytecode]);
});

test("deploy: creates the CREATE2 proxy where L1 lacks it, or says that it cannot", async () => {
  const { rpc } = l1.embedded;
  const { create2Proxy } = WELL_KNOWN;
  const code = await rpc.call("eth_getCode", [create2Proxy, "latest"]);
  const snapshot = await rpc.call("evm_snapshot", []);
  await rpc.call("anvil_setCode", [create2Proxy, "0x"]);
  await rpc.call("anvil_setNonce", [create2Proxy, "0x0"]);
  const input = { chain, computeGenesisOutputRoot: () => SOME_ROOT, logger };
  const refusing: JsonRpc = {
    call: async (method, params) => {
      if (method === "eth_sendRawTransaction")
        throw new L1Error("L1_RPC_ERROR", { rpcMessage: "no" });
      return rpc.call(method, params);
    },
    batch: (calls) => rpc.batch(calls),
  };
  const sender = l1.sender(chain.deployer);
  await expect(deployContracts({ ...input, rpc: refusing, sender })).rejects.toMatchObject({
    code: "L1_CREATE2_PROXY_MISSING",
  });
  await deployContracts({ ...input, rpc, sender });
  expect(await rpc.call("eth_getCode", [create2Proxy, "latest"])).toBe(code);
  await rpc.call("evm_revert", [snapshot]);
});

test("devL1: a restart finds its deployment, and mines on with the wall clock", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "fovea-l1-"));
  const config = { dataDir, port: await freePort(), chain, blockTimeSeconds: 1 };
  const deps = { logger, computeGenesisOutputRoot: () => SOME_ROOT };
  const first = await startDevL1({ ...config, fresh: true }, deps);
  const { portal } = first.rollup.addresses;
  const funds = Object.values(chain.alloc).reduce((sum, wei) => sum + wei, 0n);
  expect(BigInt(String(await first.embedded.rpc.call("eth_getBalance", [portal, "latest"])))).toBe(
    funds,
  );
  await first.embedded.stop();
  const second = await startDevL1({ ...config, fresh: false }, deps);
  expect(second.rollup).toEqual(first.rollup);
  await second.embedded.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
